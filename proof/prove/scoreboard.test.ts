import { describe, expect, it } from 'vitest';
import { atLeast } from './proof.ts';
import { lackingOf, pageOf, type Score } from './scoreboard.ts';

const order = ['kills', 'simulation'];

function score(name: string, code: string, measured = 400): Score {
  const run = { seed: 1, seconds: 60, at: '2026-12-01T00:00:00.000Z', commit: 'abc1234', machine: '2 cores' };
  return { name, answers: 'whether it holds', bars: [atLeast('runs', measured, 400)], code, ...run };
}

describe('the scoreboard', () => {
  it('is whole if every proof met its bars on one code', () => {
    const scores = order.map((name) => score(name, 'c0de'));
    expect(lackingOf(scores, order, 'c0de')).toEqual([]);
    expect(pageOf(scores, order, 'c0de')).toContain('This scoreboard is whole: every proof met its bars on the code c0de.');
  });

  it.each([
    ['never ran', [score('kills', 'c0de')]],
    ['ran on other code', [score('kills', 'c0de'), score('simulation', '0ther')]],
    ['did not meet a bar', [score('kills', 'c0de'), score('simulation', 'c0de', 399)]],
  ])('is not whole if a proof %s', (_what, scores) => {
    expect(lackingOf(scores, order, 'c0de')).toEqual(['simulation']);
    const page = pageOf(scores, order, 'c0de');
    expect(page).toContain('This scoreboard is not whole. These proofs have not met their bars on the code c0de: simulation.');
  });
});
