import type { Message } from '@aws-sdk/client-sqs';
import { compact } from '../../domain/json/compact.ts';
import { releaseDigest } from '../../domain/release/digest.ts';
import { readable } from '../../domain/release/intake.ts';
import { readRejectedBody, rejectedRelease } from './rejected-body.ts';

/** One rejected message. Members of the release and the envelope are absent if they could not be read. */
export type RejectedView = {
  readonly messageId: string;
  readonly code: string;
  readonly path: string;
  readonly message: string;
  /** The same as `message`, under the name of the attribute of the queue. */
  readonly reason: string;
  readonly product?: string;
  readonly version?: string;
  readonly channels?: readonly string[];
  readonly correlationId?: string;
  readonly account?: string;
  readonly source?: string;
  readonly eventId?: string;
  /** The digest of a valid release, to compare with the one that was accepted. */
  readonly releaseDigest?: string;
  readonly at: string;
};

/** Reads a message of the rejected queue. `messageId` is the id of the rejected message, not of its copy in the queue. */
export function rejectedView(message: Message): RejectedView {
  const attribute = (name: string): string => message.MessageAttributes?.[name]?.StringValue ?? '';
  const body = message.Body ?? '';
  const { account, source, eventId } = readRejectedBody(body);
  const release = rejectedRelease(body);
  return compact({
    messageId: attribute('messageId') || (message.MessageId ?? ''),
    code: attribute('code'),
    path: attribute('path'),
    message: attribute('reason'),
    reason: attribute('reason'),
    ...readable(body),
    account,
    source,
    eventId,
    releaseDigest: release && releaseDigest(release),
    at: new Date(Number(message.Attributes?.SentTimestamp ?? 0)).toISOString(),
  });
}
