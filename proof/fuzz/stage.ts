import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { RecordEnding } from '../../domain/rollout/ports.ts';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { consumeReleases } from '../../handlers/consume-releases.ts';
import type { FollowUpsDependencies, ReleasesDependencies } from '../../handlers/dependencies/functions.ts';
import { type Clients, compose } from '../stage/compose.ts';
import { dynamoDb } from './aws/dynamodb.ts';
import { type Effects, type Input, noEffects } from './aws/effects.ts';
import { controlPlanes, eventBridge, s3, sqs } from './aws/others.ts';
import { channels, historyBodies, NOW, settings } from './configuration.ts';
import { recorder } from './output.ts';
import { type Queue, queueArn, queueFor } from './queue.ts';

export type Handler = (event: SQSEvent, context: Context) => Promise<unknown>;

/** Everything that can be observed from outside while a function handles one batch. */
export type Seen = {
  readonly queue: Queue;
  readonly words: readonly { readonly messageId: string; readonly word: RecordEnding }[];
  /** What the invocation returned or threw. */
  readonly response: { readonly answered: unknown } | { readonly thrown: unknown };
  readonly effects: Effects;
  /** What was written to the output streams. */
  readonly output: string;
  readonly milliseconds: number;
  /** Calls that came after the previous invocation had returned. */
  readonly late: readonly string[];
};

export type Stage = {
  /** Gives a batch of bodies of one queue to its function. The history before it is the same each time. */
  readonly send: (queue: Queue, ...bodies: readonly string[]) => Promise<Seen>;
  readonly close: () => void;
};

/** What a test breaks in the service, to check that the oracle notices. */
export type Sabotage = {
  readonly dependencies?: (dependencies: ReleasesDependencies) => ReleasesDependencies;
  readonly ofFollowUps?: (dependencies: FollowUpsDependencies) => FollowUpsDependencies;
  /** Of both functions. */
  readonly handler?: (handler: Handler) => Handler;
};

/**
 * The real functions `releases` and `follow-ups` with the simulated AWS of this folder. Handlers, Powertools, middy, zod and adapters
 * are real. Only the answers to `client.send` are simulated.
 */
export async function openStage(sabotage: Sabotage = {}): Promise<Stage> {
  let effects = noEffects();
  let delivered: ReadonlySet<string> = new Set();
  let isOpen = false;
  let late: string[] = [];
  let words: { messageId: string; word: RecordEnding }[] = [];
  const seen = () => effects;
  const tables = dynamoDb(seen);
  const client = clientOf((operation) => {
    effects.calls.push(operation);
    if (!isOpen) late.push(operation);
  });
  const updates = new Map<string, Input>();
  const planes = controlPlanes(seen, updates);
  const clients = {
    dynamodb: client('DynamoDB', tables.handle),
    eventbridge: client('EventBridge', eventBridge(seen)),
    iot: client('IoT', planes),
    managedIntegrations: client('MI', planes),
    s3: client('S3', s3(seen)),
    sqs: client(
      'SQS',
      sqs(seen, () => delivered),
    ),
  } as unknown as Clients;
  const compositions = compose(settings, channels, clients, { now: () => NOW, sleep: async () => {} });
  const composed = compositions.releases();
  const { telemetry } = composed.services;
  const record: typeof telemetry.record = (word, fields) => {
    words.push({ messageId: String(fields['messageId']), word });
    telemetry.record(word, fields);
  };
  const listened = { ...composed, services: { ...composed.services, telemetry: { ...telemetry, record } } };
  const dependencies = sabotage.dependencies?.(listened) ?? listened;
  const ofFollowUps = compositions['follow-ups']();
  const handler = (made: unknown) => sabotage.handler?.(made as Handler) ?? (made as Handler);
  const forReleases = handler(consumeReleases(dependencies));
  const forFollowUps = handler(consumeFollowUps(sabotage.ofFollowUps?.(ofFollowUps) ?? ofFollowUps));
  const recording = recorder();

  async function send(queue: Queue, bodies: readonly string[], of: 'message' | 'history'): Promise<Seen> {
    effects = noEffects();
    delivered = new Set(bodies);
    words = [];
    const lateBefore = late;
    late = [];
    isOpen = true;
    recording.start();
    const began = performance.now();
    const records = bodies.map((body, index) => recordOf(queue, body, `${of}-${index}`));
    const response = await invoke(queue === 'follow-ups' ? forFollowUps : forReleases, records);
    const milliseconds = performance.now() - began;
    isOpen = false;
    return { queue, words, response, effects, output: recording.stop(), milliseconds, late: lateBefore };
  }

  for (const body of historyBodies) {
    await send(queueFor(body), [body], 'history');
    for (const { input } of effects.created) updates.set(String(input['otaUpdateId']), input);
    tables.keep();
  }
  return {
    send: async (queue, ...bodies) => {
      tables.reset();
      return send(queue, bodies, 'message');
    },
    close: recording.close,
  };
}

async function invoke(handler: Handler, Records: SQSRecord[]): Promise<Seen['response']> {
  try {
    return { answered: await handler({ Records }, context) };
  } catch (thrown) {
    return { thrown };
  }
}

/** An SDK client, as far as the adapters and Powertools use it. */
function clientOf(onCall: (operation: string) => void) {
  return (serviceId: string, handle: (operation: string, input: Input) => unknown) => ({
    config: { serviceId },
    middlewareStack: { identify: () => ['addPowertoolsToUserAgent'], addRelativeTo: () => undefined, use: () => undefined },
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: Input }): Promise<unknown> => {
      const operation = operationOf(command.constructor);
      onCall(operation);
      return handle(operation, command.input);
    },
  });
}

const operations = new Map<object, string>();

function operationOf(command: { readonly name: string }): string {
  const known = operations.get(command);
  if (known !== undefined) return known;
  const operation = command.name.replace(/Command$/, '');
  operations.set(command, operation);
  return operation;
}

const context = {
  awsRequestId: 'fuzz',
  functionName: 'ota-dispatch-fuzz-releases',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:ota-dispatch-fuzz-releases',
  memoryLimitInMB: '1024',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 60_000,
} as unknown as Context;

function recordOf(queue: Queue, body: string, messageId: string): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(NOW),
      SenderId: 'events',
      ApproximateFirstReceiveTimestamp: String(NOW),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(queue),
    awsRegion: 'us-east-1',
  };
}
