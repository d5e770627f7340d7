import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An event of the folder `examples`. */
export type ExampleEvent = {
  /** The name of its file without `.json`. */
  readonly name: string;
  /** What the example shows, in words for a person. */
  readonly shows?: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** The place of an artifact in S3, before the artifact is uploaded. */
export type Location = { readonly bucket: string; readonly key: string; readonly version: 'set-at-upload' };

/** The example in every `*.json` of the folder, in the order of the file names, with every member of its file. */
export function readExampleEvents(folder: string): ExampleEvent[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: file.replace(/\.json$/, ''), ...JSON.parse(readFileSync(join(folder, file), 'utf8')) }));
}

/** The artifacts that were not uploaded yet, anywhere in a value. */
export function locationsIn(value: unknown): Location[] {
  if (typeof value !== 'object' || value === null) return [];
  return isLocation(value) ? [value] : Object.values(value).flatMap(locationsIn);
}

/** The value with the version of each artifact, by `BUCKET/KEY`. */
export function withVersions<T>(value: T, versions: ReadonlyMap<string, string>): T {
  const fill = (_: string, member: unknown): unknown =>
    isLocation(member) ? { ...member, version: versions.get(`${member.bucket}/${member.key}`) } : member;
  return JSON.parse(JSON.stringify(value), fill) as T;
}

function isLocation(value: unknown): value is Location {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 'set-at-upload';
}
