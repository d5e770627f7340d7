import { isRecord } from 'aws-ota-models';
import { findInexactNumber } from '../../domain/json/text.ts';
import { type Message, parseMessage, parseReleaseText, releasePublished, releaseWithdrawn } from '../../domain/release/intake.ts';
import { accept, type RejectionCode, type Result, reject } from '../../domain/release/rejection.ts';
import type { Release } from '../../domain/release/release.ts';
import type { Withdrawal } from '../../domain/release/withdrawal.ts';
import { isWithdrawal } from './is-withdrawal.ts';

/**
 * An event as the intake of the service has judged it. `detail` is the JSON text of the detail. `source` is absent if a file holds
 * only a detail, and '' if it holds an event without a source.
 */
export type GivenEvent = { readonly source?: string; readonly detail: string } & (
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'withdrawal'; readonly withdrawal: Withdrawal }
);

/** The detail of a withdrawal without its event. It is not judged. */
type WithdrawalDetail = { readonly kind: 'withdrawalDetail' };

/**
 * The account that EventBridge will add. An event that names one must name this one, or any other if `isReplaced` is set, because
 * EventBridge replaces what a producer wrote.
 */
export type Envelope = { readonly account: string; readonly isReplaced?: true };

/**
 * The event in the bytes of a file, or the first rule of the intake that it breaks. The file has a whole event, or only the
 * detail of a release.
 */
export function readGivenEvent(body: Uint8Array, { account, isReplaced }: Envelope): Result<GivenEvent | WithdrawalDetail> {
  const value = parseLeniently(body);
  if (isRecord(value) && !('detail' in value) && !('detail-type' in value)) return readDetail(body, value);
  const event = isRecord(value) && !('account' in value) ? withAccount(body, account) : body;
  const named = isReplaced && isRecord(value) && typeof value['account'] === 'string' ? value['account'] : account;
  const parsed = parseMessage(event, { allowedAccounts: [named] });
  if (!parsed.ok) return parsed;
  const detail = JSON.stringify(isRecord(value) ? value['detail'] : undefined);
  const { source } = parsed.value.envelope;
  switch (parsed.value.kind) {
    case 'release':
      return accept({ kind: 'release', release: parsed.value.release, source, detail });
    case 'withdrawal':
      return accept({ kind: 'withdrawal', withdrawal: parsed.value.withdrawal, source, detail });
    default:
      return reject(
        'UNKNOWN_DETAIL_TYPE',
        'detail-type',
        'this command takes a release or a withdrawal: use ota approve, ota hold or ota resume',
      );
  }
}

function readDetail(body: Uint8Array, value: Readonly<Record<string, unknown>>): Result<GivenEvent | WithdrawalDetail> {
  const parsed = parseReleaseText(body);
  if (parsed.ok) return accept({ kind: 'release', release: parsed.value, detail: textOf(body) });
  return isWithdrawal(value) ? accept({ kind: 'withdrawalDetail' }) : parsed;
}

/**
 * Judges an event again as its body will be in the queue: with everything that EventBridge adds to it. Only that body shows
 * whether the event is too large or too deep.
 */
export function judgeDelivered(
  { kind, source, detail }: GivenEvent & { readonly source: string },
  place: { readonly account: string; readonly region: string },
): Result<unknown> {
  const detailType = kind === 'release' ? releasePublished : releaseWithdrawn;
  return readDelivered({ source, detailType, detail }, { ...place, id: '00000000-0000-0000-0000-000000000000' });
}

/**
 * An event as the service reads it from its queue, with what EventBridge adds, or why the service would reject it. `detail` is JSON text.
 */
export function readDelivered(
  { source, detailType, detail }: { readonly source: string; readonly detailType: string; readonly detail: string },
  { account, region, id }: { readonly account: string; readonly region: string; readonly id: string },
): Result<Message> {
  const added = { version: '0', id, 'detail-type': detailType, source, account, time: '2026-01-01T00:00:00Z', region, resources: [] };
  return parseMessage(`${JSON.stringify(added).slice(0, -1)},"detail":${detail}}`, { allowedAccounts: [account] });
}

/**
 * The bytes of a file after `fill` has changed the detail that they hold. If the text of the file is malformed, it is the
 * rejection of the text, because a changed text would hide that. What the release lacks does not count yet.
 */
export function fillDetail(
  body: Uint8Array,
  envelope: Envelope,
  fill: (detail: Readonly<Record<string, unknown>>) => unknown,
): Result<Uint8Array> {
  const given = readGivenEvent(body, envelope);
  const value = parseLeniently(body);
  const isWhole = isRecord(value) && 'detail' in value;
  const detail = isWhole ? value['detail'] : value;
  const isRounded = isRecord(value) && findInexactNumber(textOf(body), isWhole ? 'detail' : undefined) !== undefined;
  if (!given.ok && (!aboutContent.has(given.rejection.code) || isRounded || !isRecord(detail))) return given;
  const filled = isRecord(detail) ? fill(detail) : detail;
  return accept(Buffer.from(JSON.stringify(isWhole ? { ...value, detail: filled } : filled)));
}

/** Rejections that a filled detail may no longer get. Only a well-formed text gets them. */
const aboutContent: ReadonlySet<RejectionCode> = new Set(['INVALID_RELEASE', 'INVALID_SIGNING']);

/** Adds `account` before the first member of a JSON object that has members. All other bytes stay as they were written. */
function withAccount(body: Uint8Array, account: string): Uint8Array {
  const afterBrace = body.indexOf(0x7b) + 1;
  return Buffer.concat([body.subarray(0, afterBrace), Buffer.from(`"account":"${account}",`), body.subarray(afterBrace)]);
}

/** The body, parsed only to distinguish a detail from a whole event. The intake decides whether it is well-formed. */
export function parseLeniently(body: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(body));
  } catch {
    return undefined;
  }
}

function textOf(body: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
}
