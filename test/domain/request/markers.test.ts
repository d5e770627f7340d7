import { describe, expect, it } from 'vitest';
import { requestDigest } from '../../../domain/request/digest.ts';
import { jobChannel, otaTaskChannel, otaUpdateChannel, planOn, requestOf } from '../../../proof/support/fixtures.ts';

const services = [
  { service: 'CreateOTAUpdate', channel: otaUpdateChannel, markers: 'additionalParameters', change: { protocols: ['HTTP'] } },
  { service: 'CreateOtaTask', channel: otaTaskChannel, markers: 'Tags', change: { TaskConfigurationId: 'other1' } },
  { service: 'CreateJob', channel: jobChannel, markers: 'tags', change: { namespaceId: 'other' } },
] as const;

describe.each(services)('the markers in a request of $service', ({ channel, markers, change }) => {
  const markersOf = (template: object) => {
    const [rollout] = planOn(channel(template, { unguarded: 'allow' })).rollouts;
    const given = rollout?.input[markers] as Record<string, string> | readonly { readonly Key: string; readonly Value: string }[];
    const marks: Record<string, string> = Array.isArray(given)
      ? Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]))
      : { ...(given as Record<string, string>) };
    return { rollout, marks };
  };

  it('have the digest of the request that contains them', () => {
    const request = requestOf(planOn(channel({}, { unguarded: 'allow' })));
    const { rollout, marks } = markersOf({});
    expect(marks['ota-dispatch.requestDigest']).toBe(requestDigest(request));
    expect(rollout?.requestDigest).toBe(requestDigest(request));
  });

  it('have the digest of the request with the tags of its release', () => {
    const [rollout] = planOn(channel({}, { unguarded: 'allow' }), { tags: { ci: '8812' } }).rollouts;
    expect(rollout?.requestDigest).toBe(requestDigest(rollout?.input ?? {}));
    expect(rollout?.requestDigest).not.toBe(markersOf({}).rollout?.requestDigest);
  });

  it('differ if the request differs', () => {
    expect(markersOf(change).marks['ota-dispatch.requestDigest']).not.toBe(markersOf({}).marks['ota-dispatch.requestDigest']);
  });

  it('name the rollout and the release', () => {
    const { rollout, marks } = markersOf({});
    expect(marks).toMatchObject({ 'ota-dispatch.rolloutId': rollout?.rolloutId, 'ota-dispatch.releaseDigest': rollout?.releaseDigest });
  });
});
