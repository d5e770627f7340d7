import type { SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { randomOf } from '../proof/random.ts';
import type { Input } from '../proof/simulate/transport.ts';
import { CALL, POLL } from './assumed-times.ts';
import type { virtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const TIMEOUT = 60_000;
const BATCH = 10;

/** What the queue and its function used up, in the units that AWS bills. */
export type QueueTally = { queueRequests: number; invocations: number; milliseconds: number };

type Handler = (event: SQSEvent, context: Context) => Promise<unknown>;

/** The context of an invocation that begins now. */
export function contextAt(clock: { readonly now: number }): Context {
  const deadline = clock.now + TIMEOUT;
  return { functionName: 'follow-ups', getRemainingTimeInMillis: () => deadline - clock.now } as unknown as Context;
}

/**
 * The queue of follow-ups in virtual time, with its event source mapping. `consumeWith` adds an execution environment. What fails in an
 * invocation goes to `fail`.
 */
export function followUpsQueue(
  clock: { readonly now: number },
  time: Pick<ReturnType<typeof virtualTime>, 'sleep'>,
  random: ReturnType<typeof randomOf>,
  tally: QueueTally,
  fail: (error: unknown) => void,
): {
  readonly arrive: (body: string) => void;
  readonly handle: (operation: string, input: Input) => Promise<unknown>;
  readonly consumeWith: (handler: Handler) => void;
} {
  const environments: { busy: boolean; readonly handler: Handler }[] = [];
  const visible: string[] = [];
  let first = 0;
  let messages = 0;
  const arrive = (body: string): void => {
    visible.push(body);
    poll();
  };
  const send = async (body: string, delaySeconds: number): Promise<void> => {
    await time.sleep(delaySeconds * SECOND);
    arrive(body);
  };
  const handle = async (_operation: string, input: Input): Promise<unknown> => {
    await time.sleep(CALL);
    tally.queueRequests += 1;
    const { Entries: entries = [] } = input as unknown as SendMessageBatchCommandInput;
    for (const { MessageBody = '', DelaySeconds = 0 } of entries) void send(MessageBody, DelaySeconds);
    return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
  };

  let polling = 0;
  function poll(): void {
    const idle = environments.filter(({ busy }) => !busy).length;
    if (polling >= idle || first + polling * BATCH >= visible.length) return;
    polling += 1;
    void work().catch(fail);
    poll();
  }

  /** Waits for a batch, gives it to an environment, and looks for the next one. */
  async function work(): Promise<void> {
    await time.sleep(POLL);
    polling -= 1;
    const bodies = visible.slice(first, first + BATCH);
    first += bodies.length;
    if (first > 10_000) {
      visible.splice(0, first);
      first = 0;
    }
    const free = environments.filter(({ busy }) => !busy);
    const one = free[random.below(free.length)];
    if (bodies.length === 0 || !one) return;
    one.busy = true;
    const began = clock.now;
    const event = { Records: bodies.map(recordOf) } as SQSEvent;
    const answer = (await one.handler(event, contextAt(clock))) as SQSBatchResponse;
    if (answer.batchItemFailures.length > 0) throw new Error(`${answer.batchItemFailures.length} follow-ups failed`);
    one.busy = false;
    tally.invocations += 1;
    tally.milliseconds += clock.now - began;
    tally.queueRequests += 2; // receive and delete
    poll();
  }

  function recordOf(body: string) {
    messages += 1;
    const at = String(clock.now);
    return {
      messageId: `m-${messages}`,
      receiptHandle: `r-${messages}`,
      body,
      attributes: { ApproximateReceiveCount: '1', ApproximateFirstReceiveTimestamp: at, SentTimestamp: at },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:follow-ups',
      awsRegion: 'us-east-1',
    };
  }

  return { arrive, handle, consumeWith: (handler) => void environments.push({ busy: false, handler }) };
}
