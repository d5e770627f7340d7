import { parseWithdrawal } from '../domain/release/withdrawal.ts';

/** Whether a detail without its detail-type is a withdrawal: one with channels alone is a release that lacks its artifacts. */
export function isWithdrawal(detail: Readonly<Record<string, unknown>>): boolean {
  const saysSo = !('channels' in detail) || ['reasonCode', 'comment', 'force'].some((member) => member in detail);
  return saysSo && parseWithdrawal(detail).ok;
}
