import {
  ChangeMessageVisibilityCommand,
  type Message,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Long enough to read a full queue, short enough not to keep messages from anybody. */
const HOLD_SECONDS = 30;

/**
 * Reads every message of a queue that can be received now, oldest pages first, without taking any away: each is
 * given back at once afterwards. On AWS a receive may miss some; a queue is empty for us after two empty ones.
 */
export async function peekAll(sqs: SQSClient, queueUrl: string): Promise<Message[]> {
  const held = await holdAll(sqs, queueUrl);
  await Promise.all(held.map((message) => giveBack(sqs, queueUrl, message)));
  return held;
}

/** Receives every message of a queue; the caller deletes or gives back each of them. */
export async function holdAll(sqs: SQSClient, queueUrl: string): Promise<Message[]> {
  const seen = new Map<string, Message>();
  for (let empty = 0; empty < 2; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HOLD_SECONDS,
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
