import { randomUUID } from 'node:crypto';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  type RuleState,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/clock.ts';
import { startTestAws, type TestAws } from '../../support/endpoints.ts';
import { eventually } from '../../support/eventually.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

const putRule = (Name: string, input: Partial<PutRuleCommandInput> = {}) =>
  aws.events.send(new PutRuleCommand({ Name, EventPattern: '{"source":["acme"]}', ...input }));
const invalid = { name: 'ValidationException' };

describe('onEvent', () => {
  it('gets each event that a bus has accepted, without any rule, and none that was refused', async () => {
    const seen: unknown[] = [];
    const own = await startTestAws({ onEvent: ({ source, detail }) => seen.push([source, detail]) });
    const entry = { Source: 'acme', DetailType: 't', Detail: '{"a":1}' };
    await own.events.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: 'text' }, { ...entry, EventBusName: 'none' }] }));
    await own.stop();
    expect(seen).toEqual([['acme', { a: 1 }]]);
  });
});

describe('a bus', () => {
  it.each([
    ['another account', 'arn:aws:events:us-east-1:111111111111:event-bus/default'],
    ['another Region', 'arn:aws:events:eu-west-1:000000000000:event-bus/default'],
  ])('of %s is not the bus of that name here', async (_what, EventBusName) => {
    const entry = { EventBusName, Source: 's', DetailType: 't', Detail: '{}' };
    const { Entries } = await aws.events.send(new PutEventsCommand({ Entries: [entry] }));
    expect(Entries).toEqual([expect.objectContaining({ ErrorCode: 'ResourceNotFoundException' })]);
    await expect(putRule(randomUUID(), { EventBusName })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is found by its own ARN', async () => {
    const { EventBusArn: EventBusName } = await aws.events.send(new CreateEventBusCommand({ Name: randomUUID() }));
    const entry = { EventBusName, Source: 's', DetailType: 't', Detail: '{}' };
    expect((await aws.events.send(new PutEventsCommand({ Entries: [entry] }))).FailedEntryCount).toBe(0);
  });

  describe('whose statements change at the same time', () => {
    const put = (EventBusName: string, StatementId: string) =>
      aws.events.send(new PutPermissionCommand({ EventBusName, StatementId, Principal: '111111111111', Action: 'events:PutEvents' }));
    const ids = async (client: TestAws, Name: string): Promise<string[]> => {
      const { Policy = '{"Statement":[]}' } = await client.events.send(new DescribeEventBusCommand({ Name }));
      return JSON.parse(Policy).Statement.map(({ Sid }: { Sid: string }) => Sid);
    };

    it('keeps them all', async () => {
      const Name = randomUUID();
      await aws.events.send(new CreateEventBusCommand({ Name }));
      await Promise.all([put(Name, 'one'), put(Name, 'two')]);
      expect((await ids(aws, Name)).sort()).toEqual(['one', 'two']);
    });

    it('loses one of them without an error, if the merge of a policy takes time', async () => {
      const clock = createManualClock();
      const racing = await startTestAws({ clock, eventBridge: { policyMergeMilliseconds: 50 } });
      const change = (StatementId: string) =>
        racing.events.send(new PutPermissionCommand({ StatementId, Principal: '*', Action: 'events:PutEvents' }));
      // Counts the calls that have arrived, without a delay.
      racing.services.faults.add({ service: 'events', operation: 'PutPermission', kind: 'slow', delayMilliseconds: 0 });
      const both = Promise.all([change('one'), change('two')]);
      await eventually(() => racing.services.faults.list()[0]?.struck).toBe(2);
      clock.advance(50);
      await both;
      expect(await ids(racing, 'default')).toHaveLength(1);
      await racing.stop();
    });
  });

  it('loses its tags when it is deleted', async () => {
    const [Name, Tags] = [randomUUID(), [{ Key: 'team', Value: 'firmware' }]];
    const { EventBusArn: ResourceARN } = await aws.events.send(new CreateEventBusCommand({ Name, Tags }));
    const tags = async () => (await aws.events.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags;
    expect(await tags()).toEqual(Tags);
    await aws.events.send(new DeleteEventBusCommand({ Name }));
    expect(await tags()).toEqual([]);
  });

  it.each(['default', 'arn:aws:events:us-east-1:000000000000:event-bus/default'])(
    'cannot be deleted if it is the default one: %s',
    async (Name) => {
      await expect(aws.events.send(new DeleteEventBusCommand({ Name }))).rejects.toMatchObject(invalid);
    },
  );

  it('has no slash in its name', async () => {
    await expect(aws.events.send(new CreateEventBusCommand({ Name: 'a/b' }))).rejects.toMatchObject(invalid);
  });
});

describe('an event', () => {
  it.each(['1e20', '-1e20', '253402300800'])('cannot have the time %s, which is not a date', async (time) => {
    const response = await fetch(aws.endpoint, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/events/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-target': 'AWSEvents.PutEvents',
      },
      body: `{"Entries":[{"Source":"s","DetailType":"t","Detail":"{}","Time":${time}}]}`,
    });
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ __type: 'SerializationException' })]);
  });
});

describe('a rule', () => {
  it('has one of three states', async () => {
    const Name = randomUUID();
    await expect(putRule(Name, { State: 'FOO' as RuleState })).rejects.toMatchObject(invalid);
    await expect(putRule(Name, { State: '' as RuleState })).rejects.toMatchObject(invalid);
    for (const State of ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const) {
      await putRule(Name, { State });
      expect(await aws.events.send(new DescribeRuleCommand({ Name }))).toMatchObject({ State });
    }
  });

  it('keeps the tags of its creation, not those of an update, until it is deleted', async () => {
    const Name = randomUUID();
    const put = async (Value: string) => (await putRule(Name, { Tags: [{ Key: 'team', Value }] })).RuleArn;
    const tags = async (ResourceARN: string | undefined) => (await aws.events.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags;
    expect(await tags(await put('first'))).toEqual([{ Key: 'team', Value: 'first' }]);
    expect(await tags(await put('second'))).toEqual([{ Key: 'team', Value: 'first' }]);
    await aws.events.send(new DeleteRuleCommand({ Name }));
    expect(await tags((await putRule(Name)).RuleArn)).toEqual([]);
  });
});

describe('the input of a target', () => {
  const Arn = 'arn:aws:sqs:us-east-1:000000000000:q';
  const InputTransformer = { InputTemplate: '"x"' };

  it.each<[string, Partial<Target>]>([
    ['both Input and InputPath', { Input: '{}', InputPath: '$.detail' }],
    ['both Input and InputTransformer', { Input: '{}', InputTransformer }],
    ['both InputPath and InputTransformer', { InputPath: '$.detail', InputTransformer }],
    ['no JSON', { Input: 'text' }],
    ['a path that begins elsewhere than $', { InputPath: 'detail' }],
    ['a path of a template that does', { InputTransformer: { ...InputTransformer, InputPathsMap: { x: 'detail' } } }],
  ])('cannot be %s, and then no target is kept', async (_what, input) => {
    const Rule = randomUUID();
    await putRule(Rule);
    const Targets = [
      { Id: 'good', Arn },
      { Id: 'bad', Arn, ...input },
    ];
    await expect(aws.events.send(new PutTargetsCommand({ Rule, Targets }))).rejects.toMatchObject(invalid);
    expect((await aws.events.send(new ListTargetsByRuleCommand({ Rule }))).Targets).toEqual([]);
  });

  it.each<[string, Partial<Target>]>([
    ['a constant', { Input: '"text"' }],
    ['a path', { InputPath: '$.detail' }],
    ['a template', { InputTransformer: { ...InputTransformer, InputPathsMap: { x: '$.detail' } } }],
  ])('can be %s', async (_what, input) => {
    const Rule = randomUUID();
    await putRule(Rule);
    const put = new PutTargetsCommand({ Rule, Targets: [{ Id: 'good', Arn, ...input }] });
    expect(await aws.events.send(put)).toMatchObject({ FailedEntryCount: 0 });
  });
});
