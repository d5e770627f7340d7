import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sweepOf } from '../../handlers/dependencies/functions.ts';
import { parseFollowUp } from '../../handlers/follow-up.ts';
import { sweepOverdue } from '../../handlers/sweep-overdue.ts';
import { wakesOfASweep } from '../../infrastructure/quota.ts';
import { aRollout, minutes, now, seconds } from '../../proof/support/a-rollout.ts';
import { servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { aContext, settingsWith } from './function-environment.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

const { product, revision, channel } = aRollout();
const dueAt = (version: string, due: number) => ({ product, version, revision, channel, dueAt: due });
const overdue = (version: string) => dueAt(version, now - minutes(1));

/** An index of due rollouts, by shard and page, and a sweep over it. */
function sweepOver(shards: readonly (readonly (readonly ReturnType<typeof dueAt>[])[])[], looksPerSecond = 8) {
  const { services, followUps, hooks } = servicesInMemory();
  const pagesRead: number[] = [];
  const due = async function* (shard: number, before: number) {
    for (const page of shards[shard] ?? []) {
      pagesRead.push(shard);
      yield page.filter((row) => row.dueAt < before);
    }
  };
  const clock = { now };
  const sweep = sweepOverdue(
    sweepOf(
      settingsWith({ OTA_LOOKS_PER_SECOND: String(looksPerSecond) }),
      { now: () => clock.now, sleep: services.pause },
      { queues: services.queues, ledger: { due } },
    ),
  );
  return {
    clock,
    pagesRead,
    hooks,
    run: (millisecondsLeft: () => number = () => minutes(1)) => sweep({}, aContext(millisecondsLeft)),
    woken: () => followUps.map(({ body }) => parseFollowUp(body)).map(({ version, followUpNumber }) => `${version} ${followUpNumber}`),
    delays: () => followUps.map(({ delaySeconds }) => delaySeconds),
  };
}

describe('a sweep', () => {
  it('wakes every rollout that is due, on every page of every shard', async () => {
    const index = sweepOver([[[overdue('1.0.0')], [overdue('1.0.1')]], [], [[overdue('1.0.2')]], [[], [overdue('1.0.3')]]]);
    await expect(index.run()).resolves.toEqual({ woken: 4 });
    expect(index.woken().sort()).toEqual(['1.0.0 *', '1.0.1 *', '1.0.2 *', '1.0.3 *']);
  });

  it('does not wake a rollout that is due a millisecond or a day later', async () => {
    const rows = [overdue('1.0.0'), dueAt('1.0.1', now), dueAt('1.0.2', now + 1), dueAt('1.0.3', now + minutes(20 * 60))];
    const index = sweepOver([[rows]]);
    await expect(index.run()).resolves.toEqual({ woken: 1 });
    expect(index.woken()).toEqual(['1.0.0 *']);
  });

  it('stops after a page if its time is nearly over, and leaves the rest to the next sweep', async () => {
    let left = minutes(1);
    const index = sweepOver([[[overdue('1.0.0')], [overdue('1.0.1')]], [[overdue('1.0.2')]]]);
    const run = index.run(() => {
      const now = left;
      left = seconds(5);
      return now;
    });
    await expect(run).resolves.toEqual({ woken: 1 });
    expect(index.woken()).toEqual(['1.0.0 *']);
  });

  it('reads no page if its time is nearly over', async () => {
    const index = sweepOver([[[overdue('1.0.0')]]]);
    await expect(index.run(() => seconds(5))).resolves.toEqual({ woken: 0 });
  });

  it('takes a page of each shard in turn, so that a long shard does not keep the others waiting', async () => {
    const index = sweepOver([[[overdue('1.0.0')], [overdue('1.0.1')]], [[overdue('1.1.0')]], [], [[overdue('1.3.0')]]]);
    await index.run();
    expect(index.woken()).toEqual(['1.0.0 *', '1.1.0 *', '1.3.0 *', '1.0.1 *']);
  });

  it('begins at another shard five minutes later', async () => {
    const index = sweepOver([[[overdue('1.0.0')]], [[overdue('1.1.0')]], [[overdue('1.2.0')]], [[overdue('1.3.0')]]]);
    index.clock.now += minutes(5);
    await index.run();
    expect(index.woken()).toEqual(['1.1.0 *', '1.2.0 *', '1.3.0 *', '1.0.0 *']);
  });

  it('sends eight wakes per second over all pages and shards', async () => {
    const page = (first: number) => Array.from({ length: 10 }, (_, index) => overdue(`1.0.${first + index}`));
    const index = sweepOver([[page(0)], [page(10)]]);
    await index.run();
    const counts = [0, 1, 2, 3].map((second) => index.delays().filter((delay) => delay === second).length);
    expect(counts).toEqual([8, 8, 4, 0]);
  });

  it('wakes no more rollouts than may be looked at before the next sweep', async () => {
    const pages = Array.from({ length: 5 }, (_, page) => Array.from({ length: 500 }, (_row, row) => overdue(`1.${page}.${row}`)));
    const index = sweepOver([pages]);
    await expect(index.run()).resolves.toEqual({ woken: 8 * 240 });
    expect(index.woken().at(-1)).toBe('1.3.419 *');
    expect(Math.max(...index.delays())).toBe(239);
  });

  it.each([
    ['a whole number and a part', 0.33, 79],
    ['less than one', 0.001, 1],
  ])('wakes as many as the alarm counts on, and then reads no more pages, if it may wake %s', async (_what, looksPerSecond, most) => {
    const page = Array.from({ length: 100 }, (_, row) => overdue(`1.0.${row}`));
    const index = sweepOver([[page, page, page]], looksPerSecond);
    await expect(index.run()).resolves.toEqual({ woken: most });
    expect(most).toBe(wakesOfASweep(looksPerSecond));
    expect(index.pagesRead).toHaveLength(1);
    expect(Math.max(...index.delays())).toBeLessThan(240);
  });

  it('wakes the rollouts of the other pages if SQS does not take some, and fails at the end', async () => {
    const index = sweepOver([[[overdue('1.0.0')]], [[overdue('1.1.0')]]]);
    index.hooks.before = () => {
      delete index.hooks.before;
      throw new Error('SQS is away');
    };
    await expect(index.run()).rejects.toThrow(
      'not all rollouts that are due were woken (failed reads and sends: 1); the next sweep tries again',
    );
    expect(index.woken()).toEqual(['1.1.0 *']);
  });
});
