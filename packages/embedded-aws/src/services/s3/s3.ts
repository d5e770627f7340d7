import { AwsError } from '../aws-error.ts';
import { percentDecoded } from '../percent-decoded.ts';
import type { Clock, ObjectStore, Service, ServiceRequest, ServiceResponse } from '../service.ts';
import { bucketOfHost } from './bucket-names.ts';
import { BUCKET_SETTINGS, createBucketOperations } from './buckets.ts';
import { createListings } from './listing.ts';
import { createMultipartOperations } from './multipart.ts';
import { plainVersion } from './object-headers.ts';
import { createObjectReads } from './object-reads.ts';
import { createObjectWrites } from './object-writes.ts';
import type { S3Call, S3Operation } from './operation.ts';
import { checkRegion } from './regions.ts';
import { createBucketStore } from './store.ts';
import { escapeXml } from './xml.ts';

/** What other services may do in S3 without a request. */
export type InsideS3 = {
  readonly objects: ObjectStore;
  /** Writes an object. Does nothing if the bucket does not exist. */
  writeObject(bucket: string, key: string, body: Buffer): void;
};

/** S3 in memory, with versioned buckets, checksums, path-style and virtual-host requests, and presigned URLs. */
export function createS3(options: { readonly clock: Pick<Clock, 'now'> }): Service & InsideS3 {
  const store = createBucketStore(options.clock.now);
  const operations: Readonly<Record<string, S3Operation>> = {
    ...createBucketOperations(store, options.clock.now),
    ...createListings(store),
    ...createObjectReads(store),
    ...createObjectWrites(store),
    ...createMultipartOperations(store, options.clock.now),
  };

  const known = (request: ServiceRequest) => {
    const name = operationName(request, locate(request));
    return Object.hasOwn(operations, name) ? operations[name] : undefined;
  };

  return {
    name: 's3',
    operations: Object.keys(operations),
    objects: store.objects,
    writeObject(bucket, key, body) {
      const owner = store.buckets.get(bucket);
      if (owner !== undefined) store.write(owner, plainVersion(owner, key, body));
    },
    operation: (request) => (known(request) === undefined ? undefined : operationName(request, locate(request))),
    async handle(request) {
      const call = locate(request);
      const operation = known(request);
      if (operation === undefined) {
        return error(501, 'NotImplemented', `The embedded AWS does not know S3 ${operationName(request, call)}.`);
      }
      try {
        checkPresigned(request.query);
        checkRegion(store, operationName(request, call), call);
        checkOwner(request);
        return operation(call);
      } catch (problem) {
        if (!(problem instanceof AwsError)) throw problem;
        const { headers, ...fields } = problem.fields;
        return error(problem.status, problem.exception, problem.message, fields, headers as Record<string, string> | undefined);
      }
    },
    error,
  };
}

function error(
  status: number,
  code: string,
  message: string,
  fields: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): ServiceResponse {
  const further = Object.entries(fields).map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`);
  if (status === 304) return { status, headers };
  return {
    status,
    headers: { 'content-type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message>${further.join('')}</Error>`,
  };
}

/** The bucket and key of a request, from its Host header or its path. Text that is not percent-encoded stays as it is. */
export function locate(request: ServiceRequest): S3Call {
  const [, ...segments] = request.path.split('/');
  const bucket = bucketOfHost(request.headers['host']) ?? percentDecoded(segments.shift() ?? '');
  return { request, bucket, key: percentDecoded(segments.join('/')) };
}

function operationName({ method, query, headers }: ServiceRequest, { bucket, key }: S3Call): string {
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : `${method} /`;
  const verb = ({ PUT: 'Put', GET: 'Get', DELETE: 'Delete' } as Readonly<Record<string, string>>)[method];
  if (key !== '') return objectOperationName(method, query, headers);
  if (query.has('versioning')) return `${verb}BucketVersioning`;
  if (query.has('location')) return 'GetBucketLocation';
  for (const [name, spelled] of Object.entries(BUCKET_SETTINGS)) {
    if (query.has(name)) return method === 'DELETE' && name === 'lifecycle' ? 'DeleteBucketLifecycle' : `${verb}${spelled}`;
  }
  if (method === 'GET' && query.has('versions')) return 'ListObjectVersions';
  if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads';
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
  const other = [...query.keys()].find((name) =>
    [
      'acl',
      'replication',
      'website',
      'requestPayment',
      'accelerate',
      'object-lock',
      'analytics',
      'inventory',
      'metrics',
      'intelligent-tiering',
      'policyStatus',
    ].includes(name),
  );
  if (other !== undefined) return `${method} ?${other}`;
  if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
  return (
    ({ PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' } as Readonly<Record<string, string>>)[method] ?? `${method} BUCKET`
  );
}

function objectOperationName(method: string, query: URLSearchParams, headers: ServiceRequest['headers']): string {
  const upload = query.has('uploadId');
  const copied = headers['x-amz-copy-source'] !== undefined;
  const other = ['acl', 'retention', 'legal-hold', 'torrent', 'restore', 'select'].find((name) => query.has(name));
  if (other !== undefined) return `${method} OBJECT?${other}`;
  switch (method) {
    case 'PUT':
      if (upload) return copied ? 'UploadPartCopy' : 'UploadPart';
      return query.has('tagging') ? 'PutObjectTagging' : copied ? 'CopyObject' : 'PutObject';
    case 'GET':
      if (upload) return 'ListParts';
      return query.has('tagging') ? 'GetObjectTagging' : query.has('attributes') ? 'GetObjectAttributes' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'DELETE':
      return upload ? 'AbortMultipartUpload' : query.has('tagging') ? 'DeleteObjectTagging' : 'DeleteObject';
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : upload ? 'CompleteMultipartUpload' : 'POST OBJECT';
    default:
      return `${method} OBJECT`;
  }
}

/** Refuses a presigned URL that has expired. Version 4 counts seconds from its date; version 2 names the epoch second. */
function checkPresigned(query: URLSearchParams): void {
  const expiry = query.has('AWSAccessKeyId') && query.has('Signature') ? expiryOfVersion2(query) : expiryOfVersion4(query);
  // In real time, not on the service's clock: the client that made the URL knows only real time.
  if (expiry !== undefined && Date.now() > expiry) throw new AwsError('AccessDenied', 'Request has expired', { status: 403 });
}

function expiryOfVersion2(query: URLSearchParams): number {
  const expires = query.get('Expires') ?? '';
  if (!/^\d+$/.test(expires))
    throw new AwsError('AccessDenied', `Invalid date (should be seconds since epoch): ${expires}`, { status: 403 });
  return Number(expires) * 1000;
}

function expiryOfVersion4(query: URLSearchParams): number | undefined {
  const match = query.get('X-Amz-Date')?.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
  const expires = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (!match || Number.isNaN(expires)) return undefined;
  const [year = 0, month = 1, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) + expires * 1000;
}

function checkOwner({ headers, accountId }: ServiceRequest): void {
  const expected = headers['x-amz-expected-bucket-owner'];
  if (expected !== undefined && expected !== accountId) throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
}
