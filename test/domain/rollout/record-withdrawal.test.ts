import { describe, expect, it } from 'vitest';
import { recordWithdrawal } from '../../../domain/rollout/record-withdrawal.ts';
import type { RecordedWithdrawal } from '../../../domain/rollout/rollout.ts';

const whole: RecordedWithdrawal = { version: '2.4.1', force: false, account: '000000000000', source: 'com.acme.ci', at: 1 };
const ofRevision = { ...whole, revision: 2 };
const onBeta = { ...whole, channels: ['beta'] };
const onBoth = { ...whole, channels: ['stable', 'beta'] };
const forced = (withdrawal: RecordedWithdrawal): RecordedWithdrawal => ({ ...withdrawal, force: true });

describe('a withdrawal beside the other withdrawals of its version', () => {
  it.each<[string, RecordedWithdrawal[], RecordedWithdrawal]>([
    ['a copy', [onBeta], { ...onBeta, at: 2 }],
    ['the same for another reason', [onBeta], { ...onBeta, reasonCode: 'OTHER', comment: 'once more' }],
    ['one on fewer channels', [onBoth], onBeta],
    ['one on the same channels in another order', [onBoth], { ...onBoth, channels: ['beta', 'stable'] }],
    ['one of a revision, and all revisions are withdrawn', [whole], ofRevision],
    ['one of a revision that was withdrawn', [ofRevision], { ...ofRevision, at: 2 }],
    ['one without force beside one with force', [forced(whole)], whole],
  ])('is known already if it is %s', (_, list, withdrawal) => {
    expect(recordWithdrawal(list, withdrawal)).toBe('known');
  });

  it.each<[string, RecordedWithdrawal[], RecordedWithdrawal]>([
    ['on another channel', [onBeta], { ...whole, channels: ['stable'] }],
    ['for another revision', [ofRevision], { ...whole, revision: 3 }],
    ['for a revision, beside one on a channel', [onBeta], ofRevision],
    ['for the same numbers with other build metadata', [whole], { ...whole, version: '2.4.1+b2' }],
    ['without force, but wider than one with force', [forced(onBeta)], whole],
    ['with force, but narrower than one without force', [whole], forced(onBeta)],
  ])('is added if it is one %s', (_, list, withdrawal) => {
    expect(recordWithdrawal(list, withdrawal)).toEqual([...list, withdrawal]);
  });

  it.each<[string, RecordedWithdrawal[], RecordedWithdrawal, RecordedWithdrawal[]]>([
    [
      'for everything replaces those for parts',
      [onBeta, ofRevision, { ...whole, version: '2.4.1+b2' }],
      whole,
      [{ ...whole, version: '2.4.1+b2' }, whole],
    ],
    ['with force replaces one without force', [whole], forced(whole), [forced(whole)]],
    ['on more channels replaces one on fewer', [onBeta], onBoth, [onBoth]],
  ])('replaces those that it covers: one %s', (_, list, withdrawal, next) => {
    expect(recordWithdrawal(list, withdrawal)).toEqual(next);
  });

  it('is too large if one item of DynamoDB cannot hold all of them', () => {
    const channelsOf = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(60, '0')}`);
    const first = { ...whole, channels: channelsOf(3_900, 'a') };
    const list = recordWithdrawal([], first) as RecordedWithdrawal[];
    expect(list).toEqual([first]);
    expect(recordWithdrawal(list, { ...whole, channels: channelsOf(3_900, 'b') })).toBe('tooLarge');
    expect(recordWithdrawal(list, whole)).toEqual([whole]);
  });
});
