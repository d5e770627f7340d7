import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sweepOf, type WorkKind } from '../../handlers/dependencies/functions.ts';
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

/** A page whose read fails. */
const unreadable: ReturnType<typeof dueAt>[] = [];

type Shards = readonly (readonly (readonly ReturnType<typeof dueAt>[])[])[];

/** An index of due rollouts, by shard and page, and a sweep over it. Those of `shards` are CREATED. */
function sweepOver(shards: Shards, looksPerSecond = 8, ofOtherKinds: Partial<Record<WorkKind, Shards>> = {}) {
  const { services, followUps, hooks, measured } = servicesInMemory();
  const pagesRead: number[] = [];
  const byKind: Partial<Record<WorkKind, Shards>> = { devices: shards, ...ofOtherKinds };
  const due = async function* (kind: WorkKind, shard: number, before: number) {
    for (const page of byKind[kind]?.[shard] ?? []) {
      if (page === unreadable) throw new Error('DynamoDB is away');
      pagesRead.push(shard);
      yield page.filter((row) => row.dueAt < before);
    }
  };
  const clock = { now };
  const settings = settingsWith({ OTA_LOOKS_PER_SECOND: String(looksPerSecond) });
  const composed = sweepOf(settings, { now: () => clock.now, sleep: services.pause }, { queues: services.queues, ledger: { due } });
  const sweep = sweepOverdue({ ...composed, services: { ...composed.services, telemetry: services.telemetry } });
  return {
    clock,
    pagesRead,
    hooks,
    run: (millisecondsLeft: () => number = () => minutes(1)) => sweep({}, aContext(millisecondsLeft)),
    woken: () => followUps.map(({ body }) => parseFollowUp(body)).map(({ version, followUpNumber }) => `${version} ${followUpNumber}`),
    measured: () => measured,
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
    const index = sweepOver([[[overdue('1.0.0')], [overdue('1.0.1')]], [[overdue('1.0.2')]]]);
    const run = index.run(() => (index.pagesRead.length === 0 ? minutes(1) : seconds(5)));
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

  it('sends five wakes per second over all pages and shards, of the eight looks that are allowed', async () => {
    const page = (first: number) => Array.from({ length: 10 }, (_, index) => overdue(`1.0.${first + index}`));
    const index = sweepOver([[page(0)], [page(10)]]);
    await index.run();
    const counts = [0, 1, 2, 3].map((second) => index.delays().filter((delay) => delay === second).length);
    expect(counts).toEqual([5, 5, 5, 5]);
  });

  it('wakes no more rollouts than may be looked at before the next sweep', async () => {
    const pages = Array.from({ length: 5 }, (_, page) => Array.from({ length: 500 }, (_row, row) => overdue(`1.${page}.${row}`)));
    const index = sweepOver([pages]);
    await expect(index.run()).resolves.toEqual({ woken: 5 * 290 });
    expect(index.woken().at(-1)).toBe('1.2.449 *');
    expect(Math.max(...index.delays())).toBe(289);
  });

  it.each([
    ['a whole number and a part', 0.33, 59],
    ['less than one', 0.001, 1],
  ])('wakes as many as the alarm counts on, and then reads no more pages, if it may wake %s', async (_what, looksPerSecond, most) => {
    const page = Array.from({ length: 100 }, (_, row) => overdue(`1.0.${row}`));
    const index = sweepOver([[page, page, page]], looksPerSecond);
    await expect(index.run()).resolves.toEqual({ woken: most });
    expect(most).toBe(wakesOfASweep(looksPerSecond));
    expect(index.pagesRead).toHaveLength(1);
    expect(Math.max(...index.delays())).toBeLessThan(290);
  });

  it('wakes CREATED rollouts although people let as many wait as a sweep may wake, and the other way round', async () => {
    const many = (minor: number) => [[Array.from({ length: 10 }, (_, row) => overdue(`1.${minor}.${row}`))]];
    const index = sweepOver(many(0), 0.012, { gate: many(1), service: many(2) });
    await expect(index.run()).resolves.toEqual({ woken: 6 });
    expect(index.woken()).toEqual(['1.2.0 *', '1.2.1 *', '1.1.0 *', '1.1.1 *', '1.0.0 *', '1.0.1 *']);
    expect(index.measured()).toEqual([['WorkOverdue', 2]]);
  });

  it('wakes what waits for AWS before anything else, without delay', async () => {
    const index = sweepOver([[[overdue('1.0.0')]]], 0.01, { service: [[[overdue('1.2.0')]]] });
    await index.run();
    expect(index.woken()).toEqual(['1.2.0 *', '1.0.0 *']);
    expect(index.delays()).toEqual([0, 0]);
  });

  it('loses the wakes of one call of SQS at most, also within a page', async () => {
    const index = sweepOver([[Array.from({ length: 25 }, (_, row) => overdue(`1.0.${row}`))]]);
    let calls = 0;
    index.hooks.before = () => {
      calls += 1;
      if (calls === 2) throw new Error('SQS is away');
    };
    await expect(index.run()).rejects.toThrow('failed reads and sends: 1');
    expect(index.woken()).toEqual([...Array.from({ length: 10 }, (_, row) => row), 20, 21, 22, 23, 24].map((row) => `1.0.${row} *`));
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

  it('wakes the rollouts of the other shards and kinds if a page cannot be read, and fails at the end', async () => {
    const index = sweepOver([[[overdue('1.0.0')]]], 8, { service: [[unreadable], [[overdue('1.1.0')]]] });
    await expect(index.run()).rejects.toThrow('failed reads and sends: 1');
    expect(index.woken().sort()).toEqual(['1.0.0 *', '1.1.0 *']);
  });
});
