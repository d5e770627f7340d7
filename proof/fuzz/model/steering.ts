import { createHash } from 'node:crypto';
import type { Channel, Product } from '../../../domain/channels/schema.ts';
import { BOARD, channels, history, NOW } from '../configuration.ts';
import { instantOf } from './instant.ts';
import { type Detail, hasRepeated, isOtherMajor, schemaOf } from './release.ts';
import { type Codes, firstPhase } from './verdict.ts';

/** A steering event: what it is, what its envelope says, and what should become of it. */
export type SteeringExpectation = {
  readonly codes: Codes;
  /** Whether the history has this very event. */
  readonly isKnown: boolean;
};

/** What an approval means on one of its channels. */
export type ExpectedAnswer = { readonly channel: string; readonly counted: boolean };

const approved = schemaOf('firmware-release-approved');
const held = schemaOf('firmware-channel-held');
const resumed = schemaOf('firmware-channel-resumed');

/** The codes of an approval without its context. */
export function codesOfApproval(detail: Detail, isInexact: boolean): Codes {
  if (isOtherMajor(detail['schemaVersion'])) return ['UNSUPPORTED_SCHEMA_VERSION'];
  const isWrong = isInexact || approved(detail).length > 0 || hasRepeated(detail['channels']) || hasRepeated(detail['skip']);
  return isWrong ? ['INVALID_APPROVAL'] : [];
}

/** The codes of a hold without its context. */
export function codesOfHold(detail: Detail, isInexact: boolean): Codes {
  if (isOtherMajor(detail['schemaVersion'])) return ['UNSUPPORTED_SCHEMA_VERSION'];
  const { from, until } = boundsOf(detail);
  const isWrong = isInexact || held(detail).length > 0 || hasRepeated(detail['channels']);
  return isWrong || (from !== undefined && until !== undefined && until <= from) ? ['INVALID_HOLD'] : [];
}

/** The codes of the end of a hold without its context. */
export function codesOfResume(detail: Detail, isInexact: boolean): Codes {
  if (isOtherMajor(detail['schemaVersion'])) return ['UNSUPPORTED_SCHEMA_VERSION'];
  return isInexact || resumed(detail).length > 0 ? ['INVALID_HOLD'] : [];
}

/** What the contract says of an approval from `source`, with the fuzzer's channels and history. */
export function expectApproval(detail: Detail, source: unknown, id: unknown): SteeringExpectation {
  const product = productOf(detail);
  const named = detail['channels'] as readonly string[];
  // What was accepted is never rejected, whatever the release or the file says by now.
  const isKnown = id === approvalBefore.id && withoutBuild(detail['version']) === approvalBefore.version;
  const codes = firstPhase(
    () => (product ? [] : ['UNKNOWN_PRODUCT']),
    () => (has(product?.sources, source) ? ['SELF_APPROVAL'] : has(product?.approvers, source) ? [] : ['SOURCE_NOT_ALLOWED']),
    () => unknownChannels(product, named),
    () =>
      !isKnown && ((detail['skip'] ?? []) as readonly string[]).some((part) => !maySkip(product, named, part)) ? ['SKIP_NOT_ALLOWED'] : [],
    () =>
      !isKnown && detail['releaseDigest'] === undefined && named.some((channel) => !isWaitingFor(detail, channel))
        ? ['UNKNOWN_RELEASE']
        : [],
    () => {
      const known = acceptedBefore(detail);
      return !isKnown && known !== undefined && detail['releaseDigest'] !== undefined && detail['releaseDigest'] !== digestOf(known)
        ? ['APPROVAL_MISMATCH']
        : [];
    },
  );
  return { codes, isKnown };
}

/** What an approval that is accepted means on each of its channels, and the channels whose gate it opens. */
export function answersExpected(detail: Detail, source: unknown, isKnown: boolean): { answers: ExpectedAnswer[]; opened: string[] } {
  const named = detail['channels'] as readonly string[];
  const product = productOf(detail);
  const opened: string[] = [];
  const answers = named.map((channel) => {
    const required = requiredOn(product, channel);
    if (!isWaitingFor(detail, channel)) return { channel, counted: required > 0 };
    const sources = new Set([...(isBeforeOn(detail, channel) ? [BOARD] : []), ...(isKnown || required === 0 ? [] : [String(source)])]);
    // The other channel with a gate is held.
    if (channel === 'asked' && sources.size >= required) opened.push(channel);
    return { channel, counted: required > 0 && sources.has(String(source)) };
  });
  return { answers, opened };
}

/** The digest to which an approval is bound. */
export function boundDigest(detail: Detail): unknown {
  const known = acceptedBefore(detail);
  return detail['releaseDigest'] ?? (known && digestOf(known));
}

/** What the contract says of a hold from `source`. */
export function expectHold(detail: Detail, source: unknown, id: unknown): SteeringExpectation {
  const product = productOf(detail);
  const before = holdsBefore.find(({ product: of, holdId }) => of === detail['product'] && holdId === detail['holdId']);
  const isKnown = before !== undefined && before.id === id;
  const isEnded = before !== undefined && endedBefore(detail);
  const codes = firstPhase(
    () => (product ? [] : ['UNKNOWN_PRODUCT']),
    () => (has(product?.sources, source) || has(product?.approvers, source) ? [] : ['SOURCE_NOT_ALLOWED']),
    () => unknownChannels(product, (detail['channels'] ?? []) as readonly string[]),
    () => (isEnded && !isKnown ? ['HOLD_ENDED'] : []),
  );
  return { codes, isKnown };
}

/** Whether a hold that is accepted is active at once. */
export function isActiveHold(detail: Detail, isKnown: boolean): boolean {
  const { from = NOW, until = Number.POSITIVE_INFINITY } = boundsOf(detail);
  if (endedBefore(detail)) return false;
  const isHeldBefore = detail['product'] === 'thermostat' && detail['holdId'] === 'held-before';
  return isHeldBefore || (!isKnown && NOW >= from && NOW < until);
}

/** What the contract says of the end of a hold from `source`. */
export function expectResume(detail: Detail, source: unknown): SteeringExpectation {
  const product = productOf(detail);
  const codes = firstPhase(
    () => (product ? [] : ['UNKNOWN_PRODUCT']),
    () => (has(product?.approvers ?? product?.sources, source) ? [] : ['SOURCE_NOT_ALLOWED']),
  );
  return { codes, isKnown: endedBefore(detail) };
}

const approvalBefore = { id: 'approval-before', version: '1.5.0', channel: 'asked' };
const holdsBefore = history.flatMap(({ kind, detail, members }) =>
  kind === 'hold' ? [{ product: detail['product'], holdId: detail['holdId'], id: members?.id }] : [],
);

function endedBefore(detail: Detail): boolean {
  return history.some(
    ({ kind, detail: one }) => kind === 'resume' && one['product'] === detail['product'] && one['holdId'] === detail['holdId'],
  );
}

function boundsOf(detail: Detail): { readonly from?: number | undefined; readonly until?: number | undefined } {
  const instant = (value: unknown) => (typeof value === 'string' ? instantOf(value) : undefined);
  return { from: instant(detail['from']), until: instant(detail['until']) };
}

function productOf(detail: Detail): Product | undefined {
  const name = String(detail['product']);
  return Object.hasOwn(channels.products, name) ? channels.products[name] : undefined;
}

function has(list: readonly string[] | undefined, source: unknown): boolean {
  return list?.some((one) => one === source) ?? false;
}

function unknownChannels(product: Product | undefined, named: readonly string[]): Codes {
  return named.some((name) => channelOf(product, name) === undefined) ? ['UNKNOWN_CHANNEL'] : [];
}

function channelOf(product: Product | undefined, name: string): Channel | undefined {
  return product && Object.hasOwn(product.channels, name) ? product.channels[name] : undefined;
}

function maySkip(product: Product | undefined, named: readonly string[], part: string): boolean {
  return named.every((name) => {
    const approval = channelOf(product, name)?.approval;
    return typeof approval === 'object' && (approval.skip ?? []).some((one) => one === part);
  });
}

function requiredOn(product: Product | undefined, name: string): number {
  const approval = channelOf(product, name)?.approval;
  return approval === undefined ? 0 : approval === 'required' ? 1 : (approval.required ?? 1);
}

const released = history.filter(({ kind }) => kind === 'release').map(({ detail }) => detail);

/** Whether a release of the history is on this channel, with this very version and revision. */
function isWaitingFor(detail: Detail, channel: string): boolean {
  return released.some(
    (one) =>
      one['product'] === detail['product'] &&
      one['version'] === detail['version'] &&
      1 === (detail['revision'] ?? 1) &&
      (one['channels'] as readonly string[]).includes(channel),
  );
}

function isBeforeOn(detail: Detail, channel: string): boolean {
  return detail['version'] === approvalBefore.version && (detail['revision'] ?? 1) === 1 && channel === approvalBefore.channel;
}

function acceptedBefore(detail: Detail): Detail | undefined {
  return released.find(
    (one) =>
      one['product'] === detail['product'] &&
      withoutBuild(one['version']) === withoutBuild(detail['version']) &&
      1 === (detail['revision'] ?? 1),
  );
}

function withoutBuild(version: unknown): string | undefined {
  return String(version).split('+')[0];
}

/** The digest of a release of the history, which has neither tags nor times. */
export function digestOf({ channels: _channels, ...release }: Detail): string {
  const artifacts = (release['artifacts'] as readonly object[]).map((file) => ({ jobDocument: false, ...file }));
  return createHash('sha256')
    .update(JSON.stringify(sorted({ revision: 1, ...release, artifacts })))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [name, sorted(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
