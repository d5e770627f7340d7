import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance } from '../../handlers/advance.ts';
import { aRollout, minutes, onMi } from '../../proof/support/a-rollout.ts';
import { anInvocation, servicesInMemory } from '../../proof/support/services-in-memory.ts';

/** For each call: how many turns other loops get before it, and whether the caller dies before or after it. */
const happenings = fc.array(
  fc.record({ turns: fc.integer({ min: 0, max: 6 }), dies: fc.constantFrom('never', 'never', 'never', 'never', 'before', 'after') }),
  { minLength: 10, maxLength: 60 },
);

describe('three loops over one rollout that are interrupted or die anywhere', () => {
  it.each(['CreateOTAUpdate', 'CreateOtaTask'] as const)(
    'create at most one update or task with %s, publish once, and finish',
    async (operation) => {
      await fc.assert(
        fc.asyncProperty(happenings, async (script) => {
          const world = servicesInMemory();
          const row = aRollout(operation === 'CreateOTAUpdate' ? {} : onMi);
          const plane = world.planes[operation];
          world.put(row);
          plane.sighting = { kind: 'notFound' };
          let at = 0;
          const next = () => script[at++ % script.length] ?? { turns: 0, dies: 'never' };
          world.hooks.before = async () => {
            const { turns, dies } = next();
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            if (dies === 'before') throw new Error('died');
          };
          world.hooks.after = (line) => {
            if (line.startsWith('create'))
              plane.sighting = {
                kind: 'exists',
                job: 'live',
                aws: operation === 'CreateOTAUpdate' ? { otaUpdateId: 'u' } : { taskId: 't-1' },
              };
            if (next().dies === 'after') throw new Error('died');
          };
          await Promise.allSettled([1, 2, 3].map(() => advance(row, anInvocation(), world.services)));

          delete world.hooks.before;
          world.hooks.after = (line) => {
            if (line.startsWith('create')) plane.sighting = { kind: 'exists', job: 'live', aws: { taskId: 't-1' } };
          };
          for (let look = 0; look < 8; look += 1) {
            world.clock.now += minutes(5);
            await advance(row, anInvocation(), world.services);
          }
          const ids = new Set(plane.sent.map((input) => input['otaUpdateId'] ?? input['ClientToken']));
          expect(ids.size).toBeLessThanOrEqual(1);
          if (operation === 'CreateOtaTask') expect(plane.sent.length).toBeLessThanOrEqual(1);
          const after = world.rowAt(row);
          expect(after?.state === 'CREATED' || after?.code === 'UNCERTAIN').toBe(true);
          expect(after?.state === 'CREATED').toBe(plane.sent.length > 0);
          expect(after?.outbox).toEqual([]);
          expect(new Set(world.published.map(({ detail }) => detail.outcomeId)).size).toBe(1);
        }),
        { numRuns: 300 },
      );
    },
  );
});
