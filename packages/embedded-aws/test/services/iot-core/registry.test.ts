import {
  AddThingToThingGroupCommand,
  CreateJobCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DescribeJobCommand,
  DescribeJobExecutionCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  ListJobExecutionsForThingCommand,
  ListTagsForResourceCommand,
  ListThingGroupsCommand,
  ListThingsCommand,
  ListThingsInThingGroupCommand,
  RemoveThingFromThingGroupCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { groupArn, type Ota, startOta, thingArn } from '../../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const job = async (jobId: string) => (await ota.iot.send(new DescribeJobCommand({ jobId }))).job;
const createJob = (jobId: string, changes: object = {}) =>
  ota.iot.send(new CreateJobCommand({ jobId, targets: [thingArn('t')], document: '{}', ...changes }));

async function register(group: string, ...things: string[]) {
  await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: group }));
  for (const thingName of things) {
    await ota.iot.send(new CreateThingCommand({ thingName }));
    await ota.iot.send(new AddThingToThingGroupCommand({ thingGroupName: group, thingName }));
  }
}

describe('the registry', () => {
  it('creates, describes, lists and deletes things', async () => {
    ota = await startOta();
    const attributePayload = { attributes: { model: 'x1' } };
    const made = await ota.iot.send(new CreateThingCommand({ thingName: 'a', attributePayload }));
    expect(made).toMatchObject({ thingName: 'a', thingArn: thingArn('a'), thingId: expect.any(String) });
    expect((await ota.iot.send(new CreateThingCommand({ thingName: 'a', attributePayload }))).thingId).toBe(made.thingId);
    await expect(ota.iot.send(new CreateThingCommand({ thingName: 'a' }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    await ota.iot.send(new CreateThingCommand({ thingName: 'b' }));
    const listed = await ota.iot.send(new ListThingsCommand({ attributeName: 'model', attributeValue: 'x1' }));
    expect(listed.things?.map((one) => one.thingName)).toEqual(['a']);
    expect(await ota.iot.send(new DescribeThingCommand({ thingName: 'a' }))).toMatchObject({ version: 1, attributes: { model: 'x1' } });
    await ota.iot.send(new DeleteThingCommand({ thingName: 'a' }));
    await expect(ota.iot.send(new DescribeThingCommand({ thingName: 'a' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('keeps groups, their hierarchy and their members', async () => {
    ota = await startOta({ iot: { unregisteredTargets: 'refused' } });
    await register('root', 'a');
    await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: 'leaf', parentGroupName: 'root' }));
    await ota.iot.send(new CreateThingCommand({ thingName: 'b' }));
    await ota.iot.send(new AddThingToThingGroupCommand({ thingGroupArn: groupArn('leaf'), thingArn: thingArn('b') }));
    const members = async (changes: object) =>
      (await ota.iot.send(new ListThingsInThingGroupCommand({ thingGroupName: 'root', ...changes }))).things;
    expect(await members({})).toEqual(['a']);
    expect(await members({ recursive: true })).toEqual(['a', 'b']);
    const leaf = await ota.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'leaf' }));
    expect(leaf.thingGroupMetadata).toMatchObject({ parentGroupName: 'root', rootToParentThingGroups: [{ groupName: 'root' }] });
    expect((await ota.iot.send(new ListThingGroupsCommand({ parentGroup: 'root' }))).thingGroups).toEqual([
      { groupName: 'leaf', groupArn: groupArn('leaf') },
    ]);
    await expect(ota.iot.send(new DeleteThingGroupCommand({ thingGroupName: 'root' }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await ota.iot.send(new RemoveThingFromThingGroupCommand({ thingGroupName: 'root', thingName: 'a' }));
    expect(await members({ recursive: true })).toEqual(['b']);
    await ota.iot.send(new DeleteThingGroupCommand({ thingGroupName: 'leaf' }));
    await ota.iot.send(new DeleteThingGroupCommand({ thingGroupName: 'root' }));
    await expect(members({})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('lists the simulated things of a group that nobody registered: those that a job on it reaches', async () => {
    ota = await startOta({ iot: { simulatedGroupSize: 3 } });
    const list = (changes: object) => ota.iot.send(new ListThingsInThingGroupCommand({ thingGroupName: 'fleet', ...changes }));
    await createJob('j', { targets: [groupArn('fleet')] });
    const { things = [], nextToken } = await list({ recursive: true, maxResults: 2 });
    expect(things).toEqual(['fleet-1', 'fleet-2']);
    expect(await list({ nextToken })).toMatchObject({ things: ['fleet-3'] });
    expect((await job('j'))?.jobProcessDetails?.numberOfQueuedThings).toBe(3);
    await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: 'fleet' }));
    expect((await list({})).things).toEqual([]);
  });

  it('gives the same answer if a group is created again unchanged, and 409 if it differs', async () => {
    ota = await startOta();
    const attributes = { site: 'lobby', floor: '1' };
    const create = (thingGroupProperties: object | undefined) =>
      ota.iot.send(new CreateThingGroupCommand({ thingGroupName: 'g', thingGroupProperties }));
    const { thingGroupId } = await create({ thingGroupDescription: 'd', attributePayload: { attributes } });
    const turned = { attributePayload: { attributes: { floor: '1', site: 'lobby' } }, thingGroupDescription: 'd' };
    expect((await create(turned)).thingGroupId).toBe(thingGroupId);
    for (const other of [undefined, { ...turned, thingGroupDescription: 'other' }, { thingGroupDescription: 'd' }]) {
      await expect(create(other)).rejects.toMatchObject({
        name: 'ResourceAlreadyExistsException',
        resourceId: 'g',
        $metadata: { httpStatusCode: 409 },
      });
    }
  });

  it('tags resources that exist, with at most fifty tags', async () => {
    ota = await startOta();
    await createJob('j', { tags: [{ Key: 'a', Value: '1' }] });
    const resourceArn = (await job('j'))?.jobArn;
    await ota.iot.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'b', Value: '2' }] }));
    await ota.iot.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await ota.iot.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([{ Key: 'b', Value: '2' }]);
    const many = Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: '' }));
    await expect(ota.iot.send(new TagResourceCommand({ resourceArn, tags: many }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await expect(ota.iot.send(new ListTagsForResourceCommand({ resourceArn: groupArn('none') }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('puts a thing into ten groups at most, and not into two that have a parent in common', async () => {
    ota = await startOta();
    await register('parent', 'a');
    const add = (thingGroupName: string) => ota.iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName: 'a' }));
    for (const child of ['left', 'right']) {
      await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: child, parentGroupName: 'parent' }));
    }
    await add('left');
    await add('left');
    await expect(add('right')).rejects.toMatchObject({ name: 'InvalidRequestException', message: expect.stringContaining('left') });
    for (let at = 0; at < 9; at++) await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: `g${at}` }));
    for (let at = 0; at < 8; at++) await add(`g${at}`);
    await expect(add('g8')).rejects.toMatchObject({ name: 'InvalidRequestException', message: expect.stringContaining('10 groups') });
    await ota.iot.send(new RemoveThingFromThingGroupCommand({ thingGroupName: 'left', thingName: 'a' }));
    await add('right');
  });

  it('shows memberships late, to lists and to jobs, if that is assumed', async () => {
    ota = await startOta({ iot: { membershipLagMilliseconds: 10_000 }, fleet: { devices: { a: 'OFFLINE' } } });
    await register('late', 'a');
    await createJob('j', { targets: [groupArn('late')], targetSelection: 'CONTINUOUS' });
    const seen = async () => [
      (await ota.iot.send(new ListThingsInThingGroupCommand({ thingGroupName: 'late' }))).things,
      (await job('j'))?.jobProcessDetails?.numberOfQueuedThings,
    ];
    expect(await seen()).toEqual([[], 0]);
    ota.clock.advance(10_000);
    expect(await seen()).toEqual([['a'], 1]);
    await ota.iot.send(new RemoveThingFromThingGroupCommand({ thingGroupName: 'late', thingName: 'a' }));
    await ota.iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'late', thingName: 'a' }));
    ota.clock.advance(60_000);
    expect(await seen()).toEqual([['a'], 1]);
    expect((await job('j'))?.jobProcessDetails?.numberOfRemovedThings).toBe(0);
  });

  it('numbers the executions of a thing that left a group and came back', async () => {
    ota = await startOta({ fleet: { devices: { a: 'OFFLINE' } } });
    await register('group', 'a');
    await createJob('j', { targets: [groupArn('group')], targetSelection: 'CONTINUOUS' });
    for (const Command of [RemoveThingFromThingGroupCommand, AddThingToThingGroupCommand]) {
      await ota.iot.send(new Command({ thingGroupName: 'group', thingName: 'a' }) as AddThingToThingGroupCommand);
    }
    const { executionSummaries } = await ota.iot.send(new ListJobExecutionsForThingCommand({ thingName: 'a' }));
    const summaries = executionSummaries?.map((one) => [one.jobExecutionSummary?.executionNumber, one.jobExecutionSummary?.status]);
    expect(summaries).toEqual([
      [1, 'REMOVED'],
      [2, 'QUEUED'],
    ]);
    const describe = async (executionNumber?: number) =>
      (await ota.iot.send(new DescribeJobExecutionCommand({ jobId: 'j', thingName: 'a', executionNumber }))).execution;
    expect(await describe()).toMatchObject({ executionNumber: 2, status: 'QUEUED' });
    expect(await describe(1)).toMatchObject({ executionNumber: 1, status: 'REMOVED' });
    await expect(describe(3)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
