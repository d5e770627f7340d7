import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Dependencies } from './dependencies.ts';
import { followUpBody } from './follow-up.ts';

/** Rollouts of one shard in one sweep; what is left over is older at the next. */
const PAGE = 1_000;
const MESSAGES_PER_SEND = 100;

/** Wakes are spread so that a channel full of live rollouts does not ask AWS for all of them in one second. */
const WAKES_PER_SECOND = 20;
const TIME_TO_STOP = 5_000;

/**
 * Finds every rollout that is due and wakes it. It reads no row, writes nothing and decides nothing: lost,
 * doubled or late sweeps and stale index entries are harmless.
 */
export function sweepOverdue({ services, sweep, logger, metrics }: Dependencies) {
  const { now, queues, telemetry } = services;
  return middy(async (_event: unknown, context: Context) => {
    let woken = 0;
    for (let shard = 0; shard < sweep.shards; shard += 1) {
      const overdue = await sweep.due(shard, now(), PAGE);
      for (let start = 0; start < overdue.length && context.getRemainingTimeInMillis() > TIME_TO_STOP; start += MESSAGES_PER_SEND) {
        const some = overdue.slice(start, start + MESSAGES_PER_SEND);
        await queues.sendFollowUps(
          some.map((row, index) => ({
            body: followUpBody(row, '*'),
            delaySeconds: Math.min(sweep.spreadSeconds, Math.floor((woken + index) / WAKES_PER_SECOND)),
          })),
        );
        woken += some.length;
      }
    }
    telemetry.measure('WorkOverdue', woken);
    return { woken };
  })
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics));
}
