import { fitsItem } from '../json/item-bytes.ts';
import type { RecordedWithdrawal, WithdrawalScope } from './rollout.ts';

/**
 * The withdrawals of a version with one more added.
 * `known`: an earlier one covers it, whatever its reason, so a copy or a repeat adds nothing.
 * `tooLarge`: one item cannot keep them all.
 * Earlier ones that the new one covers are dropped. So a version can be withdrawn any number of times, and finally as a whole.
 */
export function recordWithdrawal(
  list: readonly RecordedWithdrawal[],
  withdrawal: RecordedWithdrawal,
): readonly RecordedWithdrawal[] | 'known' | 'tooLarge' {
  if (isCovered(withdrawal, list)) return 'known';
  const next = [...list.filter((one) => !covers(withdrawal, one)), withdrawal];
  return fitsItem(next) ? next : 'tooLarge';
}

/** Whether one of these withdrawals stops everything that `withdrawal` stops, with as much force. */
export function isCovered(withdrawal: WithdrawalScope, by: readonly WithdrawalScope[]): boolean {
  return by.some((one) => covers(one, withdrawal));
}

/** Whether `wide` stops everything that `narrow` stops, with as much force. */
function covers(wide: WithdrawalScope, narrow: WithdrawalScope): boolean {
  const { channels } = wide;
  return (
    wide.version === narrow.version &&
    (wide.revision === undefined || wide.revision === narrow.revision) &&
    (channels === undefined || (narrow.channels?.every((channel) => channels.includes(channel)) ?? false)) &&
    (wide.force || !narrow.force)
  );
}
