import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../domain/request/control-planes.ts';
import { chooseTargets } from '../../../domain/request/targets.ts';
import { accountId, managedThing, place, region, release, thing } from '../../../proof/support/fixtures.ts';

describe('a target from a release', () => {
  const judge = (target: string, glob = '*', operation: Operation = 'CreateOTAUpdate') =>
    chooseTargets({ release: { ...release, targets: [target] }, channelName: 'beta', place }, operation, undefined, [glob]).rejections.map(
      ({ code, path }) => `${code} ${path}`,
    );
  const refusal = ['TARGET_NOT_ALLOWED targets[0]'];

  it.each([thing('lab-7'), `arn:aws:iot:${region}:${accountId}:thinggroup/lab`, `arn:aws:iot:${region}:${accountId}:thing/a:b`])(
    'is accepted: %s',
    (target) => {
      expect(judge(target)).toEqual([]);
    },
  );

  it.each([
    ['of another partition', `arn:aws-cn:iot:${region}:${accountId}:thing/a`],
    ['of another account', `arn:aws:iot:${region}:123456789012:thing/a`],
    ['of another region', `arn:aws:iot:eu-west-1:${accountId}:thing/a`],
    ['of another service', managedThing('a')],
    ['of another kind', `arn:aws:iot:${region}:${accountId}:policy/a`],
    ['without a name', `arn:aws:iot:${region}:${accountId}:thing/`],
    ['without a kind', `arn:aws:iot:${region}:${accountId}:thing`],
    ['of another service with the same kinds', `arn:aws:sns:${region}:${accountId}:thing/a`],
    ['with a colon in its kind', `arn:aws:iot:${region}:${accountId}:thi:ng/a`],
    ['that only begins like a kind', `arn:aws:iot:${region}:${accountId}:thingx`],
    ['of an unknown partition', `arn:aws2iot:iot:${region}:${accountId}:thing/a`.replace('aws2iot', 'gcp')],
    ['that does not begin with arn', `urn:aws:iot:${region}:${accountId}:thing/a`],
    ['that is empty', ''],
  ])('is rejected if it is one %s', (_what, target) => {
    expect(judge(target)).toEqual(refusal);
  });

  it.each([
    ['aws', 'eu-west-1'],
    ['aws-cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1'],
  ])('must be of %s in a stage in %s', (partition, there) => {
    const judgeThere = (of: string) =>
      chooseTargets(
        {
          release: { ...release, targets: [`arn:${of}:iot:${there}:${accountId}:thing/a`] },
          channelName: 'beta',
          place: { ...place, region: there },
        },
        'CreateOTAUpdate',
        undefined,
        ['*'],
      ).rejections.map(({ code }) => code);
    const others = ['aws', 'aws-cn', 'aws-us-gov'].filter((of) => of !== partition);
    expect(judgeThere(partition)).toEqual([]);
    expect(others.flatMap(judgeThere)).toEqual(['TARGET_NOT_ALLOWED', 'TARGET_NOT_ALLOWED']);
  });

  it('is rejected unless a glob matches it from end to end', () => {
    const glob = `arn:aws:iot:${region}:${accountId}:thing/lab-*`;
    expect(judge(thing('lab-1'), glob)).toEqual([]);
    expect(judge(thing('xlab-1'), glob)).toEqual(refusal);
    expect(judge(thing('lab-1'), glob.replace('*', ''))).toEqual(refusal);
  });

  it('is accepted on managed integrations if it is a managed thing', () => {
    expect(judge(managedThing('a'), '*', 'CreateOtaTask')).toEqual([]);
    expect(judge(thing('a'), '*', 'CreateOtaTask')).toEqual(refusal);
  });

  it('is accepted on IoT Jobs if it is a thing or a thing group', () => {
    expect(judge(thing('a'), '*', 'CreateJob')).toEqual([]);
    expect(judge(`arn:aws:iot:${region}:${accountId}:thinggroup/lab`, '*', 'CreateJob')).toEqual([]);
    expect(judge(managedThing('a'), '*', 'CreateJob')).toEqual(refusal);
  });

  it('is checked even behind a hundred copies of another target', () => {
    const targets = [...Array.from({ length: 150 }, () => thing('lab-1')), thing('kitchen')];
    const glob = `arn:aws:iot:${region}:${accountId}:thing/lab-*`;
    const { rejections } = chooseTargets({ release: { ...release, targets }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, [
      glob,
    ]);
    expect(rejections).toMatchObject([{ code: 'TARGET_NOT_ALLOWED', path: 'targets[150]' }]);
  });

  it('is rejected once for each reason, with the first target of that reason', () => {
    const targets = [thing('lab-1'), thing('kitchen'), managedThing('a'), thing('cellar'), managedThing('b'), thing('kitchen')];
    const glob = `arn:aws:iot:${region}:${accountId}:thing/lab-*`;
    const { rejections } = chooseTargets({ release: { ...release, targets }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, [
      glob,
    ]);
    expect(rejections.map(({ code, path, message }) => [code, path, message.match(/\d+(?= such)/)?.[0]])).toEqual([
      ['TARGET_NOT_ALLOWED', 'targets[1]', '3'],
      ['TARGET_NOT_ALLOWED', 'targets[2]', '2'],
    ]);
  });

  it('is rejected with all others if there are more than a hundred', () => {
    const targets = Array.from({ length: 150 }, (_, index) => thing(`x${index}`));
    const { rejections } = chooseTargets({ release: { ...release, targets }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, [
      '*',
    ]);
    expect(rejections).toEqual([{ code: 'TOO_MANY_TARGETS', path: 'targets', message: expect.any(String), channel: 'beta' }]);
    const things = targets.map((_, index) => managedThing(`x${index}`));
    const ofTask = chooseTargets({ release: { ...release, targets: things }, channelName: 'beta', place }, 'CreateOtaTask', undefined, [
      '*',
    ]);
    expect(ofTask.rejections[0]).toMatchObject({ code: 'TOO_MANY_TARGETS', path: 'targets' });
    const forbidden = chooseTargets({ release: { ...release, targets }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, []);
    expect(forbidden.rejections).toMatchObject([
      { code: 'TOO_MANY_TARGETS', path: 'targets' },
      { code: 'TARGET_NOT_ALLOWED', path: 'targets[0]' },
    ]);
    expect(
      chooseTargets({ release: { ...release, targets: targets.slice(0, 100) }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, [
        '*',
      ]).rejections,
    ).toEqual([]);
  });
});
