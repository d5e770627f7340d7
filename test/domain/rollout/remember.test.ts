import { describe, expect, it } from 'vitest';
import { remember } from '../../../domain/rollout/remember.ts';
import type { Tombstone } from '../../../domain/rollout/rollout.ts';

const whole: Tombstone = { version: '2.4.1', force: false, at: 1 };
const ofRevision = { ...whole, revision: 2 };
const onBeta = { ...whole, channels: ['beta'] };
const onBoth = { ...whole, channels: ['stable', 'beta'] };
const forced = (tombstone: Tombstone): Tombstone => ({ ...tombstone, force: true });

describe('a withdrawal beside those of its version', () => {
  it.each<[string, Tombstone[], Tombstone]>([
    ['a copy', [onBeta], { ...onBeta, at: 2 }],
    ['the same for another reason', [onBeta], { ...onBeta, reasonCode: 'OTHER', comment: 'told again' }],
    ['one on fewer channels', [onBoth], onBeta],
    ['one on the same channels in another order', [onBoth], { ...onBoth, channels: ['beta', 'stable'] }],
    ['one of a revision, where all are withdrawn', [whole], ofRevision],
    ['one without force, where there is one with it', [forced(whole)], whole],
  ])('is known already: %s', (_, list, tombstone) => {
    expect(remember(list, tombstone)).toBe('known');
  });

  it.each<[string, Tombstone[], Tombstone]>([
    ['on another channel', [onBeta], { ...whole, channels: ['stable'] }],
    ['of another revision', [ofRevision], { ...whole, revision: 3 }],
    ['of a revision, beside one on a channel', [onBeta], ofRevision],
    ['of the same numbers with other build metadata', [whole], { ...whole, version: '2.4.1+b2' }],
    ['without force, wider than one with it', [forced(onBeta)], whole],
    ['with force, narrower than one without', [whole], forced(onBeta)],
  ])('is added: %s', (_, list, tombstone) => {
    expect(remember(list, tombstone)).toEqual([...list, tombstone]);
  });

  it.each<[string, Tombstone[], Tombstone, Tombstone[]]>([
    [
      'of everything, those of parts',
      [onBeta, ofRevision, { ...whole, version: '2.4.1+b2' }],
      whole,
      [{ ...whole, version: '2.4.1+b2' }, whole],
    ],
    ['with force, one without', [whole], forced(whole), [forced(whole)]],
    ['on more channels, one on fewer', [onBeta], onBoth, [onBoth]],
  ])('takes the place of what it covers: one %s', (_, list, tombstone, next) => {
    expect(remember(list, tombstone)).toEqual(next);
  });

  it('fits into one item of DynamoDB, or is too large', () => {
    const channelsOf = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(60, '0')}`);
    const first = { ...whole, channels: channelsOf(3_900, 'a') };
    const list = remember([], first) as Tombstone[];
    expect(list).toEqual([first]);
    expect(remember(list, { ...whole, channels: channelsOf(3_900, 'b') })).toBe('tooLarge');
    expect(remember(list, whole)).toEqual([whole]);
  });
});
