import { describe, expect, it } from 'vitest';
import { followUpBody, parseFollowUp } from '../../handlers/follow-up.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';

const identity = { product: 'thermostat', version: '2.0.0+b', revision: 3, channel: 'beta' };

describe('a follow-up', () => {
  it.each([7, '*'] as const)('with the number %s is parsed as it was written', (followUpNumber) => {
    expect(parseFollowUp(followUpBody(identity, followUpNumber, 3))).toEqual({ ...identity, followUpNumber, invocation: 3 });
  });

  it('has the identity of a rollout and nothing else of its row', () => {
    const members = Object.keys(JSON.parse(followUpBody(aRollout(), 1, 1)));
    expect(members).toEqual(['product', 'version', 'revision', 'channel', 'followUpNumber', 'invocation']);
  });

  it.each([
    '',
    '{}',
    'null',
    JSON.stringify({ ...identity, followUpNumber: 'x', invocation: 1 }),
    JSON.stringify({ ...identity, followUpNumber: 1 }),
    JSON.stringify({ ...identity, followUpNumber: 1, invocation: '1' }),
    JSON.stringify({ ...identity, followUpNumber: 1, invocation: 0 }),
    JSON.stringify({ ...identity, followUpNumber: 1, invocation: -5 }),
    JSON.stringify({ ...identity, followUpNumber: 1, invocation: 1, more: 1 }),
  ])('cannot be parsed from %s', (body) => {
    expect(() => parseFollowUp(body)).toThrow();
  });

  it.each([
    ['secret', 'the body is not JSON'],
    ['{"a":secret}', 'the body is not JSON'],
    ['"secret"', 'the body is not a follow-up'],
  ])('is not quoted by the error, which is logged: %s', (body, message) => {
    expect(() => parseFollowUp(body)).toThrow(new Error(message));
  });
});
