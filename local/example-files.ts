import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { makeVersionedBucket } from './artifact-buckets.ts';
import type { Outcome } from './outcomes.ts';
import type { Report } from './report.ts';

/** An example as its file has it: an event, and the outcomes that end it. */
export type Example = {
  readonly name: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly ends: readonly Outcome[];
};

/** The version id that S3 gave each uploaded object, by `BUCKET/KEY`. */
type ObjectVersions = ReadonlyMap<string, string>;

/** Uploads every file FOLDER/BUCKET/KEY and makes the buckets, with versioning. */
export async function uploadArtifacts(s3: S3Client, folder: string, report: Report): Promise<ObjectVersions> {
  const versions = new Map<string, string>();
  for (const Bucket of readdirSync(folder)) {
    await makeVersionedBucket(s3, Bucket);
    for (const entry of readdirSync(join(folder, Bucket), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const Key = file.slice(join(folder, Bucket).length + 1).replaceAll('\\', '/');
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: readFileSync(file), ChecksumAlgorithm: 'SHA256' }));
      versions.set(`${Bucket}/${Key}`, VersionId ?? '');
      report('', 'uploaded', `s3://${Bucket}/${Key}`);
    }
  }
  return versions;
}

/** The example in every `*.json` of the folder, in the order of the file names, with the versions of its artifacts filled in. */
export function readExamples(folder: string, versions: ObjectVersions): Example[] {
  const fill = (_: string, value: unknown): unknown => {
    const location = value as { bucket?: unknown; key?: unknown; version?: unknown } | null;
    if (typeof location !== 'object' || location?.version !== 'set-at-upload') return value;
    return { ...location, version: versions.get(`${location.bucket}/${location.key}`) };
  };
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: file.replace(/\.json$/, ''), ...JSON.parse(readFileSync(join(folder, file), 'utf8'), fill) }));
}
