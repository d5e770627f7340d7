import { describe, expect, it } from 'vitest';
import { gateOfChannel } from '../../../domain/channels/gate.ts';
import type { Artifact, Release } from '../../../domain/release/release.ts';
import type { Operation } from '../../../domain/request/control-planes.ts';
import { judgeArtifact } from '../../../domain/request/judge-artifact.ts';
import { FROZEN_BYTES_MAX, frozenBytes, planRelease } from '../../../domain/request/plan.ts';
import type { PlannedRollout } from '../../../domain/request/planned-rollout.ts';
import {
  artifact,
  channelsOf,
  context,
  jobChannel,
  now,
  otaTaskChannel,
  otaUpdateChannel,
  planOn,
  refusals,
  release,
  requestOf,
  thing,
} from '../../../proof/support/fixtures.ts';

const beta = otaUpdateChannel();
const once = otaTaskChannel({
  OtaType: 'ONE_TIME',
  OtaTargetQueryString: undefined,
  Target: ['arn:aws:iotmanagedintegrations:us-east-1:000000000000:managed-thing/a'],
});

describe('a planned rollout', () => {
  it('has everything that the claim freezes', () => {
    const [rollout] = planOn(otaUpdateChannel({}, { downgrade: 'allow' }), { notAfter: '2026-12-24T00:00:00Z', revision: 3 }).rollouts;
    expect(rollout).toMatchObject({
      rolloutId: expect.stringMatching(/^fw-thermostat-2-4-1-/),
      product: 'thermostat',
      version: '2.4.1',
      revision: 3,
      channel: 'beta',
      releaseDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      requestDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      downgrade: true,
      notAfter: '2026-12-24T00:00:00Z',
      service: 'iot',
      operation: 'CreateOTAUpdate',
    });
    expect(planOn(beta).rollouts[0]).toMatchObject({ downgrade: false });
    expect(planOn(beta).rollouts[0]).not.toHaveProperty('notAfter');
  });

  it.each([
    ['IoT Core, SNAPSHOT', otaUpdateChannel({ targetSelection: 'SNAPSHOT' }), 'cancel', false],
    ['IoT Core without a selection', beta, 'cancel', false],
    ['IoT Core, CONTINUOUS', otaUpdateChannel({ targetSelection: 'CONTINUOUS' }), 'cancel', true],
    ['MI, CONTINUOUS', otaTaskChannel(), 'delete', true],
    ['MI, ONE_TIME', once, 'keep', false],
    ['IoT Core that keeps', otaUpdateChannel({}, { whenSuperseded: 'keep' }), 'keep', false],
    ['IoT Jobs without a selection', jobChannel(), 'cancel', false],
    ['IoT Jobs, CONTINUOUS', jobChannel({ targetSelection: 'CONTINUOUS' }), 'cancel', true],
    ['IoT Jobs that keep', jobChannel({}, { whenSuperseded: 'keep' }), 'keep', false],
    ['MI that keeps', otaTaskChannel({}, { whenSuperseded: 'keep' }), 'keep', true],
    ['MI once that deletes', { ...once, whenSuperseded: 'delete' as const }, 'delete', false],
  ])('gets whenSuperseded and continuous from its channel: %s', (_what, channel, whenSuperseded, continuous) => {
    expect(planOn(channel).rollouts[0]).toMatchObject({ whenSuperseded, continuous });
  });

  it('has its markers in a member that AWS returns', () => {
    for (const [channel, member] of [
      [beta, 'additionalParameters'],
      [otaTaskChannel(), 'Tags'],
    ] as const) {
      const [rollout] = planOn(channel).rollouts;
      expect(rollout?.input[member]).toEqual({
        'ota-dispatch.rolloutId': rollout?.rolloutId,
        'ota-dispatch.releaseDigest': rollout?.releaseDigest,
        'ota-dispatch.requestDigest': rollout?.requestDigest,
      });
    }
    expect(JSON.stringify(requestOf(planOn(beta)).tags ?? 'none')).toBe('"none"');
  });

  it('has the gate of its channel with every default, and the end of a schedule that its channel takes', () => {
    const gate = { after: { channel: 'canary' }, approval: 'required' } as const;
    const gated = otaTaskChannel({}, { ...gate, scheduleFromRelease: 'allow' });
    const endAt = '2026-12-24T00:00:00Z';
    const [rollout] = planOn(gated, { endAt }).rollouts;
    expect(rollout).toMatchObject({ gate: gateOfChannel(gate), endAt });
    expect(rollout?.gate).toMatchObject({ after: [{ minSucceededPercentage: 90 }], approval: { required: 1, skip: [] } });
    const [open] = planOn(otaTaskChannel()).rollouts;
    expect(open).not.toHaveProperty('gate');
    expect(open).not.toHaveProperty('endAt');
    expect(refusals(planOn(otaTaskChannel({}, gate), { endAt }))).toEqual(['SCHEDULE_NOT_ALLOWED endAt']);
    const [fixed] = planOn(otaTaskChannel({ OtaSchedulingConfig: { EndTime: '2026-12-24T01:00' } }, gate)).rollouts;
    expect(fixed?.endAt).toBe('2026-12-24T01:00:00Z');
  });

  it('has the end of a job, whether release or channel gives it', () => {
    const schedulingConfig = { endTime: '2026-12-24T00:00' };
    const endOf = (template: object, changes: Partial<Release>) =>
      planOn(jobChannel(template, { scheduleFromRelease: 'allow' }), changes).rollouts[0]?.endAt;
    expect(endOf({ schedulingConfig }, {})).toBe('2026-12-24T00:00:00Z');
    expect(endOf({ schedulingConfig }, { endAt: '2026-12-25T01:00:00+01:00' })).toBe('2026-12-25T00:00:00Z');
    expect(endOf({}, { startAt: '2026-12-25T00:00:00Z' })).toBeUndefined();
  });

  it('may declare the size of its artifacts', () => {
    expect(planOn(beta, { artifacts: [{ ...artifact, sizeBytes: 412_345 }] }).rollouts).toHaveLength(1);
  });

  it('has the guard rails of its channel and no others, if that allows it', () => {
    const unguarded = { unguarded: 'allow' };
    const abortCriteria = [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 5, minNumberOfExecutedThings: 20 }];
    const timeout = { inProgressTimeoutInMinutes: 60 };
    const ofUpdate = { awsJobAbortConfig: { abortCriteriaList: abortCriteria }, awsJobTimeoutConfig: timeout };
    expect(requestOf(planOn(otaUpdateChannel(ofUpdate, unguarded)))).toMatchObject(ofUpdate);
    expect(requestOf(planOn(otaUpdateChannel({}, unguarded)))).not.toHaveProperty('awsJobAbortConfig');
    const ofJob = { abortConfig: { criteriaList: abortCriteria }, timeoutConfig: timeout };
    expect(planOn(jobChannel(ofJob, unguarded)).rollouts[0]?.input).toMatchObject(ofJob);
    expect(planOn(jobChannel({}, unguarded)).rollouts[0]?.input).not.toHaveProperty('abortConfig');
  });

  it('has no document of its own on IoT Jobs, because the request has it', () => {
    const [rollout] = planOn(jobChannel()).rollouts;
    expect(rollout).toMatchObject({ service: 'iot', operation: 'CreateJob', input: { jobId: `${rollout?.rolloutId}-1` } });
    expect(rollout).not.toHaveProperty('document');
  });

  it('has the same requests and the same digest with a gate as without one', () => {
    const [gated] = planOn(otaUpdateChannel({}, { approval: 'required' })).rollouts;
    const [open] = planOn(beta).rollouts;
    expect({ ...gated, gate: undefined }).toEqual({ ...open, gate: undefined });
  });

  it('exists for each wanted channel, in the order of the release', () => {
    const channels = channelsOf({ a: beta, b: otaTaskChannel(), c: beta });
    const plan = planRelease({ ...release, channels: ['c', 'a', 'b'] }, channels, context);
    expect(plan.rollouts.map(({ channel }) => channel)).toEqual(['c', 'a', 'b']);
    expect(new Set(plan.rollouts.map(({ rolloutId }) => rolloutId)).size).toBe(3);
    expect(new Set(plan.rollouts.map(({ releaseDigest }) => releaseDigest)).size).toBe(1);
    expect(
      planRelease({ ...release, channels: ['c', 'a', 'b'] }, channels, context, ['b', 'c']).rollouts.map(({ channel }) => channel),
    ).toEqual(['c', 'b']);
  });

  it('is the same for the same arguments', () => {
    expect(planOn(beta)).toEqual(planOn(structuredClone(beta)));
  });
});

describe('a release that the ledger knows already', () => {
  it('is not checked again, even if channels.yml has changed', () => {
    const nothing = { artifactBuckets: [], products: {} };
    expect(planRelease(release, nothing, context, [])).toEqual({ rollouts: [], rejections: [] });
    expect(planRelease({ ...release, channels: ['gone', 'beta'] }, channelsOf({ beta }), context, ['beta']).rejections).toEqual([]);
  });
});

describe('a message', () => {
  const rejectionsOf = (changes: Partial<Release>, hardware?: readonly string[], source = context.source) =>
    planRelease({ ...release, ...changes }, channelsOf({ beta }, hardware), { ...context, source }).rejections;

  it.each<[string, Partial<Release>, string, string]>([
    ['names an unknown product', { product: 'hub' }, 'UNKNOWN_PRODUCT', 'product'],
    ['names a product with a name that every object has as a member', { product: 'constructor' }, 'UNKNOWN_PRODUCT', 'product'],
    ['names a channel with a name that every object has as a member', { channels: ['constructor'] }, 'UNKNOWN_CHANNEL', 'channels[0]'],
    ['has a tag of this service', { tags: { 'ota-dispatch.x': '' } }, 'INVALID_RELEASE', 'tags["ota-dispatch.x"]'],
    ['arrives a millisecond after its notAfter', { notAfter: new Date(now - 1).toISOString() }, 'EXPIRED', 'notAfter'],
    ['has a lone surrogate in its text', { description: '\ud800' }, 'INVALID_RELEASE', 'description'],
  ])('is rejected if it %s', (_what, changes, code, path) => {
    expect(rejectionsOf(changes)).toMatchObject([{ code, path }]);
  });

  it('is rejected for its source, and gets no other rejection', () => {
    expect(rejectionsOf({ notAfter: '2020-01-01T00:00:00Z' }, undefined, 'com.stranger')).toEqual([
      { code: 'SOURCE_NOT_ALLOWED', path: 'source', message: expect.any(String) },
    ]);
  });

  it('is not rejected at the instant of its notAfter', () => {
    expect(rejectionsOf({ notAfter: new Date(now).toISOString() })).toEqual([]);
  });

  it('is rejected unless it lists all hardware of the product', () => {
    const hardware = ['T6-B', 'T6-C'];
    expect(rejectionsOf({}, hardware)).toMatchObject([{ code: 'HARDWARE_MISMATCH', path: 'hardware' }]);
    expect(rejectionsOf({ hardware: ['T6-B'] }, hardware)).toMatchObject([
      { code: 'HARDWARE_MISMATCH', message: expect.stringMatching(/^(?!.*T6-B).*T6-C/) },
    ]);
    expect(rejectionsOf({ hardware: [] }, hardware)).toMatchObject([{ message: expect.stringMatching(/T6-B.*T6-C/) }]);
    expect(rejectionsOf({ hardware: ['T6-C', 'T6-B', 'T7'] }, hardware)).toEqual([]);
    expect(rejectionsOf({ hardware: ['T7'] })).toEqual([]);
    expect(rejectionsOf({})).toEqual([]);
  });

  it('is rejected for each artifact in a bucket that is not listed', () => {
    const foreign = { ...artifact, fileLocation: { s3Location: { bucket: 'b', key: 'k', version: 'v' } } };
    expect(rejectionsOf({ artifacts: [artifact, foreign, foreign] }).map(({ path }) => path)).toEqual([
      'artifacts[1].fileLocation.s3Location.bucket',
      'artifacts[2].fileLocation.s3Location.bucket',
    ]);
  });
});

describe('the rejections of a plan', () => {
  it('are in a fixed order: first those of the message, then those of each channel', () => {
    const wrong: Release = {
      ...release,
      channels: ['gone', 'hub', 'beta'],
      tags: { 'ota-dispatch.a': '' },
      notAfter: '2020-01-01T00:00:00Z',
      targets: [thing('a')],
      startAt: '2026-12-01T00:00:00Z',
      artifacts: [
        {
          fileLocation: { s3Location: { bucket: 'b', key: 'k', version: 'v' } },
          sha256: '0'.repeat(64),
          sizeBytes: 16_777_217,
          jobDocument: true,
        },
      ],
    };
    const plan = planRelease(wrong, channelsOf({ beta, hub: otaTaskChannel() }, ['T6']), context);
    expect(plan.rejections.map(({ code, path, channel }) => [code, path, channel])).toEqual([
      ['INVALID_RELEASE', 'tags["ota-dispatch.a"]', undefined],
      ['EXPIRED', 'notAfter', undefined],
      ['HARDWARE_MISMATCH', 'hardware', undefined],
      ['BUCKET_NOT_ALLOWED', 'artifacts[0].fileLocation.s3Location.bucket', undefined],
      ['UNKNOWN_CHANNEL', 'channels[0]', 'gone'],
      ['ARTIFACT_TOO_LARGE', 'artifacts[0].sizeBytes', 'hub'],
      ['TARGET_NOT_ALLOWED', 'targets[0]', 'hub'],
      ['SCHEDULE_NOT_ALLOWED', 'startAt', 'hub'],
      ['ARTIFACT_TOO_LARGE', 'artifacts[0].sizeBytes', 'beta'],
      ['UNSUPPORTED_BY_SERVICE', 'startAt', 'beta'],
      ['TARGET_NOT_ALLOWED', 'targets[0]', 'beta'],
      ['UNSUPPORTED_BY_SERVICE', 'artifacts[0].jobDocument', 'beta'],
      ['UNSIGNED_ARTIFACT', 'artifacts[0].codeSigning', 'beta'],
    ]);
  });

  it('compare only the first ten unknown channels with those that exist, because a message may name thousands', () => {
    const channels = Array.from({ length: 300 }, (_, index) => `beta${index}`);
    const { rejections } = planRelease({ ...release, channels }, channelsOf({ beta }), context);
    expect(rejections).toHaveLength(300);
    expect(rejections.filter(({ message }) => message.includes('did you mean'))).toHaveLength(10);
    expect(rejections.at(-1)?.message).toBe('the product has no channel beta299: use one of channels.yml');
  });

  it('reject the whole message, even if they concern one channel only', () => {
    const plan = planRelease({ ...release, channels: ['beta', 'gone'] }, channelsOf({ beta }), context);
    expect(plan.rollouts).toEqual([]);
  });

  it('do not quote values of the message', () => {
    const secret = 'SECRET';
    const plan = planOn(beta, {
      targets: [secret],
      tags: { '#': secret },
      artifacts: [{ ...artifact, fileType: 999, attributes: { a: secret.repeat(999) } }],
    });
    expect(plan.rejections.length).toBeGreaterThan(3);
    expect(JSON.stringify(plan.rejections.map(({ message }) => message))).not.toContain(secret);
  });

  it('have codes even if nobody validated the channel', () => {
    const channel = otaUpdateChannel({ description: '\udc00' });
    expect(refusals(planOn(channel))).toEqual(['INVALID_REQUEST createOTAUpdate.description']);
    expect(refusals(planOn(otaUpdateChannel({ targets: [] })))).toEqual(['INVALID_RELEASE targets']);
    expect(refusals(planOn(otaTaskChannel({ OtaTargetQueryString: undefined })))).toEqual(['INVALID_RELEASE targets']);
  });

  it('name a file that has no location', () => {
    const { fileLocation: _gone, ...unlocated } = artifact;
    expect(refusals(planOn(otaUpdateChannel({}, { unverified: ['signerJob'] }), { artifacts: [unlocated] }))).toEqual([
      'INVALID_REQUEST files[0].fileLocation',
    ]);
  });
});

describe('the data that one row keeps', () => {
  const heavy = (count: number): Artifact => ({
    ...artifact,
    attributes: Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x'.repeat(4000)])),
  });
  const many = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`c${index}`, beta]));
  const planHeavy = (count: number, channels: readonly string[]) =>
    planRelease({ ...release, channels, artifacts: [heavy(count)] }, channelsOf(many), context);

  it('fits one item, or the message is TOO_LARGE', () => {
    expect(planHeavy(10, Object.keys(many)).rejections).toMatchObject([{ code: 'TOO_LARGE', path: 'channels' }]);
    expect(planHeavy(10, Object.keys(many)).rejections[0]).not.toHaveProperty('channel');
    expect(planHeavy(10, ['c0', 'c1', 'c2']).rejections).toEqual([]);
  });

  it('may take as many bytes as a row keeps, and not one more', () => {
    const sized = (length: number) => {
      const allowedTimes = [{ cron: 'x'.repeat(length), timeZone: 'UTC' }];
      return planRelease(release, channelsOf({ beta: otaUpdateChannel({}, { allowedTimes }) }), context);
    };
    const around = frozenBytes(sized(0).rollouts);
    const codes = (bytes: number) => sized(bytes - around).rejections.map(({ code }) => code);
    expect([FROZEN_BYTES_MAX, FROZEN_BYTES_MAX + 1].map(codes)).toEqual([[], ['TOO_LARGE']]);
  });

  it('is counted in bytes of UTF-8, with room for the other members of a row', () => {
    const { rollouts } = planHeavy(1, ['c0', 'c1']);
    const bytes = rollouts.map((rollout) => Buffer.byteLength(JSON.stringify(rollout)));
    expect(frozenBytes(rollouts)).toBe(bytes.reduce((sum, each) => sum + each, 0) + 2 * 2048);
    expect(frozenBytes([{ ...rollouts[0], channel: '€' } as PlannedRollout])).toBe(
      frozenBytes([{ ...rollouts[0], channel: 'eur' } as PlannedRollout]),
    );
    expect(frozenBytes([])).toBe(0);
    expect(FROZEN_BYTES_MAX).toBeLessThanOrEqual(0.75 * 400 * 1024);
  });

  it('counts gates, which the row keeps, too', () => {
    const allowedTimes = Array.from({ length: 3_000 }, (_, index) => ({
      cron: `${index % 60} 9 ? * MON ${2026 + index}`,
      timeZone: 'UTC',
    }));
    const channels = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, otaUpdateChannel({}, { allowedTimes })]));
    const on = (...names: string[]) => planRelease({ ...release, channels: names }, channelsOf(channels), context);
    expect(refusals(on('a'))).toEqual([]);
    expect(refusals(on('a', 'b', 'c'))).toEqual(['TOO_LARGE channels']);
  });

  it('does not count channels that are not planned', () => {
    const plan = planRelease({ ...release, channels: Object.keys(many), artifacts: [heavy(10)] }, channelsOf(many), context, ['c9']);
    expect(plan.rejections).toEqual([]);
  });
});

describe('the object of an artifact', () => {
  const declared: Artifact = { ...artifact, sizeBytes: 10, sha256: 'a'.repeat(64) };
  const sha256 = 'a'.repeat(64);
  const { sha256: _, ...undeclared } = artifact;

  it.each<[string, Parameters<typeof judgeArtifact>[2], Operation, Artifact, string | undefined]>([
    ['is as released', { found: true, sizeBytes: 10, sha256 }, 'CreateOTAUpdate', declared, undefined],
    ['does not exist', { found: false }, 'CreateOTAUpdate', declared, 'ARTIFACT_NOT_FOUND artifacts[0].fileLocation.s3Location'],
    [
      'is archived',
      { found: true, sizeBytes: 10, archived: true },
      'CreateOTAUpdate',
      declared,
      'ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation.s3Location',
    ],
    ['has another size', { found: true, sizeBytes: 11, sha256 }, 'CreateOTAUpdate', declared, 'ARTIFACT_MISMATCH artifacts[0].sizeBytes'],
    [
      'has another digest',
      { found: true, sizeBytes: 10, sha256: 'b'.repeat(64) },
      'CreateOTAUpdate',
      declared,
      'ARTIFACT_MISMATCH artifacts[0].sha256',
    ],
    [
      'has a size that the release does not declare',
      { found: true, sizeBytes: 11, sha256 },
      'CreateOTAUpdate',
      { ...artifact, sha256 },
      undefined,
    ],
    ['has no digest in S3', { found: true, sizeBytes: 10 }, 'CreateOTAUpdate', declared, 'ARTIFACT_NOT_VERIFIABLE artifacts[0].sha256'],
    ['has no digest in S3 or in the release', { found: true, sizeBytes: 10 }, 'CreateOTAUpdate', undeclared, undefined],
    ['has exactly 16 MiB', { found: true, sizeBytes: 16_777_216 }, 'CreateOTAUpdate', undeclared, undefined],
    [
      'has more than 16 MiB',
      { found: true, sizeBytes: 16_777_217 },
      'CreateOTAUpdate',
      artifact,
      'ARTIFACT_TOO_LARGE artifacts[0].sizeBytes',
    ],
    ['has more than 16 MiB, on MI', { found: true, sizeBytes: 16_777_217 }, 'CreateOtaTask', undeclared, undefined],
    [
      'is a job document of 32768 bytes',
      { found: true, sizeBytes: 32_768 },
      'CreateOtaTask',
      { ...undeclared, jobDocument: true },
      undefined,
    ],
    [
      'is a job document of 32769 bytes',
      { found: true, sizeBytes: 32_769 },
      'CreateOtaTask',
      { ...artifact, jobDocument: true },
      'ARTIFACT_TOO_LARGE artifacts[0].sizeBytes',
    ],
    [
      'is too large and has another digest',
      { found: true, sizeBytes: 16_777_217, sha256 },
      'CreateOTAUpdate',
      artifact,
      'ARTIFACT_MISMATCH artifacts[0].sha256',
    ],
  ])('%s', (_what, facts, operation, judged, expected) => {
    const rejection = judgeArtifact(judged, 'artifacts[0]', facts, [operation]);
    expect(rejection && `${rejection.code} ${rejection.path}`).toBe(expected);
  });

  it('is rejected for its size with a message that does not quote the size of the release', () => {
    const huge = { ...artifact, sizeBytes: 77_777_777 };
    const rejection = judgeArtifact(huge, 'artifacts[0]', { found: true, sizeBytes: 77_777_777 }, ['CreateOTAUpdate']);
    expect(rejection?.message).not.toContain('77777777');
  });
});
