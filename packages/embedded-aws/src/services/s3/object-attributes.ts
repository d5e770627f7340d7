import { AwsError } from '../aws-error.ts';
import type { ServiceRequest } from '../service.ts';
import { withoutPartCount } from './multipart-checksums.ts';
import { storageClassOf } from './storage-class.ts';
import type { Version } from './store.ts';
import { element } from './xml.ts';

const PARTS_MAX = 1000;

/** The XML elements of a version that GetObjectAttributes is asked for. Throws InvalidArgument for a wrong number. */
export function attributeElements(version: Version, headers: ServiceRequest['headers']): string {
  const wanted = (headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim());
  const elements: Readonly<Record<string, () => string>> = {
    ETag: () => element('ETag', version.etag.replaceAll('"', '')),
    Checksum: () => checksum(version),
    ObjectParts: () => objectParts(version, headers),
    StorageClass: () => element('StorageClass', storageClassOf(version)),
    ObjectSize: () => element('ObjectSize', version.body.length),
  };
  return Object.entries(elements)
    .map(([name, write]) => (wanted.includes(name) ? write() : ''))
    .join('');
}

function checksum({ checksum: stored }: Version): string {
  if (stored === undefined) return '';
  return `<Checksum>${element(`Checksum${stored.algorithm}`, withoutPartCount(stored))}${element('ChecksumType', stored.type)}</Checksum>`;
}

/** The number of parts, and a page of them if their checksums make a composite. S3 lists no parts of any other object. */
function objectParts({ parts, checksum: stored }: Version, headers: ServiceRequest['headers']): string {
  if (parts === undefined) return '';
  const count = element('PartsCount', parts.length);
  if (stored?.type !== 'COMPOSITE') return `<ObjectParts>${count}</ObjectParts>`;
  const maximum = Math.min(numberIn(headers, 'x-amz-max-parts', PARTS_MAX), PARTS_MAX);
  const marker = numberIn(headers, 'x-amz-part-number-marker', 0);
  const after = parts.map((part, index) => ({ ...part, number: index + 1 })).filter(({ number }) => number > marker);
  const shown = after.slice(0, maximum);
  const list = shown.map(
    (part) =>
      `<Part>${element('PartNumber', part.number)}${element('Size', part.size)}${element(`Checksum${stored.algorithm}`, part.checksum)}</Part>`,
  );
  const page = [
    element('PartNumberMarker', marker),
    element('NextPartNumberMarker', shown.at(-1)?.number ?? 0),
    element('MaxParts', maximum),
    element('IsTruncated', shown.length < after.length),
  ];
  return `<ObjectParts>${count}${page.join('')}${list.join('')}</ObjectParts>`;
}

function numberIn(headers: ServiceRequest['headers'], name: string, otherwise: number): number {
  const text = headers[name];
  if (text === undefined) return otherwise;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new AwsError('InvalidArgument', `Provided ${name} not an integer or within integer range`);
}
