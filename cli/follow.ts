import { setTimeout as sleep } from 'node:timers/promises';
import { conflictWith } from '../domain/rollout/claim.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import type { Ending } from './ending.ts';
import { peekAll } from './queue-messages.ts';
import { countsLine, hasEnded, viewOf } from './read-model.ts';
import { type RejectedView, rejectedView } from './rejected.ts';
import type { Stage } from './stage.ts';

/** The service did not process a published event within `patience` milliseconds. */
export class NotProcessed extends Error {
  constructor(what: 'event' | 'withdrawal', patience: number) {
    super(`the service did not process the ${what} within ${patience / 1000} s; check ota status later`);
  }
}

/** What is followed: the rollouts of one release, and the event that announced it. */
type Followed = {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channels: readonly string[];
  readonly eventId: string;
  /** Distinguishes a duplicate from a conflict. Absent if the release is invalid, because then it will be rejected. */
  readonly releaseDigest?: string;
};

/** The time between two looks at the ledger. */
export const POLL_MILLISECONDS = 500;

/**
 * How long to wait for the service to process an event. Even a busy service needs only seconds. After a minute, the bus
 * most likely has no rule for the source of the event.
 */
export const PATIENCE_MILLISECONDS = 60_000;

/**
 * Watches the ledger until every channel of a release has ended or has another release, or the event was rejected.
 * `print` gets one line for each change of state, `progress` the present states on one line. Throws NotProcessed
 * if the service does not process the event within `patience` milliseconds.
 */
export async function follow(
  stage: Stage,
  release: Followed,
  print: (line: string) => void,
  progress: (line: string) => void,
  patience = PATIENCE_MILLISECONDS,
): Promise<Ending> {
  const deadline = Date.now() + patience;
  const rejectedQueue = await stage.queueUrl('rejected');
  const printed = new Set<string>();
  for (;;) {
    const found = (await stage.ledger.releaseOf(release.product, release.version)).rows.filter(
      (row) => row.revision === release.revision && release.channels.includes(row.channel),
    );
    const own = found.find((row) => row.eventId === release.eventId);
    const content = { version: release.version, releaseDigest: own?.releaseDigest ?? release.releaseDigest ?? '' };
    const rows = found.filter((row) => conflictWith(row, content) === undefined);
    const rejections = found.flatMap((row) => conflictWith(row, content) ?? []);
    const known = own !== undefined || (rows.length > 0 && rejections.length === 0);
    if (known) for (const row of rows) printNewStates(row, printed, print);
    progress((known && rows.map(stateLine).join(' · ')) || 'waiting for the service');
    if (known && found.length === release.channels.length && rows.every(hasEnded)) {
      return { rollouts: rows.map(viewOf), duplicate: own === undefined, ...(rejections.length > 0 && { rejections }) };
    }
    // An accepted event is never rejected later.
    const rejected = own === undefined ? await findRejected(stage, rejectedQueue, release.eventId) : undefined;
    if (rejected) return { rollouts: rows.map(viewOf), duplicate: false, rejected };
    if (!known && Date.now() > deadline) throw new NotProcessed('event', patience);
    await sleep(POLL_MILLISECONDS);
  }
}

/** Watches for the rejection of an event that leaves nothing in the ledger. Answers undefined if it was not rejected within `patience` milliseconds. */
export async function rejectionOf(
  stage: Pick<Stage, 'queueUrl' | 'sqs' | 'isLocal'>,
  eventId: string,
  progress: (line: string) => void,
  patience: number,
): Promise<Ending | undefined> {
  const deadline = Date.now() + patience;
  const rejectedQueue = await stage.queueUrl('rejected');
  for (;;) {
    const rejected = await findRejected(stage, rejectedQueue, eventId);
    if (rejected) return { rollouts: [], duplicate: false, rejected };
    if (Date.now() > deadline) return undefined;
    progress('waiting for the service');
    await sleep(POLL_MILLISECONDS);
  }
}

/** The rejection of an event, read from the rejected queue. Undefined if it is not there, or not yet. */
export async function findRejected(
  stage: Pick<Stage, 'sqs' | 'isLocal'>,
  queueUrl: string,
  eventId: string,
): Promise<RejectedView | undefined> {
  const own = (await peekAll(stage, queueUrl, { inPassing: true })).find((message) => message.Body?.includes(eventId));
  return own && rejectedView(own);
}

function printNewStates(row: Rollout, printed: Set<string>, print: (line: string) => void): void {
  const { aws } = row;
  for (const { at, to, why } of row.history) {
    const key = `${row.rolloutId} ${at} ${to}`;
    if (printed.has(key)) continue;
    printed.add(key);
    const ids = to === 'CREATED' ? ` ${[aws.otaUpdateId, aws.jobId, aws.taskId].filter(Boolean).join(' ')}` : '';
    print(`${row.channel}: ${to.toLowerCase()}: ${why}${ids}`);
  }
}

function stateLine(row: Rollout): string {
  const devices = countsLine(row.counts);
  return `${row.channel} ${row.state}${devices === '' ? '' : ` (${devices})`}`;
}
