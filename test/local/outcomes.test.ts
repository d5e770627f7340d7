import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntilEmpty } from '../../local/outcomes.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

it('a queue is empty if no message is visible or in flight', async () => {
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'releases' }));
  /** How often the queue was looked at: once if it is empty, or until the third look ends the wait. */
  const looks = async () => {
    let count = 0;
    await waitUntilEmpty(aws.sqs, 'releases', () => {
      count += 1;
      return count > 2;
    });
    return count;
  };
  expect(await looks()).toBe(1);
  await aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'visible' }));
  expect(await looks()).toBe(3);
  const { Messages } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(await looks()).toBe(3);
  await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
  expect(await looks()).toBe(1);
});
