import { AwsError } from '../aws-error.ts';
import { readUpload } from './body.ts';
import { readAlgorithm } from './checksum.ts';
import { checkCopyConditions, checkIfMatch, checkWriteConditions } from './conditions.ts';
import {
  checksumElements,
  checksumHeaders,
  encryptionHeaders,
  fullChecksum,
  keptHeaders,
  readTags,
  versionHeaders,
} from './object-headers.ts';
import type { S3Operation } from './operation.ts';
import { checkCopyable } from './storage-class.ts';
import { type Bucket, type BucketStore, etagOf } from './store.ts';
import { element, parseXml, textOf, type XmlElement, xmlAnswer, xmlDocument } from './xml.ts';

/** The operations that write or delete objects in one piece. */
export function createObjectWrites(store: BucketStore): Record<string, S3Operation> {
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
        parts: undefined,
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
    CopyObject({ request, bucket, key }) {
      const owner = store.bucket(bucket);
      const [path = '', query] = (request.headers['x-amz-copy-source'] ?? '').split('?');
      const [sourceBucket = '', ...rest] = decodeCopySource(path).replace(/^\//, '').split('/');
      const from = store.bucket(sourceBucket);
      const source = store.read(from, rest.join('/'), new URLSearchParams(query).get('versionId') ?? undefined);
      checkCopyable(source);
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
        parts: undefined,
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
      const results = root.children.filter(({ name }) => name === 'Object').map((object) => deleteOne(store, owner, object));
      return xmlAnswer(xmlDocument('DeleteResult', results.filter((result) => !quiet || result.startsWith('<Error>')).join('')));
    },
  };
}

/** One entry of DeleteObjects, which succeeds or fails on its own. */
function deleteOne(store: BucketStore, owner: Bucket, object: XmlElement): string {
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

function decodeCopySource(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
}
