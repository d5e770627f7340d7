import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilEmpty } from '../../local/outcomes.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

it('a queue is empty when nothing waits in it and nothing of it is in hand', async () => {
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'releases' }));
  /** How often it was asked whether to go on before it was done: twice at most, then it is told to give up. */
  const looks = async () => {
    let count = 0;
    await untilEmpty(aws.sqs, 'releases', () => {
      count += 1;
      return count > 2;
    });
    return count;
  };
  expect(await looks()).toBe(1);
  await aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'waits' }));
  expect(await looks()).toBe(3);
  const { Messages } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(await looks()).toBe(3);
  await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
  expect(await looks()).toBe(1);
});
