import { canonicalJson } from '../json/canonical.ts';
import type { RecordedWithdrawal } from './rollout.ts';

/** An item of DynamoDB takes 400 KB; the rest is for the names of attributes. */
const WITHDRAWALS_BYTES_MAX = 390 * 1024;

/**
 * The withdrawals of a version with one more, as they are to be kept. `known`: those that are there cover it, whatever
 * reason they give, so that a copy and a repeat add nothing. `tooLarge`: one item cannot keep them all. What the new one
 * covers is dropped, so that a version can be withdrawn any number of times, and at last as a whole.
 */
export function recordWithdrawal(
  list: readonly RecordedWithdrawal[],
  withdrawal: RecordedWithdrawal,
): readonly RecordedWithdrawal[] | 'known' | 'tooLarge' {
  if (list.some((one) => covers(one, withdrawal))) return 'known';
  const next = [...list.filter((one) => !covers(withdrawal, one)), withdrawal];
  return Buffer.byteLength(canonicalJson(next)) > WITHDRAWALS_BYTES_MAX ? 'tooLarge' : next;
}

/** Whether everything that `narrow` stops is stopped by `wide` as well, and as forcefully. */
function covers(wide: RecordedWithdrawal, narrow: RecordedWithdrawal): boolean {
  const { channels } = wide;
  return (
    wide.version === narrow.version &&
    (wide.revision === undefined || wide.revision === narrow.revision) &&
    (channels === undefined || (narrow.channels?.every((channel) => channels.includes(channel)) ?? false)) &&
    (wide.force || !narrow.force)
  );
}
