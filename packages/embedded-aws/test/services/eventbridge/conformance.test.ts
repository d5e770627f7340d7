import { randomUUID } from 'node:crypto';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  type Target,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';

let aws: TestAws;
// EventBridge delivers to the embedded queues, even if the tests of SQS use another engine.
let sqs: SQSClient;
beforeAll(async () => {
  aws = await startTestAws();
  sqs = new SQSClient(aws.access);
});
afterAll(async () => {
  sqs.destroy();
  await aws.stop();
});

type Place = { bus: string; rule: string; queueUrl: string; queueArn: string };

async function queue(): Promise<{ queueUrl: string; queueArn: string }> {
  const QueueName = randomUUID();
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  return { queueUrl: QueueUrl, queueArn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
}

/** A new bus with one rule to one queue. */
async function place(pattern: unknown = { source: ['acme'] }, target: Partial<Target> = {}): Promise<Place> {
  const bus = randomUUID();
  const to = await queue();
  await aws.events.send(new CreateEventBusCommand({ Name: bus }));
  await aws.events.send(new PutRuleCommand({ Name: 'rule', EventBusName: bus, EventPattern: JSON.stringify(pattern) }));
  await aws.events.send(
    new PutTargetsCommand({ Rule: 'rule', EventBusName: bus, Targets: [{ Id: 'queue', Arn: to.queueArn, ...target }] }),
  );
  return { bus, rule: 'rule', ...to };
}

const put = (bus: string, ...entries: PutEventsRequestEntry[]) =>
  aws.events.send(
    new PutEventsCommand({
      Entries: (entries.length === 0 ? [{}] : entries).map((entry) => ({
        EventBusName: bus,
        Source: 'acme',
        DetailType: 'Release',
        Detail: '{}',
        ...entry,
      })),
    }),
  );

async function take(queueUrl: string): Promise<{ body: string; attributes: Record<string, string | undefined> }[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '', MessageAttributes = {} }) => ({
    body: Body,
    attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
  }));
}
const bodies = async (queueUrl: string) => (await take(queueUrl)).map(({ body }) => body);

describe('an event', () => {
  it('reaches the queue of a matching rule as a whole envelope', async () => {
    const { bus, queueUrl } = await place();
    const { Entries, FailedEntryCount } = await put(bus, {
      Detail: '{"version":"1.0.0","n":1.50}',
      Resources: ['arn:x'],
      Time: new Date('2026-01-02T03:04:05.678Z'),
    });
    expect(FailedEntryCount).toBe(0);
    const [body = ''] = await bodies(queueUrl);
    expect(JSON.parse(body)).toEqual({
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'Release',
      source: 'acme',
      account: '000000000000',
      time: '2026-01-02T03:04:05Z',
      region: 'us-east-1',
      resources: ['arn:x'],
      detail: { version: '1.0.0', n: 1.5 },
    });
    expect(body).toContain('"n":1.50');
  });

  it('reaches no queue if no rule matches, the rule is disabled, or it is on another bus', async () => {
    const { bus, queueUrl } = await place();
    await put(bus, { Source: 'other' });
    await put('default');
    await aws.events.send(new DisableRuleCommand({ Name: 'rule', EventBusName: bus }));
    await put(bus);
    expect(await bodies(queueUrl)).toEqual([]);
    await aws.events.send(new EnableRuleCommand({ Name: 'rule', EventBusName: bus }));
    await put(bus);
    expect(await bodies(queueUrl)).toHaveLength(1);
  });

  it('reaches each target of each matching rule once', async () => {
    const { bus, queueUrl } = await place();
    const second = await queue();
    await aws.events.send(new PutRuleCommand({ Name: 'second', EventBusName: bus, EventPattern: '{"detail-type":["Release"]}' }));
    await aws.events.send(new PutTargetsCommand({ Rule: 'second', EventBusName: bus, Targets: [{ Id: '1', Arn: second.queueArn }] }));
    await put(bus);
    expect([await bodies(queueUrl), await bodies(second.queueUrl)].map((list) => list.length)).toEqual([1, 1]);
  });

  it('goes to the default bus unless one is named, by name or by ARN', async () => {
    const { bus, queueUrl } = await place();
    await put(`arn:aws:events:us-east-1:000000000000:event-bus/${bus}`);
    expect(await bodies(queueUrl)).toHaveLength(1);
    const { Entries } = await aws.events.send(new PutEventsCommand({ Entries: [{ Source: 'acme', DetailType: 't', Detail: '{}' }] }));
    expect(Entries?.[0]?.EventId).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('PutEvents', () => {
  it.each<[string, PutEventsRequestEntry, string]>([
    ['without a source', { Source: undefined }, 'InvalidArgument'],
    ['without a detail type', { DetailType: '' }, 'InvalidArgument'],
    ['without a detail', { Detail: undefined }, 'InvalidArgument'],
    ['whose detail is not JSON', { Detail: '{' }, 'MalformedDetail'],
    ['whose detail is not an object', { Detail: '[1]' }, 'MalformedDetail'],
    ['that claims to come from AWS', { Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
    ['for a bus that does not exist', { EventBusName: 'nobody' }, 'ResourceNotFoundException'],
  ])('fails an entry %s, and that one only', async (_what, entry, code) => {
    const { bus, queueUrl } = await place();
    const { Entries, FailedEntryCount } = await put(bus, {}, entry, {});
    expect(FailedEntryCount).toBe(1);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, code, undefined]);
    expect(await bodies(queueUrl)).toHaveLength(2);
  });

  it('accepts at most ten entries and 1 MiB', async () => {
    const { bus } = await place({ source: ['nobody'] });
    await expect(put(bus, ...Array.from({ length: 11 }, () => ({})))).rejects.toMatchObject({ name: 'ValidationException' });
    const detail = (bytes: number) =>
      JSON.stringify({ x: 'x'.repeat(bytes - Buffer.byteLength('acme') - Buffer.byteLength('Release') - 8) });
    await expect(put(bus, { Detail: detail(1_048_576) })).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(put(bus, { Detail: detail(1_048_577) })).rejects.toThrow(/size of the entries/);
  });
});

describe('a target', () => {
  it.each<[string, Partial<Target>, unknown]>([
    ['a constant', { Input: '{"fixed":true}' }, { fixed: true }],
    ['one part', { InputPath: '$.detail.list[1]' }, { a: 'x"y' }],
    [
      'a template with values as JSON',
      {
        InputTransformer: {
          InputPathsMap: { v: '$.detail.version', l: '$.detail.list' },
          InputTemplate: '{"v": <v>, "l": <l>, "none": <nothing>}',
        },
      },
      { v: '1.0', l: [1, { a: 'x"y' }], none: null },
    ],
    [
      'a template with values as text',
      {
        InputTransformer: {
          InputPathsMap: { v: '$.detail.version', q: '$.detail.list[1].a' },
          InputTemplate: '"<v> of <q> by <aws.events.rule-name>"',
        },
      },
      '1.0 of x"y by rule',
    ],
  ])('can receive %s', async (_what, target, expected) => {
    const { bus, queueUrl } = await place(undefined, target);
    await put(bus, { Detail: '{"version":"1.0","list":[1,{"a":"x\\"y"}]}' });
    const [body = ''] = await bodies(queueUrl);
    expect(JSON.parse(body)).toEqual(expected);
  });

  it('that does not exist puts the event into the dead-letter queue, with the reason', async () => {
    const dead = await queue();
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:nobody';
    const { bus } = await place(undefined, { Arn, DeadLetterConfig: { Arn: dead.queueArn } });
    await put(bus, { Detail: '{"kept":1}' });
    const [letter] = await take(dead.queueUrl);
    expect(JSON.parse(letter?.body ?? '')).toMatchObject({ source: 'acme', detail: { kept: 1 } });
    expect(letter?.attributes).toMatchObject({
      ERROR_CODE: 'NO_RESOURCE',
      ERROR_MESSAGE: expect.stringContaining('does not exist'),
      RULE_ARN: `arn:aws:events:us-east-1:000000000000:rule/${bus}/rule`,
      TARGET_ARN: Arn,
      RETRY_ATTEMPTS: '0',
    });
  });

  it('whose queue does not accept the size puts the event into the dead-letter queue', async () => {
    const dead = await queue();
    const QueueName = randomUUID();
    await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { MaximumMessageSize: '1024' } }));
    const { bus } = await place(undefined, {
      Arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}`,
      DeadLetterConfig: { Arn: dead.queueArn },
    });
    await put(bus, { Detail: JSON.stringify({ x: 'x'.repeat(2000) }) });
    expect(await take(dead.queueUrl)).toHaveLength(1);
  });

  it('that is not a queue is refused', async () => {
    const { bus } = await place();
    const Targets = [{ Id: 'f', Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f' }];
    const { FailedEntries } = await aws.events.send(new PutTargetsCommand({ Rule: 'rule', EventBusName: bus, Targets }));
    expect(FailedEntries).toEqual([expect.objectContaining({ TargetId: 'f', ErrorMessage: expect.stringContaining('SQS queues only') })]);
  });
});

describe('a rule', () => {
  it('is described, listed, found by its target, and deleted only without targets', async () => {
    const { bus, queueArn } = await place();
    expect(await aws.events.send(new DescribeRuleCommand({ Name: 'rule', EventBusName: bus }))).toMatchObject({
      Name: 'rule',
      EventBusName: bus,
      State: 'ENABLED',
      EventPattern: '{"source":["acme"]}',
      CreatedBy: '000000000000',
      Arn: `arn:aws:events:us-east-1:000000000000:rule/${bus}/rule`,
    });
    expect((await aws.events.send(new ListRulesCommand({ EventBusName: bus }))).Rules).toHaveLength(1);
    expect((await aws.events.send(new ListRuleNamesByTargetCommand({ EventBusName: bus, TargetArn: queueArn }))).RuleNames).toEqual([
      'rule',
    ]);
    await expect(aws.events.send(new DeleteRuleCommand({ Name: 'rule', EventBusName: bus }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await aws.events.send(new RemoveTargetsCommand({ Rule: 'rule', EventBusName: bus, Ids: ['queue'] }));
    expect((await aws.events.send(new ListTargetsByRuleCommand({ Rule: 'rule', EventBusName: bus }))).Targets).toEqual([]);
    await aws.events.send(new DeleteRuleCommand({ Name: 'rule', EventBusName: bus }));
    await expect(aws.events.send(new DescribeRuleCommand({ Name: 'rule', EventBusName: bus }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await aws.events.send(new DeleteEventBusCommand({ Name: bus }));
  });

  it('keeps its targets when it is put again', async () => {
    const { bus, queueUrl } = await place();
    await aws.events.send(new PutRuleCommand({ Name: 'rule', EventBusName: bus, EventPattern: '{"source":["changed"]}' }));
    await put(bus, { Source: 'changed' });
    expect(await bodies(queueUrl)).toHaveLength(1);
  });

  it('must have a valid pattern', async () => {
    const rule = (EventPattern: string) => aws.events.send(new PutRuleCommand({ Name: 'bad', EventPattern }));
    await expect(rule('{"source":[{"regex":"a"}]}')).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
    await expect(aws.events.send(new PutRuleCommand({ Name: 'bad' }))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('can be tested with an event', async () => {
    const Event = JSON.stringify({
      id: '1',
      source: 'acme',
      account: '1',
      time: '2026-01-01T00:00:00Z',
      region: 'r',
      resources: [],
      'detail-type': 't',
      detail: { n: 1 },
    });
    const tried = (pattern: unknown) => aws.events.send(new TestEventPatternCommand({ Event, EventPattern: JSON.stringify(pattern) }));
    expect((await tried({ detail: { n: [{ numeric: ['>', 0] }] } })).Result).toBe(true);
    expect((await tried({ detail: { n: [2] } })).Result).toBe(false);
  });
});

describe('a bus', () => {
  it('is created once, described and listed', async () => {
    const Name = randomUUID();
    const { EventBusArn } = await aws.events.send(new CreateEventBusCommand({ Name }));
    expect(EventBusArn).toBe(`arn:aws:events:us-east-1:000000000000:event-bus/${Name}`);
    await expect(aws.events.send(new CreateEventBusCommand({ Name }))).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    expect((await aws.events.send(new ListEventBusesCommand({ NamePrefix: Name }))).EventBuses).toEqual([
      expect.objectContaining({ Name, Arn: EventBusArn }),
    ]);
    await expect(aws.events.send(new DescribeEventBusCommand({ Name: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('has permissions and tags', async () => {
    const { bus } = await place();
    const permission = { EventBusName: bus, StatementId: 'one' };
    await aws.events.send(new PutPermissionCommand({ ...permission, Principal: '111111111111', Action: 'events:PutEvents' }));
    const { Policy, Arn } = await aws.events.send(new DescribeEventBusCommand({ Name: bus }));
    expect(JSON.parse(Policy ?? '')).toMatchObject({ Statement: [{ Sid: 'one', Principal: { AWS: 'arn:aws:iam::111111111111:root' } }] });
    await aws.events.send(new RemovePermissionCommand(permission));
    expect((await aws.events.send(new DescribeEventBusCommand({ Name: bus }))).Policy).toBeUndefined();
    await aws.events.send(new TagResourceCommand({ ResourceARN: Arn, Tags: [{ Key: 'a', Value: 'b' }] }));
    expect((await aws.events.send(new ListTagsForResourceCommand({ ResourceARN: Arn }))).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  });
});
