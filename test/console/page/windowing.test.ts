import { describe, expect, it } from 'vitest';
import { windowOf } from '../../../console/page/parts/windowing.ts';

const view = (top: number, rows = 5000) => windowOf({ rows, rowHeight: 40, height: 400, top, spare: 3 });

describe('the rows that a long list draws', () => {
  it('are those in sight and a few beyond', () => {
    expect(view(0)).toMatchObject({ from: 0, to: 14 });
    expect(view(4000)).toMatchObject({ from: 97, to: 114 });
  });

  it('reach the last row, however far it is scrolled', () => {
    expect(view(200_000 - 400)).toMatchObject({ to: 5000, below: 0 });
    expect(view(10_000_000)).toEqual(view(200_000 - 440));
    expect(view(10_000_000)).toMatchObject({ from: 4986, to: 5000, below: 0 });
    expect(view(-50)).toMatchObject({ from: 0, above: 0 });
  });

  it('and the room around them take as much room as all rows', () => {
    for (const top of [0, 39, 40, 4001, 100_000, 199_600, 999_999]) {
      const { from, to, above, below } = view(top);
      expect(above + (to - from) * 40 + below).toBe(200_000);
    }
  });

  it('cover everything in sight', () => {
    for (let top = 0; top <= 199_600; top += 1079) {
      const { from, to } = windowOf({ rows: 6000, rowHeight: 40, height: 439, top, spare: 0 });
      expect(from * 40).toBeLessThanOrEqual(top);
      expect(to * 40).toBeGreaterThanOrEqual(top + 439);
    }
  });

  it('are all rows of a short list', () => {
    expect(view(0, 2)).toEqual({ from: 0, to: 2, above: 0, below: 0 });
    expect(view(500, 2)).toEqual({ from: 0, to: 2, above: 0, below: 0 });
    expect(view(0, 0)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
  });
});
