import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeArtifactBuckets } from '../../local/artifact-buckets.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-buckets-'));
let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.stop();
});

function fileWith(artifactBuckets: unknown): string {
  const file = join(folder, 'channels.json');
  writeFileSync(file, JSON.stringify({ artifactBuckets }));
  return file;
}

describe('the buckets of a local service', () => {
  it('are those of artifactBuckets, with variables replaced and versioning enabled', async () => {
    const place = { endpoint: aws.endpoint, region: 'us-east-1', accountId: '000000000000' };
    const made = await makeArtifactBuckets(
      fileWith(['acme-one', `acme-\${aws:partition}-\${aws:region}-\${aws:accountId}-\${sls:stage}`]),
      place,
    );
    expect(made).toEqual(['acme-one', 'acme-aws-us-east-1-000000000000-local']);
    for (const Bucket of made) expect((await aws.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    await makeArtifactBuckets(fileWith(['acme-one']), place);
  });
});
