import { setTimeout as sleep } from 'node:timers/promises';
import type { Rejection } from '../domain/release/rejection.ts';
import { conflictWith } from '../domain/rollout/claim.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { peekAll } from './queue-messages.ts';
import { countsLine, hasEnded, type RolloutView, viewOf } from './read-model.ts';
import { type RejectedView, rejectedView } from './rejected.ts';
import type { Stage } from './stage.ts';

/** What is followed: the rollouts of one release, and the fate of the event that announced it. */
export type Followed = {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channels: readonly string[];
  readonly eventId: string;
  /** What tells a duplicate from a conflict: absent where the release breaks a rule, and will be refused. */
  readonly releaseDigest?: string;
};

export type Ending = {
  readonly rollouts: readonly RolloutView[];
  readonly duplicate: boolean;
  /** The refusal of the whole event. */
  readonly rejected?: RejectedView;
  /** The channels that another release took while this one was already accepted on the others. */
  readonly rejections?: readonly Rejection[];
};

/** How often the ledger is looked at. */
export const POLL_MILLISECONDS = 500;

/** A busy service takes a message up within seconds; longer, and the bus has most likely no rule for its source. */
export const PATIENCE_MILLISECONDS = 60_000;

/**
 * Watches the ledger until every channel of a release has ended or is another release's, or the event was refused. `say`
 * gets one line for each thing that happens, `progress` the present state to overwrite. Throws when nobody has taken the
 * event up in `patience` milliseconds.
 */
export async function follow(
  stage: Stage,
  release: Followed,
  say: (line: string) => void,
  progress: (line: string) => void,
  patience = PATIENCE_MILLISECONDS,
): Promise<Ending> {
  const deadline = Date.now() + patience;
  const rejectedQueue = await stage.queueUrl('rejected');
  const told = new Set<string>();
  for (;;) {
    const found = (await stage.ledger.rowsOf(release.product, release.version)).filter(
      (row) => row.revision === release.revision && release.channels.includes(row.channel),
    );
    const own = found.find((row) => row.eventId === release.eventId);
    const content = { version: release.version, digest: own?.releaseDigest ?? release.releaseDigest ?? '' };
    const rows = found.filter((row) => conflictWith(row, content) === undefined);
    const rejections = found.flatMap((row) => conflictWith(row, content) ?? []);
    const known = own !== undefined || (rows.length > 0 && rejections.length === 0);
    if (known) for (const row of rows) tellNews(row, told, say);
    progress((known && rows.map(stateLine).join(' · ')) || 'waiting for the service');
    if (known && found.length === release.channels.length && rows.every(hasEnded)) {
      return { rollouts: rows.map(viewOf), duplicate: own === undefined, ...(rejections.length > 0 && { rejections }) };
    }
    // What was accepted is never rejected later.
    const refused = own === undefined ? await findRejected(stage, rejectedQueue, release.eventId) : undefined;
    if (refused) return { rollouts: rows.map(viewOf), duplicate: false, rejected: refused };
    if (!known && Date.now() > deadline)
      throw new Error(`nobody took the event up in ${patience / 1000} s; ota status tells if it comes later`);
    await sleep(POLL_MILLISECONDS);
  }
}

/**
 * Watches for the refusal of an event that can be followed no other way; undefined where none came in `patience`
 * milliseconds.
 */
export async function refusalOf(
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

/** The refusal of an event, read from the rejected queue; undefined while there is none. */
export async function findRejected(
  stage: Pick<Stage, 'sqs' | 'isLocal'>,
  queueUrl: string,
  eventId: string,
): Promise<RejectedView | undefined> {
  const own = (await peekAll(stage, queueUrl, { inPassing: true })).find((message) => message.Body?.includes(eventId));
  return own && rejectedView(own);
}

function tellNews(row: Rollout, told: Set<string>, say: (line: string) => void): void {
  const { aws } = row;
  for (const { at, to, why } of row.history) {
    const key = `${row.rolloutId} ${at} ${to}`;
    if (told.has(key)) continue;
    told.add(key);
    const ids = to === 'CREATED' ? ` ${[aws.otaUpdateId, aws.jobId, aws.taskId].filter(Boolean).join(' ')}` : '';
    say(`${row.channel}: ${to.toLowerCase()}: ${why}${ids}`);
  }
}

function stateLine(row: Rollout): string {
  const devices = countsLine(row.counts);
  return `${row.channel} ${row.state}${devices === '' ? '' : ` (${devices})`}`;
}
