import { describe, expect, it } from 'vitest';
import type { Release } from '../../domain/release/release.ts';
import type { Services } from '../../handlers/services.ts';
import { verifyArtifacts } from '../../handlers/verify.ts';
import { artifact, otaTaskChannel, otaUpdateChannel, planOn, release } from '../../proof/support/fixtures.ts';
import { anInvocation, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const onIot = planOn(otaUpdateChannel({}, { unsigned: 'allow' })).rollouts;
const onTasks = planOn(otaTaskChannel({}, { unguarded: 'allow' })).rollouts;

type Facts = Awaited<ReturnType<Services['artifacts']['facts']>>;

/** S3 that reports these facts of the artifacts in turn. Reading takes `readMilliseconds` of the clock of an invocation. */
function storage(facts: readonly Facts[], { readMilliseconds = 0, sha256 = artifact.sha256 ?? '', left = 60_000 } = {}) {
  const read: number[] = [];
  const pending = [...facts];
  const clock = { left };
  let reading = 0;
  const artifacts: Services['artifacts'] = {
    facts: async () => {
      const next = pending.shift();
      if (!next) throw new Error('S3 is away');
      return next;
    },
    read: async (_location, sizeBytes) => {
      reading += 1;
      expect(reading, 'objects that are read at the same time').toBe(1);
      await new Promise(setImmediate);
      clock.left -= readMilliseconds;
      reading -= 1;
      read.push(sizeBytes);
      return { found: true, sizeBytes, sha256 };
    },
  };
  const invocation = anInvocation(() => clock.left);
  /** The rejections of a release, in the one invocation. */
  const verify = async (rollouts = onIot, changes: Partial<Release> = {}) => {
    const { services } = servicesInMemory();
    const rejections = await verifyArtifacts({ ...release, ...changes }, rollouts, invocation, { ...services, artifacts });
    return rejections.map(({ code, path }) => `${code} ${path}`);
  };
  return { read, clock, verify };
}

const verify = (facts: readonly Facts[], rollouts = onIot, changes: Partial<Release> = {}) => storage(facts).verify(rollouts, changes);

const MIB = 1024 * 1024;
const right: Facts = { found: true, sizeBytes: 4, sha256: artifact.sha256 ?? '' };
const absent: Facts = { found: false };

describe('the artifacts of a release', () => {
  it('pass if S3 has them as released', async () => {
    await expect(verify([right])).resolves.toEqual([]);
  });

  it('are rejected if one does not exist', async () => {
    await expect(verify([absent])).resolves.toEqual(['ARTIFACT_NOT_FOUND artifacts[0].fileLocation.s3Location']);
  });

  it('are rejected if one has different content', async () => {
    await expect(verify([{ ...right, sha256: '00'.repeat(32) }])).resolves.toEqual(['ARTIFACT_MISMATCH artifacts[0].sha256']);
  });

  it('may be too large for IoT Core and not for managed integrations', async () => {
    const large: Facts = { ...right, sizeBytes: 17 * 1024 * 1024 };
    await expect(verify([large])).resolves.toEqual(['ARTIFACT_TOO_LARGE artifacts[0].sizeBytes']);
    await expect(verify([large], onTasks)).resolves.toEqual([]);
  });

  it('are all checked, and a rejection has the index of its artifact', async () => {
    const second = { ...artifact, fileName: '/b.bin' };
    await expect(verify([right, absent], onIot, { artifacts: [artifact, second] })).resolves.toEqual([
      'ARTIFACT_NOT_FOUND artifacts[1].fileLocation.s3Location',
    ]);
  });

  it('are checked once for both control planes, by the stricter limit', async () => {
    const large: Facts = { ...right, sizeBytes: 17 * MIB };
    await expect(verify([large], [...onTasks, ...onIot])).resolves.toEqual(['ARTIFACT_TOO_LARGE artifacts[0].sizeBytes']);
  });

  it('are not checked without a location in S3', async () => {
    const streamed = { ...artifact, fileLocation: { stream: { streamId: 's' } } };
    await expect(verify([], onIot, { artifacts: [streamed] })).resolves.toEqual([]);
  });

  it('are read only if S3 has no SHA-256 of them', async () => {
    const s3 = storage([right, { found: true, sizeBytes: 7 }]);
    await expect(s3.verify(onIot, { artifacts: [artifact, artifact] })).resolves.toEqual([]);
    expect(s3.read).toEqual([7]);
  });

  it('are not read if they are rejected without that', async () => {
    const unread: Facts = { found: true, sizeBytes: 17 * MIB };
    const s3 = storage([unread, { found: true, sizeBytes: 7 }, { found: true, sizeBytes: 7, archived: true }]);
    const artifacts = [artifact, { ...artifact, sizeBytes: 8 }, artifact];
    await expect(s3.verify(onIot, { artifacts })).resolves.toEqual([
      'ARTIFACT_TOO_LARGE artifacts[0].sizeBytes',
      'ARTIFACT_MISMATCH artifacts[1].sizeBytes',
      'ARTIFACT_NOT_VERIFIABLE artifacts[2].fileLocation.s3Location',
    ]);
    expect(s3.read).toEqual([]);
  });

  it('are rejected if what was read has different content', async () => {
    const s3 = storage([{ found: true, sizeBytes: 7 }], { sha256: 'ff' });
    await expect(s3.verify()).resolves.toEqual(['ARTIFACT_MISMATCH artifacts[0].sha256']);
  });

  it('are read up to 512 MiB per release, and beyond that need a SHA-256 in S3', async () => {
    const unread: Facts = { found: true, sizeBytes: 300 * MIB };
    const s3 = storage([unread, unread, right]);
    await expect(s3.verify(onTasks, { artifacts: [artifact, artifact, artifact] })).resolves.toEqual([
      'ARTIFACT_NOT_VERIFIABLE artifacts[1].sha256',
    ]);
    expect(s3.read).toEqual([300 * MIB]);
  });

  it('are left to a redelivery if too little time is left for the next one', async () => {
    await expect(storage([right], { left: 14_999 }).verify()).rejects.toThrow('artifacts[0]');
    await expect(storage([right], { left: 15_000 }).verify()).resolves.toEqual([]);
  });

  /** The most that a release may have unread, in two objects. */
  const largest: readonly Facts[] = [
    { found: true, sizeBytes: 500 * MIB },
    { found: true, sizeBytes: 12 * MIB },
  ];
  const two = { artifacts: [artifact, artifact] };

  it('are read only if the time left suffices for all their bytes, at 32 MiB per second', async () => {
    const tooLate = storage(largest, { left: 30_999 });
    await expect(tooLate.verify(onTasks, two)).rejects.toThrow(`read ${512 * MIB} bytes`);
    expect(tooLate.read).toEqual([]);
    await expect(storage(largest, { left: 31_000 }).verify(onTasks, two)).resolves.toEqual([]);
  });

  it('are read in turn by the records of a batch, until the time does not suffice for the next one', async () => {
    const s3 = storage(
      Array.from({ length: 5 }, () => largest[0] as Facts),
      { readMilliseconds: 13_000 },
    );
    const records = await Promise.allSettled(Array.from({ length: 5 }, () => s3.verify(onTasks)));
    expect(records.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(s3.clock.left).toBeGreaterThanOrEqual(15_000);
  });

  it('do not wait for those of other records if S3 has their SHA-256', async () => {
    const s3 = storage([largest[0] as Facts, right], { readMilliseconds: 13_000 });
    const order: string[] = [];
    await Promise.all([s3.verify(onTasks).then(() => order.push('read')), s3.verify().then(() => order.push('not read'))]);
    expect(order).toEqual(['not read', 'read']);
  });

  it('are not rejected if S3 fails: it throws', async () => {
    await expect(verify([])).rejects.toThrow('S3 is away');
  });
});
