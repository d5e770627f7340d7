import {
  CreateTopicRuleCommand,
  DeleteTopicRuleCommand,
  DisableTopicRuleCommand,
  EnableTopicRuleCommand,
  GetTopicRuleCommand,
  IoTClient,
  ListTopicRulesCommand,
  ReplaceTopicRuleCommand,
  type TopicRulePayload,
} from '@aws-sdk/client-iot';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

const roleArn = 'arn:aws:iam::000000000000:role/rule';
const completed = { topic: '$aws/events/job/fw-a-1/completed', payload: { jobId: 'fw-a-1' } };
let aws: TestAws;
let iot: IoTClient;
let queueUrl: string;
let ruleName: string;
let count = 0;

beforeAll(async () => {
  aws = await startTestAws();
  iot = new IoTClient(aws.access);
});
afterAll(async () => {
  iot.destroy();
  await aws.stop();
});
beforeEach(async () => {
  count += 1;
  ruleName = `rule_${count}`;
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: `events-${count}` }));
  queueUrl = QueueUrl;
});

// A rule of an earlier test would send, or fail to send, the messages of the next.
afterEach(async () => {
  const { rules = [] } = await iot.send(new ListTopicRulesCommand({}));
  for (const rule of rules) await iot.send(new DeleteTopicRuleCommand({ ruleName: rule.ruleName }));
});

const payload = (changes: Partial<TopicRulePayload> = {}): TopicRulePayload => ({
  sql: "SELECT topic(4) AS jobId, topic(5) AS operation FROM '$aws/events/job/+/+' WHERE startswith(topic(4), 'fw-')",
  awsIotSqlVersion: '2016-03-23',
  actions: [{ sqs: { roleArn, queueUrl, useBase64: false } }],
  ...changes,
});
const create = (changes?: Partial<TopicRulePayload>) =>
  iot.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload: payload(changes) }));
async function received(): Promise<(string | undefined)[]> {
  const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body }) => Body);
}

describe('a topic rule', () => {
  it('sends what SELECT makes of a message to its queue, and nothing that WHERE holds back', async () => {
    await create();
    aws.services.iotCore.publish(completed);
    aws.services.iotCore.publish({ ...completed, topic: '$aws/events/job/other/completed' });
    aws.services.iotCore.publish({ ...completed, topic: '$aws/events/jobExecution/fw-a-1/succeeded' });
    expect(await received()).toEqual(['{"jobId":"fw-a-1","operation":"completed"}']);
  });

  it('sends base64 with useBase64', async () => {
    await create({ actions: [{ sqs: { roleArn, queueUrl, useBase64: true } }] });
    aws.services.iotCore.publish(completed);
    expect(await received()).toEqual([Buffer.from('{"jobId":"fw-a-1","operation":"completed"}').toString('base64')]);
  });

  it('gives a message to errorAction if the queue of its action does not exist', async () => {
    await create({ actions: [{ sqs: { roleArn, queueUrl: `${queueUrl}-gone` } }], errorAction: { sqs: { roleArn, queueUrl } } });
    aws.services.iotCore.publish(completed);
    const [body] = await received();
    expect(JSON.parse(body ?? '')).toMatchObject({
      ruleName,
      topic: completed.topic,
      base64OriginalPayload: Buffer.from('{"jobId":"fw-a-1"}').toString('base64'),
      failures: [{ failedAction: 'SqsAction', failedResource: `${queueUrl}-gone` }],
    });
  });

  it('drops a message with a line on stderr if nothing can take it', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    await create({ actions: [{ sqs: { roleArn, queueUrl: `${queueUrl}-gone` } }] });
    aws.services.iotCore.publish(completed);
    expect(error.mock.calls.flat().filter((line) => line.includes(ruleName))).toEqual([
      `embedded-aws: AWS IoT dropped a message of rule ${ruleName}, which could not be delivered to ${queueUrl}-gone`,
    ]);
    error.mockRestore();
  });

  it('sends nothing while it is disabled, and nothing once it is deleted', async () => {
    await create({ ruleDisabled: true });
    aws.services.iotCore.publish(completed);
    await iot.send(new EnableTopicRuleCommand({ ruleName }));
    aws.services.iotCore.publish(completed);
    await iot.send(new DisableTopicRuleCommand({ ruleName }));
    aws.services.iotCore.publish(completed);
    expect(await received()).toHaveLength(1);
    await iot.send(new EnableTopicRuleCommand({ ruleName }));
    await iot.send(new DeleteTopicRuleCommand({ ruleName }));
    aws.services.iotCore.publish(completed);
    expect(await received()).toEqual([]);
  });

  it('is described and listed as it was written', async () => {
    await create();
    const { rule, ruleArn } = await iot.send(new GetTopicRuleCommand({ ruleName }));
    expect(ruleArn).toBe(`arn:aws:iot:us-east-1:000000000000:rule/${ruleName}`);
    expect(rule).toMatchObject({ ...payload(), ruleName, ruleDisabled: false });
    await iot.send(new ReplaceTopicRuleCommand({ ruleName, topicRulePayload: payload({ sql: "SELECT * FROM 'a/#'" }) }));
    const { rules = [] } = await iot.send(new ListTopicRulesCommand({ topic: 'a/b/c' }));
    expect(rules).toMatchObject([{ ruleName, topicPattern: 'a/#', ruleDisabled: false }]);
  });

  it('is listed in pages', async () => {
    const wanted = [`${ruleName}_a`, `${ruleName}_b`, `${ruleName}_c`];
    for (const name of wanted) await iot.send(new CreateTopicRuleCommand({ ruleName: name, topicRulePayload: payload() }));
    const names: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await iot.send(new ListTopicRulesCommand({ maxResults: 1, nextToken }));
      expect(page.rules).toHaveLength(1);
      names.push(...(page.rules ?? []).map((rule) => rule.ruleName));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(names).toEqual(wanted);
  });
});

it('a topic rule can write the members in another order and with blanks', async () => {
  const loose = await startTestAws({ iotCore: { topicRuleBody: 'loose' } });
  const client = new IoTClient(loose.access);
  const { QueueUrl = '' } = await loose.sqs.send(new CreateQueueCommand({ QueueName: 'loose' }));
  const topicRulePayload = payload({ actions: [{ sqs: { roleArn, queueUrl: QueueUrl } }] });
  await client.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload }));
  loose.services.iotCore.publish(completed);
  const { Messages = [] } = await loose.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages[0]?.Body).toBe('{\n  "operation": "completed",\n  "jobId": "fw-a-1"\n}');
  client.destroy();
  await loose.stop();
});

describe('CreateTopicRule refuses', () => {
  it('a name with a hyphen, a name that is taken, and a rule without SQL', async () => {
    await expect(iot.send(new CreateTopicRuleCommand({ ruleName: 'a-b', topicRulePayload: payload() }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('ruleName'),
    });
    await create();
    await expect(create()).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException', resourceId: ruleName });
    await expect(
      iot.send(new CreateTopicRuleCommand({ ruleName: 'c', topicRulePayload: { ...payload(), sql: undefined } })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException', message: expect.stringContaining('topicRulePayload.sql') });
  });

  it.each<[string, () => Partial<TopicRulePayload>, string, RegExp]>([
    ['SQL that it cannot read', () => ({ sql: 'SELECT' }), 'SqlParseException', /a name is expected/],
    ['an unknown version of SQL', () => ({ awsIotSqlVersion: '2020-01-01' }), 'InvalidRequestException', /not 2020-01-01/],
    [
      'a FIFO queue',
      () => ({ actions: [{ sqs: { roleArn, queueUrl: `${queueUrl}.fifo` } }] }),
      'InvalidRequestException',
      /standard queues only/,
    ],
    ['another action', () => ({ actions: [{ sns: { targetArn: roleArn, roleArn } }] }), 'InvalidRequestException', /sns/],
    ['an action that is empty', () => ({ actions: [{} as never] }), 'InvalidRequestException', /An action has sqs/],
  ])('%s', async (_what, changes, name, message) => {
    await expect(create(changes())).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it.each([
    ['GetTopicRule', () => new GetTopicRuleCommand({ ruleName: 'none' })],
    ['ReplaceTopicRule', () => new ReplaceTopicRuleCommand({ ruleName: 'none', topicRulePayload: payload() })],
    ['DeleteTopicRule', () => new DeleteTopicRuleCommand({ ruleName: 'none' })],
    ['EnableTopicRule', () => new EnableTopicRuleCommand({ ruleName: 'none' })],
  ])('and %s finds no rule', async (_operation, command) => {
    await expect(iot.send(command() as GetTopicRuleCommand)).rejects.toMatchObject({
      name: 'UnauthorizedException',
      message: "Access to topic rule 'none' was denied",
    });
  });
});
