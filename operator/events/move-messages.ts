import { DeleteMessageCommand, type Message, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { giveBack, receiveAll } from '../reads/queue-messages.ts';
import type { Stage } from '../stage/stage.ts';

/** A message that was sent to the other queue: its SQS id, the one of its copy there, and its body. */
export type Sent = { readonly messageId: string; readonly copyId: string; readonly body: string };

/** A message that the other queue did not accept, by its SQS id. */
export type NotSent = { readonly messageId: string; readonly reason: string };

/**
 * Sends the wanted messages of a queue to the queue that `toOf` names, and deletes each after it was sent. It does so page by page. SQS
 * deletes a message for sure only by its last receipt handle and while it is invisible, and a full queue takes longer than that. Returns
 * the messages that were sent, and those that the other queue did not accept. What is not sent becomes visible
 * again. A message that the service returns to the first queue meanwhile stays there. Throws if SQS fails. Then the messages
 * that were received and not deleted become visible on their own.
 */
export async function moveMessages(
  { sqs, isLocal }: Pick<Stage, 'sqs' | 'isLocal'>,
  { from, toOf }: { readonly from: string; readonly toOf: (body: string) => Promise<string> },
  isWanted: (message: Message) => boolean,
): Promise<{ readonly sent: readonly Sent[]; readonly notSent: readonly NotSent[] }> {
  const sent = new Map<string, Sent>();
  const copies = new Set<string | undefined>();
  const notSent = new Map<string, NotSent>();
  const stays = new Map<string, Message>();

  /** Whether the message is in the other queue now. It can come again if it was not deleted in spite of the first time. */
  async function move(messageId: string, message: Message): Promise<boolean> {
    if (sent.has(messageId)) return true;
    const isReturned = idsOf(message).some((id) => copies.has(id));
    if (isReturned || notSent.has(messageId) || !isWanted(message)) return false;
    const copy = await send(sqs, await toOf(message.Body ?? ''), message);
    if ('reason' in copy) notSent.set(messageId, { messageId, ...copy });
    else {
      sent.set(messageId, { messageId, copyId: copy.MessageId ?? '', body: message.Body ?? '' });
      copies.add(copy.MessageId);
    }
    return !('reason' in copy);
  }

  for await (const page of receiveAll({ sqs, isLocal }, from)) {
    for (const message of page) {
      const { MessageId: messageId = '', ReceiptHandle } = message;
      if (await move(messageId, message)) await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
      else stays.set(messageId, message);
    }
  }
  await Promise.all([...stays.values()].map((message) => giveBack(sqs, from, message)));
  return { sent: [...sent.values()], notSent: [...notSent.values()] };
}

/** The SQS id of a message, and the id of the rejected message that it is a copy of. */
export function idsOf(message: Message): (string | undefined)[] {
  return [message.MessageId, message.MessageAttributes?.['messageId']?.StringValue];
}

/** Sends a message to a queue. If the queue does not accept it, answers why in one line: the next message may still be accepted. */
async function send(sqs: SQSClient, to: string, { Body }: Message): Promise<{ MessageId: string | undefined } | { reason: string }> {
  try {
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
    return { MessageId };
  } catch (error) {
    return { reason: String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '' };
  }
}
