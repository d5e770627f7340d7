import { type GateFacts, gateOf, judgeAgain, type Verdict } from './gate-of.ts';
import { type Reason, reasonsNow } from './reasons-now.ts';
import type { Rollout } from './rollout.ts';
import type { Timing } from './timing.ts';

/** Why a rollout has not started, and whether people or time keep it. `shut` and `superseded` end it at the next look of the service. */
export type Outlook = Pick<Extract<Verdict, { kind: 'wait' }>, 'kind' | 'reasons' | 'look'> | Exclude<Verdict, { kind: 'wait' }>;

/** What the ledger has beside a rollout that decides whether it may start. */
export type OutlookFacts = Pick<GateFacts, 'upstreams' | 'approvals' | 'holds' | 'now' | 'soakMinute'> & Pick<Timing, 'openForLong'>;

/**
 * What an accepted rollout waits for other than AWS, by the verdict that the service itself uses. `undefined` if it waits for nothing else,
 * or if something of it may be at AWS.
 */
export function outlookOf(row: Rollout, { openForLong, ...facts }: OutlookFacts): Outlook | undefined {
  if (!mayBeKept(row)) return undefined;
  const ofRow = { ...facts, looks: {}, rollout: row };
  if (row.state === 'WAITING') return gateOf(ofRow);
  return keptBy(row, ofRow, openForLong);
}

/** Whether nothing of a rollout is at AWS or on its way, so that a gate, a hold or a closed time can keep it. */
export function mayBeKept({ state, unansweredCreates }: Pick<Rollout, 'state' | 'unansweredCreates'>): boolean {
  return state === 'WAITING' || state === 'CLAIMED' || (state === 'CREATING' && unansweredCreates.count === 0);
}

/** What keeps a rollout that has left its gate, or has none. `shut`: the channel before has gone bad for good. */
type Kept = { readonly kind: 'wait'; readonly reasons: readonly Reason[] } | Extract<Verdict, { kind: 'shut' }>;

/** Whether a gate opened so long ago that the channels before it are judged again. `openForLong` in ms, `now` in epoch ms. */
export function isOpenForLong({ opened }: Pick<Rollout, 'opened'>, now: number, openForLong: number): boolean {
  return opened !== undefined && now > opened.at + openForLong;
}

/**
 * What keeps a rollout from being created now, after its gate or without one: a hold, a time that is not allowed, or a gate that opened long
 * ago and would not open today. `undefined` if nothing does. The loop and everybody who asks for people use it.
 */
export function keptBy(row: Rollout, facts: GateFacts, openForLong: number): Kept | undefined {
  const again = row.opened && isOpenForLong(row, facts.now, openForLong) ? judgeAgain(facts, row.opened) : undefined;
  if (again?.kind === 'shut') return again;
  const reasons = [...reasonsNow(row, facts, row.opened?.skipped ?? []), ...(again ? [again.reason] : [])];
  return reasons.length === 0 ? undefined : { kind: 'wait', reasons };
}
