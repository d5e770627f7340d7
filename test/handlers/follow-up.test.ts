import { describe, expect, it } from 'vitest';
import { followUpBody, parseFollowUp } from '../../handlers/follow-up.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';

const identity = { product: 'thermostat', version: '2.0.0+b', revision: 3, channel: 'beta' };

describe('a follow-up', () => {
  it.each([7, '*'] as const)('with the number %s is parsed as it was written', (followUpNumber) => {
    expect(parseFollowUp(followUpBody(identity, followUpNumber, 3))).toEqual({
      formatVersion: 1,
      ...identity,
      followUpNumber,
      invocation: 3,
    });
  });

  it('has its format, the identity of a rollout, and nothing else of its row', () => {
    const members = Object.keys(JSON.parse(followUpBody(aRollout(), 1, 1)));
    expect(members).toEqual(['formatVersion', 'product', 'version', 'revision', 'channel', 'followUpNumber', 'invocation']);
  });

  it.each([
    '',
    '{}',
    'null',
    JSON.stringify({ formatVersion: 1, ...identity, followUpNumber: 'x', invocation: 1 }),
    JSON.stringify({ formatVersion: 1, ...identity, followUpNumber: 1 }),
    JSON.stringify({ formatVersion: 1, ...identity, followUpNumber: 1, invocation: '1' }),
    JSON.stringify({ formatVersion: 1, ...identity, followUpNumber: 1, invocation: 0 }),
    JSON.stringify({ formatVersion: 1, ...identity, followUpNumber: 1, invocation: -5 }),
    JSON.stringify({ formatVersion: 1, ...identity, followUpNumber: 1, invocation: 1, more: 1 }),
    JSON.stringify({ ...identity, followUpNumber: 1, invocation: 1 }),
    JSON.stringify({ formatVersion: '1', ...identity, followUpNumber: 1, invocation: 1 }),
  ])('cannot be parsed from %s', (body) => {
    expect(() => parseFollowUp(body)).toThrow();
  });

  it.each([0, -1, 0.5])('cannot have the format %s', (formatVersion) => {
    const body = JSON.stringify({ formatVersion, ...identity, followUpNumber: 1, invocation: 1 });
    expect(() => parseFollowUp(body)).toThrow('the body is not a follow-up');
  });

  it('of a newer version of the service says so, whatever else is in it', () => {
    expect(() => parseFollowUp(JSON.stringify({ formatVersion: 2, ...identity, more: 1 }))).toThrow(
      'a follow-up has the format 2, and this version of the service reads formats up to 1: deploy the newer version again',
    );
  });

  it.each([
    ['secret', 'the body is not JSON'],
    ['{"a":secret}', 'the body is not JSON'],
    ['"secret"', 'the body is not a follow-up'],
  ])('is not quoted by the error, which is logged: %s', (body, message) => {
    expect(() => parseFollowUp(body)).toThrow(new Error(message));
  });
});
