import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Identity } from '../domain/rollout/rollout.ts';
import type { SweepDependencies, WorkKind } from './dependencies/functions.ts';
import { followUpBody } from './follow-up.ts';
import { publishMetrics } from './publish-metrics.ts';

const MIN_MS_LEFT_FOR_A_PAGE = 5_000;

/** SQS takes ten messages in one call. If a call fails, only these wait for the next sweep. */
const WAKES_PER_SEND = 10;

/**
 * The handler of the schedule. It sends a follow-up to the rollouts that are due, the longest due first. Of each kind it sends not more than
 * may be looked at until the next sweep, but at least one. So rollouts that stay due, such as those that wait for people, keep no
 * other kind waiting. It reads no row, writes nothing and decides nothing. So a lost, repeated or late sweep and a stale index entry do no
 * harm. It takes a page from each shard in turn and begins at another shard each time. A read or a send that fails does not keep it from
 * the others. Throws the failures at the end.
 */
export function sweepOverdue({ services, sweep, logger, metrics }: SweepDependencies) {
  const { now, queues, telemetry } = services;
  const most = Math.max(1, Math.floor(sweep.wakesPerSecond * sweep.spreadSeconds));

  /** Wakes what is due of one kind, and answers how many that were. */
  async function wakeDue(kind: WorkKind, context: Context, failures: unknown[]): Promise<number> {
    let woken = 0;

    async function wake(rows: readonly Identity[]): Promise<void> {
      const wakes = rows.slice(0, most - woken).map((row, index) => ({
        body: followUpBody(row, '*', 1),
        delaySeconds: Math.floor((woken + index) / sweep.wakesPerSecond),
      }));
      for (let sent = 0; sent < wakes.length && (sent === 0 || hasTime()); sent += WAKES_PER_SEND) {
        const some = wakes.slice(sent, sent + WAKES_PER_SEND);
        woken += some.length;
        await queues.sendFollowUps(some).catch((error: unknown) => failures.push(error));
      }
    }

    const hasTime = () => context.getRemainingTimeInMillis() > MIN_MS_LEFT_FOR_A_PAGE;
    const waiting = inTurnFrom(sweep.shards, now()).map((shard) => sweep.due(kind, shard, now()));
    while (woken < most && hasTime()) {
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
    return woken;
  }

  return middy(async (_event: unknown, context: Context) => {
    const failures: unknown[] = [];
    const woken: number[] = [];
    for (const kind of sweep.kinds) woken.push(await wakeDue(kind, context, failures));
    // An alarm watches whether a sweep wakes as many as it may. Each kind may have as many.
    telemetry.measure('WorkOverdue', Math.max(...woken));
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `not all rollouts that are due were woken (failed reads and sends: ${failures.length}); the next sweep tries again`,
      );
    return { woken: woken.reduce((sum, count) => sum + count, 0) };
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}

/** The numbers of all shards. Which one comes first changes with the time. */
function inTurnFrom(shards: number, now: number): number[] {
  const first = Math.floor(now / 60_000);
  return Array.from({ length: shards }, (_, index) => (first + index) % shards);
}
