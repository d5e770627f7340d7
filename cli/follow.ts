import { compact } from '../domain/json/compact.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { findRejected, NotProcessed } from '../operator/actions/answer.ts';
import { type Outlook, outlookOf, type Steering, steeringReader } from '../operator/reads/outlook.ts';
import { waitingView } from '../operator/reads/read-model.ts';
import { poll } from '../operator/stage/poll.ts';
import type { Stage } from '../operator/stage/stage.ts';
import { outlookWords } from '../operator/words/outlook-words.ts';
import { stateLine } from '../operator/words/state-words.ts';
import { alreadyLine, type Ending, verdictOf, type WaitingChannel } from './ending.ts';
import { changeLine } from './progress-words.ts';

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
  /** Also follow channels that only a gate or a hold keeps. */
  readonly waitForGates?: true;
};

type FollowedStage = Pick<Stage, 'ledger' | 'queueUrl' | 'sqs' | 'isLocal' | 'timeFactor'>;

/**
 * Watches the ledger until every channel of a release has ended, the event was rejected, or the time is over. {@link verdictOf}
 * says when a channel has ended. As soon as only a gate or a hold keeps a channel, that channel is no longer followed, unless the
 * limits say otherwise. `print` gets one line for each change of state, for each change of what keeps a channel, and for each rollout
 * that was there before. `progress` gets the present states on one line. Throws NotProcessed if the service does not process the event
 * within `patience`. Throws as {@link poll} does if AWS cannot be read.
 */
export async function follow(
  stage: FollowedStage,
  release: Followed,
  print: (line: string) => void,
  progress: (line: string) => void,
  { patience, timeout = Number.POSITIVE_INFINITY, until, quiet, waitForGates }: Limits,
): Promise<Ending> {
  const printed = new Set<string>();
  const isQuiet = quietness(quiet);
  const isPending = (row: Rollout): boolean => verdictOf(row, compact({ until, isQuiet: isQuiet(row) })) === 'pending';
  const gates = gateWatch(stage, release.channels.length, waitForGates === true, print);
  const look = async (elapsed: () => number): Promise<Ending | undefined> => {
    const rows = await rowsOf(stage, release);
    const duplicate = rows.every((row) => row.eventId !== release.eventId);
    for (const row of rows) printNewStates(row, release.eventId, printed, print);
    progress(rows.map(stateLine).join(' · ') || 'waiting for the service');
    // Each row is asked, so that the quiet time of all of them begins at once.
    const pending = await gates.followed(rows, rows.filter(isPending));
    if (rows.length === release.channels.length && pending.length === 0)
      return { rollouts: rows, duplicate, ...(await gates.waiting(rows)) };
    // An accepted event is never rejected later.
    const rejected = duplicate ? await findRejected(stage, release.eventId) : undefined;
    if (rejected) return { rollouts: rows, duplicate: false, rejected };
    const followedFor = elapsed();
    // Its rows come one after the other. Rows of other channels alone do not show that the service has processed it.
    const isProcessed = !duplicate || rows.length === release.channels.length;
    if (!isProcessed && followedFor > Math.min(patience, timeout)) throw new NotProcessed('event', Math.min(patience, timeout));
    return followedFor > timeout ? { rollouts: rows, duplicate, timedOut: true, ...(await gates.waiting(rows)) } : undefined;
  };
  return poll(look, { patience, timeout }, progress);
}

/** Watches which of a release's `channels` only a gate or a hold keeps. Prints a line as soon as one is kept by something else. */
function gateWatch(stage: FollowedStage, channels: number, waitForGates: boolean, print: (line: string) => void) {
  const told = new Map<string, string>();
  const unfollowed = new Set<string>();

  async function look(
    rows: readonly Rollout[],
  ): Promise<{ row: Rollout; steering: Steering; outlook: Outlook | undefined; now: number }[]> {
    const reader = steeringReader(stage);
    const now = Date.now();
    return Promise.all(
      rows.map(async (row) => {
        const steering = await reader.of(row);
        return { row, steering, outlook: outlookOf(row, steering, now), now };
      }),
    );
  }

  return {
    /** Those of the pending rollouts that are still followed. Before all rows of the release are there, nobody knows what keeps one. */
    async followed(rows: readonly Rollout[], pending: readonly Rollout[]): Promise<Rollout[]> {
      const followed = pending.filter(({ channel }) => !unfollowed.has(channel));
      if (rows.length < channels) return followed;
      for (const { row, steering, outlook, now } of await look(followed)) {
        if (outlook?.kind !== 'wait' || isLookedAt(outlook)) continue;
        const codes = outlook.reasons.map(({ reason }) => reason).join();
        if (told.get(row.channel) === codes) continue;
        told.set(row.channel, codes);
        if (!waitForGates) unfollowed.add(row.channel);
        const verb = waitForGates ? 'waits' : 'waits and is no longer followed';
        print(`${row.channel}: ${verb}: ${outlookWords(row, outlook, steering, now)}`);
      }
      return followed.filter(({ channel }) => !unfollowed.has(channel));
    },
    /** The channels that are no longer followed, each with what it waits for now. */
    async waiting(rows: readonly Rollout[]): Promise<{ readonly waiting?: WaitingChannel[] }> {
      if (unfollowed.size === 0) return {};
      const looked = await look(rows.filter(({ channel }) => unfollowed.has(channel)));
      return {
        waiting: looked.map(({ row, steering, outlook, now }) => {
          const { waitingFor = [], reasons = [] } = waitingView(outlook);
          return { channel: row.channel, rolloutId: row.rolloutId, waitingFor, reasons, words: outlookWords(row, outlook, steering, now) };
        }),
      };
    },
  };
}

/** Whether only the look of the service at other devices is missing. The service looks within seconds, and the gate may open then. */
function isLookedAt({ look, reasons }: Extract<Outlook, { kind: 'wait' }>): boolean {
  return look !== undefined && reasons.every(({ reason, until }) => reason === 'SOAKING' && until === undefined);
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

/**
 * Watches for the rejection of an event that leaves nothing in the ledger. Answers undefined if it was not rejected within `patience`
 * milliseconds.
 */
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
