import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type ExampleEvent, locationsIn, readExampleEvents, withVersions } from '../operator/examples/example-events.ts';
import { makeVersionedBucket } from '../operator/examples/versioned-bucket.ts';
import type { Outcome } from './outcomes.ts';
import type { Report } from './report.ts';

/** An outcome of another example: the name of its file without `.json`, the type, and members that the outcome must have. */
export type Earlier = Outcome & { readonly example: string };

/** An example as its file has it: an event, the outcomes that end it, and those of other examples that come before it. */
export type Example = ExampleEvent & {
  /** The example is published when each of these has come. Without it, it is published at the start. */
  readonly after?: readonly Earlier[];
  readonly ends: readonly Outcome[];
};

/** The example in every `*.json` of the folder, in the order of the file names. */
export function readExamples(folder: string): Example[] {
  return readExampleEvents(folder) as Example[];
}

/**
 * Uploads the artifacts that the examples name, from FOLDER/BUCKET/KEY. Makes their buckets, with versioning. Answers the
 * examples with the version id of each artifact, which S3 chooses.
 */
export async function uploadArtifacts(s3: S3Client, folder: string, examples: readonly Example[], report: Report): Promise<Example[]> {
  const versions = new Map<string, string>();
  for (const { bucket, key } of locationsIn(examples)) {
    const name = `${bucket}/${key}`;
    if (versions.has(name)) continue;
    await makeVersionedBucket(s3, bucket);
    const put = { Bucket: bucket, Key: key, Body: readFileSync(join(folder, bucket, key)), ChecksumAlgorithm: 'SHA256' } as const;
    const { VersionId = '' } = await s3.send(new PutObjectCommand(put));
    versions.set(name, VersionId);
    report(bucket, 'uploaded', key);
  }
  return examples.map((example) => withVersions(example, versions));
}
