import { describe, expect, it } from 'vitest';
import { recordWithdrawal } from '../../../domain/rollout/record-withdrawal.ts';
import type { RecordedWithdrawal } from '../../../domain/rollout/rollout.ts';

const whole: RecordedWithdrawal = { version: '2.4.1', force: false, at: 1 };
const ofRevision = { ...whole, revision: 2 };
const onBeta = { ...whole, channels: ['beta'] };
const onBoth = { ...whole, channels: ['stable', 'beta'] };
const forced = (withdrawal: RecordedWithdrawal): RecordedWithdrawal => ({ ...withdrawal, force: true });

describe('a withdrawal beside those of its version', () => {
  it.each<[string, RecordedWithdrawal[], RecordedWithdrawal]>([
    ['a copy', [onBeta], { ...onBeta, at: 2 }],
    ['the same for another reason', [onBeta], { ...onBeta, reasonCode: 'OTHER', comment: 'told again' }],
    ['one on fewer channels', [onBoth], onBeta],
    ['one on the same channels in another order', [onBoth], { ...onBoth, channels: ['beta', 'stable'] }],
    ['one of a revision, where all are withdrawn', [whole], ofRevision],
    ['one without force, where there is one with it', [forced(whole)], whole],
  ])('is known already: %s', (_, list, withdrawal) => {
    expect(recordWithdrawal(list, withdrawal)).toBe('known');
  });

  it.each<[string, RecordedWithdrawal[], RecordedWithdrawal]>([
    ['on another channel', [onBeta], { ...whole, channels: ['stable'] }],
    ['of another revision', [ofRevision], { ...whole, revision: 3 }],
    ['of a revision, beside one on a channel', [onBeta], ofRevision],
    ['of the same numbers with other build metadata', [whole], { ...whole, version: '2.4.1+b2' }],
    ['without force, wider than one with it', [forced(onBeta)], whole],
    ['with force, narrower than one without', [whole], forced(onBeta)],
  ])('is added: %s', (_, list, withdrawal) => {
    expect(recordWithdrawal(list, withdrawal)).toEqual([...list, withdrawal]);
  });

  it.each<[string, RecordedWithdrawal[], RecordedWithdrawal, RecordedWithdrawal[]]>([
    [
      'of everything, those of parts',
      [onBeta, ofRevision, { ...whole, version: '2.4.1+b2' }],
      whole,
      [{ ...whole, version: '2.4.1+b2' }, whole],
    ],
    ['with force, one without', [whole], forced(whole), [forced(whole)]],
    ['on more channels, one on fewer', [onBeta], onBoth, [onBoth]],
  ])('takes the place of what it covers: one %s', (_, list, withdrawal, next) => {
    expect(recordWithdrawal(list, withdrawal)).toEqual(next);
  });

  it('fits into one item of DynamoDB, or is too large', () => {
    const channelsOf = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(60, '0')}`);
    const first = { ...whole, channels: channelsOf(3_900, 'a') };
    const list = recordWithdrawal([], first) as RecordedWithdrawal[];
    expect(list).toEqual([first]);
    expect(recordWithdrawal(list, { ...whole, channels: channelsOf(3_900, 'b') })).toBe('tooLarge');
    expect(recordWithdrawal(list, whole)).toEqual([whole]);
  });
});
