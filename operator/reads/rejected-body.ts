import { isRecord } from 'aws-ota-models';
import { compact } from '../../domain/json/compact.ts';
import { type Message, parseMessage } from '../../domain/release/intake.ts';
import type { Release } from '../../domain/release/release.ts';

/** What can be read of a rejected body: who sent it, and the message if it is valid. A member is absent if it has another form. */
export type RejectedBody = {
  readonly account?: string;
  readonly source?: string;
  readonly eventId?: string;
  readonly message?: Message;
};

/** Reads a rejected body. Whatever the body is, it answers what can be read, and never throws. */
export function readRejectedBody(body: string): RejectedBody {
  const event = parsed(body);
  const account = textOf(event['account']);
  const read = parseMessage(body, { allowedAccounts: account === undefined ? [] : [account] });
  return compact({
    account,
    source: textOf(event['source']),
    eventId: textOf(event['id']),
    message: read.ok ? read.value : undefined,
  });
}

/** The release in a rejected body, if it is valid. */
export function rejectedRelease(body: string): Release | undefined {
  const { message } = readRejectedBody(body);
  return message?.kind === 'release' ? message.release : undefined;
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** EventBridge writes no other characters, and no longer texts, into these members. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value) ? value : undefined;
}
