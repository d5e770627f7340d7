import { activeHolds, type Hold, type Holds } from '../gate/holds.ts';
import { compact } from '../json/compact.ts';
import type { ApprovalAnswer } from './judge-approval.ts';
import { instant, type MessageFacts, ofMessage } from './outcome.ts';
import type { OutcomeEvent } from './outcome-schema.ts';
import { isFinal, mayHaveReachedAws, type Rollout } from './rollout.ts';

/** Each list of rollouts in an outcome has at most this many. So the event stays far below 1 MiB, the most that EventBridge takes. */
const ROLLOUTS_MAX = 500;

/** An approval was accepted. `answers` say on which channels it counts. */
export function approvedOutcome(message: MessageFacts, answers: readonly ApprovalAnswer[], now: number): OutcomeEvent {
  const detailType = 'OTA Release Approved';
  const base = ofMessage(detailType, message, [message.messageId, message.bodySha256], now);
  return { detailType, detail: { ...base, rollouts: answers.map((answer) => ({ ...answer })) } };
}

/** What a product has after one of its holds was set or ended. `rows` are its rollouts that have not ended. */
export type AfterHold = { readonly holdId: string; readonly holds: Holds; readonly rows: readonly Rollout[] };

/** A hold was accepted. It is active if `holds` has it. */
export function heldOutcome(message: MessageFacts, after: AfterHold, now: number): OutcomeEvent {
  const detailType = 'OTA Channel Held';
  return {
    detailType,
    detail: { ...ofMessage(detailType, message, [message.messageId, message.bodySha256], now), ...stateOf(after, now) },
  };
}

/** A hold was ended, or will be when it comes. */
export function resumedOutcome(message: MessageFacts, after: AfterHold, now: number): OutcomeEvent {
  const detailType = 'OTA Channel Resumed';
  return {
    detailType,
    detail: { ...ofMessage(detailType, message, [message.messageId, message.bodySha256], now), ...stateOf(after, now) },
  };
}

/** Whether nothing of a rollout was sent yet, or everything that was sent was refused. */
function isWaitingToStart(row: Rollout): boolean {
  return row.state === 'WAITING' || row.state === 'CLAIMED' || (row.state === 'CREATING' && !mayHaveReachedAws(row));
}

function stateOf({ holdId, holds, rows }: AfterHold, now: number) {
  // Always in the same order, so that a copy of the message gets the same answer.
  const unfinished = rows.filter(({ state }) => !isFinal(state)).sort((one, other) => (one.rolloutId < other.rolloutId ? -1 : 1));
  return {
    holdId,
    holds: activeHolds(holds, now).map(holdInEvent),
    waiting: unfinished.filter(isWaitingToStart).slice(0, ROLLOUTS_MAX).map(rolloutInEvent),
    live: unfinished
      .filter((row) => !isWaitingToStart(row))
      .slice(0, ROLLOUTS_MAX)
      .map(rolloutInEvent),
  };
}

function holdInEvent({ holdId, channels, reason, from, until, by, at }: Hold) {
  return compact({
    holdId,
    channels: channels && [...channels],
    reason,
    from: from === undefined ? undefined : instant(from),
    until: until === undefined ? undefined : instant(until),
    by,
    at: instant(at),
  });
}

function rolloutInEvent({ rolloutId, version, revision, channel, state }: Rollout) {
  return { rolloutId, version, revision, channel, state };
}
