import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import { advance } from './advance.ts';
import { consume, secondsSinceFirstReceive } from './consume.ts';
import type { FollowUpsDependencies } from './dependencies/functions.ts';
import { parseFollowUp } from './follow-up.ts';
import { inTurn } from './in-turn.ts';
import { jobEventOf } from './job-event.ts';
import { publishMetrics } from './publish-metrics.ts';

/**
 * How long a look waits for its turn. What the sweep woke can wait for the next sweep, but nobody repeats a job event. The wakes of one
 * second come in one batch, so in that time one execution environment must have turns for all of them.
 */
const LOOK_WAIT_MS = { afterJobEvent: 20_000, otherwise: 2_500 } as const;

/**
 * The handler of the queue of follow-ups. It advances each rollout whose row still waits for this follow-up, and each whose job has an event.
 * A job event of a job that no rollout has is dropped. All job events about one rollout in a batch are older than the look, so one look
 * suffices.
 */
export function consumeFollowUps({ services, logger, metrics }: FollowUpsDependencies) {
  return middy(async (event: SQSEvent, context: Context) => {
    const turn = inTurn();
    const millisecondsLeft = () => context.getRemainingTimeInMillis();
    const inChain = invocationInChain(event);
    const looks = new Map<string, Promise<void>>();

    async function lookAfterJobEvent(rolloutId: string, who: string): Promise<void> {
      const identity = rolloutId === '' ? undefined : await services.ledger.identityOf(rolloutId);
      if (identity === undefined) return;
      const invocation = {
        who,
        millisecondsLeft,
        inChain,
        inTurn: turn,
        lookWaitMilliseconds: LOOK_WAIT_MS.afterJobEvent,
        afterJobEvent: true,
      };
      await turn(JSON.stringify(identity), () => advance(identity, invocation, services));
    }

    return consume(event, context, async ({ messageId, body, attributes }) => {
      const who = `follow-ups ${messageId}`;
      try {
        const jobEvent = jobEventOf(body);
        if (jobEvent) {
          const { rolloutId } = jobEvent;
          const look = looks.get(rolloutId) ?? lookAfterJobEvent(rolloutId, who);
          looks.set(rolloutId, look);
          return await look;
        }
        const { followUpNumber, formatVersion: _known, invocation: _ofBatch, ...identity } = parseFollowUp(body);
        const invocation = { who, millisecondsLeft, inChain, inTurn: turn, lookWaitMilliseconds: LOOK_WAIT_MS.otherwise };
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
