import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { makeVersionedBucket } from '../operator/examples/versioned-bucket.ts';

/**
 * Makes the buckets of `artifactBuckets`, with versioning. A user brings their own, so no template makes them, and without
 * them nothing could be uploaded. `channelsFile` is the channels.json of a package, which packaging has validated. Answers
 * the names of the buckets.
 */
export async function makeArtifactBuckets(
  channelsFile: string,
  { endpoint, region, accountId }: { readonly endpoint: string; readonly region: string; readonly accountId: string },
): Promise<readonly string[]> {
  const { artifactBuckets } = JSON.parse(readFileSync(channelsFile, 'utf8')) as { readonly artifactBuckets: readonly string[] };
  const values = new Map([
    ['aws:accountId', accountId],
    ['aws:region', region],
    // The local stage is in us-east-1.
    ['aws:partition', 'aws'],
    ['sls:stage', 'local'],
  ]);
  const names = artifactBuckets.map((name) => name.replace(/\$\{([^}]*)\}/g, (whole, variable: string) => values.get(variable) ?? whole));
  const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, forcePathStyle: true });
  for (const name of names) await makeVersionedBucket(s3, name);
  s3.destroy();
  return names;
}
