import { canonicalJson } from '../json/canonical.ts';
import { fitsItem } from '../json/item-bytes.ts';
import type { Approval } from './approvals.ts';

/** The ledger keeps at most this many approvals of a version. */
export const APPROVALS_MAX = 50;

/**
 * The approvals of a version with one more added.
 * `known`: the list has this event, so a copy adds nothing.
 * `tooMany`: the version has 50 approvals. `tooLarge`: one item cannot keep them all.
 * The approvals are a set, in the order in which they were accepted. So any order of the same events gives the same list.
 */
export function recordApproval(list: readonly Approval[], approval: Approval): readonly Approval[] | 'known' | 'tooMany' | 'tooLarge' {
  if (list.some((one) => isSameApproval(one, approval))) return 'known';
  if (list.length >= APPROVALS_MAX) return 'tooMany';
  const next = [...list, approval].sort(byAcceptance);
  return fitsItem(next) ? next : 'tooLarge';
}

/** Whether both are the same event. An event without an id is known by what it says. */
export function isSameApproval(one: Approval, other: Approval): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf({ at: _, ...approval }: Approval): string {
  return approval.eventId ?? canonicalJson(approval);
}

function byAcceptance(one: Approval, other: Approval): number {
  return one.at - other.at || (keyOf(one) < keyOf(other) ? -1 : 1);
}
