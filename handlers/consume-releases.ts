import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Message } from '../domain/release/intake.ts';
import type { Fields } from '../domain/rollout/ports.ts';
import { consume, secondsSinceFirstReceive } from './consume.ts';
import type { ReleasesDependencies } from './dependencies/functions.ts';
import { inTurn } from './in-turn.ts';
import { readMessage } from './incoming.ts';
import { publishMetrics } from './publish-metrics.ts';
import { receive } from './receive.ts';

/**
 * Counts a steering event that failed. Until it works, devices get what somebody wanted to stop, or wait for what somebody allowed.
 */
const metricOfRetry: Readonly<Record<Message['kind'], string | undefined>> = {
  release: undefined,
  withdrawal: 'WithdrawalRetried',
  approval: 'SteeringRetried',
  hold: 'SteeringRetried',
  resume: 'SteeringRetried',
};

/**
 * The queue in which a message does not count, because its senders may not put it on the bus. Operators may send to the queue of releases,
 * and approvers to that of steering events, to redrive what failed. Nobody may both release and approve.
 */
const doesNotCountIn: Readonly<Partial<Record<Message['kind'], 'releases' | 'steering'>>> = {
  approval: 'releases',
  resume: 'releases',
  release: 'steering',
};

/**
 * The handler of the queues of releases and steering events. It logs for each record how it ended: dispatched, duplicate, rejected or
 * retried. Each queue has its own share of the quota, because each has its own maximum concurrency.
 */
export function consumeReleases({ services: forReleases, inUse, steering, lockContext, logger, metrics }: ReleasesDependencies) {
  return middy(async (event: SQSEvent, context: Context) => {
    lockContext(context);
    const turn = inTurn();
    // A batch is always of one queue.
    const isSteering = isFrom('-steering', event.Records[0]);
    const services = isSteering ? { ...forReleases, limiter: steering.limiter } : forReleases;
    const work = async ({ messageId, body, attributes, ...record }: SQSRecord) => {
      const millisecondsLeft = () => context.getRemainingTimeInMillis();
      const invocation = { who: `releases ${messageId}`, millisecondsLeft, inChain: 0, inTurn: turn, lookWaitMilliseconds: 0 };
      let about: Fields = { messageId };
      let ofRetry: string | undefined;
      try {
        const incoming = readMessage(messageId, body, services.allowedAccounts);
        about = { messageId, correlationId: incoming.readable.correlationId };
        const kind = incoming.parsed.ok ? incoming.parsed.value.kind : undefined;
        ofRetry = kind && metricOfRetry[kind];
        const forged = kind && doesNotCountIn[kind];
        if (forged && isFrom(`-${forged}`, record))
          throw new Error(`this ${kind} did not come over the bus, so it does not count: find out who sent it to the queue ${forged}`);
        services.telemetry.record(await receive(incoming, invocation, services), about);
      } catch (error) {
        services.telemetry.record('retried', about);
        services.telemetry.measure('RecordFailingSeconds', secondsSinceFirstReceive(attributes, services.now()));
        if (ofRetry !== undefined) services.telemetry.measure(ofRetry, 1);
        services.telemetry.problem('the record failed; SQS delivers it again', error, about);
        throw error;
      }
    };
    return (isSteering ? steering.inUse : inUse).during(() => consume(event, context, work));
  })
    .use(injectLambdaContext(logger))
    .use(publishMetrics(metrics));
}

/** Whether a record comes from the queue whose name ends so. */
const isFrom = (queue: string, record: Pick<SQSRecord, 'eventSourceARN'> | undefined): boolean =>
  record?.eventSourceARN?.endsWith(queue) === true;
