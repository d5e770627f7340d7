import { readFileSync } from 'node:fs';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';

/**
 * Makes the buckets of `artifactBuckets`, versioned as a user's are: no template has them, and a release could be
 * uploaded nowhere. `channelsFile` is the channels.json of a package, which was validated there. Answers their names.
 */
export async function makeArtifactBuckets(
  channelsFile: string,
  { endpoint, region, accountId }: { readonly endpoint: string; readonly region: string; readonly accountId: string },
): Promise<readonly string[]> {
  const { artifactBuckets } = JSON.parse(readFileSync(channelsFile, 'utf8')) as { readonly artifactBuckets: readonly string[] };
  const values = new Map([
    ['aws:accountId', accountId],
    ['aws:region', region],
    ['sls:stage', 'local'],
  ]);
  const names = artifactBuckets.map((name) => name.replace(/\$\{([^}]*)\}/g, (whole, variable: string) => values.get(variable) ?? whole));
  const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  for (const Bucket of names) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  s3.destroy();
  return names;
}
