import { channels, settings } from '../configuration.ts';
import { withoutEmpty } from './empty.ts';
import { isObject, readJson } from './json.ts';
import { expectRelease, type ReleaseExpectation } from './planning.ts';
import { codesOfRelease, codesOfWithdrawal, type Detail } from './release.ts';
import {
  codesOfApproval,
  codesOfHold,
  codesOfResume,
  expectApproval,
  expectHold,
  expectResume,
  type SteeringExpectation,
} from './steering.ts';
import type { Codes } from './verdict.ts';

/** The events that come over the bus. */
type EventName = 'release' | 'withdrawal' | 'approval' | 'hold' | 'resume';

/** What should become of a message, with its detail as far as it can be read. `seems`: what it would be if its detail were right. */
export type Expectation =
  | { readonly kind: 'nothing'; readonly codes: Codes; readonly detail?: Detail; readonly seems?: EventName }
  | { readonly kind: 'withdrawal'; readonly codes: Codes; readonly detail: Detail }
  | ({ readonly kind: 'approval' | 'hold' | 'resume'; readonly detail: Detail; readonly source: unknown } & SteeringExpectation)
  | ({ readonly kind: 'release'; readonly detail: Detail } & ReleaseExpectation);

const BODY_BYTES = 256 * 1024;
const LEVELS = 32;
const VALUES = 5_000;

/** What the contract says of a body: text from the queue, or bytes from a file. */
export function expectMessage(body: string | Uint8Array): Expectation {
  const parsed = expectIntake(body);
  if (parsed.kind === 'nothing') return parsed;
  if (parsed.codes.length > 0) {
    return { kind: 'nothing', codes: parsed.codes, detail: parsed.detail, seems: parsed.kind };
  }
  const { detail, source, id } = parsed;
  if (parsed.kind === 'approval') return { kind: 'approval', detail, source, ...expectApproval(detail, source, id) };
  if (parsed.kind === 'hold') return { kind: 'hold', detail, source, ...expectHold(detail, source, id) };
  if (parsed.kind === 'resume') return { kind: 'resume', detail, source, ...expectResume(detail, source) };
  if (parsed.kind === 'release') {
    const release = withoutEmpty(detail);
    return { kind: 'release', detail: release, ...expectRelease(release, source, Buffer.byteLength(body)) };
  }
  const product = Object.hasOwn(channels.products, String(detail['product'])) ? channels.products[String(detail['product'])] : undefined;
  if (product === undefined) return { kind: 'withdrawal', detail, codes: ['UNKNOWN_PRODUCT'] };
  const isAllowed = [...product.sources, ...(product.approvers ?? [])].some((allowed) => allowed === source);
  return { kind: 'withdrawal', detail, codes: isAllowed ? [] : ['SOURCE_NOT_ALLOWED'] };
}

type Intake =
  | { readonly kind: 'nothing'; readonly codes: Codes; readonly detail?: Detail }
  | {
      readonly kind: EventName;
      readonly codes: Codes;
      readonly detail: Detail;
      readonly source: unknown;
      readonly id: unknown;
    };

/** What the contract says of a body before channels.yml is consulted. */
export function expectIntake(body: string | Uint8Array): Intake {
  const nothing = (...codes: Codes): Intake => ({ kind: 'nothing', codes });
  if (Buffer.byteLength(body) > BODY_BYTES) return nothing('TOO_LARGE');
  const text = typeof body === 'string' ? body : textOf(body);
  if (text === undefined) return nothing('MALFORMED_JSON');
  if (isDeeper(text, LEVELS)) return nothing('TOO_DEEP');
  const read = /\p{Cs}/u.test(text) ? undefined : readJson(text);
  if (read === undefined) return nothing('MALFORMED_JSON');
  if (hasMore(text, VALUES)) return nothing('TOO_LARGE');
  if (read.isRepeating) return nothing('MALFORMED_JSON');
  const event = read.value;
  if (!isObject(event) || !isText(own(event, 'detail-type')) || !isObject(own(event, 'detail')) || read.strange.outside) {
    return nothing('NOT_AN_EVENT');
  }
  const detail = own(event, 'detail') as Detail;
  if (!settings.OTA_ALLOWED_ACCOUNTS.some((account) => account === own(event, 'account'))) {
    return { kind: 'nothing', codes: ['ACCOUNT_NOT_ALLOWED'], detail };
  }
  const isWrong = read.isInexact || read.strange.inside;
  const source = own(event, 'source');
  const about = { detail, source, id: own(event, 'id') };
  switch (event['detail-type']) {
    case 'Firmware Release Published':
      return { kind: 'release', codes: codesOfRelease(detail, isWrong), ...about };
    case 'Firmware Release Withdrawn':
      return { kind: 'withdrawal', codes: codesOfWithdrawal(detail, isWrong), ...about };
    case 'Firmware Release Approved':
      return { kind: 'approval', codes: codesOfApproval(detail, isWrong), ...about };
    case 'Firmware Channel Held':
      return { kind: 'hold', codes: codesOfHold(detail, isWrong), ...about };
    case 'Firmware Channel Resumed':
      return { kind: 'resume', codes: codesOfResume(detail, isWrong), ...about };
    default:
      return { kind: 'nothing', codes: ['UNKNOWN_DETAIL_TYPE'], detail };
  }
}

function own(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** The text of bytes; `undefined` if they are not UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

/** Whether commas and brackets outside of strings divide the text into more values than this. */
function hasMore(text: string, values: number): boolean {
  if (text.length <= values) return false;
  return [...text.matchAll(/"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|[[{,]/g)].filter(([token]) => !token.startsWith('"')).length >= values;
}

/** Whether brackets outside of strings are nested deeper than this. */
function isDeeper(text: string, levels: number): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}
