import {
  type ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { giveBack, peekAll } from '../../../operator/reads/queue-messages.ts';
import { startTestAws } from '../../../packages/embedded-aws/test/support/endpoints.ts';

describe('reading a queue to its end', () => {
  it.each([
    ['waits a second on AWS, so that SQS reads from all of its servers', { isLocal: false }, {}, 1],
    ['does not wait in passing', { isLocal: false }, { inPassing: true }, 0],
    ['does not wait for the local service', { isLocal: true }, {}, 0],
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
      await peekAll({ sqs: aws.sqs, ...where }, QueueUrl, how);
      expect(new Set(waited)).toEqual(new Set([seconds]));
    } finally {
      await aws.stop();
    }
  });
});

it('a message that comes again while a queue is read is given back by its last receipt handle', async () => {
  const receives = ['first', 'second'].map((ReceiptHandle) => [{ MessageId: 'm-1', ReceiptHandle }]);
  const givenBack: unknown[] = [];
  const sqs = {
    send: async (command: ReceiveMessageCommand | ChangeMessageVisibilityCommand) => {
      if (command instanceof ReceiveMessageCommand) return { Messages: receives.shift() ?? [] };
      givenBack.push(command.input.ReceiptHandle);
      return {};
    },
  } as unknown as SQSClient;
  expect(await peekAll({ sqs, isLocal: true }, 'queue')).toHaveLength(1);
  expect(givenBack).toEqual(['second']);
});

describe('giving a message back', () => {
  const answering = (error: Error) => ({ send: () => Promise.reject(error) }) as unknown as SQSClient;
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });
  const held = { MessageId: 'm-1', ReceiptHandle: 'old' };
  const invalid = 'Value old for parameter ReceiptHandle is invalid. Reason: ';

  it.each([
    ['whose visibility timeout has ended', new MessageNotInflight({ message: 'not in flight', $metadata: {} })],
    ...['InvalidParameterValue', 'InvalidParameterValueException'].map((name): [string, Error] => [
      `that SQS no longer has, as ${name}`,
      named(name, `${invalid}Message does not exist or is not available for visibility timeout change.`),
    ]),
  ])('does nothing for one %s', async (_what, error) => {
    await expect(giveBack(answering(error), 'queue', held)).resolves.toBeUndefined();
  });

  it.each([
    ['a handle of another queue', named('InvalidParameterValue', `${invalid}The input receipt handle is not a valid receipt handle.`)],
    ['a missing permission', named('AccessDenied', 'not authorized to perform sqs:ChangeMessageVisibility')],
  ])('throws for %s', async (_what, error) => {
    await expect(giveBack(answering(error), 'queue', held)).rejects.toBe(error);
  });
});
