import { describe, expect, it } from 'vitest';
import { type Ending, endedWell } from '../../cli/ending.ts';
import { viewOf } from '../../cli/read-model.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { aRollout, someCounts } from '../../proof/support/a-rollout.ts';

const ended = (changes: Partial<Rollout> = {}) => viewOf(aRollout({ state: 'COMPLETED', ...changes }));
const failed = ended({ channel: 'stable', state: 'FAILED', code: 'AWS_REFUSED' });
const conflict = { code: 'RELEASE_CONFLICT', path: '$', message: 'the reason', channel: 'stable' } as const;

describe('a release', () => {
  it.each<[string, Partial<Ending>]>([
    ['some devices succeeded', { rollouts: [ended({ counts: someCounts({ succeeded: 9, failed: 1 }) })] }],
    ['it is continuous and was created', { rollouts: [ended({ state: 'CREATED', counts: someCounts({ queued: 10 }) })] }],
    ['it completed and AWS has no counts', { rollouts: [ended()] }],
    ['it is a duplicate of a completed release', { rollouts: [ended()], duplicate: true }],
  ])('ended well if %s', (_when, ending) => {
    expect(endedWell({ rollouts: [], duplicate: false, ...ending })).toBe(true);
  });

  it.each<[string, Partial<Ending>]>([
    ['no device succeeded', { rollouts: [ended({ counts: someCounts({ failed: 10 }) })] }],
    ['it was superseded', { rollouts: [ended({ state: 'SUPERSEDED' })] }],
    ['it is a duplicate of a withdrawn release', { rollouts: [ended({ state: 'WITHDRAWN' })], duplicate: true }],
    ['it failed on one channel', { rollouts: [ended(), failed] }],
    ['it was rejected on one channel', { rollouts: [ended()], rejections: [conflict] }],
  ])('did not end well if %s', (_when, ending) => {
    expect(endedWell({ rollouts: [], duplicate: false, ...ending })).toBe(false);
  });
});
