import { describe, expect, it } from 'vitest';
import { followUpBody, parseFollowUp } from '../../handlers/follow-up.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';

const identity = { product: 'thermostat', version: '2.0.0+b', revision: 3, channel: 'beta' };

describe('a follow-up', () => {
  it.each([7, '*'] as const)('with the number %s is parsed as it was written', (followUpNumber) => {
    expect(parseFollowUp(followUpBody(identity, followUpNumber))).toEqual({ ...identity, followUpNumber });
  });

  it('has the identity of a rollout and nothing else of its row', () => {
    expect(Object.keys(JSON.parse(followUpBody(aRollout(), 1)))).toEqual(['product', 'version', 'revision', 'channel', 'followUpNumber']);
  });

  it.each([
    '',
    '{}',
    'null',
    JSON.stringify({ ...identity, followUpNumber: 'x' }),
    JSON.stringify({ ...identity, followUpNumber: 1, more: 1 }),
  ])('cannot be parsed from %s', (body) => {
    expect(() => parseFollowUp(body)).toThrow();
  });
});
