import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { ota } from '../journey/command-line.ts';

/** What the template says of `releases`: the events in `rule-dlq` may be four times as large. */
const RELEASES_TAKES = 262_144;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

let releases = '';
let ruleDlq = '';
beforeEach(async () => {
  releases = await open('releases', { MaximumMessageSize: String(RELEASES_TAKES) });
  ruleDlq = await open('rule-dlq', {});
});
afterEach(async () => {
  for (const QueueUrl of [releases, ruleDlq]) await aws.sqs.send(new DeleteQueueCommand({ QueueUrl }));
});

async function open(suffix: string, Attributes: Record<string, string>): Promise<string> {
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: `ota-dispatch-local-${suffix}`, Attributes }));
  return QueueUrl;
}

async function strand(MessageBody: string): Promise<string> {
  const { MessageId = '' } = await aws.sqs.send(new SendMessageCommand({ QueueUrl: ruleDlq, MessageBody }));
  return MessageId;
}

/** The bodies that can be received now. */
async function bodiesIn(QueueUrl: string): Promise<string[]> {
  const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => Body).sort();
}

const redrive = (...args: readonly string[]) => ota(aws.endpoint, 'redrive', '--queue', 'rule', ...args);

describe('ota redrive, where a queue does not take every message', () => {
  const tooLarge = 'x'.repeat(RELEASES_TAKES + 1);
  const reason = 'One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.';

  it('sends the others round, leaves that one where it was, names it with the reason and ends with 1', async () => {
    const id = await strand(tooLarge);
    await strand('first');
    await strand('second');
    const said = await redrive();
    expect(said).toEqual({ status: 1, stdout: '2 sent round to releases\n', stderr: `${id} stays in rule-dlq: ${reason}\n` });
    expect(await bodiesIn(releases)).toEqual(['first', 'second']);
    expect(await bodiesIn(ruleDlq)).toEqual([tooLarge]);
  });

  it('for a program: what was sent round, and what was not and why', async () => {
    const [stays, goes] = [await strand(tooLarge), await strand('first')];
    const { status, stdout, stderr } = await redrive('--json');
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toEqual({ redriven: [goes], notSent: [{ messageId: stays, reason }] });
  });

  it('does not say of the one asked for that it is not there', async () => {
    const id = await strand(tooLarge);
    const said = await redrive('--id', id);
    expect(said).toEqual({ status: 1, stdout: '0 sent round to releases\n', stderr: `${id} stays in rule-dlq: ${reason}\n` });
  });

  it('ends with 0 where all were taken', async () => {
    const id = await strand('x'.repeat(RELEASES_TAKES));
    const { status, stdout } = await redrive('--json');
    expect([status, JSON.parse(stdout)]).toEqual([0, { redriven: [id], notSent: [] }]);
    expect(await bodiesIn(ruleDlq)).toEqual([]);
  });
});
