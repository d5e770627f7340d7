import { AwsError } from '../aws-error.ts';
import type { ServiceRequest, ServiceResponse } from '../service.ts';
import { readUpload } from './body.ts';
import { type Checksum, checksumHeader, checksumOf, readAlgorithm } from './checksum.ts';
import { checkCopyConditions, checkIfMatch, checkReadConditions, checkWriteConditions } from './conditions.ts';
import type { S3Call, S3Operation } from './operation.ts';
import { readRange } from './range.ts';
import { type Bucket, type BucketStore, etagOf, type NewVersion, type Version } from './store.ts';
import { element, parseXml, textOf, type XmlElement, xmlAnswer, xmlDocument } from './xml.ts';

const KEPT = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
  'x-amz-storage-class',
];
const ENCRYPTION = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
];

/** The headers of an upload that come back with the object. */
export function keptHeaders(bucket: Bucket, headers: ServiceRequest['headers']): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream', ...defaultEncryption(bucket) };
  for (const [name, value] of Object.entries(headers)) {
    if (KEPT.includes(name) || ENCRYPTION.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = value;
  }
  const encoding = headers['content-encoding']
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked' && part !== '');
  if (encoding !== undefined && encoding.length > 0) kept['content-encoding'] = encoding.join(',');
  return kept;
}

function defaultEncryption(bucket: Bucket): Record<string, string> {
  const configured = bucket.settings.get('encryption');
  const algorithm = configured?.match(/<SSEAlgorithm>([^<]+)</)?.[1] ?? 'AES256';
  const key = configured?.match(/<KMSMasterKeyID>([^<]+)</)?.[1];
  return {
    'x-amz-server-side-encryption': algorithm,
    ...(key === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': key }),
  };
}

export function readTags(headers: ServiceRequest['headers']): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? ''));
}

/** Headers that name a version, where the bucket has versions. */
export function versionHeaders(bucket: Bucket, version: Pick<Version, 'id'>): Record<string, string> {
  return bucket.versioning === undefined ? {} : { 'x-amz-version-id': version.id };
}

function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

export function encryptionHeaders(version: Pick<Version, 'headers'>): Record<string, string> {
  return Object.fromEntries(Object.entries(version.headers).filter(([name]) => ENCRYPTION.includes(name)));
}

function fullChecksum(body: Buffer, algorithm: Checksum['algorithm'] = 'CRC64NVME'): Checksum {
  return { algorithm, value: checksumOf(algorithm, body), type: 'FULL_OBJECT' };
}

/** An object as it is written by a service that sends nothing but its bytes. */
export function plainVersion(owner: Bucket, key: string, body: Buffer): NewVersion {
  return {
    key,
    body,
    etag: etagOf(body),
    headers: keptHeaders(owner, {}),
    checksum: fullChecksum(body),
    partSizes: undefined,
    deleted: false,
    tags: {},
  };
}

/** The operations on objects in one piece. */
export function createObjectOperations(store: BucketStore): Record<string, S3Operation> {
  function read({ request, bucket, key }: S3Call): { owner: Bucket; version: Version } {
    const owner = store.bucket(bucket);
    return { owner, version: store.read(owner, key, request.query.get('versionId') ?? undefined) };
  }

  function get(call: S3Call): ServiceResponse {
    const { owner, version } = read(call);
    const { headers, query } = call.request;
    checkReadConditions(version, headers);
    const range = readRange(version, headers['range'], query.get('partNumber'));
    const answered: Record<string, string> = {
      ...version.headers,
      ...versionHeaders(owner, version),
      ...(headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && range === undefined ? checksumHeaders(version.checksum) : {}),
      ...(Object.keys(version.tags).length > 0 ? { 'x-amz-tagging-count': String(Object.keys(version.tags).length) } : {}),
      etag: version.etag,
      'last-modified': new Date(version.modified).toUTCString(),
      'accept-ranges': 'bytes',
    };
    for (const [name, value] of query) if (name.startsWith('response-')) answered[name.slice('response-'.length)] = headerValue(value);
    const body = range === undefined ? version.body : version.body.subarray(range.from, range.to + 1);
    if (query.has('partNumber') && version.partSizes !== undefined) answered['x-amz-mp-parts-count'] = String(version.partSizes.length);
    if (range !== undefined) answered['content-range'] = `bytes ${range.from}-${range.to}/${version.body.length}`;
    answered['content-length'] = String(body.length);
    return { status: range === undefined ? 200 : 206, headers: answered, body };
  }

  /** One entry of DeleteObjects, which fails by itself. */
  function deleteOne(owner: Bucket, object: XmlElement): string {
    const key = textOf(object, 'Key') ?? '';
    const versionId = textOf(object, 'VersionId');
    const named = `${element('Key', key)}${element('VersionId', versionId)}`;
    try {
      checkIfMatch(store.current(owner, key), textOf(object, 'ETag'));
    } catch (problem) {
      if (!(problem instanceof AwsError)) throw problem;
      return `<Error>${named}${element('Code', problem.exception)}${element('Message', problem.message)}</Error>`;
    }
    const removed = store.remove(owner, key, versionId);
    const marker = removed.marker ? `${element('DeleteMarker', true)}${element('DeleteMarkerVersionId', removed.versionId)}` : '';
    return `<Deleted>${named}${marker}</Deleted>`;
  }

  return {
    PutObject({ request, bucket, key }) {
      const owner = store.bucket(bucket);
      if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
      const { body, checksum } = readUpload(request);
      checkWriteConditions(store.current(owner, key), request.headers);
      const headers = keptHeaders(owner, request.headers);
      const version = store.write(owner, {
        key,
        body,
        etag: etagOf(body),
        headers,
        checksum: checksum ?? fullChecksum(body, readAlgorithm(request.headers['x-amz-sdk-checksum-algorithm'])),
        partSizes: undefined,
        deleted: false,
        tags: readTags(request.headers),
      });
      return {
        status: 200,
        headers: {
          etag: version.etag,
          ...versionHeaders(owner, version),
          ...checksumHeaders(version.checksum),
          ...encryptionHeaders(version),
        },
      };
    },
    GetObject: get,
    HeadObject(call) {
      const { body: _body, ...response } = get(call);
      return response;
    },
    CopyObject({ request, bucket, key }) {
      const owner = store.bucket(bucket);
      const [path = '', query] = (request.headers['x-amz-copy-source'] ?? '').split('?');
      const [sourceBucket = '', ...rest] = decodeCopySource(path).replace(/^\//, '').split('/');
      const from = store.bucket(sourceBucket);
      const source = store.read(from, rest.join('/'), new URLSearchParams(query).get('versionId') ?? undefined);
      checkCopyConditions(source, request.headers);
      checkWriteConditions(store.current(owner, key), request.headers);
      const replaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
      const algorithm = readAlgorithm(request.headers['x-amz-checksum-algorithm']) ?? source.checksum?.algorithm;
      const version = store.write(owner, {
        key,
        body: source.body,
        etag: etagOf(source.body),
        headers: replaced ? keptHeaders(owner, request.headers) : { ...source.headers, ...encryptionHeaders({ headers: request.headers }) },
        checksum: fullChecksum(source.body, algorithm),
        partSizes: undefined,
        deleted: false,
        tags: request.headers['x-amz-tagging-directive'] === 'REPLACE' ? readTags(request.headers) : source.tags,
      });
      const checksum = version.checksum;
      const inner = `${element('LastModified', new Date(version.modified).toISOString())}${element('ETag', version.etag)}${checksumElements(checksum)}`;
      const copied = from.versioning === undefined ? {} : { 'x-amz-copy-source-version-id': source.id };
      return xmlAnswer(xmlDocument('CopyObjectResult', inner), {
        ...versionHeaders(owner, version),
        ...copied,
        ...encryptionHeaders(version),
      });
    },
    DeleteObject({ request, bucket, key }) {
      const owner = store.bucket(bucket);
      checkIfMatch(store.current(owner, key), request.headers['if-match']);
      const removed = store.remove(owner, key, request.query.get('versionId') ?? undefined);
      return {
        status: 204,
        headers: {
          ...(removed.versionId === undefined ? {} : { 'x-amz-version-id': removed.versionId }),
          ...(removed.marker ? { 'x-amz-delete-marker': 'true' } : {}),
        },
      };
    },
    DeleteObjects({ request, bucket }) {
      const owner = store.bucket(bucket);
      const root = parseXml(readUpload(request).body.toString('utf8'));
      if (root?.name !== 'Delete') throw new AwsError('MalformedXML', 'The XML you provided was not well-formed');
      const quiet = textOf(root, 'Quiet') === 'true';
      const results = root.children.filter(({ name }) => name === 'Object').map((object) => deleteOne(owner, object));
      return xmlAnswer(xmlDocument('DeleteResult', results.filter((result) => !quiet || result.startsWith('<Error>')).join('')));
    },
    GetObjectAttributes(call) {
      const { owner, version } = read(call);
      const wanted = (call.request.headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim());
      const inner = [
        wanted.includes('ETag') ? element('ETag', version.etag.replaceAll('"', '')) : '',
        wanted.includes('Checksum') ? `<Checksum>${checksumElements(version.checksum)}</Checksum>` : '',
        wanted.includes('ObjectParts') && version.partSizes !== undefined
          ? `<ObjectParts>${element('PartsCount', version.partSizes.length)}</ObjectParts>`
          : '',
        wanted.includes('StorageClass') ? element('StorageClass', 'STANDARD') : '',
        wanted.includes('ObjectSize') ? element('ObjectSize', version.body.length) : '',
      ];
      return xmlAnswer(xmlDocument('GetObjectAttributesResponse', inner.join('')), {
        ...versionHeaders(owner, version),
        'last-modified': new Date(version.modified).toUTCString(),
      });
    },
    PutObjectTagging(call) {
      const { owner, version } = read(call);
      const set = parseXml(readUpload(call.request).body.toString('utf8'))?.children.find(({ name }) => name === 'TagSet');
      if (set === undefined) throw new AwsError('MalformedXML', 'The XML you provided was not well-formed');
      version.tags = Object.fromEntries(set.children.map((tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? '']));
      return { status: 200, headers: versionHeaders(owner, version) };
    },
    GetObjectTagging(call) {
      const { owner, version } = read(call);
      const tags = Object.entries(version.tags).map(([key, value]) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`);
      return xmlAnswer(xmlDocument('Tagging', `<TagSet>${tags.join('')}</TagSet>`), versionHeaders(owner, version));
    },
    DeleteObjectTagging(call) {
      const { owner, version } = read(call);
      version.tags = {};
      return { status: 204, headers: versionHeaders(owner, version) };
    },
  };
}

/** A checksum as XML answers spell it. */
export function checksumElements(checksum: Checksum | undefined): string {
  return checksum === undefined
    ? ''
    : `${element(`Checksum${checksum.algorithm}`, checksum.value)}${element('ChecksumType', checksum.type)}`;
}

/** What a presigned URL wants as a header of the answer: nothing that would end the header, UTF-8 as its bytes. */
function headerValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    throw new AwsError('InvalidArgument', 'Header value cannot contain control characters.');
  return Buffer.from(value, 'utf8').toString('latin1');
}

function decodeCopySource(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
}
