import { isRecord, kindOf } from 'aws-ota-models';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { type JsonObject, objectOf, omit } from '../../../domain/channels/template-shape.ts';
import { UsageError } from '../../../scripts/command.ts';

/** A member of the file that the channel does not take as it is, and what becomes of its value. */
export type Moved = { readonly member: string; readonly where: string };

/** What becomes of a request that somebody sends today. */
export type Taken = {
  /** The request without the members that the service or a release gives. */
  readonly request: JsonObject;
  /** Members that belong beside the request, because the file could not be released otherwise. */
  readonly besides: JsonObject;
  readonly moved: readonly Moved[];
  /** The buckets of the files, if it names some. */
  readonly buckets: readonly string[];
  /** The form of its job document. */
  readonly format?: string;
};

/** What becomes of a member that the service makes, that describes the update, and that only the service sets. */
export const MADE = 'the service makes it from product, version, revision and channel';
export const DESCRIPTION = 'into the release, as description';
export const RESERVED = 'left out: only the service sets keys that begin with ota-dispatch.';

/** A start or an end belongs to one release. */
export function timesOf(schedule: JsonObject, ofRelease: Readonly<Record<string, string>>, member: string) {
  const names = Object.keys(ofRelease).filter((name) => schedule[name] !== undefined);
  return {
    kept: omit(schedule, names),
    besides: names.length > 0 ? { scheduleFromRelease: 'allow' } : {},
    moved: names.map((name) => ({
      member: `${member}.${name}`,
      where: `into the release, as ${ofRelease[name]}: so the channel has scheduleFromRelease: allow`,
    })),
  };
}

/** The tags without those that only the service sets. */
export function ownTags(request: JsonObject): { readonly kept: JsonObject; readonly moved: readonly Moved[] } {
  const tags = listIn(request, 'tags');
  const isOurs = (tag: unknown) => {
    const { Key: key } = objectOf(tag);
    return typeof key === 'string' && isReserved(key);
  };
  return {
    kept: someOf(
      'tags',
      tags.filter((tag) => !isOurs(tag)),
    ),
    moved: tags.flatMap((tag, index) => (isOurs(tag) ? [{ member: `tags[${index}]`, where: RESERVED }] : [])),
  };
}

/** The buckets in URLs of S3, in the forms https://BUCKET.s3…, https://s3….amazonaws.com/BUCKET/ and s3://BUCKET/. */
export function bucketsIn(text: string): string[] {
  const found = text.matchAll(
    /https:\/\/([a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com|https:\/\/s3[a-z0-9.-]*\.amazonaws\.com[a-z.]*\/([a-z0-9.-]+)\/|s3:\/\/([a-z0-9.-]+)\//g,
  );
  return unique([...found].flatMap(([, host, path, s3]) => host ?? path ?? s3 ?? []));
}

/** One item that says what becomes of a member. None if it is missing. */
export function movedIf(holder: JsonObject, member: string, where: string): Moved[] {
  return holder[member] === undefined ? [] : [{ member, where }];
}

/** A member that is taken apart. Empty if it is missing. Throws UsageError if it is not an object. */
export function objectIn(holder: JsonObject | readonly unknown[], member: string | number, path = String(member)): JsonObject {
  const value: unknown = Reflect.get(holder, member);
  if (value === undefined) return {};
  if (!isRecord(value)) throw new UsageError(`${path}: must be an object, got ${kindOf(value)}`);
  return value;
}

/** As {@link objectIn}, for a list. */
export function listIn(holder: JsonObject, member: string): readonly unknown[] {
  const value = holder[member];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new UsageError(`${member}: must be a list, got ${kindOf(value)}`);
  return value;
}

/** The member, unless its value has nothing in it. */
export function someOf(member: string, value: JsonObject | readonly unknown[]): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [member]: value };
}

/** The texts, each once. */
export const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
