import {
  ChangeMessageVisibilityCommand,
  type Message,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Stage } from './stage.ts';

/** Long enough to read a full queue. Short enough not to hide its messages from other readers for long. */
const HOLD_SECONDS = 30;

/** With a wait, SQS reads from all of its servers. Without, it reads from a few. The local SQS has only one. */
const LONG_POLL_SECONDS = 1;

type Client = Pick<Stage, 'sqs' | 'isLocal'>;

/**
 * Reads every message of a queue that can be received now and makes it visible again at once. `inPassing` is for a caller
 * that reads again and again: it does not wait, and may miss messages.
 */
export async function peekAll(client: Client, queueUrl: string, how: { readonly inPassing?: boolean } = {}): Promise<Message[]> {
  const held = await holdAll(client, queueUrl, how);
  await Promise.all(held.map((message) => giveBack(client.sqs, queueUrl, message)));
  return held;
}

/** Receives every message of a queue until two receives were empty. The caller deletes each message or gives it back. */
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
    const before = seen.size;
    // A message whose visibility timeout has ended comes again. Only its last receipt handle is sure to work.
    for (const message of Messages) if (message.MessageId !== undefined) seen.set(message.MessageId, message);
    empty = seen.size === before ? empty + 1 : 0;
  }
  return [...seen.values()];
}

/** Makes a received message visible again at once. Does nothing if its visibility timeout has already ended. */
export async function giveBack(sqs: SQSClient, queueUrl: string, { ReceiptHandle }: Message): Promise<void> {
  try {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  } catch (error) {
    if (!(error instanceof MessageNotInflight)) throw error;
  }
}
