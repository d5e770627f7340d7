import { afterEach, describe, expect, it } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { expectPromisesKept } from '../../proof/stage/promises.ts';
import type { Fate, Verdict } from '../../proof/stage/sandbox.ts';
import { hasSettled, openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { type Scenario, scenarios } from './crash-scenarios.ts';

/** To die before a call is the same as to die after the one before it. So only dying before the first call is tested separately. */
const ways: Readonly<Record<string, Exclude<Verdict, undefined>>> = {
  'the process dies before the first call, or after any call': 'die after',
  'each call fails without an effect': 'break before',
  'each call loses its reply': 'break after',
};

describe.each(scenarios)('$name', (scenario) => {
  let stage: StageInTime | undefined;
  afterEach(async () => {
    await stage?.stop();
    stage = undefined;
  });

  it('reaches its end undisturbed', async () => {
    stage = await openStageInTime(optionsOf(scenario));
    await play(stage, scenario, () => undefined);
  });

  it.each(Object.entries(ways))('keeps every promise when %s', { timeout: 120_000 }, async (_name, verdict) => {
    for (let number = verdict === 'die after' ? 0 : 1; ; number += 1) {
      const struck = strikeAt(number, verdict);
      stage = await openStageInTime(optionsOf(scenario));
      await play(stage, scenario, struck.fate).catch((error: unknown) => {
        throw new Error(`${verdict} ${struck.where()}: ${error instanceof Error ? error.message : error}`, { cause: error });
      });
      await stage.stop();
      stage = undefined;
      if (struck.where() === undefined) {
        expect(number, 'calls that could be struck').toBeGreaterThan(2);
        return;
      }
    }
  });
});

/** Strikes only the call with this number, counted over every process. 0 strikes before the first call. */
function strikeAt(number: number, verdict: Exclude<Verdict, undefined>): { fate: Fate; where: () => string | undefined } {
  let count = 0;
  let where: string | undefined;
  return {
    fate: ({ service, operation }) => {
      count += 1;
      if (count !== Math.max(1, number)) return undefined;
      where = `call ${number} (${service} ${operation})`;
      return number === 0 ? 'die before' : verdict;
    },
    where: () => where,
  };
}

async function play(stage: StageInTime, scenario: Scenario, fate: Fate): Promise<void> {
  if (scenario.prepare) {
    await scenario.prepare(stage);
    await stage.settle(stage.sandbox(), scenario.prepared ?? hasSettled);
  }
  await scenario.act(stage);
  await stage.settle(stage.sandbox(fate), scenario.ends ?? hasSettled);
  const { rows, made } = await expectPromisesKept(stage);
  const states = Object.fromEntries(rows.map((row) => [`${row.version} ${row.channel}`, row.state]));
  const uncertain = rows.filter(isUncertain);
  const expected = Object.fromEntries(uncertain.map((row) => [`${row.version} ${row.channel}`, 'FAILED']));
  expect(states).toEqual({ ...scenario.states, ...expected });
  // A create without an answer is not repeated if that could double the task. The rollout fails as UNCERTAIN instead.
  for (const row of uncertain) expect(made.filter((one) => one.rolloutId === row.rolloutId)).toEqual([]);
  const told = new Set((await stage.published()).map(({ detailType }) => detailType));
  for (const detailType of scenario.published) if (uncertain.length === 0) expect([...told]).toContain(detailType);
  expect((await stage.messagesIn('rejected')) > 0).toBe(rows.length === 0);
}

function isUncertain(row: Rollout): boolean {
  return row.operation === 'CreateOtaTask' && row.state === 'FAILED' && row.code === 'UNCERTAIN';
}

function optionsOf(scenario: Scenario) {
  return { ...(scenario.fleet && { fleet: scenario.fleet }), ...(scenario.channels !== undefined && { channels: scenario.channels }) };
}
