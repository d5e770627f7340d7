import { AddThingToThingGroupCommand, CreateThingCommand, CreateThingGroupCommand, type IoTClient } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { reachReader } from '../../../operator/reads/reach.ts';
import { reachLine } from '../../../operator/words/reach-words.ts';
import { groupArn, type Ota, startOta, thingArn } from '../../../packages/embedded-aws/test/support/ota-stand-ins.ts';

/*
 * How many devices a rollout would reach, as the embedded AWS lists them. The group `site` has two things of its own and one in its child
 * group. `plant` shares one of them. Groups that nobody registered do not exist here.
 */

let ota: Ota;
beforeAll(async () => {
  ota = await startOta({ iot: { unregisteredTargets: 'refused' } });
  await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: 'site' }));
  await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: 'floor', parentGroupName: 'site' }));
  await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: 'plant' }));
  for (const [thingName, ...groups] of [
    ['a', 'site', 'plant'],
    ['b', 'site'],
    ['c', 'floor'],
  ] as const) {
    await ota.iot.send(new CreateThingCommand({ thingName }));
    for (const thingGroupName of groups) await ota.iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName }));
  }
});
afterAll(() => ota.stop());

const update = (...targets: readonly string[]) => ({ operation: 'CreateOTAUpdate', input: { targets } }) as const;
const task = (input: object) => ({ operation: 'CreateOtaTask', input: { ...input } }) as const;
const reach = (rollout: Parameters<ReturnType<typeof reachReader>>[0]) => reachReader(ota.iot)(rollout);

describe('how many devices a rollout would reach', () => {
  it('counts a thing as one, the things of a group, and those of its child groups', async () => {
    expect(await reach(update(thingArn('lab-1')))).toEqual({ devices: 1 });
    expect(await reach(update(groupArn('plant')))).toEqual({ devices: 1 });
    expect(await reach(update(groupArn('site')))).toEqual({ devices: 3 });
    expect(await reach({ operation: 'CreateJob', input: { targets: [groupArn('floor')] } })).toEqual({ devices: 1 });
  });

  it('counts a thing once that is in several targets', async () => {
    expect(await reach(update(groupArn('site'), groupArn('plant'), groupArn('floor'), thingArn('b'), thingArn('b')))).toEqual({
      devices: 3,
    });
  });

  it('reads every page of a group, up to a limit, and then says that there are more', async () => {
    const pagedByTwo: Pick<IoTClient, 'send'> = {
      send: ((command: { input: object }) => {
        Object.assign(command.input, { maxResults: 2 });
        return ota.iot.send(command as never);
      }) as never,
    };
    expect(await reachReader(pagedByTwo, 2)(update(groupArn('site')))).toEqual({ devices: 3 });
    expect(await reachReader(pagedByTwo, 1)(update(groupArn('site'), groupArn('plant')))).toEqual({ devices: 2, isAtLeast: true });
  });

  it('names a group that AWS does not know, and counts the others', async () => {
    expect(await reach(update(groupArn('gone'), groupArn('plant'), groupArn('lost')))).toEqual({
      devices: 1,
      remark: 'AWS IoT has no thing group gone, lost',
    });
  });

  it('lists a group once for all channels that name it', async () => {
    const send = vi.fn((command: never) => ota.iot.send(command));
    const read = reachReader({ send: send as never });
    await Promise.all([read(update(groupArn('site'))), read(update(groupArn('site'), thingArn('x')))]);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('counts the targets of managed integrations without a request, and does not know what a query matches', async () => {
    const nobody = { send: () => Promise.reject(new Error('no request was expected')) } as never;
    expect(await reachReader(nobody)(task({ Target: ['lamp-1', 'lamp-2', 'lamp-1'] }))).toEqual({ devices: 2 });
    expect(await reachReader(nobody)(task({ OtaTargetQueryString: 'attributes.model:x' }))).toEqual({
      remark: 'managed integrations has no operation that counts what a query matches',
    });
  });

  it('throws what AWS answers to a caller who may not list a group', async () => {
    const refused = { send: () => Promise.reject(Object.assign(new Error('not authorized'), { name: 'UnauthorizedException' })) } as never;
    await expect(reachReader(refused)(update(groupArn('site')))).rejects.toThrow('not authorized');
  });
});

describe('the words for it', () => {
  it.each([
    [{ devices: 1 }, 'beta would reach 1 device now'],
    [{ devices: 10_000, isAtLeast: true }, 'beta would reach at least 10000 devices now'],
    [{ devices: 0, remark: 'AWS IoT has no thing group gone' }, 'beta would reach 0 devices now: AWS IoT has no thing group gone'],
    [{ remark: 'why' }, 'the devices that beta would reach cannot be counted: why'],
  ] as const)('%j: %s', (found, words) => {
    expect(reachLine('beta', found)).toBe(words);
  });
});
