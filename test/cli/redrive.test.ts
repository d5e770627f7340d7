import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { ota } from '../journey/command-line.ts';

/** The largest message of `releases` in the template. A message in `rule-dlq` may be four times as large. */
const LARGEST_OF_RELEASES = 262_144;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

let releases = '';
let ruleDlq = '';
beforeEach(async () => {
  releases = await open('releases', { MaximumMessageSize: String(LARGEST_OF_RELEASES) });
  ruleDlq = await open('rule-dlq', {});
});
afterEach(async () => {
  for (const QueueUrl of [releases, ruleDlq]) await aws.sqs.send(new DeleteQueueCommand({ QueueUrl }));
});

async function open(suffix: string, Attributes: Record<string, string>): Promise<string> {
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: `ota-dispatch-local-${suffix}`, Attributes }));
  return QueueUrl;
}

async function sendToRuleDlq(MessageBody: string): Promise<string> {
  const { MessageId = '' } = await aws.sqs.send(new SendMessageCommand({ QueueUrl: ruleDlq, MessageBody }));
  return MessageId;
}

/** The bodies of the messages that can be received now. */
async function bodiesIn(QueueUrl: string): Promise<string[]> {
  const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => Body).sort();
}

const redrive = (...args: readonly string[]) => ota(aws.endpoint, 'redrive', '--queue', 'rule', ...args);

describe('ota redrive, if the target queue does not accept every message', () => {
  const tooLarge = 'x'.repeat(LARGEST_OF_RELEASES + 1);
  it('sends the others, keeps that one where it is, prints its id, and ends with 1', async () => {
    const id = await sendToRuleDlq(tooLarge);
    await sendToRuleDlq('first');
    await sendToRuleDlq('second');
    expect(await redrive()).toMatchObject({ status: 1, stderr: expect.stringMatching(new RegExp(`^${id} .+\n$`)) });
    expect(await bodiesIn(releases)).toEqual(['first', 'second']);
    expect(await bodiesIn(ruleDlq)).toEqual([tooLarge]);
  });

  it('prints for a program what was redriven, and what was not and why', async () => {
    const [stays, goes] = [await sendToRuleDlq(tooLarge), await sendToRuleDlq('first')];
    const { status, stdout, stderr } = await redrive('--json');
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toEqual({
      redriven: [goes],
      copies: [{ messageId: goes, newMessageId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
      notSent: [{ messageId: stays, reason: expect.stringContaining(String(LARGEST_OF_RELEASES)) }],
    });
  });

  it('does not report the message of --id as absent', async () => {
    const id = await sendToRuleDlq(tooLarge);
    expect(await redrive('--id', id)).toMatchObject({ status: 1, stderr: expect.stringMatching(new RegExp(`^${id} .+\n$`)) });
    expect(JSON.parse((await redrive('--id', id, '--json')).stdout)).toMatchObject({ redriven: [], notSent: [{ messageId: id }] });
  });

  it('ends with 0 if all were accepted', async () => {
    const id = await sendToRuleDlq('x'.repeat(LARGEST_OF_RELEASES));
    const { status, stdout } = await redrive('--json');
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      { redriven: [id], copies: [{ messageId: id, newMessageId: expect.any(String) }], notSent: [] },
    ]);
    expect(await bodiesIn(ruleDlq)).toEqual([]);
  });
});

describe('ota redrive of the queues that releases and steering events share', () => {
  const event = (detailType: string) => JSON.stringify({ 'detail-type': detailType, detail: {} });
  let steering = '';
  beforeEach(async () => {
    steering = await open('steering', {});
  });
  afterEach(async () => {
    await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: steering }));
  });

  it('sends each event to the queue of its detail-type, and names both', async () => {
    const steers = ['Firmware Release Withdrawn', 'Firmware Release Approved', 'Firmware Channel Held', 'Firmware Channel Resumed'].map(
      event,
    );
    const published = event('Firmware Release Published');
    for (const body of [published, 'not an event', ...steers]) await sendToRuleDlq(body);
    const { status, stdout } = await redrive();
    expect([status, stdout.split('\n')[0]]).toEqual([0, '6 of 6 redriven to releases and steering']);
    expect(await bodiesIn(steering)).toEqual(steers.sort());
    expect(await bodiesIn(releases)).toEqual([published, 'not an event'].sort());
  });
});

describe('ota redrive of a rejected message', () => {
  it('names its copy even if nobody can read what became of it, because it was sent', async () => {
    const rejected = await open('rejected', {});
    const artifacts = [{ fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'k', version: 'v' } }, sha256: 'aa'.repeat(32) }];
    const detail = { product: 'lock', version: '1.0.0', channels: ['beta'], artifacts };
    const event = { account: '000000000000', source: 'com.acme.ci', id: 'e-1', 'detail-type': 'Firmware Release Published', detail };
    const { MessageId } = await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody: JSON.stringify(event) }));
    // This account has no ledger.
    const { status, stdout, stderr } = await ota(aws.endpoint, 'redrive', '--json');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`message ${MessageId} is now [0-9a-f-]{36}; see `));
    expect(JSON.parse(stdout)).toMatchObject({ redriven: [MessageId], copies: [{ messageId: MessageId }], error: expect.any(String) });
    expect(await bodiesIn(releases)).toEqual([JSON.stringify(event)]);
    await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: rejected }));
  });
});

describe('ota redrive --queue steering', () => {
  it('sends everything from its dead-letter queue to it', async () => {
    const [steering, dlq] = [await open('steering', {}), await open('steering-dlq', {})];
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: 'a hold' }));
    const { status, stdout } = await ota(aws.endpoint, 'redrive', '--queue', 'steering');
    expect([status, stdout.split('\n')[0]]).toEqual([0, '1 of 1 redriven to steering']);
    expect(await bodiesIn(steering)).toEqual(['a hold']);
  });
});
