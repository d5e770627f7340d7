import type { Approval } from '../../domain/gate/approvals.ts';
import { type Holds, noHolds } from '../../domain/gate/holds.ts';
import { emptyHead, type Head, type RecordedWithdrawal, type Rollout } from '../../domain/rollout/rollout.ts';
import { nothingSeen, type Seen, type View } from '../../domain/rollout/step.ts';
import { aHead, now, ownEntry, timing } from './a-rollout.ts';

/** The input of `nextStep`: a row, with plain defaults for everything that is not given. */
export function aView(
  row: Rollout,
  more: {
    head?: Head;
    withdrawals?: readonly RecordedWithdrawal[];
    approvals?: readonly Approval[];
    holds?: Holds;
    seen?: Partial<Seen>;
    now?: number;
    afterJobEvent?: boolean;
  } = {},
): View {
  return {
    row,
    // A rollout enters the head of its channel before its first create.
    head: more.head ?? (row.state === 'CREATING' ? aHead(ownEntry(row, { sequence: 1 })) : emptyHead),
    withdrawals: more.withdrawals ?? [],
    approvals: more.approvals ?? [],
    holds: more.holds ?? noHolds,
    seen: { ...nothingSeen, ...more.seen },
    now: more.now ?? now,
    timing,
    afterJobEvent: more.afterJobEvent ?? false,
  };
}
