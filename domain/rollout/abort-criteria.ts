import type { Counts } from './outcome-schema.ts';

/**
 * Whether these counts meet one of the abort criteria of the request (`awsJobAbortConfig`): enough devices have ended, and
 * the share of the named failure type among them has reached the threshold. AWS then cancels the job. The reason of the job
 * does not always say so.
 */
export function meetsAbortCriteria(request: Readonly<Record<string, unknown>>, counts: Counts): boolean {
  const config = request['awsJobAbortConfig'] as { abortCriteriaList?: readonly Criterion[] } | undefined;
  const executed = counts.succeeded + counts.failed + counts.rejected + counts.timedOut + counts.removed;
  const meets = ({ failureType, minNumberOfExecutedThings, thresholdPercentage }: Criterion) =>
    executed > 0 && executed >= minNumberOfExecutedThings && 100 * failures(failureType, counts) >= thresholdPercentage * executed;
  return config?.abortCriteriaList?.some(meets) ?? false;
}

type Criterion = {
  readonly failureType: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL';
  readonly minNumberOfExecutedThings: number;
  readonly thresholdPercentage: number;
};

function failures(type: Criterion['failureType'], counts: Counts): number {
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
