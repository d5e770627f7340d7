import type { Gate } from '../../domain/gate/gate.ts';
import type { Message } from '../../domain/release/intake.ts';
import type { Rejection } from '../../domain/release/rejection.ts';
import type { Release } from '../../domain/release/release.ts';
import { planRelease } from '../../domain/request/plan.ts';
import type { PlannedRollout } from '../../domain/request/planned-rollout.ts';
import { acceptedRelease, conflictWith } from '../../domain/rollout/claim.ts';
import { type JudgedRollout, judgePlanned } from '../../domain/rollout/judge-plan.ts';
import { rejectWithdrawn } from '../../domain/rollout/reject-withdrawn.ts';
import type { Identity, Rollout } from '../../domain/rollout/rollout.ts';
import { timingOf } from '../../domain/rollout/timing.ts';
import type { Configuration } from '../stage/configuration.ts';
import { poll } from '../stage/poll.ts';
import type { Stage } from '../stage/stage.ts';
import { findRejected, NotProcessed, RejectedEvent, type Watch, type WatchedStage } from './answer.ts';
import { type ResultInLedger, resultInLedger } from './result-in-ledger.ts';

/** What the service would do with a release now. */
export type Forecast = {
  /** Why it would reject the release. Then there are no rollouts. */
  readonly rejections: readonly Rejection[];
  /** Those that would be new, each with what it would wait for. */
  readonly rollouts: readonly (PlannedRollout & JudgedRollout)[];
  /** Those of the same content that are there. Nothing of them starts again. */
  readonly accepted: readonly Rollout[];
};

/**
 * What the service would do with a release from `source` at `now` (epoch ms), as far as channels.yml and the ledger show it. It knows
 * nothing of S3. Nothing is written.
 */
export async function forecast(
  stage: Pick<Stage, 'ledger' | 'timeFactor'>,
  { channels, place }: Pick<Configuration, 'channels' | 'place'>,
  { release, source }: { readonly release: Release; readonly source: string },
  now: number,
): Promise<Forecast> {
  const known = await stage.ledger.lookUp(release);
  const rejected = (rejections: readonly Rejection[]): Forecast => ({ rejections, rollouts: [], accepted: [] });
  const withdrawn = rejectWithdrawn(release, release.channels, known.withdrawals.list);
  const conflict = known.accepted && conflictWith(known.accepted, acceptedRelease(release));
  if (conflict) return rejected([withdrawn[0] ?? conflict]);
  const unknown = release.channels.filter((channel) => !known.rows.some((row) => row.channel === channel));
  // A release that was accepted once is never judged again.
  if (unknown.length === 0) return { rejections: [], rollouts: [], accepted: known.rows };
  const plan = planRelease(release, channels, { place, source, now }, unknown);
  const rejections = [...plan.rejections, ...withdrawn.filter(({ channel }) => channel === undefined || unknown.includes(channel))];
  if (rejections.length > 0) return rejected(rejections);
  const [{ list: approvals }, { holds }, factor] = await Promise.all([
    stage.ledger.approvals(release.product, release.version),
    stage.ledger.holds(release.product),
    stage.timeFactor(),
  ]);
  const { soakMinute } = timingOf({ factor, unansweredTaskMinutes: 0 });
  const judge = async (rollout: PlannedRollout & Identity & { readonly gate?: Gate }) => {
    const before = rollout.gate?.after?.map(({ channel }) => channel) ?? [];
    const upstreams = before.length === 0 ? {} : await stage.ledger.upstreams(rollout, before);
    return judgePlanned(rollout, { account: place.accountId, source }, { upstreams, approvals, holds, now, soakMinute });
  };
  return { rejections: [], rollouts: await Promise.all(plan.rollouts.map(judge)), accepted: known.rows };
}

/** A dry run leaves nothing in the ledger, so only its rejection is waited for. The service needs seconds for that. Milliseconds. */
const DRY_RUN_PATIENCE = 10_000;

/**
 * Waits until the service has taken up a published event, and answers what it made of it. `unseen`: a dry run that was not rejected in
 * time, because only the bus has its result. Without a `message`, the event cannot be read, and the service rejects it. Throws
 * RejectedEvent if the service rejected the event, and NotProcessed if it does not process it within the patience. Throws as {@link poll}
 * does if AWS cannot be read.
 */
export async function untilTakenUp(
  stage: WatchedStage,
  { message, eventId }: { readonly message: Message | undefined; readonly eventId: string },
  { patience, progress = () => undefined }: Watch,
): Promise<ResultInLedger | 'unseen'> {
  const isDryRun = message?.kind === 'release' && message.release.dryRun;
  const limit = isDryRun ? Math.min(patience, DRY_RUN_PATIENCE) : patience;
  const look = async (elapsed: () => number): Promise<{ readonly result: ResultInLedger | 'unseen' } | undefined> => {
    const result =
      isDryRun || message === undefined
        ? undefined
        : (await resultInLedger(stage.ledger, message, (row) => row.eventId === eventId))?.result;
    // What is there may be of an earlier event, unless it names this one.
    const rejected = result === 'accepted' ? undefined : await findRejected(stage, eventId);
    if (rejected) throw new RejectedEvent(rejected);
    if (result !== undefined) return { result };
    if (elapsed() >= limit) {
      if (isDryRun) return { result: 'unseen' };
      throw new NotProcessed('event', patience);
    }
    progress('waiting for the service');
    return undefined;
  };
  return (await poll(look, { patience, timeout: limit }, progress)).result;
}
