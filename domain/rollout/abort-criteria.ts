import type { AbortCriterion } from '../request/control-planes.ts';
import type { Counts } from './outcome-schema.ts';

/**
 * Whether these counts meet one of the abort criteria: enough devices have ended, and the share of the named failure type among
 * them has reached the threshold. AWS then cancels the job. The reason of the job does not always say so.
 */
export function meetsAbortCriteria(criteria: readonly AbortCriterion[], counts: Counts): boolean {
  const executed = counts.succeeded + counts.failed + counts.rejected + counts.timedOut + counts.removed;
  return criteria.some(
    ({ failureType, minNumberOfExecutedThings, thresholdPercentage }) =>
      executed > 0 && executed >= minNumberOfExecutedThings && 100 * failures(failureType, counts) >= thresholdPercentage * executed,
  );
}

function failures(type: AbortCriterion['failureType'], counts: Counts): number {
  switch (type) {
    case 'FAILED':
      return counts.failed;
    case 'REJECTED':
      return counts.rejected;
    case 'TIMED_OUT':
      return counts.timedOut;
    case 'ALL':
      return counts.failed + counts.rejected + counts.timedOut;
  }
}
