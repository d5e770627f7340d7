import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord, SQSRecordAttributes } from 'aws-lambda';

/**
 * Works on each record of a batch from SQS separately. Returns the ids of the records that threw, so that SQS delivers only
 * those again. Every invocation needs a new processor, because a processor keeps the failures of its last batch.
 */
export async function consume(event: SQSEvent, context: Context, one: (record: SQSRecord) => Promise<void>): Promise<SQSBatchResponse> {
  return processPartialResponse(event, asError(one), new BatchProcessor(EventType.SQS), {
    context,
    throwOnFullBatchFailure: false,
  });
}

/**
 * For how many seconds a record has been failing. `now` in epoch ms. SQS stops counting the age of a message after its third
 * receive (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html), so its
 * metric cannot report this.
 */
export function secondsSinceFirstReceive({ ApproximateFirstReceiveTimestamp: first }: SQSRecordAttributes, now: number): number {
  return Math.max(0, now - Number(first)) / 1000;
}

/** Powertools fails on a thrown `null`, so a value that is not an Error becomes the cause of one. */
function asError(one: (record: SQSRecord) => Promise<void>): (record: SQSRecord) => Promise<void> {
  return async (record) => {
    try {
      await one(record);
    } catch (error) {
      throw error instanceof Error ? error : new Error('something other than an Error was thrown', { cause: error });
    }
  };
}
