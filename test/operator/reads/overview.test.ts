import { describe, expect, it } from 'vitest';
import { noHolds } from '../../../domain/gate/holds.ts';
import { emptyHead, type Head, type HeadEntry, type Rollout } from '../../../domain/rollout/rollout.ts';
import { overview, shownOf } from '../../../operator/reads/overview.ts';
import { aRollout, minutes, now } from '../../../proof/support/a-rollout.ts';
import { otaTaskChannel, otaUpdateChannel, source } from '../../../proof/support/fixtures.ts';

const channels = {
  artifactBuckets: [],
  products: { thermostat: { sources: [source], channels: { beta: otaUpdateChannel(), homes: otaTaskChannel() } } },
};
const at = (minute: number, to: Rollout['state']) => [{ at: now + minutes(minute), to, why: 'so', who: 'm' }];
const shape = (rows: readonly Rollout[], head: Head = emptyHead) =>
  overview(
    channels,
    { headOf: () => head, holdsOf: () => noHolds, rollouts: rows.map((row) => ({ row, withdrawal: row.withdrawnBy })) },
    now,
  );
const onBeta = (rows: readonly Rollout[], head?: Head): string[] =>
  (shape(rows, head).products[0]?.channels[0]?.rollouts ?? []).map(({ version, state }) => `${version} ${state}`);

describe('the rollouts of a channel in an overview', () => {
  it.each<[string, Rollout[], string[]]>([
    [
      'stand in the order in which they entered, the newest first',
      [aRollout({ version: '1.0.0', state: 'SUPERSEDED', sequence: 1 }), aRollout({ version: '0.9.0', state: 'CREATED', sequence: 2 })],
      ['0.9.0 CREATED', '1.0.0 SUPERSEDED'],
    ],
    [
      'come before what waits, of which the newest release is first',
      [
        aRollout({ version: '2.0.0', state: 'WAITING' }),
        aRollout({ version: '2.1.0', state: 'CLAIMED' }),
        aRollout({ version: '1.0.0', state: 'CREATED', sequence: 1 }),
      ],
      ['1.0.0 CREATED', '2.1.0 CLAIMED', '2.0.0 WAITING'],
    ],
    [
      'that have ended are the last three',
      [1, 2, 3, 4].map((minor) =>
        aRollout({ version: `1.${minor}.0`, state: 'COMPLETED', sequence: minor, history: at(minor, 'COMPLETED') }),
      ),
      ['1.4.0 COMPLETED', '1.3.0 COMPLETED', '1.2.0 COMPLETED'],
    ],
    [
      'that never entered come after those that did',
      [
        aRollout({ version: '2.0.0', state: 'FAILED', history: at(9, 'FAILED') }),
        aRollout({ version: '1.0.0', state: 'COMPLETED', sequence: 1, history: at(1, 'COMPLETED') }),
      ],
      ['1.0.0 COMPLETED', '2.0.0 FAILED'],
    ],
  ])('%s', (_what, rows, shown) => {
    expect(onBeta(rows)).toEqual(shown);
  });

  it('have the place that the head gives them, as long as their row has none', () => {
    const [first, second] = [aRollout({ version: '1.0.0' }), aRollout({ version: '1.1.0', state: 'CREATED', sequence: 1 })];
    const entries = { [first.rolloutId]: { sequence: 2, version: '1.0.0', revision: 1 } };
    expect(onBeta([first, second], { ...emptyHead, lastSequence: 2, entries })).toEqual(['1.0.0 CLAIMED', '1.1.0 CREATED']);
  });
});

describe('an overview', () => {
  it('says that the history has more, if a later rollout has left the head', () => {
    const row = aRollout({ state: 'CREATED', sequence: 1 });
    const more = (lastSequence: number) => shape([row], { ...emptyHead, lastSequence }).products[0]?.channels[0]?.hasMoreInHistory;
    expect([more(1), more(2)]).toEqual([undefined, true]);
  });

  it('has what waits on channels that the file does not have, but not what has ended there', () => {
    const gone = { channel: 'gone' } as const;
    const { elsewhere } = shape([aRollout({ ...gone, state: 'WAITING' }), aRollout({ ...gone, version: '1.0.0', state: 'COMPLETED' })]);
    expect(elsewhere.map(({ state }) => state)).toEqual(['WAITING']);
  });

  it('takes a channel called constructor for one that the file does not have', () => {
    expect(shape([aRollout({ channel: 'constructor', state: 'WAITING' })]).elsewhere).toHaveLength(1);
  });
});

describe('the rollouts of a head that are read', () => {
  it('are every live one, and the last three that have ended', () => {
    const entry = (sequence: number, done: boolean): HeadEntry => ({
      sequence,
      version: `1.${sequence}.0`,
      revision: 1,
      ...(done && { done: true as const }),
    });
    const entries = Object.fromEntries([1, 2, 3, 4, 5, 6].map((sequence) => [`r${sequence}`, entry(sequence, sequence < 5)]));
    const shown = shownOf('thermostat', 'beta', { ...emptyHead, entries });
    expect(shown.map(({ version }) => version)).toEqual(['1.6.0', '1.5.0', '1.4.0', '1.3.0', '1.2.0']);
  });
});
