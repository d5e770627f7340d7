import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

const OF_THE_REQUEST = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0;Lineage=1:a87bd80c:3';
const OF_THE_MESSAGE = 'Root=1-67891233-abcdef012345678912345678';

let aws: TestAws;
/** As inside Lambda, where the SDK adds the header to every request. */
let traced: SQSClient;
beforeAll(async () => {
  aws = await startTestAws({}, 'named');
  traced = new SQSClient(aws.access);
  traced.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['X-Amzn-Trace-Id'] = OF_THE_REQUEST;
      return next(args);
    },
    { step: 'build' },
  );
});
afterAll(async () => {
  traced.destroy();
  await aws.stop();
});

async function open(name: string, Attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl = '' } = await traced.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl;
}
async function receive(QueueUrl: string) {
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['AWSTraceHeader'] });
  return Object.fromEntries(
    ((await traced.send(command)).Messages ?? []).map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader]),
  );
}
const own = { AWSTraceHeader: { DataType: 'String' as const, StringValue: OF_THE_MESSAGE } };

describe('the trace header of a message', () => {
  it('is that of its request, unless its system attribute overrides it', async () => {
    const QueueUrl = await open('one');
    await traced.send(new SendMessageCommand({ QueueUrl, MessageBody: 'plain' }));
    await traced.send(new SendMessageCommand({ QueueUrl, MessageBody: 'own', MessageSystemAttributes: own }));
    expect(await receive(QueueUrl)).toEqual({ plain: OF_THE_REQUEST, own: OF_THE_MESSAGE });
  });

  it('of a batch is that of the request for every entry without one', async () => {
    const QueueUrl = await open('batch');
    const Entries = [
      { Id: 'a', MessageBody: 'plain' },
      { Id: 'b', MessageBody: 'own', MessageSystemAttributes: own },
      { Id: 'c', MessageBody: 'plain too' },
    ];
    await traced.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(await receive(QueueUrl)).toEqual({ plain: OF_THE_REQUEST, own: OF_THE_MESSAGE, 'plain too': OF_THE_REQUEST });
  });

  it('stays with it in the dead-letter queue, and when a task moves it back', async () => {
    const dead = await open('dead');
    const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 });
    const QueueUrl = await open('source', { VisibilityTimeout: '0', RedrivePolicy });
    await traced.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    expect(await receive(QueueUrl)).toEqual({ poison: OF_THE_REQUEST });
    expect(await receive(QueueUrl)).toEqual({});
    await traced.send(new StartMessageMoveTaskCommand({ SourceArn: arn('dead') }));
    expect(await receive(dead)).toEqual({});
    expect(await receive(QueueUrl)).toEqual({ poison: OF_THE_REQUEST });
  });

  it('does not count as part of its size', async () => {
    const QueueUrl = await open('full', { MaximumMessageSize: '1024' });
    const MessageBody = 'x'.repeat(1024);
    await expect(traced.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageSystemAttributes: own }))).resolves.toBeDefined();
  });
});
