import { canonicalJson } from '../json/canonical.ts';
import type { RecordedWithdrawal } from './rollout.ts';

/** An item of DynamoDB has at most 400 KB (Amazon DynamoDB quotas). The rest is for the names of attributes. */
const WITHDRAWALS_BYTES_MAX = 390 * 1024;

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
  if (list.some((one) => covers(one, withdrawal))) return 'known';
  const next = [...list.filter((one) => !covers(withdrawal, one)), withdrawal];
  return Buffer.byteLength(canonicalJson(next)) > WITHDRAWALS_BYTES_MAX ? 'tooLarge' : next;
}

/** Whether `wide` stops everything that `narrow` stops, with as much force. */
function covers(wide: RecordedWithdrawal, narrow: RecordedWithdrawal): boolean {
  const { channels } = wide;
  return (
    wide.version === narrow.version &&
    (wide.revision === undefined || wide.revision === narrow.revision) &&
    (channels === undefined || (narrow.channels?.every((channel) => channels.includes(channel)) ?? false)) &&
    (wide.force || !narrow.force)
  );
}
