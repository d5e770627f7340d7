import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { storageOf } from '../../handlers/dependencies/adapters-of-releases.ts';
import { makeArtifactBuckets } from '../../local/artifact-buckets.ts';
import { upload } from '../../operator/events/upload.ts';
import { openStage } from '../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-bucket-names-'));
let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  vi.stubEnv('AWS_REGION', aws.services.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'made');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'up');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await aws.stop();
});

/** The steps of a release on a local service: the buckets are made, firmware is uploaded, and the function reads it. */
describe.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'])('an artifact bucket at the endpoint of %s', (variable) => {
  it.each([
    ['with dots', 'firmware.acme.example'],
    ['that begins like an IP address', '10.0.0.firmware'],
    ['with digits and hyphens', '7-acme--firmware-7'],
  ])('%s is made, takes firmware and is read: %s', async (_, bucket) => {
    vi.stubEnv(variable, aws.endpoint);
    const file = join(folder, 'channels.json');
    writeFileSync(file, JSON.stringify({ artifactBuckets: [bucket] }));
    const { endpoint, services } = aws;
    expect(await makeArtifactBuckets(file, { endpoint, region: services.region, accountId: services.accountId })).toEqual([bucket]);

    const key = 'widget/1.2.3+a b/ü%20.bin';
    const { version, sha256 } = await upload(openStage({ stage: 'local', endpoint }), { bucket, key }, Buffer.from('image'));

    const { artifacts: stored } = storageOf(process.env, () => undefined);
    expect(await stored.facts({ bucket, key, version })).toEqual({ found: true, sizeBytes: 5, sha256 });
    vi.stubEnv(variable, '');
  });
});
