import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../scripts/command.ts';

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

/**
 * The example in every `*.json` of the folder, in the order of the file names, with every member of its file. A folder that does not exist
 * has none. Throws UsageError if a file is not JSON or not an event.
 */
export function readExampleEvents(folder: string): ExampleEvent[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => readExample(folder, file));
}

function readExample(folder: string, file: string): ExampleEvent {
  let event: unknown;
  try {
    event = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } catch (cause) {
    throw new UsageError(`examples/${file} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const { source, 'detail-type': detailType, detail } = Object(event) as Record<string, unknown>;
  if (typeof source !== 'string' || typeof detailType !== 'string' || typeof detail !== 'object' || detail === null)
    throw new UsageError(`examples/${file} is not an event: write source, detail-type and detail, or move the file to another folder`);
  return { ...(event as Omit<ExampleEvent, 'name'>), name: file.replace(/\.json$/, '') };
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
  const { bucket, key, version } = Object(value) as Readonly<Record<string, unknown>>;
  return version === 'set-at-upload' && typeof bucket === 'string' && typeof key === 'string';
}
