import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../domain/rollout/moves.ts';
import { aRollout, now, timing } from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';

const dueAfter = (lookAt?: number): number => {
  const step = waitFor(aView(aRollout({ state: 'WAITING' })), [{ reason: 'APPROVAL', message: '0 of 1 approvals' }], {}, lookAt);
  return step?.do === 'write' ? (step.change.dueAt ?? Number.NaN) - now : Number.NaN;
};

describe('a rollout that waits', () => {
  it('is due when the next sweep comes, even if a look took some seconds after the last one', () => {
    const aLookLater = 60_000;
    expect(dueAfter()).toBeLessThanOrEqual(timing.sweepInterval - aLookLater);
  });

  it('is due at the next instant that can change its reasons, if that is earlier', () => {
    expect(dueAfter(now + 1_000)).toBe(1_000);
    expect(dueAfter(now + 10 * timing.sweepInterval)).toBe(dueAfter());
  });
});
