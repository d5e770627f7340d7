import type { Message } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { lineageOf } from 'embedded-aws/src/lambda/lineage.ts';
import type { ServiceResponse } from 'embedded-aws/src/services/service.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { consumeReleases } from '../../handlers/consume-releases.ts';
import { sweepOverdue } from '../../handlers/sweep-overdue.ts';
import { type AwsInProcess, broken, type Call, traceHeader, type Wire } from './aws-in-process.ts';
import { compose, type Settings } from './compose.ts';

/**
 * What happens at a call. The process dies before it leaves or after its effect (`die before`, `die after`). Or only the
 * connection breaks, without or with the effect (`break before`, `break after`). Or a batch gets status 200 with every
 * entry refused (`refuse entries`).
 */
export type Verdict = 'die before' | 'die after' | 'break before' | 'break after' | 'refuse entries' | undefined;

/** Decides what happens at each call of a sandbox. */
export type Fate = (call: Call) => Verdict;

/** Strikes the first `times` calls of an operation whose request contains `about`. */
export function strike(verdict: Exclude<Verdict, undefined>, operation: string, { about = '', times = 1 } = {}): Fate {
  let left = times;
  return (call) => {
    if (left === 0 || call.operation !== operation || !call.body.includes(about)) return undefined;
    left -= 1;
    return verdict;
  };
}

const TIMEOUT = 60_000;
const TRACE = 'Root=1-6a4b0a00-000000000000000000000001;Parent=0000000000000001;Sampled=0';
/** An answer never comes in the turn of the event loop in which its request left. Calls of other records continue meanwhile. */
const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = new Promise<never>(() => undefined);

/**
 * One process of the deployed functions, with real handlers and adapters. When it is dead, nothing in it continues: calls
 * that it still makes or awaits get no answer.
 */
export function openSandbox(given: {
  readonly settings: Settings;
  readonly channels: Channels;
  readonly aws: AwsInProcess;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly fate?: Fate | undefined;
}) {
  const { fate, now, sleep } = given;
  const calls: Call[] = [];
  let dead = false;
  let tellDeath: (word: 'died') => void = () => undefined;
  const death = new Promise<'died'>((resolve) => {
    tellDeath = resolve;
  });
  const kill = (): void => {
    dead = true;
    tellDeath('died');
  };

  const wire: Wire = async (call, carryOut) => {
    if (dead) return never;
    calls.push(call);
    const verdict = fate?.(call);
    if (verdict === 'die before') {
      kill();
      return never;
    }
    if (verdict === 'break before') throw broken();
    if (verdict === 'refuse entries') return refusedEntries(call);
    const answer = await carryOut();
    await aTurn();
    if (verdict === 'die after') kill();
    if (dead) return never;
    if (verdict === 'break after') throw broken();
    return answer;
  };

  const clients = given.aws.clients(wire);
  const compositions = compose(given.settings, given.channels, clients, { now, sleep }, clients.creating);
  const releases = consumeReleases(compositions.releases());
  // The function `releases` reads two queues.
  const handlers = { releases, steering: releases, 'follow-ups': consumeFollowUps(compositions['follow-ups']()) };
  const sweep = sweepOverdue(compositions.sweep());

  const context = (): Context => {
    const deadline = now() + TIMEOUT;
    return {
      awsRequestId: 'a-request',
      functionName: 'a-function',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:a-function',
      memoryLimitInMB: '512',
      logGroupName: 'a-group',
      logStreamName: 'a-stream',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - now()),
      done: () => undefined,
      fail: () => undefined,
      succeed: () => undefined,
    };
  };

  return {
    /** Every call of this sandbox, including one that was stopped before it left. */
    calls,
    isDead: () => dead,

    /** Ends the sandbox. Clients of a living one are reused. A dead one keeps its clients, as their calls must never be answered. */
    close(): void {
      if (!dead) given.aws.release(clients);
      kill();
    },

    /** Gives a batch of a queue to its function, unless Lambda refuses it as part of a loop. Returns the ids that failed, or 'died'. */
    async consume(queue: keyof typeof handlers, messages: readonly Message[]): Promise<readonly string[] | 'died'> {
      const headers = messages.map(({ Attributes }) => Attributes?.AWSTraceHeader);
      const { member, tooLong } = lineageOf(queue === 'steering' ? 'releases' : queue, headers, { lineageOfBatch: 'oldest' });
      if (tooLong) return messages.map(({ MessageId = '' }) => MessageId);
      const event = { Records: messages.map((message) => recordOf(message, queue)) } as SQSEvent;
      const invoked = traceHeader.run(`${TRACE};${member}`, () => handlers[queue](event, context()) as Promise<SQSBatchResponse>);
      const answer = await Promise.race([invoked, death]);
      return answer === 'died' ? 'died' : answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },

    /** Runs the sweep once. Returns whether it ended normally. */
    async sweep(): Promise<boolean> {
      return Promise.race([sweep({}, context()), death]).then(
        (answer) => answer !== 'died',
        () => false,
      );
    },
  };
}

export type Sandbox = ReturnType<typeof openSandbox>;

function refusedEntries({ body }: Call): ServiceResponse {
  const { Entries } = JSON.parse(body) as { Entries: unknown[] };
  const refused = Entries.map(() => ({ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }));
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status: 200, headers, body: JSON.stringify({ FailedEntryCount: refused.length, Entries: refused }) };
}

function recordOf({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message, queue: string) {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:ota-dispatch-local-${queue}`,
    awsRegion: 'us-east-1',
  };
}
