import { describe, expect, it } from 'vitest';
import type { Release } from '../../domain/release/release.ts';
import type { Services } from '../../handlers/services.ts';
import { verifyArtifacts } from '../../handlers/verify.ts';
import { artifact, otaTaskChannel, otaUpdateChannel, planOn, release } from '../../proof/support/fixtures.ts';
import { anErrand, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const onIot = planOn(otaUpdateChannel({}, { unsigned: 'allow' })).rollouts;
const onTasks = planOn(otaTaskChannel({}, { unguarded: 'allow' })).rollouts;

type Facts = Awaited<ReturnType<Services['artifacts']['facts']>>;

/** What is found wrong when S3 says so of each artifact in turn, and the largest body that it may read. */
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
  const rejections = await verifyArtifacts({ ...release, ...changes }, rollouts, anErrand(millisecondsLeft), { ...services, artifacts });
  return { asked, found: rejections.map(({ code, path }) => `${code} ${path}`) };
}

const right: Facts = { found: true, sizeBytes: 4, sha256: artifact.sha256 ?? '' };
const absent: Facts = { found: false };

describe('artifacts are compared with what lies in S3', () => {
  it('as released', async () => {
    await expect(verify([right])).resolves.toMatchObject({ found: [] });
  });

  it('not there', async () => {
    await expect(verify([absent])).resolves.toMatchObject({ found: ['ARTIFACT_NOT_FOUND artifacts[0].fileLocation.s3Location'] });
  });

  it('another content', async () => {
    await expect(verify([{ ...right, sha256: '00'.repeat(32) }])).resolves.toMatchObject({
      found: ['ARTIFACT_MISMATCH artifacts[0].sha256'],
    });
  });

  it('too large for IoT Core, not for managed integrations', async () => {
    const large: Facts = { ...right, sizeBytes: 17 * 1024 * 1024 };
    await expect(verify([large])).resolves.toMatchObject({ found: ['ARTIFACT_TOO_LARGE artifacts[0].sizeBytes'] });
    await expect(verify([large], onTasks)).resolves.toMatchObject({ found: [] });
  });

  it('each by its place, all of them', async () => {
    const second = { ...artifact, fileName: '/b.bin' };
    await expect(verify([right, absent], onIot, { artifacts: [artifact, second] })).resolves.toMatchObject({
      found: ['ARTIFACT_NOT_FOUND artifacts[1].fileLocation.s3Location'],
    });
  });

  it('once for both services, by the stricter of them', async () => {
    const alone = await verify([right], onIot);
    await expect(verify([right], [...onTasks, ...onIot])).resolves.toMatchObject({ asked: alone.asked });
    expect((await verify([right], onTasks)).asked[0]).toBeGreaterThan(alone.asked[0] ?? 0);
  });

  it('not where there is no location in S3', async () => {
    const streamed = { ...artifact, fileLocation: { stream: { streamId: 's' } } };
    await expect(verify([], onIot, { artifacts: [streamed] })).resolves.toEqual({ asked: [], found: [] });
  });

  it('by reading 512 MiB of one release at most: what is beyond must have its digest in S3', async () => {
    const MIB = 1024 * 1024;
    const three = { artifacts: [artifact, artifact, artifact] };
    const read: Facts = { ...right, sizeBytes: 300 * MIB, bytesRead: 300 * MIB };
    const unread: Facts = { found: true, sizeBytes: 300 * MIB };
    await expect(verify([read, unread, right], onTasks, three)).resolves.toEqual({
      asked: [512 * MIB, 212 * MIB, 212 * MIB],
      found: ['ARTIFACT_NOT_VERIFIABLE artifacts[1].sha256'],
    });
  });

  it('too little time left: the record goes back before the next is begun, instead of taking its whole batch along', async () => {
    const times = [60_000, 14_999];
    const two = { artifacts: [artifact, artifact] };
    await expect(verify([right, right], onTasks, two, () => times.shift() ?? 0)).rejects.toThrow(
      'too little time left to verify artifacts[1]',
    );
  });

  it('S3 away: thrown, since that is no fault of the release', async () => {
    await expect(verify([])).rejects.toThrow('S3 is away');
  });
});
