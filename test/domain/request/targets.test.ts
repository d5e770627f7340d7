import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../domain/request/control-planes.ts';
import { chooseTargets, matchesGlob } from '../../../domain/request/targets.ts';
import { accountId, managedThing, place, region, release, thing } from '../../../proof/support/fixtures.ts';

fc.configureGlobal({ seed: 1 });

describe('a glob', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a', 'ba', false],
    ['a*', 'a', true],
    ['a*', 'a/b:c', true],
    ['*a', 'ba', true],
    ['*a', 'bab', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['a*bc', 'abcbc', true],
    ['**', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['a?c', 'abc', false],
    ['[a]', 'a', false],
    ['a*', 'A', false],
  ])('%s on %s: %s', (glob, text, expected) => {
    expect(matchesGlob(glob, text)).toBe(expected);
  });

  it('matches as the regular expression would that it stands for', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 }).map((each) => each.join(''));
    fc.assert(
      fc.property(letters, fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 }), (glob, text) => {
        expect(matchesGlob(glob, text.join(''))).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text.join('')));
      }),
      { numRuns: 2000 },
    );
  });

  it('is never slow', () => {
    expect(matchesGlob(`${'a*'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false);
  });
});

describe('a target from a release', () => {
  const judge = (target: string, glob = '*', operation: Operation = 'CreateOTAUpdate') =>
    chooseTargets({ release: { ...release, targets: [target] }, channelName: 'beta', place }, operation, undefined, [glob]).rejections.map(
      ({ message }) => message,
    );

  it.each([thing('lab-7'), `arn:aws:iot:${region}:${accountId}:thinggroup/lab`, `arn:aws-cn:iot:${region}:${accountId}:thing/a:b`])(
    'may be %s',
    (target) => {
      expect(judge(target)).toEqual([]);
    },
  );

  it.each([
    ['of another account', `arn:aws:iot:${region}:123456789012:thing/a`, /another account or region/],
    ['of another region', `arn:aws:iot:eu-west-1:${accountId}:thing/a`, /another account or region/],
    ['of another service', managedThing('a'), /not the ARN/],
    ['of another kind', `arn:aws:iot:${region}:${accountId}:policy/a`, /not the ARN/],
    ['without a name', `arn:aws:iot:${region}:${accountId}:thing/`, /not the ARN/],
    ['without a kind', `arn:aws:iot:${region}:${accountId}:thing`, /not the ARN/],
    ['of no known partition', `arn:aws2iot:iot:${region}:${accountId}:thing/a`.replace('aws2iot', 'gcp'), /not the ARN/],
    ['that is no ARN', `urn:aws:iot:${region}:${accountId}:thing/a`, /not the ARN/],
    ['that is nothing', '', /not the ARN/],
  ])('may not be one %s', (_what, target, why) => {
    expect(judge(target)).toEqual([expect.stringMatching(why)]);
  });

  it('must match a glob from end to end', () => {
    const glob = `arn:aws:iot:${region}:${accountId}:thing/lab-*`;
    expect(judge(thing('lab-1'), glob)).toEqual([]);
    expect(judge(thing('xlab-1'), glob)).toEqual([expect.stringMatching(/matches none/)]);
    expect(judge(thing('lab-1'), glob.replace('*', ''))).toEqual([expect.stringMatching(/matches none/)]);
  });

  it('is a managed thing on managed integrations', () => {
    expect(judge(managedThing('a'), '*', 'CreateOtaTask')).toEqual([]);
    expect(judge(thing('a'), '*', 'CreateOtaTask')).toEqual(['not the ARN of a managed-thing']);
  });

  it('is judged behind a hundred that name the same', () => {
    const targets = [...Array.from({ length: 150 }, () => thing('lab-1')), thing('kitchen')];
    const glob = `arn:aws:iot:${region}:${accountId}:thing/lab-*`;
    const { rejections } = chooseTargets({ release: { ...release, targets }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, [
      glob,
    ]);
    expect(rejections).toMatchObject([{ code: 'TARGET_NOT_ALLOWED', path: 'targets[150]' }]);
  });

  it('comes with advice where there are too many', () => {
    const targets = Array.from({ length: 150 }, (_, index) => thing(`x${index}`));
    const { rejections } = chooseTargets({ release: { ...release, targets }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, [
      '*',
    ]);
    expect(rejections).toEqual([
      { code: 'TOO_MANY_TARGETS', path: 'targets', message: '150 targets, AWS takes 100: use a thing group', channel: 'beta' },
    ]);
    const things = targets.map((_, index) => managedThing(`x${index}`));
    const ofTask = chooseTargets({ release: { ...release, targets: things }, channelName: 'beta', place }, 'CreateOtaTask', undefined, [
      '*',
    ]);
    expect(ofTask.rejections[0]?.message).toMatch(/OtaType CONTINUOUS with a query$/);
    expect(
      chooseTargets({ release: { ...release, targets }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, []).rejections,
    ).toHaveLength(101);
    expect(
      chooseTargets({ release: { ...release, targets: targets.slice(0, 100) }, channelName: 'beta', place }, 'CreateOTAUpdate', undefined, [
        '*',
      ]).rejections,
    ).toEqual([]);
  });
});
