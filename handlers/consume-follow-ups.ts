import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import { advance } from './advance.ts';
import { consume, secondsSinceFirstReceive } from './consume.ts';
import type { FollowUpsDependencies } from './dependencies/functions.ts';
import { parseFollowUp } from './follow-up.ts';
import { inTurn } from './in-turn.ts';
import { publishMetrics } from './publish-metrics.ts';

/** The handler of the queue of follow-ups. It advances each rollout whose row still waits for this follow-up. */
export function consumeFollowUps({ services, logger, metrics }: FollowUpsDependencies) {
  return middy(async (event: SQSEvent, context: Context) => {
    const turn = inTurn();
    const millisecondsLeft = () => context.getRemainingTimeInMillis();
    const inChain = invocationInChain(event);
    return consume(event, context, async ({ messageId, body, attributes }) => {
      const invocation = { who: `follow-ups ${messageId}`, millisecondsLeft, inChain, inTurn: turn };
      try {
        const { followUpNumber, invocation: _ofBatch, ...identity } = parseFollowUp(body);
        await turn(JSON.stringify(identity), () =>
          advance(identity, invocation, services, followUpNumber === '*' ? undefined : followUpNumber),
        );
      } catch (error) {
        services.telemetry.measure('FollowUpFailingSeconds', secondsSinceFirstReceive(attributes, services.now()));
        services.telemetry.problem('the follow-up failed; SQS delivers it again', error, { messageId });
        throw error;
      }
    });
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}

/** AWS does not document which message of a batch continues its chain, so this assumes the longest one. */
function invocationInChain({ Records: records }: SQSEvent): number {
  return Math.max(
    ...records.map(({ body }) => {
      try {
        return parseFollowUp(body).invocation;
      } catch {
        // The record is reported when its turn comes.
        return 1;
      }
    }),
  );
}
