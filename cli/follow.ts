import { compact } from '../domain/json/compact.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { alreadyLine, type Ending, stateLine, verdictOf } from './ending.ts';
import { poll } from './poll.ts';
import { changeLine } from './progress-words.ts';
import { peekAll } from './queue-messages.ts';
import { type RejectedView, rejectedView } from './rejected.ts';
import type { Stage } from './stage.ts';

/** The service did not process a published event within `patience` milliseconds. */
export class NotProcessed extends Error {
  constructor(what: 'event' | 'withdrawal', patience: number) {
    super(`the service did not process the ${what} within ${patience / 1000} s`);
  }
}

/** What is followed: the rollouts of one release, and the event that announced it. */
type Followed = {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channels: readonly string[];
  readonly eventId: string;
  /** Distinguishes a duplicate from a conflict, which will be rejected. */
  readonly releaseDigest: string;
};

/** How far to follow. All in milliseconds, except `until`, which is in per cent. */
export type Limits = {
  /** How long the service may take to process the event, and how long AWS may be unreadable. */
  readonly patience: number;
  /** How long to follow altogether. */
  readonly timeout?: number;
  /** How many devices of each channel must have succeeded. */
  readonly until?: number;
  /** How long nothing may change on a continuous channel before devices without an answer are no longer waited for. */
  readonly quiet: number;
};

/**
 * Watches the ledger until every channel of a release has ended, the event was rejected, or the time is over. {@link verdictOf}
 * says when a channel has ended. `print` gets one line for each change of state, and one for each rollout that was there before. `progress` gets the present states on one line.
 * Throws NotProcessed if the service does not process the event within `patience`. Throws as {@link poll} does if AWS cannot be read.
 */
export async function follow(
  stage: Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal'>,
  release: Followed,
  print: (line: string) => void,
  progress: (line: string) => void,
  { patience, timeout = Number.POSITIVE_INFINITY, until, quiet }: Limits,
): Promise<Ending> {
  const printed = new Set<string>();
  const isQuiet = quietness(quiet);
  const isPending = (row: Rollout): boolean => verdictOf(row, compact({ until, isQuiet: isQuiet(row) })) === 'pending';
  const look = async (elapsed: () => number): Promise<Ending | undefined> => {
    const rows = await rowsOf(stage, release);
    const duplicate = rows.every((row) => row.eventId !== release.eventId);
    for (const row of rows) printNewStates(row, release.eventId, printed, print);
    progress(rows.map(stateLine).join(' · ') || 'waiting for the service');
    // Each row is asked, so that the quiet time of all of them begins at once.
    const pending = rows.filter(isPending);
    if (rows.length === release.channels.length && pending.length === 0) return { rollouts: rows, duplicate };
    // An accepted event is never rejected later.
    const rejected = duplicate ? await findRejected(stage, release.eventId) : undefined;
    if (rejected) return { rollouts: rows, duplicate: false, rejected };
    const followedFor = elapsed();
    // Its rows come one after the other. Rows of other channels alone do not show that the service has processed it.
    const isProcessed = !duplicate || rows.length === release.channels.length;
    if (!isProcessed && followedFor > Math.min(patience, timeout)) throw new NotProcessed('event', Math.min(patience, timeout));
    return followedFor > timeout ? { rollouts: rows, duplicate, timedOut: true } : undefined;
  };
  return poll(look, { patience, timeout }, progress);
}

/** The rollouts of a release, whichever event brought them. A revision has one content, so rows with another one are of another release. */
async function rowsOf({ ledger }: Pick<Stage, 'ledger'>, release: Followed): Promise<Rollout[]> {
  const { rows } = await ledger.releaseOf(release.product, release.version);
  return rows.filter(
    ({ version, revision, channel, releaseDigest }) =>
      version === release.version &&
      revision === release.revision &&
      release.channels.includes(channel) &&
      releaseDigest === release.releaseDigest,
  );
}

/** Answers for a rollout whether neither its state nor its devices have changed for so many milliseconds. */
function quietness(milliseconds: number): (row: Rollout) => boolean {
  const seen = new Map<string, { readonly what: string; readonly since: number }>();
  return ({ channel, state, counts }) => {
    const what = JSON.stringify([state, counts]);
    const before = seen.get(channel);
    if (before?.what !== what) seen.set(channel, { what, since: Date.now() });
    return before?.what === what && Date.now() - before.since >= milliseconds;
  };
}

/** Watches for the rejection of an event that leaves nothing in the ledger. Answers undefined if it was not rejected within `patience` milliseconds. */
export async function rejectionOf(
  stage: Pick<Stage, 'queueUrl' | 'sqs' | 'isLocal'>,
  eventId: string,
  progress: (line: string) => void,
  patience: number,
): Promise<Ending | undefined> {
  const look = async (elapsed: () => number): Promise<{ readonly ending?: Ending } | undefined> => {
    const rejected = await findRejected(stage, eventId);
    if (rejected) return { ending: { rollouts: [], duplicate: false, rejected } };
    if (elapsed() > patience) return {};
    progress('waiting for the service');
    return undefined;
  };
  return (await poll(look, { patience, timeout: patience }, progress)).ending;
}

/** The rejection of an event, read from the rejected queue. Undefined if it is not there, or not yet. */
export async function findRejected(stage: Pick<Stage, 'queueUrl' | 'sqs' | 'isLocal'>, eventId: string): Promise<RejectedView | undefined> {
  const queueUrl = await stage.queueUrl('rejected');
  const own = (await peekAll(stage, queueUrl, { inPassing: true })).find((message) => message.Body?.includes(eventId));
  return own && rejectedView(own);
}

/** What another event had started before is old news, so only its state is printed. Its later changes are printed as usual. */
function printNewStates(row: Rollout, eventId: string, printed: Set<string>, print: (line: string) => void): void {
  const isOld = row.eventId !== eventId && !printed.has(row.rolloutId);
  printed.add(row.rolloutId);
  if (isOld) print(alreadyLine(row));
  for (const entry of row.history) {
    const key = `${row.rolloutId} ${entry.at} ${entry.to}`;
    if (!isOld && !printed.has(key)) print(changeLine(row, entry));
    printed.add(key);
  }
}
