import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptId, rolloutIdOf } from '../../../domain/request/identity.ts';

fc.configureGlobal({ seed: 1 });

describe('the id of any rollout', () => {
  it('fits the limit of AWS', () => {
    const anyIdentity = fc.record({
      product: fc.string({ unit: 'binary' }),
      version: fc.string(),
      revision: fc.nat(),
      channel: fc.string(),
    });
    fc.assert(
      fc.property(anyIdentity, fc.integer({ min: 1, max: 9 }), (each, attempt) => {
        expect(rolloutIdOf(each, 'prod')).toMatch(/^fw-[a-z0-9_-]{1,51}$/);
        expect(rolloutIdOf(each, 'prod').length).toBeLessThanOrEqual(54);
        expect(attemptId(rolloutIdOf(each, 'prod'), attempt)).toMatch(/^[a-z0-9_-]{1,56}$/);
      }),
    );
  });

  it('differs for 216,000 similar identities', () => {
    const parts = ['a', 'b', 'a-b', 'b-a', '1', 'a1', '1a', 'ab', 'ba', 'a-', '-a', '-'];
    const versions = parts.flatMap((pre) => parts.slice(0, 5).flatMap((build) => [`1.0.0-${pre}`, `1.0.0-${pre}+${build}`]));
    const ids = new Set<string>();
    let identities = 0;
    for (const product of parts) {
      for (const channel of parts.slice(0, 10)) {
        for (const version of new Set(versions)) {
          for (let revision = 1; revision <= 25; revision += 1) {
            ids.add(rolloutIdOf({ product, version, revision, channel }, 'prod'));
            identities += 1;
          }
        }
      }
    }
    expect(identities).toBe(216_000);
    expect(ids.size).toBe(identities);
  });
});
