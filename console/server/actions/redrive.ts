import { z } from 'zod';
import { readable } from '../../../domain/release/intake.ts';
import {
  type PreparedRedrive,
  prepareRedrive,
  REDRIVE_PATIENCE_MILLISECONDS,
  type Redriven,
  redrive as redriveMessages,
  redrivenLine,
} from '../../../operator/actions/redrive.ts';
import { resultLine, resultsOf } from '../../../operator/actions/redrive-results.ts';
import type { ActionInput, ActionResult } from '../../api.ts';
import type { Action } from '../action.ts';
import { reader } from '../read-input.ts';
import { sentence, withStop } from './judgement.ts';
import { atMost } from './many-lines.ts';

/** The page of the queues. */
const QUEUES = '/queues';

/** Sends messages that were rejected, or that nobody could process, to the service again. */
export const redrive: Action<ActionInput['redrive']> = {
  read: reader(z.strictObject({ queue: z.string().max(64), messageId: z.string().min(1).max(128).exactOptional() })),

  async preview({ stage }, input) {
    const prepared = await prepareRedrive(stage, input);
    return {
      title: titleOf(prepared),
      lines: [...linesOf(prepared), ...SAFE],
      warnings: [],
      refusals: refusalsOf(prepared),
      documents: [],
    };
  },

  async carryOut({ stage }, input) {
    const redriven = await redriveMessages(stage, input);
    const { from, sent, notSent } = redriven;
    if (sent.length + notSent.length === 0) return { isDone: false, message: nothingIn(from, input.messageId), lines: [], href: QUEUES };
    return resultOf(redriven, redriven.isFollowed ? await resultsOf(stage, sent, REDRIVE_PATIENCE_MILLISECONDS) : undefined);
  },
};

const SAFE = [
  'Each message is deleted only after its copy was sent, so no message is lost.',
  'A release that was accepted before is a duplicate, and starts nothing.',
];

function titleOf(prepared: PreparedRedrive): string {
  return 'count' in prepared ? `Redrive the messages of ${prepared.from}` : `Redrive one message of ${prepared.from}`;
}

function linesOf(prepared: PreparedRedrive): string[] {
  const { from } = prepared;
  if ('isAbsent' in prepared) return [];
  if ('message' in prepared) {
    const { product, version, channels } = readable(prepared.message.body);
    const release = [product, version, channels?.join(', ')].filter((part) => part !== undefined).join(' ');
    return [`Message ${prepared.message.messageId}${release === '' ? '' : ` (${release})`} goes from ${from} to ${prepared.to}.`];
  }
  const { to, count } = prepared;
  const where = to ?? 'releases, and withdrawals, approvals, holds and resumes to steering';
  if (count === 0) return [`SQS reports no messages in ${from}. Any that are there all the same go to ${where}.`];
  return [`About ${count} ${count === 1 ? 'message goes' : 'messages go'} from ${from} to ${where}. SQS counts them roughly.`];
}

function refusalsOf(prepared: PreparedRedrive): string[] {
  if ('isAbsent' in prepared)
    return [`This message is not in the queue ${prepared.from}. Somebody else may read it now: try again in a minute.`];
  // SQS may count late, so an empty queue is not refused.
  return [];
}

function nothingIn(from: string, messageId: string | undefined): string {
  return messageId === undefined ? `The queue ${from} is empty.` : `The message is not in the queue ${from}.`;
}

function resultOf(redriven: Redriven, results: Awaited<ReturnType<typeof resultsOf>> | undefined): ActionResult {
  const { from, notSent } = redriven;
  const isRejected = results?.some(({ result }) => result === 'rejected') ?? false;
  const isPending = results?.some(({ result }) => result === 'pending') ?? false;
  return {
    isDone: notSent.length === 0 && !isRejected && !isPending,
    ...(isPending && !isRejected && notSent.length === 0 && { isPending: true as const }),
    message: sentence(redrivenLine(redriven)),
    lines: atMost([
      ...notSent.map(({ messageId, reason }) => `${messageId} stays in ${from}: ${reason}`),
      ...(results ?? []).map((result) => withStop(resultLine(result))),
    ]),
    href: QUEUES,
  };
}
