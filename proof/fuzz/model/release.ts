import { readFileSync } from 'node:fs';
import type { RejectionCode } from '../../../domain/release/rejection.ts';
import { instantOf, isWholeMinute } from './instant.ts';
import { isObject } from './json.ts';
import { compileSchema, type SchemaFlaw } from './json-schema.ts';
import { type Codes, firstPhase } from './verdict.ts';

/** The detail of a release or withdrawal. */
export type Detail = Readonly<Record<string, unknown>>;
export type File = Readonly<Record<string, unknown>> & {
  readonly fileName?: string;
  readonly fileLocation?: {
    readonly stream?: object;
    readonly s3Location?: { readonly bucket: string; readonly key: string; readonly version: string };
  };
  readonly codeSigning?: Readonly<Record<string, unknown>>;
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly jobDocument?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
};

const published = schemaOf('firmware-release-published');
const withdrawn = schemaOf('firmware-release-withdrawn');

/** The service checks the rules between members after all others. {@link codesBetween} has them again, with their codes. */
const betweenMembers = new Set([
  'uniqueItems',
  'contains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'dependentSchemas',
  'if',
  'then',
]);

/** The codes of a release without its context, by its published schema and by the rules that no schema can express. */
export function codesOfRelease(detail: Detail, isInexact: boolean): Codes {
  if (isOtherMajor(detail['schemaVersion'])) return ['UNSUPPORTED_SCHEMA_VERSION'];
  if (isInexact) return ['INVALID_RELEASE'];
  const flaws = published(detail).filter(({ within }) => !within.some((keyword) => betweenMembers.has(keyword)));
  const files = Array.isArray(detail['artifacts']) ? detail['artifacts'].filter(isObject) : [];
  return firstPhase(
    () => [...codesOfFlaws(flaws, detail), ...codesOfTexts(detail, files)],
    () => codesBetween(detail, files),
  );
}

/** The codes of a withdrawal without its context. */
export function codesOfWithdrawal(detail: Detail, isInexact: boolean): Codes {
  if (isOtherMajor(detail['schemaVersion'])) return ['UNSUPPORTED_SCHEMA_VERSION'];
  const isWrong = isInexact || withdrawn(detail).length > 0 || hasRepeated(detail['channels']);
  return isWrong ? ['INVALID_WITHDRAWAL'] : [];
}

/** Compiles the published schema of an event. */
export function schemaOf(name: string): (value: unknown) => readonly SchemaFlaw[] {
  return compileSchema(JSON.parse(readFileSync(new URL(`../../../schemas/${name}.schema.json`, import.meta.url), 'utf8')));
}

/** Whether a schema version has another major version than 1. */
export function isOtherMajor(version: unknown): boolean {
  if (typeof version === 'number') return version !== 1;
  if (typeof version !== 'string' || !/^\d{1,9}(?:\.\d{1,9}){0,2}$/.test(version)) return false;
  return version.split('.')[0] !== '1';
}

/** Algorithms that are no text, wrong signatures and two signings at once have their own code. */
function codesOfFlaws(flaws: readonly SchemaFlaw[], detail: Detail): Codes {
  return flaws.flatMap(({ path, keyword }): Codes => {
    const [artifacts, index, signing, custom, member, inner] = path;
    if (artifacts !== 'artifacts' || signing !== 'codeSigning') return ['INVALID_RELEASE'];
    const isSpelling = member === 'hashAlgorithm' || member === 'signatureAlgorithm';
    const isSignature = member === 'signature' && inner === 'inlineDocument';
    const given = (detail['artifacts'] as readonly { codeSigning?: unknown }[])[Number(index)]?.codeSigning;
    if (hasTwoSignings(given)) return ['INVALID_SIGNING', 'INVALID_RELEASE'];
    return custom === 'customCodeSigning' && (isSpelling || isSignature) && keyword !== 'required'
      ? ['INVALID_SIGNING']
      : ['INVALID_RELEASE'];
  });
}

/** Rules of single texts that the schema does not have. */
function codesOfTexts(detail: Detail, files: readonly File[]): Codes {
  const codes: Codes[] = files.map(({ codeSigning, fileLocation }) => [
    ...wrongIf(isText(keyOf(fileLocation)) && !isS3Key(String(keyOf(fileLocation))), 'INVALID_RELEASE'),
    ...wrongIf(isText(signatureOf(codeSigning)) && !isSignature(String(signatureOf(codeSigning))), 'INVALID_SIGNING'),
  ]);
  for (const name of ['startAt', 'endAt'] as const) {
    const given = detail[name];
    if (typeof given === 'string') codes.push(wrongIf(!isWholeMinute(given), 'INVALID_RELEASE'));
  }
  return codes.flat();
}

/** Rules between members. */
function codesBetween(detail: Detail, files: readonly File[]): Codes {
  const { startAt, endAt } = detail as { startAt?: string; endAt?: string };
  const [start, end] = [instantOf(startAt ?? ''), instantOf(endAt ?? '')];
  return [
    ...wrongIf(hasRepeated(detail['channels']), 'INVALID_RELEASE'),
    ...wrongIf(files.filter((file) => file.jobDocument === true).length > 1, 'INVALID_RELEASE'),
    ...wrongIf(start !== undefined && end !== undefined && end <= start, 'INVALID_RELEASE'),
    ...files.flatMap(({ fileLocation, codeSigning, sha256, jobDocument }) => [
      ...wrongIf(hasTwoSignings(codeSigning), 'INVALID_SIGNING'),
      ...wrongIf(fileLocation === undefined && codeSigning?.['awsSignerJobId'] === undefined, 'INVALID_RELEASE'),
      ...wrongIf(fileLocation !== undefined && Object.keys(fileLocation).length !== 1, 'INVALID_RELEASE'),
      ...wrongIf(fileLocation?.s3Location !== undefined && sha256 === undefined, 'INVALID_RELEASE'),
      ...wrongIf(jobDocument === true && fileLocation?.s3Location === undefined, 'INVALID_RELEASE'),
    ]),
  ];
}

function wrongIf(isWrong: boolean, code: RejectionCode): RejectionCode[] {
  return isWrong ? [code] : [];
}

function hasTwoSignings(codeSigning: unknown): boolean {
  return isObject(codeSigning) && Object.hasOwn(codeSigning, 'awsSignerJobId') && Object.hasOwn(codeSigning, 'customCodeSigning');
}

/** Whether a list has an item twice. */
export function hasRepeated(names: unknown): boolean {
  return Array.isArray(names) && new Set(names).size < names.length;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function keyOf(location: unknown): unknown {
  return (location as { s3Location?: { key?: unknown } | null } | null | undefined)?.s3Location?.key;
}

function signatureOf(codeSigning: unknown): unknown {
  const custom = (codeSigning as { customCodeSigning?: { signature?: { inlineDocument?: unknown } | null } | null } | null | undefined)
    ?.customCodeSigning;
  return custom?.signature?.inlineDocument;
}

function isSignature(text: string): boolean {
  return isCanonical(text) && !isHex(text) && !isNoSignature(Buffer.from(text, 'base64'));
}

function isCanonical(base64: string): boolean {
  return base64 !== '' && Buffer.from(base64, 'base64').toString('base64') === base64;
}

function isHex(text: string): boolean {
  return text.length >= 64 && !/[^0-9a-fA-F]/.test(text) && (text === text.toLowerCase() || text === text.toUpperCase());
}

/** Whether what a device would decode is text once more, and not by accident, or a certificate or key. */
function isNoSignature(bytes: Buffer): boolean {
  const text = bytes.toString('latin1').replace(/[ \t\r\n]/g, '');
  if (bytes.indexOf('-----BEGIN') >= 0 || isHex(text)) return true;
  if (isCanonical(text) && (/=$/.test(text) || (text.length >= 12 && text !== text.toLowerCase() && text !== text.toUpperCase())))
    return true;
  const bare = text.replace(/=+$/, '');
  if (text.length >= 64 && Buffer.from(bare, 'base64url').toString('base64url') === bare.replaceAll('+', '-').replaceAll('/', '_'))
    return true;
  const isOneStructure = bytes.length >= 8 && bytes.toString('hex', 0, 4) === `3082${(bytes.length - 4).toString(16).padStart(4, '0')}`;
  return isOneStructure && /^(?:30|06|0201)/.test(bytes.toString('hex', 4, 6));
}

/** Whether S3 accepts a key: 1 to 1,024 bytes, without `.` and `..` as a step. */
function isS3Key(key: string): boolean {
  const bytes = Buffer.byteLength(key);
  return bytes >= 1 && bytes <= 1024 && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(key);
}
