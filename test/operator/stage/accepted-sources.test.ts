import { CreateEventBusCommand, EventBridgeClient, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onlySourceOf } from '../../../operator/stage/accepted-sources.ts';
import { openStage } from '../../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../../packages/embedded-aws/test/support/endpoints.ts';
import { UsageError } from '../../../scripts/command.ts';

let aws: TestAws;
const stageCalled = (stage: string, bus?: string) => openStage({ stage, bus, endpoint: aws.endpoint });

beforeAll(async () => {
  aws = await startTestAws();
  const eventbridge = new EventBridgeClient(stageCalled('local').config);
  for (const [stage, source] of [
    ['one', ['com.acme.ci']],
    ['two', ['com.acme.ci', 'com.acme.lab']],
    ['pattern', ['com.acme.ci', { prefix: 'com.acme.' }]],
    ['none', undefined],
  ] as const) {
    const EventBusName = `firmware-${stage}`;
    const pattern = { account: ['111122223333'], source, 'detail-type': ['Firmware Release Published'] };
    await eventbridge.send(new CreateEventBusCommand({ Name: EventBusName }));
    await eventbridge.send(
      new PutRuleCommand({ EventBusName, Name: `ota-dispatch-${stage}-releases`, EventPattern: JSON.stringify(pattern) }),
    );
  }
});
afterAll(() => aws.stop());

describe('the only source of a stage', () => {
  it('is the one that the rule of its bus accepts', async () => {
    expect(await onlySourceOf(stageCalled('one'))).toBe('com.acme.ci');
  });

  it.each([
    ['several', 'two', 'stage two accepts releases from com.acme.ci, com.acme.lab: choose one with --source'],
    ['a pattern', 'pattern', 'the rule of stage pattern accepts sources by a pattern, not by their names: pass --source'],
    ['none', 'none', 'the rule of stage none accepts no source: pass --source'],
  ])('is not known if the rule accepts %s', async (_many, stage, message) => {
    await expect(onlySourceOf(stageCalled(stage))).rejects.toThrow(new UsageError(message));
  });

  it('is not known if the stage or its bus does not exist', async () => {
    await expect(onlySourceOf(stageCalled('three'))).rejects.toThrow(
      /^stage three has no rule ota-dispatch-three-releases on the bus firmware-three: check --stage, and the account and region/,
    );
    await expect(onlySourceOf(stageCalled('one', 'firmware-two'))).rejects.toThrow(/on the bus firmware-two: /);
  });

  it('is not known to a caller who may not read the rule', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    const eventbridge = { send: () => Promise.reject(denied) } as unknown as EventBridgeClient;
    await expect(onlySourceOf({ ...stageCalled('one'), eventbridge })).rejects.toThrow(
      new UsageError(
        'which sources stage one accepts is not known, because the credentials may not read the rule ota-dispatch-one-releases ' +
          '(events:DescribeRule): pass --source',
      ),
    );
  });
});
