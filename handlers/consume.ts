import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/**
 * A batch from SQS: each record by itself, and only those that threw are given back. The processor is new for
 * every invocation, since it keeps the failures of the last one.
 */
export async function consume(event: SQSEvent, context: Context, one: (record: SQSRecord) => Promise<void>): Promise<SQSBatchResponse> {
  return processPartialResponse(event, asError(one), new BatchProcessor(EventType.SQS), {
    context,
    throwOnFullBatchFailure: false,
  });
}

/** Powertools dies of a thrown `null`; whatever is thrown becomes an Error. */
function asError(one: (record: SQSRecord) => Promise<void>): (record: SQSRecord) => Promise<void> {
  return async (record) => {
    try {
      await one(record);
    } catch (error) {
      throw error instanceof Error ? error : new Error('something other than an Error was thrown', { cause: error });
    }
  };
}
