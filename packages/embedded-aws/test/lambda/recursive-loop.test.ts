import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Message, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { type EmbeddedAws, type LogLine, startEmbeddedAws } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';

/** Sends each message to its own queue again, with the real SDK, up to the hop `last`. */
const CODE = `
import { SendMessageCommand, SQSClient } from '${import.meta.resolve('@aws-sdk/client-sqs')}';
const sqs = new SQSClient({});
const QueueUrl = process.env.QUEUE_URL;
export const handler = async ({ Records }) => {
  for (const { body } of Records) {
    const { hop, last } = JSON.parse(body);
    console.log('hop ' + hop);
    if (hop < last) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ hop: hop + 1, last }) }));
  }
};
`;

let aws: EmbeddedAws;
let sqs: SQSClient;
let folder: string;
const lines: LogLine[] = [];
afterEach(async () => {
  sqs.destroy();
  await aws.stop();
  rmSync(folder, { recursive: true });
  lines.length = 0;
});

async function start(functionProperties: object = {}): Promise<{ readonly queue: string; readonly dead: string }> {
  folder = mkdtempSync(join(tmpdir(), 'loop-'));
  writeFileSync(join(folder, 'app.mjs'), CODE);
  const templateFile = join(folder, 'stack.json');
  const Resources = {
    Dead: { Type: 'AWS::SQS::Queue', Properties: {} },
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 2,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
      },
    },
    App: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'loop',
        Handler: 'app.handler',
        Timeout: 2,
        Environment: { Variables: { QUEUE_URL: { Ref: 'Work' } } },
        ...functionProperties,
      },
    },
    Feed: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
        FunctionName: { Ref: 'App' },
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    },
  };
  writeFileSync(templateFile, JSON.stringify({ Resources }));
  aws = await startEmbeddedAws({ stack: { templateFile, codeDirectory: folder, onLog: (line) => lines.push(line) } });
  sqs = new SQSClient(aws.client);
  return { queue: aws.stack?.resources['Work'] ?? '', dead: aws.stack?.resources['Dead'] ?? '' };
}

const begin = (QueueUrl: string, last: number) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ hop: 1, last }) }));
const hops = () => new Set(lines.filter(({ stream }) => stream === 'stdout').map(({ line }) => line)).size;

describe('a function that sends to its own queue', () => {
  it('runs 16 times in one chain, is then refused, and its message goes to the dead-letter queue', async () => {
    const { queue, dead } = await start();
    await begin(queue, 40);
    const receive = new ReceiveMessageCommand({ QueueUrl: dead, WaitTimeSeconds: 20, MessageSystemAttributeNames: ['All'] });
    let message: Message | undefined;
    while (!message) message = (await sqs.send(receive)).Messages?.[0];
    expect(JSON.parse(message.Body ?? '{}')).toMatchObject({ hop: 17 });
    expect(message.Attributes?.AWSTraceHeader).toMatch(/;Lineage=1:[\da-f]{8}:15$/);
    expect(hops()).toBe(16);
    const refused = lines.filter(({ line }) => line.includes('a batch of 1 failed: RecursiveInvocationException'));
    expect(refused.length).toBeGreaterThanOrEqual(3);
  });

  it('runs on with RecursiveLoop Allow', async () => {
    const { queue } = await start({ RecursiveLoop: 'Allow' });
    await begin(queue, 20);
    await eventually(hops).toBe(20);
  });
});
