import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import { rolloutIdOf } from '../domain/request/identity.ts';
import { advance } from './advance.ts';
import type { FollowUpsDependencies } from './cold-start/assemble.ts';
import { consume } from './consume.ts';
import { parseFollowUp } from './follow-up.ts';
import { inTurn } from './in-turn.ts';
import { tellMetrics } from './tell-metrics.ts';

/** Consumes the follow-ups queue: looks at each rollout again whose row still waits for this follow-up. */
export function consumeFollowUps({ services, logger, metrics }: FollowUpsDependencies) {
  return middy(async (event: SQSEvent, context: Context) => {
    const turn = inTurn();
    return consume(event, context, async ({ messageId, body }) => {
      const errand = { who: `follow-ups ${messageId}`, millisecondsLeft: () => context.getRemainingTimeInMillis(), inTurn: turn };
      try {
        const { followUpNumber, ...identity } = parseFollowUp(body);
        await turn(rolloutIdOf(identity), () => advance(identity, errand, services, followUpNumber === '*' ? undefined : followUpNumber));
      } catch (error) {
        services.telemetry.problem('the follow-up goes back to the queue', error, { messageId });
        throw error;
      }
    });
  })
    .use(injectLambdaContext(logger))
    .use(tellMetrics(metrics));
}
