import { describe, expect, it } from 'vitest';
import { attemptId, type Identity, requestForAttempt, rolloutIdOf } from '../../../domain/request/identity.ts';

const identity: Identity = { product: 'thermostat', version: '2.4.1', revision: 1, channel: 'beta' };

describe('the id of a rollout', () => {
  it('never changes', () => {
    expect(rolloutIdOf(identity, 'prod')).toBe('fw-thermostat-2-4-1-d87626b352bb004db53be2e605036091');
  });

  it.each([
    ['product', { product: 'thermostat2' }],
    ['version', { version: '2.4.2' }],
    ['build metadata', { version: '2.4.1+a' }],
    ['revision', { revision: 2 }],
    ['channel', { channel: 'stable' }],
    ['border between product and channel', { product: 'thermostatb', channel: 'eta' }],
  ])('changes with the %s', (_what, change) => {
    expect(rolloutIdOf({ ...identity, ...change }, 'prod')).not.toBe(rolloutIdOf(identity, 'prod'));
  });

  it('differs between two stages, which may share an account and a region', () => {
    expect(rolloutIdOf(identity, 'dev')).not.toBe(rolloutIdOf(identity, 'prod'));
  });

  it.each([
    [{ product: 'a'.repeat(64), version: '10.20.30-rc.1+build' }, /^fw-aaaaaaaaa-10-20-30-[0-9a-f]{32}$/],
    [{ product: 'hub', version: '1.0.0-RC.1' }, /^fw-hub-1-0-0-rc-[0-9a-f]{32}$/],
    [{ product: '--', version: '1.0.0' }, /^fw-1-0-0-[0-9a-f]{32}$/],
    [{ product: 'hub', version: '1.0.0--a' }, /^fw-hub-1-0-0-a-[0-9a-f]{32}$/],
    [{ product: 'my_hub', version: '1.0.0' }, /^fw-my_hub-1-0-0-[0-9a-f]{32}$/],
  ])('begins with a readable part: %o', (change, expected) => {
    expect(rolloutIdOf({ ...identity, ...change }, 'prod')).toMatch(expected);
  });
});

describe('the id of an attempt', () => {
  it('has the rollout and the number of the attempt', () => {
    expect(attemptId('fw-x', 3)).toBe('fw-x-3');
  });

  it('is the only member of the request that an attempt changes', () => {
    expect(requestForAttempt('CreateOTAUpdate', { otaUpdateId: 'fw-x-1', roleArn: 'r' }, 'fw-x', 2)).toEqual({
      otaUpdateId: 'fw-x-2',
      roleArn: 'r',
    });
    expect(requestForAttempt('CreateOtaTask', { ClientToken: 'fw-x-1', OtaType: 'ONE_TIME' }, 'fw-x', 2)).toEqual({
      ClientToken: 'fw-x-2',
      OtaType: 'ONE_TIME',
    });
  });
});
