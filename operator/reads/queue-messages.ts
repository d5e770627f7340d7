import {
  ChangeMessageVisibilityCommand,
  type Message,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Stage } from '../stage/stage.ts';

/** Long enough to work on a page of ten. Short enough not to hide messages from other readers for long. */
const HOLD_SECONDS = 30;

/** The hold doubles with every pass. That of the last one is more than an hour. */
const PASSES_MAX = 8;

/** With a wait, SQS reads from all of its servers. Without, it reads from a few. The local SQS has only one. */
const LONG_POLL_SECONDS = 1;

type Client = Pick<Stage, 'sqs' | 'isLocal'>;

/**
 * Reads every message of a queue that can be received now and makes it visible again at once. `inPassing` is for a caller
 * that reads again and again: it does not wait, and may miss messages.
 */
export async function peekAll(client: Client, queueUrl: string, how: { readonly inPassing?: boolean } = {}): Promise<Message[]> {
  const held = new Map<string | undefined, Message>();
  for await (const page of receiveAll(client, queueUrl, how)) for (const message of page) held.set(message.MessageId, message);
  await Promise.all([...held.values()].map((message) => giveBack(client.sqs, queueUrl, message)));
  return [...held.values()];
}

/**
 * Receives every message of a queue, in pages of at most ten, until two receives were empty. Each message is invisible for 30 s.
 * The caller deletes it or gives it back in that time. A large queue takes longer to read. So if a message comes again, messages
 * are held for twice as long from then on: otherwise the old ones would come again and again, and the others never. Of a message
 * that comes again, only the receipt handle of its last page is sure to work.
 */
export async function* receiveAll(
  { sqs, isLocal }: Client,
  queueUrl: string,
  { inPassing = false }: { readonly inPassing?: boolean } = {},
): AsyncGenerator<readonly Message[]> {
  const passOf = new Map<string | undefined, number>();
  let pass = 0;
  for (let empty = 0; empty < 2 && pass < PASSES_MAX; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HOLD_SECONDS * 2 ** pass,
        WaitTimeSeconds: inPassing || isLocal ? 0 : LONG_POLL_SECONDS,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    empty = Messages.length === 0 ? empty + 1 : 0;
    if (Messages.some(({ MessageId }) => passOf.get(MessageId) === pass)) pass += 1;
    for (const { MessageId } of Messages) passOf.set(MessageId, pass);
    yield Messages;
  }
}

/**
 * Makes a received message visible again at once. Does nothing if its visibility timeout has already ended, or if somebody else has
 * deleted it. SQS documents `MessageNotInflight` for that, but answers `InvalidParameterValue` with a text
 * (observed: https://github.com/aws/aws-sdk-net/issues/1927).
 */
export async function giveBack(sqs: SQSClient, queueUrl: string, { ReceiptHandle }: Message): Promise<void> {
  try {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  } catch (error) {
    const isGone = error instanceof Error && error.message.includes('not available for visibility timeout change');
    if (!isGone && !(error instanceof MessageNotInflight)) throw error;
  }
}
