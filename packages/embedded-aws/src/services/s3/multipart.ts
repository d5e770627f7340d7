import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import { readUpload } from './body.ts';
import { checksumHeader } from './checksum.ts';
import { checkWriteConditions } from './conditions.ts';
import { checksumOfPart, checksumOfUpload, checksumOfWhole, requirePartChecksum } from './multipart-checksums.ts';
import { checksumElements, encryptionHeaders, keptHeaders, readTags, versionHeaders } from './object-headers.ts';
import type { S3Call, S3Operation } from './operation.ts';
import { type Bucket, type BucketStore, etagOf, type MultipartUpload, type Part } from './store.ts';
import { element, parseXml, textOf, type XmlElement, xmlAnswer, xmlDocument } from './xml.ts';

const LEAST_PART_BYTES = 5 * 1024 * 1024;

/** Uploads in parts. */
export function createMultipartOperations(store: BucketStore, now: () => number): Record<string, S3Operation> {
  function find({ request, bucket, key }: S3Call): { owner: Bucket; upload: MultipartUpload } {
    const owner = store.bucket(bucket);
    const upload = owner.uploads.get(request.query.get('uploadId') ?? '');
    if (upload === undefined || upload.key !== key) {
      throw new AwsError(
        'NoSuchUpload',
        'The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might have been aborted or completed.',
        { status: 404 },
      );
    }
    return { owner, upload };
  }

  return {
    CreateMultipartUpload({ request, bucket, key }) {
      const owner = store.bucket(bucket);
      const { algorithm, type } = checksumOfUpload(request.headers);
      const id = randomBytes(24).toString('base64url');
      const headers = keptHeaders(owner, request.headers);
      owner.uploads.set(id, { id, key, started: now(), headers, tags: readTags(request.headers), algorithm, type, parts: new Map() });
      const inner = `${element('Bucket', bucket)}${element('Key', key)}${element('UploadId', id)}`;
      return xmlAnswer(xmlDocument('InitiateMultipartUploadResult', inner), {
        ...encryptionHeaders({ headers }),
        ...(algorithm === undefined ? {} : { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type }),
      });
    },
    UploadPart(call) {
      const { upload } = find(call);
      const number = Number(call.request.query.get('partNumber'));
      if (!Number.isInteger(number) || number < 1 || number > 10_000) {
        throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
      }
      const { body, checksum: claimed } = readUpload(call.request);
      const checksum = checksumOfPart(upload, body, claimed);
      const part: Part = { number, body, etag: etagOf(body), modified: now(), checksum };
      upload.parts.set(number, part);
      return {
        status: 200,
        headers: {
          etag: part.etag,
          ...encryptionHeaders(upload),
          ...(checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value }),
        },
      };
    },
    CompleteMultipartUpload(call) {
      const { owner, upload } = find(call);
      const { headers, endpoint } = call.request;
      const parts = chosenParts(upload, parseXml(call.request.body.toString('utf8')));
      checkWriteConditions(store.current(owner, upload.key), headers);
      const body = Buffer.concat(parts.map((part) => part.body));
      const size = headers['x-amz-mp-object-size'];
      if (size !== undefined && Number(size) !== body.length)
        throw new AwsError('InvalidRequest', 'The provided object size does not match the size of the parts.');
      const checksum = checksumOfWhole(upload, parts, body, headers);
      const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex')));
      const etag = `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`;
      const version = store.write(owner, {
        key: upload.key,
        body,
        etag,
        headers: upload.headers,
        checksum,
        parts: parts.map((part) => ({ size: part.body.length, checksum: part.checksum?.value })),
        deleted: false,
        tags: upload.tags,
      });
      owner.uploads.delete(upload.id);
      const inner = `${element('Location', `${endpoint}/${owner.name}/${upload.key}`)}${element('Bucket', owner.name)}${element('Key', upload.key)}${element('ETag', etag)}${checksumElements(checksum)}`;
      return xmlAnswer(xmlDocument('CompleteMultipartUploadResult', inner), {
        ...versionHeaders(owner, version),
        ...encryptionHeaders(version),
      });
    },
    AbortMultipartUpload(call) {
      const { owner, upload } = find(call);
      owner.uploads.delete(upload.id);
      return { status: 204 };
    },
    ListParts(call) {
      const { owner, upload } = find(call);
      const after = Number(call.request.query.get('part-number-marker') ?? 0);
      const maximum = Number(call.request.query.get('max-parts') ?? 1000);
      const all = [...upload.parts.values()].filter(({ number }) => number > after).sort((a, b) => a.number - b.number);
      const shown = all.slice(0, maximum);
      const list = shown.map(
        (part) =>
          `<Part>${element('PartNumber', part.number)}${element('LastModified', new Date(part.modified).toISOString())}${element('ETag', part.etag)}${element('Size', part.body.length)}${upload.algorithm === undefined ? '' : element(`Checksum${upload.algorithm}`, part.checksum?.value)}</Part>`,
      );
      const next = shown.length < all.length ? element('NextPartNumberMarker', shown.at(-1)?.number) : '';
      const inner = `${element('Bucket', owner.name)}${element('Key', upload.key)}${element('UploadId', upload.id)}${uploadElements(upload)}${element('PartNumberMarker', after)}${element('MaxParts', maximum)}${element('IsTruncated', shown.length < all.length)}${next}${list.join('')}`;
      return xmlAnswer(xmlDocument('ListPartsResult', inner));
    },
    ListMultipartUploads({ request, bucket }) {
      const prefix = request.query.get('prefix') ?? '';
      const uploads = [...store.bucket(bucket).uploads.values()]
        .filter(({ key }) => key.startsWith(prefix))
        .map(
          (upload) =>
            `<Upload>${element('Key', upload.key)}${element('UploadId', upload.id)}${element('Initiated', new Date(upload.started).toISOString())}${uploadElements(upload)}</Upload>`,
        );
      return xmlAnswer(
        xmlDocument('ListMultipartUploadsResult', `${element('Bucket', bucket)}${element('IsTruncated', false)}${uploads.join('')}`),
      );
    },
  };
}

function chosenParts(upload: MultipartUpload, root: XmlElement | undefined): Part[] {
  const asked = root?.children.filter(({ name }) => name === 'Part') ?? [];
  if (asked.length === 0)
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  let previous = 0;
  const parts = asked.map((entry) => {
    const number = Number(textOf(entry, 'PartNumber'));
    const part = upload.parts.get(number);
    if (number <= previous)
      throw new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      );
    previous = number;
    const claimed = upload.algorithm === undefined ? undefined : textOf(entry, `Checksum${upload.algorithm}`);
    requirePartChecksum(upload, claimed, number);
    if (
      part === undefined ||
      part.etag.replaceAll('"', '') !== textOf(entry, 'ETag')?.replaceAll('"', '') ||
      (claimed !== undefined && claimed !== part.checksum?.value)
    ) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
    }
    return part;
  });
  if (parts.slice(0, -1).some(({ body }) => body.length < LEAST_PART_BYTES)) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return parts;
}

/** The algorithm and type of the checksum that the upload was created with; none without an algorithm. */
function uploadElements({ algorithm, type }: MultipartUpload): string {
  return algorithm === undefined ? '' : `${element('ChecksumAlgorithm', algorithm)}${element('ChecksumType', type)}`;
}
