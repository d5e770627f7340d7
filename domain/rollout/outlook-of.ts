import { type GateFacts, gateOf, judgeAgain, reasonsNow, type Verdict } from './gate-of.ts';
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
  const again = row.opened && facts.now > row.opened.at + openForLong ? judgeAgain(ofRow, row.opened) : undefined;
  if (again?.kind === 'shut') return again;
  const reasons = [...reasonsNow(row, facts.holds, facts.now), ...(again ? [again.reason] : [])];
  return reasons.length === 0 ? undefined : { kind: 'wait', reasons };
}

/** Whether nothing of a rollout is at AWS or on its way, so that a gate, a hold or a closed time can keep it. */
export function mayBeKept({ state, unansweredCreates }: Pick<Rollout, 'state' | 'unansweredCreates'>): boolean {
  return state === 'WAITING' || state === 'CLAIMED' || (state === 'CREATING' && unansweredCreates.count === 0);
}
