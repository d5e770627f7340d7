import { formatPath, isRecord, kindOf, type Problem, type Segment } from 'aws-ota-models';
import { findForbidden } from '../json/problem.ts';
import { findSyntaxProblem, placeOf } from '../json/syntax.ts';
import { countValues, findDuplicateKey, findInexactNumber, nestingDepth } from '../json/text.ts';
import { parseApproval, type ReleaseApproval } from './approval.ts';
import { findEncodingProblem, textOf } from './encoding.ts';
import { type ChannelHold, type ChannelResume, parseHold, parseResume } from './hold.ts';
import { accept, type RejectionCode, type Result, reject } from './rejection.ts';
import { parseRelease, type Release, releaseSchema } from './release.ts';
import { parseWithdrawal, type Withdrawal } from './withdrawal.ts';

/** In bytes of UTF-8. EventBridge limits an entry of PutEvents to this size. */
const maxBodyBytes = 256 * 1024;

/** Levels of `{` and `[`. The event itself is the first. */
const maxDepth = 32;

/** Values of all kinds. Each takes time to check. A release with a hundred files has about a thousand. */
const maxValues = 5_000;

/** The detail-types that the service consumes. */
export const releasePublished = 'Firmware Release Published';
export const releaseWithdrawn = 'Firmware Release Withdrawn';
export const releaseApproved = 'Firmware Release Approved';
export const channelHeld = 'Firmware Channel Held';
export const channelResumed = 'Firmware Channel Resumed';

/**
 * The envelope members that the service reads. `source` is '' if it was missing. No product lists an empty source, so that
 * event is rejected later. `id` is missing unless it is 1 to 64 letters, digits and hyphens.
 */
export type Envelope = { readonly account: string; readonly source: string; readonly detailType: string; readonly id?: string };

export type PublishedRelease = { readonly kind: 'release'; readonly envelope: Envelope; readonly release: Release };
export type ReleaseWithdrawal = { readonly kind: 'withdrawal'; readonly envelope: Envelope; readonly withdrawal: Withdrawal };
export type ApprovedRelease = { readonly kind: 'approval'; readonly envelope: Envelope; readonly approval: ReleaseApproval };
export type HeldChannel = { readonly kind: 'hold'; readonly envelope: Envelope; readonly hold: ChannelHold };
export type ResumedChannel = { readonly kind: 'resume'; readonly envelope: Envelope; readonly resume: ChannelResume };
export type Message = PublishedRelease | ReleaseWithdrawal | ApprovedRelease | HeldChannel | ResumedChannel;

/** The detail of a message, whatever its kind. */
export function detailOf(message: Message): Release | Withdrawal | ReleaseApproval | ChannelHold | ChannelResume {
  switch (message.kind) {
    case 'release':
      return message.release;
    case 'withdrawal':
      return message.withdrawal;
    case 'approval':
      return message.approval;
    case 'hold':
      return message.hold;
    case 'resume':
      return message.resume;
  }
}

/** What could be read of a rejected message. A member is here only if its own value is valid. */
export type Readable = {
  readonly product?: string;
  readonly version?: string;
  readonly channels?: readonly string[];
  readonly correlationId?: string;
};

/**
 * The message in a body from the queue, or the first rule that it breaks. It checks everything that does not depend on
 * channels.yml, in this order:
 *
 * 1. The body: TOO_LARGE, TOO_DEEP, MALFORMED_JSON, NOT_AN_EVENT.
 * 2. The envelope: ACCOUNT_NOT_ALLOWED, UNKNOWN_DETAIL_TYPE.
 * 3. The detail: UNSUPPORTED_SCHEMA_VERSION, then INVALID_RELEASE and INVALID_SIGNING, or INVALID_WITHDRAWAL,
 *    INVALID_APPROVAL or INVALID_HOLD.
 *
 * The message and everything in it is frozen. Never throws, whatever the body. Takes time linear in its size.
 */
export function parseMessage(body: string | Uint8Array, options: { readonly allowedAccounts: readonly string[] }): Result<Message> {
  const json = readJson(body, withoutDetail);
  if (!json.ok) return json;
  const { value: event, text } = json.value;
  const problem = problemOfEvent(event);
  if (problem !== undefined) return reject('NOT_AN_EVENT', '$', problem);
  const { detail, ...members } = event as Record<string, unknown>;
  const { account, source, id } = members;
  const detailType = String(members['detail-type']);
  const forbidden = findForbidden(members);
  if (forbidden) return reject('NOT_AN_EVENT', formatPath(forbidden.path), forbidden.message);
  const allowed = options.allowedAccounts.find((each) => each === account);
  if (allowed === undefined) {
    return reject('ACCOUNT_NOT_ALLOWED', 'account', 'this account may not publish here: add it to allowedAccounts and deploy');
  }
  const envelope: Envelope = {
    account: allowed,
    source: typeof source === 'string' ? source : '',
    detailType,
    ...(typeof id === 'string' && eventId.test(id) ? { id } : {}),
  };
  const inexactNumber = findInexactNumber(text, 'detail');
  const read = <T>(parse: (detail: unknown) => Result<T>, code: RejectionCode, of: (value: T) => Message): Result<Message> => {
    const parsed = rejectInexact(parse(detail), code, inexactNumber, withoutDetail);
    return parsed.ok ? accept(deepFreeze(of(parsed.value))) : parsed;
  };
  switch (detailType) {
    case releasePublished:
      return read(parseRelease, 'INVALID_RELEASE', (release) => ({ kind: 'release', envelope, release }));
    case releaseWithdrawn:
      return read(parseWithdrawal, 'INVALID_WITHDRAWAL', (withdrawal) => ({ kind: 'withdrawal', envelope, withdrawal }));
    case releaseApproved:
      return read(parseApproval, 'INVALID_APPROVAL', (approval) => ({ kind: 'approval', envelope, approval }));
    case channelHeld:
      return read(parseHold, 'INVALID_HOLD', (hold) => ({ kind: 'hold', envelope, hold }));
    case channelResumed:
      return read(parseResume, 'INVALID_HOLD', (resume) => ({ kind: 'resume', envelope, resume }));
    default:
      return reject('UNKNOWN_DETAIL_TYPE', 'detail-type', `must be ${consumed.slice(0, -1).join(', ')} or ${consumed.at(-1)}`);
  }
}

/**
 * The release in a text that has only the detail, as a person may have it in a file. It follows the rules of
 * {@link parseMessage}, without those of the envelope. Never throws.
 */
export function parseReleaseText(body: string | Uint8Array): Result<Release> {
  const json = readJson(body, unchanged);
  if (!json.ok) return json;
  if (isPutEvents(json.value.value)) return reject('NOT_AN_EVENT', '$', `${entryOfPutEvents}, or only the value of Detail as an object`);
  const release = rejectInexact(parseRelease(json.value.value), 'INVALID_RELEASE', findInexactNumber(json.value.text), unchanged);
  return release.ok ? accept(deepFreeze(release.value)) : release;
}

/**
 * What a report about a rejected body can name: each member of {@link Readable} whose value is valid. It is `{}` if the
 * body is not well-formed JSON of the allowed size and depth. Never throws.
 */
export function readable(body: string | Uint8Array): Readable {
  const json = readJson(body, unchanged);
  if (!json.ok || !isRecord(json.value.value)) return {};
  const event = json.value.value;
  const detail = Object.hasOwn(event, 'detail') ? event['detail'] : event;
  if (!isRecord(detail)) return {};
  const { product, version, channels, correlationId } = releaseSchema.shape;
  return {
    ...readMember(detail, 'product', product),
    ...readMember(detail, 'version', version),
    ...readMember(detail, 'channels', channels),
    ...readMember(detail, 'correlationId', correlationId),
  };
}

const consumed = [releasePublished, releaseWithdrawn, releaseApproved, channelHeld, channelResumed];

type Json = { readonly value: unknown; readonly text: string };
type Relative = (path: readonly Segment[]) => readonly Segment[];
type MemberSchema<T> = { safeParse(value: unknown): { success: true; data: T } | { success: false } };

/** EventBridge sets a UUID. An id of any other form does not come from EventBridge and would identify nothing. */
const eventId = /^[A-Za-z0-9-]{1,64}$/;

const unchanged: Relative = (path) => path;
const withoutDetail: Relative = (path) => (path[0] === 'detail' && path.length > 1 ? path.slice(1) : path);

const entryOfPutEvents =
  'this is an entry of PutEvents, not an event: write source, detail-type and detail instead of Source, DetailType and Detail';

/** Why a JSON value has not the form of an event, or `undefined` if it has `detail-type` as text and `detail` as an object. */
function problemOfEvent(event: unknown): string | undefined {
  const form = 'the body must be an object with detail-type and detail';
  const missing = ['detail-type', 'detail'].find((member) => !isRecord(event) || !Object.hasOwn(event, member));
  if (missing !== undefined && isPutEvents(event)) return entryOfPutEvents;
  if (!isRecord(event)) return `${form}, got ${kindOf(event)}: send it through EventBridge`;
  if (missing !== undefined) return `${form}, but ${missing} is missing: send it through EventBridge`;
  const { detail, 'detail-type': detailType } = event;
  if (typeof detailType !== 'string') return `detail-type must be text, got ${kindOf(detailType)}`;
  if (typeof detail === 'string')
    return 'detail must be an object, got text: only the Detail of PutEvents is text, so write the object itself';
  return isRecord(detail) ? undefined : `detail must be an object, got ${kindOf(detail)}`;
}

/** Whether a value is spelled as PutEvents takes it: one entry, a list of entries, or the whole request. */
function isPutEvents(value: unknown): boolean {
  const entries = isRecord(value) && Object.hasOwn(value, 'Entries') ? value['Entries'] : value;
  const first = Array.isArray(entries) ? entries[0] : entries;
  return isRecord(first) && !Object.hasOwn(first, 'product') && (Object.hasOwn(first, 'DetailType') || Object.hasOwn(first, 'Detail'));
}

function readJson(body: string | Uint8Array, relative: Relative): Result<Json> {
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBodyBytes) return reject('TOO_LARGE', '$', `the body has ${bytes} bytes, but at most ${maxBodyBytes} are allowed`);
  const text = textOf(body);
  if (text !== undefined && nestingDepth(text, maxDepth) > maxDepth)
    return reject('TOO_DEEP', '$', `the body has more than ${maxDepth} levels of { and [`);
  const encodingProblem = findEncodingProblem(body);
  if (text === undefined || encodingProblem !== undefined)
    return reject('MALFORMED_JSON', '$', encodingProblem ?? 'the body is not valid UTF-8');
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  if (countValues(text, maxValues) > maxValues)
    return reject('TOO_LARGE', '$', `the body has more than ${maxValues} values: leave out what devices do not need`);
  const duplicate = findDuplicateKey(text);
  if (duplicate) return reject('MALFORMED_JSON', formatPath(relative(duplicate.path)), duplicate.message);
  return accept({ value: parsed.value, text });
}

function parse(text: string): Result<unknown> {
  try {
    return accept(JSON.parse(text));
  } catch {
    // The message of the engine quotes the body and does not always have the place.
    const problem = findSyntaxProblem(text);
    return reject(
      'MALFORMED_JSON',
      '$',
      problem ? `the body is not JSON at ${placeOf(text, problem.at)}: ${problem.message}` : 'the body is not JSON',
    );
  }
}

function rejectInexact<T>(result: Result<T>, code: RejectionCode, problem: Problem | undefined, relative: Relative): Result<T> {
  if (!problem || (!result.ok && result.rejection.code === 'UNSUPPORTED_SCHEMA_VERSION')) return result;
  return reject(code, formatPath(relative(problem.path)), problem.message);
}

function readMember<T>(detail: Record<string, unknown>, name: keyof Readable, schema: MemberSchema<T>): Readable {
  if (!Object.hasOwn(detail, name)) return {};
  const parsed = schema.safeParse(detail[name]);
  return parsed.success ? { [name]: parsed.data } : {};
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
