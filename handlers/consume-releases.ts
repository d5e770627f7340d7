import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import type { Fields } from '../domain/rollout/ports.ts';
import { consume, secondsSinceFirstReceive } from './consume.ts';
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
    return consume(event, context, async ({ messageId, body, attributes }) => {
      const millisecondsLeft = () => context.getRemainingTimeInMillis();
      const invocation = { who: `releases ${messageId}`, millisecondsLeft, inChain: 0, inTurn: turn };
      let about: Fields = { messageId };
      let isWithdrawal = false;
      try {
        const incoming = readMessage(messageId, body, services.allowedAccounts);
        about = { messageId, correlationId: incoming.readable.correlationId };
        isWithdrawal = incoming.parsed.ok && incoming.parsed.value.kind === 'withdrawal';
        services.telemetry.record(await receive(incoming, invocation, services), about);
      } catch (error) {
        services.telemetry.record('retried', about);
        services.telemetry.measure('RecordFailingSeconds', secondsSinceFirstReceive(attributes, services.now()));
        if (isWithdrawal) services.telemetry.measure('WithdrawalRetried', 1);
        services.telemetry.problem('the record failed; SQS delivers it again', error, about);
        throw error;
      }
    });
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}
