import { setTimeout as sleep } from 'node:timers/promises';
import { compact } from '../../domain/json/compact.ts';
import { readable } from '../../domain/release/intake.ts';
import { oneLine } from '../../scripts/layout.ts';
import type { Sent } from '../events/move-messages.ts';
import { peekAll } from '../reads/queue-messages.ts';
import { readRejectedBody } from '../reads/rejected-body.ts';
import { type RejectedView, rejectedView } from '../reads/rejected-view.ts';
import type { Stage } from '../stage/stage.ts';
import { type ResultInLedger, resultInLedger } from './result-in-ledger.ts';

/** What became of a message that was redriven to `releases`. `pending`: the service has not processed it yet. */
export type RedriveResult = {
  readonly messageId: string;
  /** The id of its copy in `releases`, under which logs and events name it now. */
  readonly newMessageId: string;
  readonly product?: string;
  readonly version?: string;
  readonly channels?: readonly string[];
} & Result;

type Result =
  | { readonly result: ResultInLedger | 'pending' }
  | ({ readonly result: 'rejected' } & Pick<RejectedView, 'code' | 'path' | 'message'>);

const POLL_MILLISECONDS = 500;

/** The service needs less to reject a message. */
const UNCERTAIN_MILLISECONDS = 5000;

/**
 * Watches the ledger and the rejected queue until the service has processed each copy, or for `patience` milliseconds. Answers
 * what became of each, in the same order. A release that was accepted before is a duplicate, because it is never judged again. What an
 * earlier message may have left in the ledger counts only if the copy is not rejected within 5 seconds.
 */
export async function resultsOf(
  stage: Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal'>,
  copies: readonly Sent[],
  patience: number,
  progress: (line: string) => void = () => undefined,
): Promise<readonly RedriveResult[]> {
  const rejectedQueue = await stage.queueUrl('rejected');
  const deadline = Date.now() + patience;
  const uncertainUntil = Date.now() + Math.min(patience, UNCERTAIN_MILLISECONDS);
  const results = new Map<Sent, Result>();
  for (;;) {
    const rejected = (await peekAll(stage, rejectedQueue, { inPassing: true })).map(rejectedView);
    for (const copy of copies.filter((one) => !results.has(one))) {
      const found = rejected.find(({ messageId }) => messageId === copy.copyId);
      const result = found === undefined ? await resultOf(stage.ledger, copy, Date.now() < uncertainUntil) : rejection(found);
      if (result !== undefined) results.set(copy, result);
    }
    if (results.size === copies.length || Date.now() > deadline)
      return copies.map((copy) => withIds(copy, results.get(copy) ?? { result: 'pending' }));
    progress('waiting for the service');
    await sleep(POLL_MILLISECONDS);
  }
}

/** A result in one line for a person, with the id of the message before and after. */
export function resultLine(found: RedriveResult): string {
  const { product, version, channels, messageId, newMessageId } = found;
  const release = [product, version, channels?.join(', ')].filter((part) => part !== undefined).join(' ');
  const ids = `message ${messageId}, now ${newMessageId}`;
  return `${release === '' ? ids : `${release} (${ids})`}: ${wordsOf(found)}`;
}

function wordsOf(found: Result): string {
  switch (found.result) {
    case 'accepted':
      return 'accepted: ota status shows its rollouts';
    case 'duplicate':
      return 'a duplicate of a release that was accepted before';
    case 'withdrawn':
      return 'the withdrawal is recorded';
    case 'recorded':
      return 'the approval, the hold or its end is recorded';
    case 'pending':
      return 'not processed yet: check ota rejected and ota status later';
    case 'rejected':
      return `rejected again: ${found.code} ${oneLine(found.path)}: ${oneLine(found.message)}`;
  }
}

function withIds({ messageId, copyId, body }: Sent, result: Result): RedriveResult {
  const { product, version, channels } = readable(body);
  return { ...compact({ messageId, newMessageId: copyId, product, version, channels }), ...result };
}

function rejection({ code, path, message }: RejectedView): Result {
  return { result: 'rejected', code, path, message };
}

async function resultOf(ledger: Stage['ledger'], { body, copyId }: Sent, mustBeCertain: boolean): Promise<Result | undefined> {
  const { message } = readRejectedBody(body);
  const found = message && (await resultInLedger(ledger, message, (row) => row.messageId === copyId));
  return found === undefined || (mustBeCertain && !found.isCertain) ? undefined : { result: found.result };
}
