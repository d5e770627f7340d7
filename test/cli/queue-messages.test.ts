import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { holdAll, peekAll } from '../../cli/queue-messages.ts';
import { startTestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';

describe('reading a queue to its end', () => {
  it.each([
    ['on AWS asks all of its servers', { isLocal: false }, {}, 1],
    ['in passing does not wait', { isLocal: false }, { inPassing: true }, 0],
    ['of the local service need not', { isLocal: true }, {}, 0],
  ])('%s', async (_what, where, how, seconds) => {
    const aws = await startTestAws();
    try {
      const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'rejected' }));
      const waited: unknown[] = [];
      aws.sqs.middlewareStack.add(
        (next) => (args) => {
          waited.push((args.input as { WaitTimeSeconds?: number }).WaitTimeSeconds);
          return next(args);
        },
        { step: 'initialize' },
      );
      await holdAll({ sqs: aws.sqs, ...where }, QueueUrl, how);
      await peekAll({ sqs: aws.sqs, ...where }, QueueUrl, how);
      expect(new Set(waited)).toEqual(new Set([seconds]));
    } finally {
      await aws.stop();
    }
  });
});
