import { describe, expect, it } from 'vitest';
import { viewOf } from '../../cli/read-model.ts';
import { linesOf } from '../../cli/status.ts';
import type { State } from '../../domain/rollout/rollout.ts';
import { aRollout, minutes, now } from '../../proof/support/a-rollout.ts';

/** A rollout that came to this state 130 minutes ago, and whose row was written a minute ago. */
const inState = (state: State) =>
  aRollout({
    state,
    attempt: 1,
    writtenAt: now - minutes(1),
    history: [
      { at: now - minutes(131), to: 'CLAIMED', why: 'accepted', who: 'releases m-1' },
      { at: now - minutes(130), from: 'CLAIMED', to: state, why: 'because', who: 'follow-ups m-2' },
    ],
  });

describe('ota status', () => {
  it.each<State>(['CLAIMED', 'CREATING', 'SUPERSEDING', 'WITHDRAWING'])('shows how long a rollout in %s has waited, and why', (state) => {
    expect(linesOf(inState(state), now).at(-1)).toBe('    since 2026-11-23T09:50:00.000Z, waiting 2 h 10 min: because');
  });

  it.each<State>(['CREATED', 'COMPLETED', 'SUPERSEDED', 'WITHDRAWN', 'FAILED'])('shows since when a rollout is in %s', (state) => {
    expect(linesOf(inState(state), now).at(-1)).toBe('    since 2026-11-23T09:50:00.000Z');
  });

  it('shows a wait that begins in the future of this clock as none', () => {
    expect(linesOf(inState('CREATING'), now - minutes(200)).at(-1)).toMatch(/, waiting 0 s: because$/);
  });

  it('shows with --json the last change of state beside the last write', () => {
    expect(viewOf(inState('CREATING'))).toMatchObject({ since: '2026-11-23T09:50:00.000Z', at: '2026-11-23T11:59:00.000Z' });
  });
});
