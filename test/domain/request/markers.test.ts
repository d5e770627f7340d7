import { describe, expect, it } from 'vitest';
import { requestDigest } from '../../../domain/request/digest.ts';
import { otaTaskChannel, otaUpdateChannel, planOn, requestOf } from '../../../proof/support/fixtures.ts';

const services = [
  { service: 'CreateOTAUpdate', channel: otaUpdateChannel, markers: 'additionalParameters', change: { protocols: ['HTTP'] } },
  { service: 'CreateOtaTask', channel: otaTaskChannel, markers: 'Tags', change: { TaskConfigurationId: 'other1' } },
] as const;

describe.each(services)('the markers in a request of $service', ({ channel, markers, change }) => {
  const markersOf = (template: object) => {
    const [rollout] = planOn(channel(template, { unguarded: 'allow' })).rollouts;
    return { rollout, marks: rollout?.input[markers] as Record<string, string> };
  };

  it('have the digest of the request that contains them', () => {
    const request = requestOf(planOn(channel({}, { unguarded: 'allow' })));
    const { rollout, marks } = markersOf({});
    expect(marks['ota-dispatch.requestDigest']).toBe(requestDigest(request));
    expect(rollout?.requestDigest).toBe(requestDigest(request));
  });

  it('differ if the request differs', () => {
    expect(markersOf(change).marks['ota-dispatch.requestDigest']).not.toBe(markersOf({}).marks['ota-dispatch.requestDigest']);
  });

  it('name the rollout and the release', () => {
    const { rollout, marks } = markersOf({});
    expect(marks).toMatchObject({ 'ota-dispatch.rolloutId': rollout?.rolloutId, 'ota-dispatch.releaseDigest': rollout?.releaseDigest });
  });
});
