import type { ObjectStore } from '../service.ts';

/** The hosts of S3, with the bucket in front or, in path style, without it. */
const S3_HOST = /^(?:(.+)\.)?s3[.-](?:[a-z\d-]+\.){0,3}amazonaws\.com(?:\.cn)?$/;

/** An object of S3. Without a version, the newest one is meant. */
export type ObjectLocation = { readonly bucket: string; readonly key: string; readonly version?: string | undefined };

/**
 * The text of the job document that `source` names. It is `s3://BUCKET/KEY`, with the key as it stands, or an S3 https URL,
 * virtual-hosted or path style, with the key percent-encoded and an optional `versionId` (the forms of the S3 user
 * guide). Returns `undefined` for any other text, and if there is no such object.
 */
export function readDocumentSource(objects: Pick<ObjectStore, 'get'>, source: string): string | undefined {
  const found = locateDocument(source);
  return found === undefined ? undefined : objects.get(found.bucket, found.key, found.version)?.toString('utf8');
}

/** The object that a document source names, in the forms of {@link readDocumentSource}. Returns `undefined` for any other text. */
export function locateDocument(source: string): ObjectLocation | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(source) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  const [, host = '', path = '', query] = /^https:\/\/([^/?#]+)\/([^?#]+)(?:\?([^#]*))?$/.exec(source) ?? [];
  const s3 = S3_HOST.exec(host);
  if (s3 === null) return undefined;
  const [, inPath, keyInPath] = /^([^/]+)\/(.+)$/.exec(path) ?? [];
  const [owner, encoded] = s3[1] === undefined ? [inPath, keyInPath] : [s3[1], path];
  const decoded = encoded === undefined ? undefined : decode(encoded);
  if (owner === undefined || decoded === undefined) return undefined;
  return { bucket: owner, key: decoded, version: new URLSearchParams(query).get('versionId') ?? undefined };
}

/** Returns `undefined` for text that is not percent-encoded. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
