import { describe, expect, it } from 'vitest';
import { tryAll } from './exhaustive.ts';
import { runHistory } from './history.ts';
import { mutants } from './mutants.ts';
import { patchedFile } from './mutate.ts';
import { readRegressions } from './regressions.ts';
import { scenarios } from './scenarios.ts';
import { replayOf } from './shrink.ts';

const regressions = readRegressions();

/** Few enough for every test run. CI tries more, from fresh seeds, with `npm run prove -- --small`. */
const FIXED = 50;
const TWICE = 15;
/** One of this many placements of a single deviation in each scenario. `--exhaustive` tries all. */
const SHARES = 60;

const brokenIn = ({ violations, seed }: Awaited<ReturnType<typeof runHistory>>) =>
  violations.map(({ rule, what }) => `seed ${seed} [${rule}] ${what}`);

describe('every promise, under every fault', () => {
  it(`holds in the same ${FIXED} histories each time`, { timeout: 300_000 }, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= FIXED; seed += 1) broken.push(...brokenIn(await runHistory({ seed })));
    expect(broken).toEqual([]);
  });

  it.each(regressions)('holds again: seed $seed. $note', { timeout: 60_000 }, async ({ note: _note, ...given }) => {
    expect(brokenIn(await runHistory(replayOf(given)))).toEqual([]);
  });
});

describe('a scenario', () => {
  it.each(Object.keys(scenarios))('keeps every promise wherever one thing goes wrong: %s', { timeout: 60_000 }, async (name) => {
    const { runs, broken } = await tryAll(name, 1, { index: 0, of: SHARES });
    expect(runs).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });
});

describe('a history', () => {
  it('is the same when it is run again', { timeout: 300_000 }, async () => {
    for (let seed = 500; seed < 500 + TWICE; seed += 1) {
      const [one, other] = [await runHistory({ seed, trace: true }), await runHistory({ seed, trace: true })];
      expect(other.story).toEqual(one.story);
    }
  });

  it('is the same if its own deviations are given as a list', { timeout: 60_000 }, async () => {
    for (let seed = 600; seed < 605; seed += 1) {
      const history = await runHistory({ seed, trace: true });
      const again = await runHistory({ seed, trace: true, only: new Set(history.deviations.map(({ key }) => key)) });
      expect(again.story).toEqual(history.story);
    }
  });
});

describe('the story of a history', () => {
  it('names the revision of every row that is written', async () => {
    const { story } = await runHistory({ seed: 1133, trace: true });
    const writes = story.filter((line) => / dynamodb\.PutItem .* ROLLOUT#/.test(line));
    expect(writes.length).toBeGreaterThan(10);
    expect(writes.filter((line) => !/ revision \d+\b/.test(line))).toEqual([]);
  });
});

describe('the wrong services', () => {
  it.each(mutants)('replace a text that the service still has: $name', ({ patches }) => {
    for (const file of new Set(patches.map((patch) => patch.file))) {
      expect(patchedFile(file, patches)).not.toBe('');
    }
  });
});
