import { upload } from '../events/upload.ts';
import type { Stage } from '../stage/stage.ts';
import { artifactAt } from './artifact-at.ts';
import { type ExampleEvent, locationsIn, withVersions } from './example-events.ts';
import { makeVersionedBucket } from './versioned-bucket.ts';

/**
 * Uploads the artifacts of an example to a local stage, from FOLDER/BUCKET/KEY, and answers the example with their versions. Bytes that
 * are there already keep their version, so the same example again is a duplicate. Makes the buckets. Throws UsageError if a file is not there.
 */
export async function uploadedExample(stage: Pick<Stage, 's3' | 'isLocal'>, folder: string, example: ExampleEvent): Promise<ExampleEvent> {
  const versions = new Map<string, string>();
  for (const { bucket, key } of locationsIn(example.detail)) {
    await makeVersionedBucket(stage.s3, bucket);
    const { version } = await upload(stage, { bucket, key }, artifactAt(folder, bucket, key));
    versions.set(`${bucket}/${key}`, version);
  }
  return withVersions(example, versions);
}
