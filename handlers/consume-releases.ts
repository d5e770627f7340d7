import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import type { ReleasesDependencies } from './cold-start/assemble.ts';
import { consume } from './consume.ts';
import { inTurn } from './in-turn.ts';
import type { Fields } from './ports.ts';
import { receive } from './receive.ts';
import { tellMetrics } from './tell-metrics.ts';

/** Consumes the releases queue: every record to one of four words. */
export function consumeReleases({ services, lockContext, logger, metrics }: ReleasesDependencies) {
  return middy(async (event: SQSEvent, context: Context) => {
    lockContext(context);
    const turn = inTurn();
    return consume(event, context, async ({ messageId, body }) => {
      const errand = { who: `releases ${messageId}`, millisecondsLeft: () => context.getRemainingTimeInMillis(), inTurn: turn };
      let about: Fields = { messageId };
      const onRead = ({ correlationId }: { readonly correlationId?: string }) => {
        about = { messageId, correlationId };
      };
      try {
        services.telemetry.record(await receive({ messageId, body }, errand, services, onRead), about);
      } catch (error) {
        services.telemetry.record('retried', about);
        services.telemetry.problem('the record goes back to the queue', error, about);
        throw error;
      }
    });
  })
    .use(injectLambdaContext(logger))
    .use(tellMetrics(metrics));
}
