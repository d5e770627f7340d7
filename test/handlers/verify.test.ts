import { describe, expect, it } from 'vitest';
import type { Release } from '../../domain/release/release.ts';
import type { Services } from '../../handlers/services.ts';
import { verifyArtifacts } from '../../handlers/verify.ts';
import { artifact, otaTaskChannel, otaUpdateChannel, planOn, release } from '../../proof/support/fixtures.ts';
import { anInvocation, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const onIot = planOn(otaUpdateChannel({}, { unsigned: 'allow' })).rollouts;
const onTasks = planOn(otaTaskChannel({}, { unguarded: 'allow' })).rollouts;

type Facts = Awaited<ReturnType<Services['artifacts']['facts']>>;

/** The rejections if S3 reports these facts of the artifacts in turn, and the largest body that may be read for each. */
async function verify(facts: readonly Facts[], rollouts = onIot, changes: Partial<Release> = {}, millisecondsLeft = () => 60_000) {
  const asked: number[] = [];
  const left = [...facts];
  const { services } = servicesInMemory();
  const artifacts: typeof services.artifacts = {
    facts: async (_location, maxBytes) => {
      asked.push(maxBytes);
      const next = left.shift();
      if (!next) throw new Error('S3 is away');
      return next;
    },
  };
  const rejections = await verifyArtifacts({ ...release, ...changes }, rollouts, anInvocation(millisecondsLeft), {
    ...services,
    artifacts,
  });
  return { asked, found: rejections.map(({ code, path }) => `${code} ${path}`) };
}

const right: Facts = { found: true, sizeBytes: 4, sha256: artifact.sha256 ?? '' };
const absent: Facts = { found: false };

describe('the artifacts of a release', () => {
  it('pass if S3 has them as released', async () => {
    await expect(verify([right])).resolves.toMatchObject({ found: [] });
  });

  it('are rejected if one does not exist', async () => {
    await expect(verify([absent])).resolves.toMatchObject({ found: ['ARTIFACT_NOT_FOUND artifacts[0].fileLocation.s3Location'] });
  });

  it('are rejected if one has different content', async () => {
    await expect(verify([{ ...right, sha256: '00'.repeat(32) }])).resolves.toMatchObject({
      found: ['ARTIFACT_MISMATCH artifacts[0].sha256'],
    });
  });

  it('may be too large for IoT Core and not for managed integrations', async () => {
    const large: Facts = { ...right, sizeBytes: 17 * 1024 * 1024 };
    await expect(verify([large])).resolves.toMatchObject({ found: ['ARTIFACT_TOO_LARGE artifacts[0].sizeBytes'] });
    await expect(verify([large], onTasks)).resolves.toMatchObject({ found: [] });
  });

  it('are all checked, and a rejection has the index of its artifact', async () => {
    const second = { ...artifact, fileName: '/b.bin' };
    await expect(verify([right, absent], onIot, { artifacts: [artifact, second] })).resolves.toMatchObject({
      found: ['ARTIFACT_NOT_FOUND artifacts[1].fileLocation.s3Location'],
    });
  });

  it('are checked once for both control planes, by the stricter limit', async () => {
    const alone = await verify([right], onIot);
    await expect(verify([right], [...onTasks, ...onIot])).resolves.toMatchObject({ asked: alone.asked });
    expect((await verify([right], onTasks)).asked[0]).toBeGreaterThan(alone.asked[0] ?? 0);
  });

  it('are not checked without a location in S3', async () => {
    const streamed = { ...artifact, fileLocation: { stream: { streamId: 's' } } };
    await expect(verify([], onIot, { artifacts: [streamed] })).resolves.toEqual({ asked: [], found: [] });
  });

  it('are read up to 512 MiB per release, and beyond that need a SHA-256 in S3', async () => {
    const MIB = 1024 * 1024;
    const three = { artifacts: [artifact, artifact, artifact] };
    const read: Facts = { ...right, sizeBytes: 300 * MIB, bytesRead: 300 * MIB };
    const unread: Facts = { found: true, sizeBytes: 300 * MIB };
    await expect(verify([read, unread, right], onTasks, three)).resolves.toEqual({
      asked: [512 * MIB, 212 * MIB, 212 * MIB],
      found: ['ARTIFACT_NOT_VERIFIABLE artifacts[1].sha256'],
    });
  });

  it('are left to a redelivery if too little time is left for the next one', async () => {
    const times = [60_000, 14_999];
    const two = { artifacts: [artifact, artifact] };
    await expect(verify([right, right], onTasks, two, () => times.shift() ?? 0)).rejects.toThrow('artifacts[1]');
  });

  it('are not rejected if S3 fails: it throws', async () => {
    await expect(verify([])).rejects.toThrow('S3 is away');
  });
});
