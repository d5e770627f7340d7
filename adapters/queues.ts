import { type MessageAttributeValue, SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Handed out here so that whoever loads this when it is first needed has both. */
export { SQSClient } from '@aws-sdk/client-sqs';

const BATCH_MAX = 10;
const DELAY_MAX_SECONDS = 900;
const ATTRIBUTE_CHARACTERS_MAX = 1024;

export type FollowUp = { readonly body: string; readonly delaySeconds: number };

/** Why a message was refused, as it stands beside the message in the queue of rejected ones. */
export type Refusal = { readonly code: string; readonly path: string; readonly reason: string; readonly messageId: string };

export type QueueUrls = { readonly followUpsUrl: string; readonly rejectedUrl: string };

/** The two queues that the service itself writes to. */
export function queues(client: Pick<SQSClient, 'send'>, { followUpsUrl, rejectedUrl }: QueueUrls) {
  return {
    /** Sends ten at a time, delays held to 0 … 900 s. Throws by number and reason what was not taken, after all were tried. */
    sendFollowUps: async (messages: readonly FollowUp[]): Promise<void> => {
      const refused: string[] = [];
      for (let start = 0; start < messages.length; start += BATCH_MAX) {
        const entries = messages.slice(start, start + BATCH_MAX).map(({ body, delaySeconds }, index) => ({
          Id: String(start + index),
          MessageBody: body,
          DelaySeconds: Math.min(DELAY_MAX_SECONDS, Math.max(0, Math.ceil(delaySeconds))),
        }));
        const { Failed: failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: followUpsUrl, Entries: entries }));
        refused.push(...failed.map(({ Id, Code, Message }) => `${Id} (${Code}: ${Message ?? ''})`));
      }
      if (refused.length > 0) throw new Error(`the queue of follow-ups did not take ${refused.join(', ')} of ${messages.length}`);
    },

    /** Keeps a refused body verbatim (it came out of SQS, so SQS takes it back), with why as message attributes. */
    sendRejected: async (body: string, { code, path, reason, messageId }: Refusal): Promise<void> => {
      await client.send(
        new SendMessageCommand({
          QueueUrl: rejectedUrl,
          MessageBody: body,
          MessageAttributes: { code: text(code), path: text(path), reason: text(reason), messageId: text(messageId) },
        }),
      );
    },
  };
}

/** Attribute values must not be empty, and of characters that XML 1.0 allows; a path can name a key that has others. */
function text(value: string): MessageAttributeValue {
  const legal = value.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
  return { DataType: 'String', StringValue: [...legal].slice(0, ATTRIBUTE_CHARACTERS_MAX).join('') || '-' };
}
