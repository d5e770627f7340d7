import { AwsError } from '../aws-error.ts';
import type { ServiceResponse } from '../service.ts';
import { readUpload } from './body.ts';
import type { Checksum } from './checksum.ts';
import { checkReadConditions } from './conditions.ts';
import { attributeElements } from './object-attributes.ts';
import { checksumHeaders, versionHeaders } from './object-headers.ts';
import type { S3Call, S3Operation } from './operation.ts';
import { type ByteRange, readRange } from './range.ts';
import { checkReadable } from './storage-class.ts';
import type { Bucket, BucketStore, Version } from './store.ts';
import { element, parseXml, textOf, xmlAnswer, xmlDocument } from './xml.ts';

/** The operations that read one object: GetObject, HeadObject, GetObjectAttributes, and those on its tags. */
export function createObjectReads(store: BucketStore): Record<string, S3Operation> {
  const read = (call: S3Call) => readVersion(store, call);
  return {
    GetObject(call) {
      const response = getObject(store, call);
      checkReadable(read(call).version);
      return response;
    },
    HeadObject(call) {
      const { body: _body, ...response } = getObject(store, call);
      return response;
    },
    GetObjectAttributes(call) {
      const { owner, version } = read(call);
      return xmlAnswer(xmlDocument('GetObjectAttributesResponse', attributeElements(version, call.request.headers)), {
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

function readVersion(store: BucketStore, { request, bucket, key }: S3Call): { owner: Bucket; version: Version } {
  const owner = store.bucket(bucket);
  return { owner, version: store.read(owner, key, request.query.get('versionId') ?? undefined) };
}

function getObject(store: BucketStore, call: S3Call): ServiceResponse {
  const { owner, version } = readVersion(store, call);
  const { headers, query } = call.request;
  checkReadConditions(version, headers);
  const partNumber = query.get('partNumber');
  const range = readRange(version, headers['range'], partNumber);
  const answered: Record<string, string> = {
    ...version.headers,
    ...versionHeaders(owner, version),
    ...(headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' ? checksumHeaders(checksumOfRead(version, range, partNumber)) : {}),
    ...(Object.keys(version.tags).length > 0 ? { 'x-amz-tagging-count': String(Object.keys(version.tags).length) } : {}),
    etag: version.etag,
    'last-modified': new Date(version.modified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of query) if (name.startsWith('response-')) answered[name.slice('response-'.length)] = headerValue(value);
  const body = range === undefined ? version.body : version.body.subarray(range.from, range.to + 1);
  if (partNumber !== null && version.parts !== undefined) answered['x-amz-mp-parts-count'] = String(version.parts.length);
  if (range !== undefined) answered['content-range'] = `bytes ${range.from}-${range.to}/${version.body.length}`;
  answered['content-length'] = String(body.length);
  return { status: range === undefined ? 200 : 206, headers: answered, body };
}

/** The checksum of what is read: that of the object if all of it is read, or that of a part of a composite. */
function checksumOfRead({ body, checksum, parts }: Version, range: ByteRange | undefined, partNumber: string | null): Checksum | undefined {
  if (checksum?.type === 'COMPOSITE' && partNumber !== null) {
    const value = parts?.[Number(partNumber) - 1]?.checksum;
    return value === undefined ? undefined : { ...checksum, value };
  }
  const isWhole = range === undefined || range.to - range.from + 1 === body.length;
  return isWhole ? checksum : undefined;
}

/** A header that a presigned URL sets in the answer, as the bytes of its UTF-8. Characters that would end the header are refused. */
function headerValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    throw new AwsError('InvalidArgument', 'Header value cannot contain control characters.');
  return Buffer.from(value, 'utf8').toString('latin1');
}
