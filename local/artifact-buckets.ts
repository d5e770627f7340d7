import { readFileSync } from 'node:fs';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { validateChannels } from '../domain/request/validate-channels.ts';

/**
 * Makes the buckets of `artifactBuckets`, versioned as a user's are: no template has them, and a release could be
 * uploaded nowhere. `channelsFile` is the packaged channels.json. Answers their names; throws where the file is wrong.
 */
export async function makeArtifactBuckets(
  channelsFile: string,
  { endpoint, region, accountId }: { readonly endpoint: string; readonly region: string; readonly accountId: string },
): Promise<readonly string[]> {
  const read = validateChannels(JSON.parse(readFileSync(channelsFile, 'utf8')), { accountId, region, stage: 'local' });
  if (!read.ok) throw new Error(`${channelsFile} is wrong: ${read.errors[0]?.path}: ${read.errors[0]?.message}`);
  const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  for (const Bucket of read.channels.artifactBuckets) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  s3.destroy();
  return read.channels.artifactBuckets;
}
