import { parseWithdrawal } from '../../domain/release/withdrawal.ts';

/**
 * Whether a detail without its detail-type is a withdrawal. A detail with channels and nothing else is a release that lacks its artifacts.
 */
export function isWithdrawal(detail: Readonly<Record<string, unknown>>): boolean {
  const looksLikeOne = !('channels' in detail) || ['reasonCode', 'comment', 'force'].some((member) => member in detail);
  return looksLikeOne && parseWithdrawal(detail).ok;
}
