import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import { rolloutIdOf } from '../domain/request/identity.ts';
import { advance } from './advance.ts';
import { consume } from './consume.ts';
import type { FollowUpsDependencies } from './dependencies/functions.ts';
import { parseFollowUp } from './follow-up.ts';
import { inTurn } from './in-turn.ts';
import { publishMetrics } from './publish-metrics.ts';

/** The handler of the queue of follow-ups. It advances each rollout whose row still waits for this follow-up. */
export function consumeFollowUps({ services, logger, metrics }: FollowUpsDependencies) {
  return middy(async (event: SQSEvent, context: Context) => {
    const turn = inTurn();
    return consume(event, context, async ({ messageId, body }) => {
      const invocation = { who: `follow-ups ${messageId}`, millisecondsLeft: () => context.getRemainingTimeInMillis(), inTurn: turn };
      try {
        const { followUpNumber, ...identity } = parseFollowUp(body);
        await turn(rolloutIdOf(identity), () =>
          advance(identity, invocation, services, followUpNumber === '*' ? undefined : followUpNumber),
        );
      } catch (error) {
        services.telemetry.problem('the follow-up failed; SQS delivers it again', error, { messageId });
        throw error;
      }
    });
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}
