import { describe, expect, it } from 'vitest';
import { controlPlanes } from '../../../domain/request/control-planes.ts';
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

describe('abort criteria are met or not', () => {
  it.each([
    ['the share is below the threshold', request(['FAILED', 50, 2]), someCounts({ failed: 1, succeeded: 2 }), false],
    ['the share is at the threshold', request(['FAILED', 50, 2]), someCounts({ failed: 1, succeeded: 1 }), true],
    ['too few devices have ended', request(['FAILED', 50, 3]), someCounts({ failed: 2 }), false],
    ['devices in progress do not count', request(['FAILED', 50, 2]), someCounts({ failed: 1, inProgress: 5, queued: 5 }), false],
    ['the failure is of another kind than in the criterion', request(['FAILED', 1, 1]), someCounts({ rejected: 5 }), false],
    ['devices rejected the update', request(['REJECTED', 100, 1]), someCounts({ rejected: 1 }), true],
    ['devices timed out', request(['TIMED_OUT', 100, 1]), someCounts({ timedOut: 1 }), true],
    ['a failed device does not count as timed out', request(['TIMED_OUT', 100, 1]), someCounts({ timedOut: 1, failed: 1 }), false],
    ['a removed device counts as ended', request(['FAILED', 50, 2]), someCounts({ failed: 1, removed: 1 }), true],
    [
      'all kinds of failure count for ALL',
      request(['ALL', 75, 4]),
      someCounts({ failed: 1, rejected: 1, timedOut: 1, succeeded: 1 }),
      true,
    ],
    ['one of two criteria is met', request(['FAILED', 99, 1], ['REJECTED', 10, 1]), someCounts({ rejected: 1, succeeded: 9 }), true],
    ['there is no device', request(['ALL', 0, 0]), someCounts(), false],
    ['the list of criteria is missing', { awsJobAbortConfig: {} }, someCounts({ failed: 9 }), false],
    ['there are no criteria', {}, someCounts({ failed: 9 }), false],
  ])('%s', (_, asked, counts, met) => {
    expect(meetsAbortCriteria(controlPlanes.CreateOTAUpdate.abortCriteria(asked), counts)).toBe(met);
  });
});
