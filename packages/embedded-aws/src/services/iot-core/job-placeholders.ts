import { createHash } from 'node:crypto';
import { locateDocument, type ObjectLocation } from '../rest-json/document-source.ts';
import type { IotCoreAssumptions } from './assumptions.ts';

/** The most substitution patterns in one document (developer guide, "Create custom job templates"). */
export const PLACEHOLDERS_MAX = 10;
/** How often `${thingName}`, `${jobId}` and `${executionNumber}` may be in one upload URL. */
const PARAMETER_MAX = 2;
const UPLOAD_PARAMETERS = ['thingName', 'jobId', 'executionNumber'] as const;
const BEGINNING = `\${aws:`;
const PRESIGNED = /^iot:s3-presigned-url(-v2|-upload)?:(.*)$/s;
/** The encoded `?versionId=` of a placeholder of the second version. A key may contain it too, so the last one counts. */
const ENCODED_VERSION = /%3FversionId%3D(?!.*%3FversionId%3D)/is;

/** One pattern of a job document: `${aws:…}` from `start` up to `end`, with what stands between `aws:` and the brace. */
type Placeholder = { readonly start: number; readonly end: number; readonly inner: string };

/** A placeholder for a presigned URL. `url` is the S3 URL as it can be requested, `location` the object that it names. */
export type PresignedPlaceholder = {
  readonly kind: 'download' | 'upload';
  readonly url: string;
  readonly location: ObjectLocation | undefined;
  /** The Region in the host of the URL; `undefined` if the host has none. */
  readonly region: string | undefined;
};

/** The patterns of a document, in order; `undefined` if one of them has no end. Patterns inside of patterns are not listed. */
export function placeholdersIn(document: string): Placeholder[] | undefined {
  const found: Placeholder[] = [];
  for (let start = document.indexOf(BEGINNING); start >= 0; start = document.indexOf(BEGINNING, found.at(-1)?.end)) {
    const end = endOf(document, start);
    if (end === undefined) return undefined;
    found.push({ start, end, inner: document.slice(start + BEGINNING.length, end - 1) });
  }
  return found;
}

/**
 * Where the pattern that begins at `start` ends. It may contain others, such as `${thingName}`. It does not go beyond the text of the
 * document that it is in: assumed, since AWS documents only that a pattern must end.
 */
function endOf(document: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < document.length; at++) {
    if (document.startsWith('${', at)) depth++;
    else if (document[at] === '"') return undefined;
    else if (document[at] === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

/** What a pattern asks for, if it asks for a presigned URL. */
export function readPresigned(inner: string, plus: IotCoreAssumptions['plusInPresignedV2']): PresignedPlaceholder | undefined {
  const [, kind, argument] = PRESIGNED.exec(inner) ?? [];
  if (argument === undefined) return undefined;
  const decoded = kind === '-v2' ? argument.replace(ENCODED_VERSION, '?versionId=') : argument;
  const url = kind === '-v2' && plus === 'blank' ? decoded.replaceAll('+', '%20') : decoded;
  const region = /^https:\/\/(?:[^/]+\.)?s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(url)?.[1];
  return { kind: kind === '-upload' ? 'upload' : 'download', url, location: locateDocument(withoutPercentErrors(url)), region };
}

/** The first version takes the URL unencoded, so a key may have percent signs that encode nothing. */
function withoutPercentErrors(url: string): string {
  return url.replace(/%(?![0-9A-Fa-f]{2})/g, '%25');
}

/** Whether the parameters of an upload URL are known ones, each at most twice, and none of them in the name of the bucket. */
export function areUploadParametersFine({ url, location }: PresignedPlaceholder): boolean {
  const used = [...url.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name ?? '');
  const isKnown = used.every((name) => UPLOAD_PARAMETERS.some((one) => one === name));
  const few = UPLOAD_PARAMETERS.every((name) => used.filter((one) => one === name).length <= PARAMETER_MAX);
  return isKnown && few && !(location?.bucket ?? '').includes('${');
}

export type ForDevice = {
  readonly endpoint: string;
  /** The Region of a bucket, if its URL does not say. */
  readonly region: string;
  readonly expiresInSec: number;
  readonly plus: IotCoreAssumptions['plusInPresignedV2'];
  readonly thingName: string;
  readonly jobId: string;
  readonly executionNumber: number;
};

/**
 * The document as a device gets it. Each placeholder for a presigned URL becomes a URL of the endpoint. The URL works from now on, for as
 * long as the job says. Each request gets new ones. Other patterns stay.
 */
export function resolveForDevice(document: string, device: ForDevice): string {
  let resolved = '';
  let done = 0;
  for (const { start, end, inner } of placeholdersIn(document) ?? []) {
    const presigned = readPresigned(inner, device.plus);
    if (presigned?.location === undefined) continue;
    resolved += document.slice(done, start) + presign(presigned, device);
    done = end;
  }
  return resolved + document.slice(done);
}

/** The signature is made up, because S3 here checks none. The time is real, because S3 here counts in real time. */
function presign({ kind, url, region = undefined }: PresignedPlaceholder, device: ForDevice): string {
  const filled = kind === 'upload' ? url.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => parameterOf(device, name) ?? all) : url;
  const [, host = '', path = '', query = ''] = /^https:\/\/([^/]+)\/([^?]*)\??(.*)$/s.exec(filled) ?? [];
  const bucket = /^(.+)\.s3[.-]/.exec(host)?.[1];
  const address = `${device.endpoint}/${bucket === undefined ? '' : `${bucket}/`}${path.replace(/[^\x21-\x7e]+/gu, encodeURIComponent)}`;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `embedded/${date.slice(0, 8)}/${region ?? device.region}/s3/aws4_request`;
  const signed = [
    ...(query === '' ? [] : [query]),
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent(scope)}`,
    `X-Amz-Date=${date}`,
    `X-Amz-Expires=${device.expiresInSec}`,
    'X-Amz-SignedHeaders=host',
  ].join('&');
  return `${address}?${signed}&X-Amz-Signature=${createHash('sha256').update(`${address}?${signed}`).digest('hex')}`;
}

function parameterOf(device: ForDevice, name: string): string | undefined {
  const values: Readonly<Record<string, string>> = {
    thingName: encodeURIComponent(device.thingName),
    jobId: device.jobId,
    executionNumber: String(device.executionNumber),
  };
  return values[name];
}
