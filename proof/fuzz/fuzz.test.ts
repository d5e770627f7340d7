import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { rejectionCodes } from '../../domain/release/rejection.ts';
import type { Flaw } from './flaw.ts';
import { fuzz } from './fuzz.ts';
import { inputOf, LARGEST_BODY, mutatorNames } from './generate.ts';
import { followUps } from './hostile/follow-ups.ts';
import { hostileBodies, largeBodies } from './hostile-bodies.ts';
import { eventKinds } from './kinds.ts';
import { expectFollowUp } from './model/follow-up.ts';
import { expectMessage } from './model/message.ts';
import { replay } from './replay.ts';
import { quoted } from './report-lines.ts';
import { openStage, type Stage } from './stage.ts';
import { judgeBytes, TIME_RULE, tryInput } from './try-input.ts';

/** Few enough for every test run. `npm run fuzz` and `npm run prove -- --small` try more, from fresh seeds. */
const FIXED = 1500;

const regression = z.union([
  z.strictObject({ note: z.string(), text: z.string() }),
  z.strictObject({ note: z.string(), base64: z.base64() }),
]);
const regressions = z.array(regression).parse(JSON.parse(readFileSync(new URL('./regressions.json', import.meta.url), 'utf8')));

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const allBodies = [...hostileBodies, ...largeBodies];
const texts = allBodies.flatMap(([what, body, code, final]) =>
  typeof body === 'string' ? [{ what, body, expected: code ?? final ?? null }] : [],
);

/** The broken rules, on any machine. `npm run fuzz` and `npm run bench -- bodies` measure how long a body takes. */
const broken = <T extends Pick<Flaw, 'rule'>>(flaws: readonly T[]) => flaws.filter(({ rule }) => rule !== TIME_RULE);

describe('a body made by hand', () => {
  it('exists more than a thousand times, and for every code', () => {
    expect(allBodies.length).toBeGreaterThan(1000);
    const codes = new Set(texts.map(({ expected }) => expected));
    expect(Object.keys(rejectionCodes).filter((code) => !codes.has(code as keyof typeof rejectionCodes))).toEqual([]);
  });

  it.each(texts)('ends as expected and breaks no promise: $what', async ({ body, expected }) => {
    const { outcome, flaws } = await tryInput(stage, { body });
    expect(broken(flaws)).toEqual([]);
    if (expected === null) expect(['dispatched', 'duplicate']).toContain(outcome);
    else expect(outcome).toBe(expected);
  });

  it('is judged by the model of the contract as its author expects', () => {
    const others = texts.filter(({ body, expected }) => {
      const expectation = expectMessage(body);
      const isDryRun = expectation.detail?.['dryRun'] === true && expected === null;
      const codes = expectation.kind === 'release' ? [...expectation.codes, ...expectation.perhaps] : expectation.codes;
      return !isDryRun && (expected === null ? expectation.codes.length > 0 : !codes.includes(expected));
    });
    expect(others.map(({ what }) => what)).toEqual([]);
  });

  it.each(allBodies.flatMap(([what, body]) => (typeof body === 'string' ? [] : [{ what, body }])))(
    'is judged as bytes, and breaks no promise as the text that SQS makes of them: $what',
    async ({ body }) => {
      expect(judgeBytes(body)).toEqual([]);
      expect(broken((await tryInput(stage, { body: Buffer.from(body).toString('utf8') })).flaws)).toEqual([]);
    },
  );

  it.each(regressions)('no longer breaks a promise: $note', async (given) => {
    const bytes = Buffer.from('text' in given ? given.text : given.base64, 'text' in given ? 'utf8' : 'base64');
    expect(broken((await replay(bytes)).flaws)).toEqual([]);
  });
});

describe('a message made by hand for the queue of follow-ups', () => {
  it.each(followUps)('is worked on, left or returned as expected and breaks no promise: %s', async (_what, body, expected) => {
    const { outcome, flaws } = await tryInput(stage, { body, queue: 'follow-ups' });
    expect(broken(flaws)).toEqual([]);
    expect(outcome).toBe(expected);
    expect(expectFollowUp(body).outcome).toBe(expected);
  });

  it('exists for every outcome', () => {
    expect([...new Set(followUps.map(([, , outcome]) => outcome))].sort()).toEqual(['failed', 'left', 'looked']);
  });
});

describe('mutated bodies', () => {
  it(`are accepted and valid, or rejected with a code: the same ${FIXED} each time`, { timeout: 120_000 }, async () => {
    const { failures, outcomes, mutators, kinds, missingKinds, inputs } = await fuzz({ inputs: FIXED, seed: 2, workers: 1 });
    expect(broken(failures).map(({ rule, what, minimised }) => `${rule}: ${what}: ${quoted(minimised)}`)).toEqual([]);
    expect(inputs).toBe(FIXED);
    expect(missingKinds).toEqual([]);
    const counts = Object.values(kinds);
    expect(counts.reduce((sum, [made]) => sum + made, 0)).toBe(FIXED);
    expect(counts.reduce((sum, [, read]) => sum + read, 0)).toBe(FIXED);
    for (const kind of eventKinds) expect(kinds[kind]?.[0]).toBeGreaterThan(FIXED / 50);
    expect(mutatorNames.filter((name) => mutators[name] === undefined)).toEqual([]);
    const accepted = (outcomes['dispatched'] ?? 0) + (outcomes['duplicate'] ?? 0);
    expect(accepted / FIXED).toBeGreaterThan(0.1);
    expect(accepted / FIXED).toBeLessThan(0.3);
    expect(Object.keys(outcomes).length).toBeGreaterThan(25);
  });

  it('are the same for the same seed and different for another seed', () => {
    const bodies = (seed: number) => Array.from({ length: 200 }, (_, index) => inputOf(seed, index));
    expect(bodies(7)).toEqual(bodies(7));
    const others = new Set(bodies(8).map(({ body }) => body));
    expect(bodies(7).filter(({ body }) => others.has(body)).length).toBeLessThan(20);
  });

  it('always fit into the queue of refused messages, even if text at the limit is doubled', () => {
    const { bytes, mutators } = inputOf(1, 239_848);
    expect(mutators).toEqual(['blanks up to the limit', 'UTF-16', 'another byte']);
    expect(bytes?.length).toBe(LARGEST_BODY);
  });

  it('are divided among workers without losing one', { timeout: 60_000 }, async () => {
    const [alone, together] = [await fuzz({ inputs: 301, seed: 5, workers: 1 }), await fuzz({ inputs: 301, seed: 5, workers: 2 })];
    expect(together.outcomes).toEqual(alone.outcomes);
    expect(together.mutators).toEqual(alone.mutators);
  });
});
