import { type MessageAttributeValue, SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

export { SQSClient } from '@aws-sdk/client-sqs';

/** SendMessageBatch takes at most 10 messages, and SQS delays a message by at most 900 s. */
const BATCH_MAX = 10;
const DELAY_MAX_SECONDS = 900;
/** A reason may be long. This much explains it. */
const ATTRIBUTE_CHARACTERS_MAX = 1024;

/** A message for the queue of follow-ups. */
export type FollowUp = { readonly body: string; readonly delaySeconds: number };

/** Why a message was rejected. The queue of rejected messages has it as message attributes. */
export type Refusal = { readonly code: string; readonly path: string; readonly reason: string; readonly messageId: string };

export type QueueUrls = { readonly followUpsUrl: string; readonly rejectedUrl: string };

/** The two queues that the service writes to. */
export function queues(client: Pick<SQSClient, 'send'>, { followUpsUrl, rejectedUrl }: QueueUrls) {
  return {
    /**
     * Sends follow-ups, ten per call, with delays limited to 0 to 900 s. Tries all of them. Then it throws if SQS did not accept
     * some, with their numbers (from 0) and reasons.
     */
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
      if (refused.length > 0) throw new Error(`SQS did not accept these of ${messages.length} follow-ups: ${refused.join(', ')}`);
    },

    /** Sends a rejected body unchanged, with the reason in message attributes. The body came from SQS, so SQS accepts it. */
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

/** SQS takes no empty attribute and only characters that XML 1.0 allows. A path can have a key with other characters. */
function text(value: string): MessageAttributeValue {
  const legal = value.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
  return { DataType: 'String', StringValue: [...legal].slice(0, ATTRIBUTE_CHARACTERS_MAX).join('') || '-' };
}
