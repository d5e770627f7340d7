import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptId, type Identity, requestForAttempt, rolloutIdOf } from '../../../domain/request/identity.ts';

const identity: Identity = { product: 'thermostat', version: '2.4.1', revision: 1, channel: 'beta' };

fc.configureGlobal({ seed: 1 });

describe('the name of a rollout', () => {
  it('is the same for ever', () => {
    expect(rolloutIdOf(identity)).toBe('fw-thermostat-2-4-1-46e4c59805e8c781947581ce6aeffd6b');
  });

  it.each([
    ['product', { product: 'thermostat2' }],
    ['version', { version: '2.4.2' }],
    ['build metadata', { version: '2.4.1+a' }],
    ['revision', { revision: 2 }],
    ['channel', { channel: 'stable' }],
    ['border between product and channel', { product: 'thermostatb', channel: 'eta' }],
  ])('changes with the %s', (_what, change) => {
    expect(rolloutIdOf({ ...identity, ...change })).not.toBe(rolloutIdOf(identity));
  });

  it.each([
    [{ product: 'a'.repeat(64), version: '10.20.30-rc.1+build' }, /^fw-aaaaaaaaa-10-20-30-[0-9a-f]{32}$/],
    [{ product: 'hub', version: '1.0.0-RC.1' }, /^fw-hub-1-0-0-rc-[0-9a-f]{32}$/],
    [{ product: '--', version: '1.0.0' }, /^fw-1-0-0-[0-9a-f]{32}$/],
    [{ product: 'my_hub', version: '1.0.0' }, /^fw-my_hub-1-0-0-[0-9a-f]{32}$/],
  ])('begins readably: %o', (change, expected) => {
    expect(rolloutIdOf({ ...identity, ...change })).toMatch(expected);
  });

  it('fits into what AWS leaves, whatever the identity', () => {
    const anyIdentity = fc.record({
      product: fc.string({ unit: 'binary' }),
      version: fc.string(),
      revision: fc.nat(),
      channel: fc.string(),
    });
    fc.assert(
      fc.property(anyIdentity, fc.integer({ min: 1, max: 9 }), (each, attempt) => {
        expect(rolloutIdOf(each)).toMatch(/^fw-[a-z0-9_-]{1,51}$/);
        expect(rolloutIdOf(each).length).toBeLessThanOrEqual(54);
        expect(attemptId(rolloutIdOf(each), attempt)).toMatch(/^[a-z0-9_-]{1,56}$/);
      }),
    );
  });

  it('is never shared by two identities: 216,000 that look alike', () => {
    const parts = ['a', 'b', 'a-b', 'b-a', '1', 'a1', '1a', 'ab', 'ba', 'a-', '-a', '-'];
    const versions = parts.flatMap((pre) => parts.slice(0, 5).flatMap((build) => [`1.0.0-${pre}`, `1.0.0-${pre}+${build}`]));
    const ids = new Set<string>();
    let identities = 0;
    for (const product of parts) {
      for (const channel of parts.slice(0, 10)) {
        for (const version of new Set(versions)) {
          for (let revision = 1; revision <= 25; revision += 1) {
            ids.add(rolloutIdOf({ product, version, revision, channel }));
            identities += 1;
          }
        }
      }
    }
    expect(identities).toBe(216_000);
    expect(ids.size).toBe(identities);
  });
});

describe('an attempt', () => {
  it('is named by rollout and number', () => {
    expect(attemptId('fw-x', 3)).toBe('fw-x-3');
  });

  it('changes the id of the request and nothing else', () => {
    expect(requestForAttempt('iot', { otaUpdateId: 'fw-x-1', roleArn: 'r' }, 'fw-x', 2)).toEqual({ otaUpdateId: 'fw-x-2', roleArn: 'r' });
    expect(requestForAttempt('iotmanagedintegrations', { ClientToken: 'fw-x-1', OtaType: 'ONE_TIME' }, 'fw-x', 2)).toEqual({
      ClientToken: 'fw-x-2',
      OtaType: 'ONE_TIME',
    });
  });
});
