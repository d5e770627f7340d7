import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../scripts/command.ts';

/** The bytes of an artifact of an example, at FOLDER/BUCKET/KEY. Throws UsageError if it is not there. */
export function artifactAt(folder: string, bucket: string, key: string): Buffer {
  const file = join(folder, bucket, key);
  if (!existsSync(file)) throw new UsageError(`an example names ${key} in ${bucket}: put the file at examples/artifacts/${bucket}/${key}`);
  return readFileSync(file);
}
