import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sweepOf } from '../../handlers/dependencies/functions.ts';
import { parseFollowUp } from '../../handlers/follow-up.ts';
import { sweepOverdue } from '../../handlers/sweep-overdue.ts';
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
function sweepOver(shards: readonly (readonly (readonly ReturnType<typeof dueAt>[])[])[]) {
  const { services, followUps } = servicesInMemory();
  const due = async function* (shard: number, before: number) {
    for (const page of shards[shard] ?? []) yield page.filter((row) => row.dueAt < before);
  };
  const sweep = sweepOverdue(
    sweepOf(settingsWith(), { now: () => now, sleep: services.pause }, { queues: services.queues, ledger: { due } }),
  );
  return {
    run: (millisecondsLeft: () => number = () => minutes(1)) => sweep({}, aContext(millisecondsLeft)),
    woken: () => followUps.map(({ body }) => parseFollowUp(body)).map(({ version, followUpNumber }) => `${version} ${followUpNumber}`),
    delays: () => followUps.map(({ delaySeconds }) => delaySeconds),
  };
}

describe('a sweep', () => {
  it('wakes every rollout that is due, on every page of every shard', async () => {
    const index = sweepOver([[[overdue('1.0.0')], [overdue('1.0.1')]], [], [[overdue('1.0.2')]], [[], [overdue('1.0.3')]]]);
    await expect(index.run()).resolves.toEqual({ woken: 4 });
    expect(index.woken()).toEqual(['1.0.0 *', '1.0.1 *', '1.0.2 *', '1.0.3 *']);
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

  it('sends twenty wakes per second over all pages and shards', async () => {
    const page = (first: number) => Array.from({ length: 30 }, (_, index) => overdue(`1.0.${first + index}`));
    const index = sweepOver([[page(0)], [page(30)]]);
    await index.run();
    const counts = [0, 1, 2, 3].map((second) => index.delays().filter((delay) => delay === second).length);
    expect(counts).toEqual([20, 20, 20, 0]);
  });
});
