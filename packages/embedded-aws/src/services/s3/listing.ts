import { AwsError } from '../aws-error.ts';
import type { S3Call, S3Operation } from './operation.ts';
import { storageClassOf } from './storage-class.ts';
import type { Bucket, BucketStore, Version } from './store.ts';
import { element, xmlAnswer, xmlDocument } from './xml.ts';

type Listed = {
  readonly versions: readonly Version[];
  readonly prefixes: readonly string[];
  readonly last: Version | undefined;
  readonly truncated: boolean;
};

/** ListObjects, ListObjectsV2 and ListObjectVersions. */
export function createListings(store: BucketStore): Record<string, S3Operation> {
  return {
    ListObjectsV2(call) {
      const { query } = call.request;
      const token = query.get('continuation-token');
      const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
      const bucket = store.bucket(call.bucket);
      const listed = list(call, newest(bucket), (version) => version.key > after);
      const next = listed.truncated ? Buffer.from(pageEnd(listed)).toString('base64url') : undefined;
      return xmlAnswer(
        xmlDocument(
          'ListBucketResult',
          `${head(call, listed)}${element('KeyCount', listed.versions.length + listed.prefixes.length)}${element('ContinuationToken', token ?? undefined)}${element('NextContinuationToken', next)}${element('StartAfter', query.get('start-after') ?? undefined)}${contents(call, listed)}`,
        ),
      );
    },
    ListObjects(call) {
      const marker = call.request.query.get('marker') ?? '';
      const listed = list(call, newest(store.bucket(call.bucket)), (version) => version.key > marker);
      const next = listed.truncated ? encoded(call, pageEnd(listed)) : undefined;
      return xmlAnswer(
        xmlDocument(
          'ListBucketResult',
          `${head(call, listed)}${element('Marker', marker)}${element('NextMarker', next)}${contents(call, listed)}`,
        ),
      );
    },
    ListObjectVersions(call) {
      const { query } = call.request;
      const bucket = store.bucket(call.bucket);
      const all = sortedKeys(bucket).flatMap((key) => bucket.objects.get(key) ?? []);
      const keyMarker = query.get('key-marker') ?? '';
      const from = query.get('version-id-marker');
      const start = from === null ? -1 : all.findIndex(({ key, id }) => key === keyMarker && id === from);
      const listed = list(call, start === -1 ? all : all.slice(start + 1), (version) => start !== -1 || version.key > keyMarker);
      const isLatest = (version: Version) => bucket.objects.get(version.key)?.[0] === version;
      const entries = listed.versions.map((version) => {
        const common = `${element('Key', encoded(call, version.key))}${element('VersionId', version.id)}${element('IsLatest', isLatest(version))}${element('LastModified', new Date(version.modified).toISOString())}`;
        return version.deleted
          ? `<DeleteMarker>${common}</DeleteMarker>`
          : `<Version>${common}${element('ETag', version.etag)}${element('Size', version.body.length)}${element('StorageClass', storageClassOf(version))}</Version>`;
      });
      const next = listed.truncated
        ? `${element('NextKeyMarker', encoded(call, pageEnd(listed)))}${element('NextVersionIdMarker', listed.last?.id)}`
        : '';
      return xmlAnswer(
        xmlDocument(
          'ListVersionsResult',
          `${head(call, listed)}${element('KeyMarker', keyMarker)}${next}${entries.join('')}${prefixes(call, listed)}`,
        ),
      );
    },
  };
}

function sortedKeys(bucket: Bucket): string[] {
  return [...bucket.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function newest(bucket: Bucket): Version[] {
  return sortedKeys(bucket).flatMap((key) => {
    const version = bucket.objects.get(key)?.[0];
    return version === undefined || version.deleted ? [] : [version];
  });
}

function list(call: S3Call, all: readonly Version[], isAfter: (version: Version) => boolean): Listed {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maximum = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  if (!(maximum >= 0)) throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  const versions: Version[] = [];
  const found = new Set<string>();
  let last: Version | undefined;
  for (const version of all) {
    if (!version.key.startsWith(prefix) || !isAfter(version)) continue;
    const cut = delimiter === '' ? -1 : version.key.indexOf(delimiter, prefix.length);
    const common = cut === -1 ? undefined : version.key.slice(0, cut + delimiter.length);
    if (common === undefined || !found.has(common)) {
      if (versions.length + found.size >= maximum) return { versions, prefixes: [...found], last, truncated: maximum > 0 };
      if (common === undefined) versions.push(version);
      else found.add(common);
    }
    last = version;
  }
  return { versions, prefixes: [...found], last, truncated: false };
}

function pageEnd(listed: Listed): string {
  return listed.last?.key ?? '';
}

function encoded(call: S3Call, text: string): string {
  return call.request.query.get('encoding-type') === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text;
}

function head(call: S3Call, listed: Listed): string {
  const { query } = call.request;
  const delimiter = query.get('delimiter');
  return [
    element('Name', call.bucket),
    element('Prefix', encoded(call, query.get('prefix') ?? '')),
    element('Delimiter', delimiter === null ? undefined : encoded(call, delimiter)),
    element('MaxKeys', query.get('max-keys') ?? 1000),
    element('EncodingType', query.get('encoding-type') ?? undefined),
    element('IsTruncated', listed.truncated),
  ].join('');
}

function contents(call: S3Call, listed: Listed): string {
  const entries = listed.versions.map((version) => {
    const checksum =
      version.checksum === undefined
        ? ''
        : `${element('ChecksumAlgorithm', version.checksum.algorithm)}${element('ChecksumType', version.checksum.type)}`;
    return `<Contents>${element('Key', encoded(call, version.key))}${element('LastModified', new Date(version.modified).toISOString())}${element('ETag', version.etag)}${checksum}${element('Size', version.body.length)}${element('StorageClass', storageClassOf(version))}</Contents>`;
  });
  return entries.join('') + prefixes(call, listed);
}

function prefixes(call: S3Call, listed: Listed): string {
  return listed.prefixes.map((prefix) => `<CommonPrefixes>${element('Prefix', encoded(call, prefix))}</CommonPrefixes>`).join('');
}
