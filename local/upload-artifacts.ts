import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { artifactAt } from '../operator/examples/artifact-at.ts';
import { locationsIn, withVersions } from '../operator/examples/example-events.ts';
import { makeVersionedBucket } from '../operator/examples/versioned-bucket.ts';
import type { Example } from './example-files.ts';
import type { Report } from './report.ts';

/**
 * Uploads the artifacts that the examples name, from FOLDER/BUCKET/KEY. Makes their buckets, with versioning. Answers the
 * examples with the version id of each artifact, which S3 chooses. Throws UsageError if an artifact is not there.
 */
export async function uploadArtifacts(s3: S3Client, folder: string, examples: readonly Example[], report: Report): Promise<Example[]> {
  const versions = new Map<string, string>();
  for (const { bucket, key } of locationsIn(examples)) {
    const name = `${bucket}/${key}`;
    if (versions.has(name)) continue;
    await makeVersionedBucket(s3, bucket);
    const put = { Bucket: bucket, Key: key, Body: artifactAt(folder, bucket, key), ChecksumAlgorithm: 'SHA256' } as const;
    const { VersionId = '' } = await s3.send(new PutObjectCommand(put));
    versions.set(name, VersionId);
    report(bucket, 'uploaded', key);
  }
  return examples.map((example) => withVersions(example, versions));
}
