import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import type { Fields } from '../domain/rollout/ports.ts';
import { consume } from './consume.ts';
import type { ReleasesDependencies } from './dependencies/functions.ts';
import { inTurn } from './in-turn.ts';
import { readMessage } from './incoming.ts';
import { publishMetrics } from './publish-metrics.ts';
import { receive } from './receive.ts';

/** The handler of the queue of releases. It logs for each record how it ended: dispatched, duplicate, rejected or retried. */
export function consumeReleases({ services, lockContext, logger, metrics }: ReleasesDependencies) {
  return middy(async (event: SQSEvent, context: Context) => {
    lockContext(context);
    const turn = inTurn();
    return consume(event, context, async ({ messageId, body }) => {
      const invocation = { who: `releases ${messageId}`, millisecondsLeft: () => context.getRemainingTimeInMillis(), inTurn: turn };
      let about: Fields = { messageId };
      try {
        const incoming = readMessage(messageId, body, services.allowedAccounts);
        about = { messageId, correlationId: incoming.readable.correlationId };
        services.telemetry.record(await receive(incoming, invocation, services), about);
      } catch (error) {
        services.telemetry.record('retried', about);
        services.telemetry.problem('the record failed; SQS delivers it again', error, about);
        throw error;
      }
    });
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}
