import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  type QueueAttributeName,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

let aws: TestAws;
let sqs: SQSClient;
let QueueUrl: string | undefined;
beforeAll(async () => {
  aws = await startTestAws({}, 'named');
  // These tests are about the embedded SQS, even if the other tests use another engine.
  sqs = new SQSClient(aws.access);
  ({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' })));
});
afterAll(async () => {
  sqs.destroy();
  await aws.stop();
});

describe('an attribute of a queue', () => {
  const set = (name: string, value: string) => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [name]: value } }));

  it.each([
    ['Policy', 'none'],
    ['Policy', '[]'],
    ['RedriveAllowPolicy', '"denyAll"'],
    ['RedriveAllowPolicy', '{'],
    ['SqsManagedSseEnabled', 'yes'],
    ['SqsManagedSseEnabled', ''],
  ])('refuses a wrong value: %s cannot be %s', async (name, value) => {
    await expect(set(name, value)).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
  });

  it.each([
    ['Policy', '{"Version":"2012-10-17","Statement":[]}'],
    ['Policy', ''],
    ['RedriveAllowPolicy', '{"redrivePermission":"denyAll"}'],
    ['SqsManagedSseEnabled', 'false'],
  ])('accepts a right value: %s can be %s', async (name, value) => {
    await expect(set(name, value)).resolves.toBeDefined();
  });

  it.each(['Colour', 'constructor'])('cannot be read under the unknown name %s', async (name) => {
    const ask = (AttributeNames: string[]) =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: AttributeNames as QueueAttributeName[] }));
    await expect(ask(['QueueArn', name])).rejects.toMatchObject({ name: 'InvalidAttributeName' });
    expect((await ask(['QueueArn', 'Policy', 'KmsMasterKeyId'])).Attributes).toMatchObject({ QueueArn: expect.any(String) });
  });
});

describe('an attribute of a message', () => {
  const send = (name: string, value: MessageAttributeValue) =>
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', MessageAttributes: { [name]: value } }));
  const text: MessageAttributeValue = { DataType: 'String', StringValue: 'x' };

  it.each(['AWS.x', 'aws.x', 'Amazon.x', '.x', 'x.', 'x..y', 'a b'])('cannot be named %s', async (name) => {
    await expect(send(name, text)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it.each(['AWSx', 'x.y', 'x-y_z'])('can be named %s', async (name) => {
    await expect(send(name, text)).resolves.toBeDefined();
  });

  it.each([
    ['a Number that is not numeric', { DataType: 'Number', StringValue: 'abc' }],
    ['a custom Number that is not numeric', { DataType: 'Number.int', StringValue: '1x' }],
    ['characters that XML has not', { DataType: 'String', StringValue: 'a\u0001' }],
    ['a type with characters that XML does not allow', { DataType: 'String.\u0001', StringValue: 'a' }],
  ])('cannot be %s', async (_what, value) => {
    await expect(send('x', value)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it.each(['5', '-1.5', '+.5', '1e10'])('can be the Number %s', async (StringValue) => {
    await expect(send('x', { DataType: 'Number', StringValue })).resolves.toBeDefined();
  });
});
