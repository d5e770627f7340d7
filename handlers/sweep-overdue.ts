import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Identity } from '../domain/rollout/rollout.ts';
import type { SweepDependencies } from './dependencies/functions.ts';
import { followUpBody } from './follow-up.ts';
import { publishMetrics } from './publish-metrics.ts';

const MIN_MS_LEFT_FOR_A_PAGE = 5_000;

/**
 * The handler of the schedule. It sends a follow-up to the rollouts that are due, the longest due first. It sends not more than
 * may be looked at until the next sweep, but at least one. It reads no row, writes nothing and decides nothing. So a lost,
 * repeated or late sweep and a stale index entry do no harm. It takes a page from each shard in turn and begins at another shard
 * each time. What fails for one page does not keep it from the others. Throws the failures at the end.
 */
export function sweepOverdue({ services, sweep, logger, metrics }: SweepDependencies) {
  const { now, queues, telemetry } = services;
  return middy(async (_event: unknown, context: Context) => {
    const most = Math.max(1, Math.floor(sweep.wakesPerSecond * sweep.spreadSeconds));
    const failures: unknown[] = [];
    let woken = 0;

    async function wake(rows: readonly Identity[]): Promise<void> {
      const wakes = rows.slice(0, most - woken).map((row, index) => ({
        body: followUpBody(row, '*', 1),
        delaySeconds: Math.floor((woken + index) / sweep.wakesPerSecond),
      }));
      woken += wakes.length;
      await queues.sendFollowUps(wakes);
    }

    const waiting = inTurnFrom(sweep.shards, now()).map((shard) => sweep.due(shard, now()));
    while (woken < most && context.getRemainingTimeInMillis() > MIN_MS_LEFT_FOR_A_PAGE) {
      const shard = waiting.shift();
      if (!shard) break;
      try {
        const page = await shard.next();
        if (page.done) continue;
        waiting.push(shard);
        await wake(page.value);
      } catch (error) {
        failures.push(error);
      }
    }
    telemetry.measure('WorkOverdue', woken);
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `not all rollouts that are due were woken (failed reads and sends: ${failures.length}); the next sweep tries again`,
      );
    return { woken };
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}

/** The numbers of all shards. Which one comes first changes with the time. */
function inTurnFrom(shards: number, now: number): number[] {
  const first = Math.floor(now / 60_000);
  return Array.from({ length: shards }, (_, index) => (first + index) % shards);
}
