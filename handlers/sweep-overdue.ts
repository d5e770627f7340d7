import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { SweepDependencies } from './dependencies/functions.ts';
import { followUpBody } from './follow-up.ts';
import { publishMetrics } from './publish-metrics.ts';

/** Wakes are spread over time, so that many live rollouts do not call AWS within the same second. */
const WAKES_PER_SECOND = 20;
const MIN_MS_LEFT_FOR_A_PAGE = 5_000;

/**
 * The handler of the schedule. It finds every rollout that is due and sends it a follow-up. It reads no row, writes nothing and
 * decides nothing, so a lost, repeated or late sweep and a stale index entry do no harm. Throws if DynamoDB or SQS fails.
 */
export function sweepOverdue({ services, sweep, logger, metrics }: SweepDependencies) {
  const { now, queues, telemetry } = services;
  return middy(async (_event: unknown, context: Context) => {
    let woken = 0;
    const hasTime = () => context.getRemainingTimeInMillis() > MIN_MS_LEFT_FOR_A_PAGE;
    for (let shard = 0; shard < sweep.shards && hasTime(); shard += 1) {
      for await (const overdue of sweep.due(shard, now())) {
        await queues.sendFollowUps(
          overdue.map((row, index) => ({
            body: followUpBody(row, '*'),
            delaySeconds: Math.min(sweep.spreadSeconds, Math.floor((woken + index) / WAKES_PER_SECOND)),
          })),
        );
        woken += overdue.length;
        if (!hasTime()) break;
      }
    }
    telemetry.measure('WorkOverdue', woken);
    return { woken };
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}
