import type { Summary } from './overview.ts';
import { type KnownRollout, knownView, type WithdrawalView, withdrawalView } from './read-model.ts';
import type { Found } from './read-releases.ts';

/** Every rollout that was ever accepted, and the withdrawals of releases that never came. */
export type ReleaseHistory = { readonly rollouts: readonly Summary[]; readonly withdrawals: readonly WithdrawalView[] };

/**
 * What was found, the newest release first. A history can have thousands of rollouts, so each has no more than a line of a table shows:
 * neither its gate nor why that opened.
 */
export function historyOf({ rollouts, ahead }: Pick<Found, 'rollouts' | 'ahead'>): ReleaseHistory {
  return {
    rollouts: rollouts.map(lineOf).reverse(),
    withdrawals: ahead.map(({ product, withdrawal }) => withdrawalView(product, withdrawal)),
  };
}

/** A rollout without what a list does not show. It is left out before the view is made, which saves most of the time of a long history. */
function lineOf({ row, withdrawal }: KnownRollout): Summary {
  const { gate: _gate, opened: _opened, ...rest } = row;
  const { history: _history, ...view } = knownView({ row: { ...rest, history: row.history.slice(-1) }, withdrawal });
  return row.continuous ? { ...view, isContinuous: true } : view;
}
