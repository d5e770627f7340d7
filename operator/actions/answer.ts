import { peekAll } from '../reads/queue-messages.ts';
import { type RejectedView, rejectedView } from '../reads/rejected-view.ts';
import { poll } from '../stage/poll.ts';
import type { Stage } from '../stage/stage.ts';

/** The service rejected a published event. */
export class RejectedEvent extends Error {
  readonly rejected: RejectedView;

  constructor(rejected: RejectedView) {
    super(`rejected: ${rejected.code} ${rejected.path}: ${rejected.reason}`);
    this.rejected = rejected;
  }
}

/** The service did not process a published event within `patience` milliseconds. */
export class NotProcessed extends Error {
  constructor(what: 'event' | 'withdrawal' | 'approval' | 'hold' | 'resume', patience: number) {
    super(`the service did not process the ${what} within ${patience / 1000} s`);
  }
}

/** How the answer to a published event is waited for. */
export type Watch = {
  /** Milliseconds that the service may take, and that AWS may be unreadable. */
  readonly patience: number;
  /** Gets a line about what is waited for, again and again. */
  readonly progress?: (line: string) => void;
};

export type WatchedStage = Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal'>;

/**
 * Looks until `look` finds the result of a steering event in the ledger. Throws RejectedEvent if the service rejected the event, and
 * NotProcessed if it does not process it within `patience`. Throws as {@link poll} does if AWS cannot be read.
 */
export function untilAnswered<T extends object>(
  stage: WatchedStage,
  { what, eventId }: { readonly what: 'approval' | 'hold' | 'resume'; readonly eventId: string },
  { patience, progress = () => undefined }: Watch,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const answer = async (elapsed: () => number): Promise<T | undefined> => {
    const found = await look();
    if (found !== undefined) return found;
    const rejected = await findRejected(stage, eventId);
    if (rejected) throw new RejectedEvent(rejected);
    if (elapsed() > patience) throw new NotProcessed(what, patience);
    progress('waiting for the service');
    return undefined;
  };
  return poll(answer, { patience, timeout: Number.POSITIVE_INFINITY }, progress);
}

/** The rejection of an event, read from the rejected queue. Undefined if it is not there, or not yet. */
export async function findRejected(stage: Pick<Stage, 'queueUrl' | 'sqs' | 'isLocal'>, eventId: string): Promise<RejectedView | undefined> {
  const queueUrl = await stage.queueUrl('rejected');
  const own = (await peekAll(stage, queueUrl, { inPassing: true })).find((message) => message.Body?.includes(eventId));
  return own && rejectedView(own);
}
