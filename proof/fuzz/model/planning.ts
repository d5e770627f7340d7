import { createHash } from 'node:crypto';
import type { Channel, Product } from '../../../domain/channels/schema.ts';
import type { RejectionCode } from '../../../domain/release/rejection.ts';
import { channels, history, NOW } from '../configuration.ts';
import { objectAt } from '../objects.ts';
import { type OnChannel, onChannel } from './channel.ts';
import { hasWrongPlaceholders, isDocumentTooLong } from './document.ts';
import { instantOf } from './instant.ts';
import type { Detail, File } from './release.ts';
import { type Codes, firstPhase } from './verdict.ts';

/** What should become of a release that is valid without its context. */
export type ReleaseExpectation = {
  readonly codes: Codes;
  /** Codes that depend on how the service stores a release, which this model does not know. */
  readonly perhaps: Codes;
  readonly isDuplicate: boolean;
  /** The request on each channel on which the release was not accepted before. Of a dry run also on the others. */
  readonly asked: ReadonlyMap<string, OnChannel & { readonly channel: Channel }>;
};

const IOT_FILE_BYTES = 16 * 1024 * 1024;
const MI_HASHED_BYTES = 512 * 1024 * 1024;
const DOCUMENT_BYTES = 32_768;
/** A row below this size is never too large, for any number of channels. */
const SAFE_BYTES = 100_000;

const released = history.filter(({ kind }) => kind === 'release').map(({ detail }) => detail);
const withdrawn = history.filter(({ kind }) => kind === 'withdrawal').map(({ detail }) => detail);

/** What the contract says of a release from `source`, with the fuzzer's channels, objects and history. `bytes` is the length of the body. */
export function expectRelease(release: Detail, source: unknown, bytes: number): ReleaseExpectation {
  const wanted = release['channels'] as readonly string[];
  const none = { perhaps: [], isDuplicate: false, asked: new Map() };
  const isDry = release['dryRun'] === true;
  const before = released.filter((one) => isSameRevision(one, release));
  const conflicts = before.flatMap((one) => codesOfConflict(one, release));
  const isWithdrawn = wanted.some((channel) => codesOfWithdrawals(release, channel).length > 0);
  if (conflicts.length > 0) return { ...none, codes: isWithdrawn ? ['RELEASE_WITHDRAWN'] : conflicts };
  const left = wanted.filter((channel) => !before.some((one) => (one['channels'] as readonly string[]).includes(channel)));
  const accepted = isDry ? wanted.filter((channel) => !left.includes(channel)) : [];
  if (left.length === 0 && !isDry) return { ...none, codes: [], isDuplicate: true };

  const product = ownOf<Product>(channels.products, String(release['product']));
  if (product === undefined) return { ...none, codes: ['UNKNOWN_PRODUCT'] };
  if (left.length > 0 && !product.sources.some((allowed) => allowed === source)) return { ...none, codes: ['SOURCE_NOT_ALLOWED'] };
  const perhaps: RejectionCode[] = bytes * left.length > SAFE_BYTES ? ['TOO_LARGE'] : [];
  const asked = new Map<string, OnChannel & { readonly channel: Channel }>();
  const phases = left.map((name) => (): Codes => {
    const channel = ownOf<Channel>(product.channels, name);
    if (channel === undefined) return ['UNKNOWN_CHANNEL'];
    const planned = onChannel(release, channel);
    asked.set(name, { ...planned, channel });
    const tooLong = isDocumentTooLong(release, channel);
    if (tooLong === 'perhaps') perhaps.push('INVALID_REQUEST');
    return tooLong === true || hasWrongPlaceholders(release, channel) ? [...planned.codes, 'INVALID_REQUEST'] : planned.codes;
  });
  const codes = firstPhase(
    () => (left.length > 0 ? codesOfMessage(release, product) : []),
    ...phases,
    () => left.flatMap((channel) => codesOfWithdrawals(release, channel)),
    ...(release['artifacts'] as readonly File[]).map((file) => () => codesOfObject(file, [...asked.values()])),
    () => accepted.flatMap((channel) => codesOfWithdrawals(release, channel)),
  );
  // A dry run also shows the requests of the channels that were accepted before.
  for (const name of accepted) {
    const channel = ownOf<Channel>(product.channels, name);
    if (channel) asked.set(name, { ...onChannel(release, channel), channel });
  }
  return { codes, perhaps, isDuplicate: false, asked };
}

function codesOfMessage(release: Detail, product: Product): Codes {
  const codes: RejectionCode[] = [];
  const notAfter = release['notAfter'] as string | undefined;
  if (notAfter !== undefined && NOW > (instantOf(notAfter) ?? 0)) codes.push('EXPIRED');
  const hardware = (release['hardware'] ?? []) as readonly string[];
  if (product.hardware?.some((each) => !hardware.includes(each))) codes.push('HARDWARE_MISMATCH');
  for (const { fileLocation } of release['artifacts'] as readonly File[]) {
    const bucket = fileLocation?.s3Location?.bucket;
    if (bucket !== undefined && !channels.artifactBuckets.includes(bucket)) codes.push('BUCKET_NOT_ALLOWED');
  }
  return codes;
}

function codesOfWithdrawals(release: Detail, channel: string): Codes {
  const covers = ({ product, version, revision, channels: named }: Record<string, unknown>) =>
    product === release['product'] &&
    version === release['version'] &&
    (revision === undefined || revision === (release['revision'] ?? 1)) &&
    (named === undefined || (named as readonly string[]).includes(channel));
  return withdrawn.some(covers) ? ['RELEASE_WITHDRAWN'] : [];
}

/** The codes of an artifact that S3's facts refuse. */
function codesOfObject({ fileLocation, sha256, sizeBytes, jobDocument }: File, asked: readonly OnChannel[]): Codes {
  if (!fileLocation?.s3Location) return [];
  const stored = objectAt(fileLocation.s3Location.version);
  if (!stored) return ['ARTIFACT_NOT_FOUND'];
  if (sizeBytes !== undefined && sizeBytes !== stored.size) return ['ARTIFACT_MISMATCH'];
  const isIot = asked.some(({ operation }) => operation === 'CreateOTAUpdate');
  const isHashed = stored.size <= (isIot ? IOT_FILE_BYTES : MI_HASHED_BYTES);
  const actual =
    stored.sha256 ??
    (isHashed
      ? createHash('sha256')
          .update(stored.text ?? '')
          .digest('hex')
      : undefined);
  if (actual !== undefined && actual !== sha256) return ['ARTIFACT_MISMATCH'];
  if (isIot && stored.size > IOT_FILE_BYTES) return ['ARTIFACT_TOO_LARGE'];
  if (!isIot && jobDocument === true && stored.size > DOCUMENT_BYTES) return ['ARTIFACT_TOO_LARGE'];
  return actual === undefined ? ['ARTIFACT_NOT_VERIFIABLE'] : [];
}

function isSameRevision(one: Detail, release: Detail): boolean {
  return (
    one['product'] === release['product'] &&
    withoutBuild(one) === withoutBuild(release) &&
    (one['revision'] ?? 1) === (release['revision'] ?? 1)
  );
}

function withoutBuild({ version }: Detail): string | undefined {
  return String(version).split('+')[0];
}

function codesOfConflict(one: Detail, release: Detail): Codes {
  if (one['version'] !== release['version']) return ['VERSION_AMBIGUOUS'];
  return meaningOf(one) === meaningOf(release) ? [] : ['RELEASE_CONFLICT'];
}

/** What a release asks for, as a text that is equal for two releases that ask for the same. */
function meaningOf({ channels: _channels, correlationId: _id, dryRun: _dryRun, schemaVersion: _version, ...release }: Detail): string {
  const files = (release['artifacts'] as readonly File[]).map((file) => ({
    jobDocument: false,
    ...file,
    attributes: file.attributes ?? {},
  }));
  const set = (list: unknown) => (Array.isArray(list) ? [...new Set(list)].sort() : undefined);
  const times = ['startAt', 'endAt', 'notAfter'].map((name) => [
    name,
    release[name] === undefined ? undefined : instantOf(String(release[name])),
  ]);
  const whole = {
    revision: 1,
    tags: {},
    ...release,
    artifacts: files,
    hardware: set(release['hardware']),
    targets: set(release['targets']),
    ...Object.fromEntries(times),
  };
  return JSON.stringify(sorted(whole));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [name, sorted(inner)]);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

function ownOf<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
