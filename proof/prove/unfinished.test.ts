import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unfinishedIn } from './unfinished.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ota-unfinished-'));
  file = join(folder, 'unfinished.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a proof that was stopped', () => {
  it('goes on where it was, and counts the seconds of all its runs', () => {
    unfinishedIn(file).of('simulation', 'c0de', 7).save({ histories: 10_000 }, 80);
    const next = unfinishedIn(file).of('simulation', 'c0de', 7);
    expect(next.load()).toEqual({ histories: 10_000 });
    next.save({ histories: 20_000 }, 90);
    expect(unfinishedIn(file).of('simulation', 'c0de', 7).load()).toEqual({ histories: 20_000 });
    expect(unfinishedIn(file).of('simulation', 'c0de', 7).seconds()).toBe(170);
    expect(unfinishedIn(file).seedOf('simulation', 'c0de')).toBe(7);
  });

  it('begins anew with other code or another seed', () => {
    unfinishedIn(file).of('simulation', 'c0de', 7).save({ histories: 10_000 }, 80);
    for (const other of [unfinishedIn(file).of('simulation', '0ther', 7), unfinishedIn(file).of('simulation', 'c0de', 8)]) {
      expect(other.load()).toBeUndefined();
      expect(other.seconds()).toBe(0);
    }
    expect(unfinishedIn(file).seedOf('simulation', '0ther')).toBeUndefined();
  });

  it('keeps the states of other proofs of the same code, and forgets those of other code', () => {
    const states = unfinishedIn(file);
    states.of('simulation', 'c0de', 7).save({ histories: 10_000 }, 80);
    states.of('exhaustive', 'c0de', 7).save({ scenario: 'shown' }, 5);
    expect(states.of('simulation', 'c0de', 7).load()).toEqual({ histories: 10_000 });
    states.of('simulation', '0ther', 7).save({ histories: 1 }, 1);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toEqual(['simulation']);
  });
});
