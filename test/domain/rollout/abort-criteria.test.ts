import { describe, expect, it } from 'vitest';
import { meetsAbortCriteria } from '../../../domain/rollout/abort-criteria.ts';
import { someCounts } from '../../../proof/support/a-rollout.ts';

const request = (...criteria: readonly (readonly [failureType: string, percentage: number, things: number])[]) => ({
  awsJobAbortConfig: {
    abortCriteriaList: criteria.map(([failureType, thresholdPercentage, minNumberOfExecutedThings]) => ({
      failureType,
      action: 'CANCEL',
      thresholdPercentage,
      minNumberOfExecutedThings,
    })),
  },
});

describe('abort criteria', () => {
  it.each([
    ['below the share', request(['FAILED', 50, 2]), someCounts({ failed: 1, succeeded: 2 }), false],
    ['at the share', request(['FAILED', 50, 2]), someCounts({ failed: 1, succeeded: 1 }), true],
    ['too few devices have ended', request(['FAILED', 50, 3]), someCounts({ failed: 2 }), false],
    ['devices that have not ended do not count', request(['FAILED', 50, 2]), someCounts({ failed: 1, inProgress: 5, queued: 5 }), false],
    ['another failure than the criterion is for', request(['FAILED', 1, 1]), someCounts({ rejected: 5 }), false],
    ['rejected devices', request(['REJECTED', 100, 1]), someCounts({ rejected: 1 }), true],
    ['devices that timed out', request(['TIMED_OUT', 100, 1]), someCounts({ timedOut: 1 }), true],
    ['devices that failed do not time out', request(['TIMED_OUT', 100, 1]), someCounts({ timedOut: 1, failed: 1 }), false],
    ['removed devices have ended too', request(['FAILED', 50, 2]), someCounts({ failed: 1, removed: 1 }), true],
    ['all kinds together', request(['ALL', 75, 4]), someCounts({ failed: 1, rejected: 1, timedOut: 1, succeeded: 1 }), true],
    ['one of two criteria', request(['FAILED', 99, 1], ['REJECTED', 10, 1]), someCounts({ rejected: 1, succeeded: 9 }), true],
    ['no device', request(['ALL', 0, 0]), someCounts(), false],
    ['criteria that name none', { awsJobAbortConfig: {} }, someCounts({ failed: 9 }), false],
    ['no criteria', {}, someCounts({ failed: 9 }), false],
  ])('%s', (_, asked, counts, met) => {
    expect(meetsAbortCriteria(asked, counts)).toBe(met);
  });
});
