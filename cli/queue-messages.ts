import {
  ChangeMessageVisibilityCommand,
  type Message,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Stage } from './stage.ts';

/** Long enough to read a full queue, short enough not to keep messages from anybody. */
const HOLD_SECONDS = 30;

/** SQS asks all of its servers, not a few, where it may wait; the local one has one. */
const LONG_POLL_SECONDS = 1;

type Client = Pick<Stage, 'sqs' | 'isLocal'>;

/**
 * Reads every message of a queue that can be received now, oldest pages first, without taking any away: each is
 * given back at once afterwards. `inPassing` is for who looks again and again: it waits for none, and may miss some.
 */
export async function peekAll(client: Client, queueUrl: string, how: { readonly inPassing?: boolean } = {}): Promise<Message[]> {
  const held = await holdAll(client, queueUrl, how);
  await Promise.all(held.map((message) => giveBack(client.sqs, queueUrl, message)));
  return held;
}

/** Receives every message of a queue; the caller deletes or gives back each of them. It is empty for us after two empty receives. */
export async function holdAll(
  { sqs, isLocal }: Client,
  queueUrl: string,
  { inPassing = false }: { readonly inPassing?: boolean } = {},
): Promise<Message[]> {
  const seen = new Map<string, Message>();
  for (let empty = 0; empty < 2; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HOLD_SECONDS,
        WaitTimeSeconds: inPassing || isLocal ? 0 : LONG_POLL_SECONDS,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const fresh = Messages.filter((message) => message.MessageId !== undefined && !seen.has(message.MessageId));
    for (const message of fresh) seen.set(message.MessageId ?? '', message);
    empty = fresh.length === 0 ? empty + 1 : 0;
  }
  return [...seen.values()];
}

/** Makes a received message visible again at once, unless its time was over and it already is. */
export async function giveBack(sqs: SQSClient, queueUrl: string, { ReceiptHandle }: Message): Promise<void> {
  try {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  } catch (error) {
    if (!(error instanceof MessageNotInflight)) throw error;
  }
}
