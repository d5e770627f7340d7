import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../domain/rollout/observation.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { parseFollowUp } from '../../handlers/follow-up.ts';
import { aRollout, minutes, now, onMi, seconds, sentAgo, someCounts } from '../../proof/support/a-rollout.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const exists: Sighting = { kind: 'exists', job: 'live', aws: { otaUpdateId: 'u', jobId: 'j' } };
const entryOf = (row: Rollout, sequence: number, more = {}) => ({ sequence, version: row.version, revision: row.revision, ...more });
const go = (world: InMemory, row: Rollout, followUpNumber?: number, invocation = anInvocation()) =>
  advance(row, invocation, world.services, followUpNumber);

/** A world with one rollout that has entered its channel. */
function worldOf(row: Rollout): InMemory {
  const world = servicesInMemory();
  world.put(row, entryOf(row, 1));
  return world;
}

const creating = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATING', ...sentAgo(seconds(20)), followUpNumber: 4, itemRevision: 5, ...changes });
/** A rollout whose creates were all refused so far. */
const unsent = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATING', attempt: 1, followUpNumber: 4, itemRevision: 5, ...changes });
const live = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATED', ...sentAgo(minutes(30)), followUpNumber: 4, itemRevision: 5, ...changes });

describe('the calls of', () => {
  it('a follow-up that confirms the creation', async () => {
    const world = worldOf(creating());
    world.planes.CreateOTAUpdate.sighting = exists;
    await go(world, creating(), 4);
    expect(world.calls()).toEqual(['load beta', 'look creation', 'write beta CREATED', 'publish Rollout Created', 'write beta CREATED']);
  });

  it('a follow-up without news', async () => {
    const world = worldOf(creating());
    await go(world, creating(), 4);
    expect(world.calls()).toEqual(['load beta', 'look creation', 'write beta CREATING', 'follow-up numbered']);
    expect(parseFollowUp(world.followUps[0]?.body ?? '').followUpNumber).toBe(world.rowAt(creating())?.followUpNumber);
  });

  it('a stale follow-up', async () => {
    const world = worldOf(creating());
    await go(world, creating(), 3);
    expect(world.calls()).toEqual(['load beta']);
  });

  it('a follow-up of a rollout without a row', async () => {
    const world = servicesInMemory();
    await expect(go(world, aRollout(), 1)).resolves.toBeUndefined();
    expect(world.calls()).toEqual(['load beta']);
  });

  it('a look at a live rollout without news, with a write of the next look and without a message', async () => {
    const world = worldOf(live());
    world.planes.CreateOTAUpdate.sighting = exists;
    await go(world, live());
    expect(world.calls()).toEqual(['load beta', 'look job', 'write beta CREATED']);
  });

  it('a look that finds progress of devices', async () => {
    const world = worldOf(live());
    world.planes.CreateOTAUpdate.sighting = { ...exists, counts: someCounts({ inProgress: 2 }) };
    await go(world, live());
    expect(world.calls()).toEqual(['load beta', 'look job', 'write beta CREATED', 'publish Rollout Progressed', 'write beta CREATED']);
  });

  it('the end of the last device: the final row, the head, the event, and a row that is not due', async () => {
    const world = worldOf(live());
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'completed', aws: {}, counts: someCounts({ succeeded: 2 }) };
    await go(world, live());
    expect(world.calls()).toEqual([
      'load beta',
      'look job',
      'write beta COMPLETED',
      'head beta',
      'publish Rollout Completed',
      'write beta COMPLETED',
    ]);
    expect(world.rowAt(live())).not.toHaveProperty('dueAt');
    expect(world.headAt('thermostat', 'beta').entries[live().rolloutId]).toMatchObject({ done: true });
  });

  it('superseding: the newer rollout is created, then the older one is woken and stopped', async () => {
    const world = servicesInMemory();
    const old = live({ version: '1.0.0' });
    world.put(old, entryOf(old, 1, { created: true }));
    world.put(creating(), entryOf(creating(), 2));
    world.planes.CreateOTAUpdate.sighting = exists;
    await go(world, creating(), 4);
    expect(world.calls()).toEqual([
      'load beta',
      'look creation',
      'write beta CREATED',
      'head beta',
      'follow-up wake 1.0.0',
      'publish Rollout Created',
      'write beta CREATED',
    ]);
    await go(world, old);
    expect(world.calls()).toEqual([
      'load beta',
      'read 2.0.0',
      'write beta SUPERSEDING',
      'look both',
      'stop SUPERSEDED',
      'follow-up numbered',
    ]);
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'canceled', aws: {} };
    await go(world, old, world.rowAt(old)?.followUpNumber);
    expect(world.calls()).toEqual([
      'load beta',
      'look both',
      'write beta SUPERSEDED',
      'head beta',
      'publish Rollout Superseded',
      'write beta SUPERSEDED',
    ]);
  });
});

describe('if another invocation is faster', () => {
  it('the loop loads everything again and decides anew', async () => {
    const world = worldOf(creating());
    world.hooks.before = (line) => {
      if (line !== 'write beta CREATING') return;
      delete world.hooks.before;
      world.put(live({ itemRevision: 6 }));
    };
    world.planes.CreateOTAUpdate.sighting = { kind: 'pending' };
    const after = await go(world, creating(), 4);
    expect(world.calls()).toEqual(['load beta', 'look creation', 'write beta CREATING', 'load beta', 'look job', 'write beta CREATED']);
    expect(after?.state).toBe('CREATED');
  });

  it('the loop loads at most six times, then sends a wake', async () => {
    const world = worldOf(creating());
    world.hooks.before = (line) => {
      const row = world.rowAt(creating());
      if (line.startsWith('write') && row) world.put({ ...row, itemRevision: row.itemRevision + 1 });
    };
    await go(world, creating(), 4);
    const calls = world.calls();
    expect(calls.filter((line) => line.startsWith('load'))).toHaveLength(6);
    expect(calls.at(-1)).toBe('follow-up wake 2.0.0');
    expect(world.problems).toHaveLength(1);
  });
});

describe('an intent whose write was applied, although its response was lost', () => {
  const row = unsent(onMi);

  /** A world in which the first write of an intent is applied. Then `happens`, and the write returns its result. */
  function worldAfterIntent(happens: (world: InMemory, intended: Rollout) => boolean) {
    const world = worldOf(row);
    const { services } = world;
    let isFirst = true;
    const write: typeof services.ledger.write = async (changed) => {
      const done = await services.ledger.write(changed);
      if (!isFirst) return done;
      isFirst = false;
      return happens(world, changed);
    };
    return { world, run: () => advance(row, anInvocation(), { ...services, ledger: { ...services.ledger, write } }) };
  }
  const somebodyWrote = (world: InMemory, changed: Rollout) => {
    world.put({ ...changed, itemRevision: changed.itemRevision + 1, restsWithoutNews: 1 });
    return false;
  };

  it('is sent, once, even if somebody else has written the row since', async () => {
    for (const happens of [() => false, somebodyWrote]) {
      const { world, run } = worldAfterIntent(happens);
      await run();
      expect(world.planes.CreateOtaTask.sent).toHaveLength(1);
      expect(world.rowAt(row)).toMatchObject({ state: 'CREATED', unansweredCreates: { count: 0 } });
    }
  });

  it('is sent if DynamoDB failed after it had applied the write', async () => {
    for (const happens of [() => true, somebodyWrote]) {
      const { world, run } = worldAfterIntent((...given) => {
        happens(...given);
        throw new Error('DynamoDB is away');
      });
      await expect(run()).resolves.toMatchObject({ state: 'CREATED' });
      expect(world.planes.CreateOtaTask.sent).toHaveLength(1);
      expect(world.rowAt(row)).toMatchObject({ state: 'CREATED' });
    }
  });

  it('is not sent if the release was withdrawn meanwhile', async () => {
    const { world, run } = worldAfterIntent((world, changed) => {
      world.put({ ...changed, itemRevision: changed.itemRevision + 1, state: 'WITHDRAWING' });
      return false;
    });
    await run();
    expect(world.planes.CreateOtaTask.sent).toEqual([]);
  });

  it('is not sent by a loop that did not write it, even if both wrote at the same instant', async () => {
    const { world, run } = worldAfterIntent((world, changed) => {
      const unansweredCreates = { ...changed.unansweredCreates, intentId: 'of somebody else' };
      world.put({ ...changed, unansweredCreates });
      return false;
    });
    await run();
    expect(world.planes.CreateOtaTask.sent).toEqual([]);
    expect(world.rowAt(row)).toMatchObject({ state: 'CREATING', unansweredCreates: { count: 1 } });
  });

  it('is not there if DynamoDB failed before it applied the write, so the failure is thrown', async () => {
    const world = worldOf(row);
    world.hooks.before = (line) => {
      if (line.startsWith('write')) throw new Error('DynamoDB is away');
    };
    await expect(go(world, row)).rejects.toThrow('DynamoDB is away');
    expect(world.planes.CreateOtaTask.sent).toEqual([]);
  });
});

describe('the answer to a create', () => {
  const refused = (retryable: boolean) => ({ kind: 'refused', retryable, code: 'X', message: 'm' }) as const;

  it('"throttled" undoes the intent and delays the next one', async () => {
    const world = worldOf(unsent());
    world.planes.CreateOTAUpdate.reply = refused(true);
    await go(world, unsent());
    expect(world.calls()).toEqual(['load beta', 'write beta CREATING', 'holds', 'create 1', 'write beta CREATING', 'follow-up numbered']);
    const row = world.rowAt(unsent());
    expect(row).toMatchObject({ unansweredCreates: { count: 0 }, restsWithoutNews: 1 });
    expect(row?.unansweredCreates).toEqual({ count: 0 });
    expect(world.followUps[0]?.delaySeconds).toBeGreaterThan(15);
  });

  it('"refused for good" publishes the failure at once', async () => {
    const world = worldOf(unsent());
    world.planes.CreateOTAUpdate.reply = refused(false);
    await go(world, unsent());
    expect(world.published).toMatchObject([{ detailType: 'OTA Rollout Failed', detail: { code: 'AWS_REFUSED', message: 'm' } }]);
    expect(world.headAt('thermostat', 'beta').entries).toEqual({});
  });

  it('"refused for good" while an earlier create is unanswered fails the rollout once that create is too old to take effect', async () => {
    const world = worldOf(creating());
    world.planes.CreateOTAUpdate.sighting = { kind: 'notFound' };
    world.planes.CreateOTAUpdate.reply = refused(false);
    await go(world, creating());
    expect(world.rowAt(creating())).toMatchObject({ state: 'CREATING', unansweredCreates: { count: 1, lastSentAt: now - seconds(20) } });
    world.clock.now += minutes(20);
    await go(world, creating());
    expect(world.rowAt(creating())).toMatchObject({ state: 'FAILED', code: 'AWS_REFUSED' });
  });

  it('of a second send while the first is unanswered records both times, and the earlier ones to undo it', async () => {
    const world = worldOf(creating());
    world.planes.CreateOTAUpdate.sighting = { kind: 'notFound' };
    await go(world, creating());
    const [first, second] = [now - seconds(20), now];
    expect(world.rowAt(creating())).toMatchObject({
      unansweredCreates: {
        count: 2,
        firstSentAt: first,
        lastSentAt: second,
        beforeLast: { count: 1, firstSentAt: first, lastSentAt: first },
      },
    });
  });

  it('that was lost lets a look adopt the update that IoT Core already has', async () => {
    const world = worldOf(unsent());
    world.planes.CreateOTAUpdate.reply = { kind: 'alreadyExists' };
    world.planes.CreateOTAUpdate.sighting = exists;
    await go(world, unsent());
    expect(world.published).toMatchObject([{ detailType: 'OTA Rollout Created', detail: { adopted: true } }]);
  });

  it('that was lost lets a search by tags adopt the task at managed integrations', async () => {
    const row = unsent(onMi);
    const world = worldOf(row);
    world.planes.CreateOtaTask.reply = { kind: 'unknown', message: 'timeout' };
    await go(world, row);
    world.planes.CreateOtaTask.sighting = { kind: 'exists', job: 'live', aws: { taskId: 't1' } };
    world.clock.now += minutes(5);
    await go(world, row);
    expect(world.published).toMatchObject([{ detailType: 'OTA Rollout Created', detail: { adopted: true, aws: { taskId: 't1' } } }]);
    expect(world.planes.CreateOtaTask.sent).toHaveLength(1);
  });

  it('that was lost at managed integrations sends no other create, and makes the rollout uncertain after twenty minutes', async () => {
    const row = unsent(onMi);
    const world = worldOf(row);
    world.planes.CreateOtaTask.reply = { kind: 'unknown', message: 'timeout' };
    await go(world, row);
    for (let look = 0; look < 4; look += 1) {
      world.clock.now += minutes(5) + 1;
      await go(world, row);
    }
    expect(world.planes.CreateOtaTask.sent).toHaveLength(1);
    expect(world.rowAt(row)).toMatchObject({ state: 'FAILED', code: 'UNCERTAIN' });
  });

  it('is kept only for its own attempt: after a creation that failed temporarily, the next has a different id', async () => {
    const world = worldOf(creating({ aws: { otaUpdateId: 'first' } }));
    world.planes.CreateOTAUpdate.sighting = { kind: 'createFailed', errorInfo: { code: 'ThrottlingException' }, job: 'none' };
    await go(world, creating());
    expect(world.rowAt(creating())).toMatchObject({ attempt: 2, unansweredCreates: { count: 0 } });
    expect(world.rowAt(creating())?.aws).toEqual({});
    await go(world, creating());
    expect(world.planes.CreateOTAUpdate.sent[0]?.['otaUpdateId']).toBe(`${creating().rolloutId}-2`);
  });
});

describe('an older rollout', () => {
  const [old, young] = [aRollout({ version: '1.0.0', followUpNumber: 1 }), creating()];

  it('waits while the newer one is pending, and is superseded once that exists', async () => {
    const world = servicesInMemory();
    world.put(old, entryOf(old, 1));
    world.put(young, entryOf(young, 2));
    await go(world, old);
    expect(world.rowAt(old)).toMatchObject({ state: 'CLAIMED', restsWithoutNews: 1 });
    world.planes.CreateOTAUpdate.sighting = exists;
    await go(world, young);
    expect(world.followUps.some(({ body }) => parseFollowUp(body).version === '1.0.0' && parseFollowUp(body).followUpNumber === '*')).toBe(
      true,
    );
    await go(world, old);
    expect(world.rowAt(old)).toMatchObject({ state: 'SUPERSEDED', supersededBy: { version: '2.0.0' } });
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
  });

  it('continues if the newer one fails, with a first follow-up as early as any', async () => {
    const world = servicesInMemory();
    const waited = { ...old, restsWithoutNews: 9 };
    world.put(waited, entryOf(old, 1));
    world.put({ ...young, state: 'FAILED', code: 'AWS_REFUSED' }, entryOf(young, 2));
    await go(world, old);
    expect(world.rowAt(old)).toMatchObject({ state: 'CREATING', restsWithoutNews: 0 });
    expect(world.followUps.at(-1)?.delaySeconds).toBeLessThanOrEqual(15);
  });
});

describe('the time that a rollout has been waiting for AWS', () => {
  const hour = [{ at: now - minutes(60), from: 'CLAIMED', to: 'CREATING', why: '', who: '' }] as const;
  const waited = (world: InMemory) => world.measured.filter(([name]) => name === 'RolloutWaitingSeconds').map(([, value]) => value);

  it.each([
    ['CREATING and refused', unsent({ history: hour })],
    ['CREATING and looked at in vain', creating({ history: hour })],
    ['SUPERSEDING', creating({ state: 'SUPERSEDING', history: hour })],
    ['WITHDRAWING', creating({ state: 'WITHDRAWING', history: hour })],
    ['CREATING without a follow-up, since its delay is long', creating({ history: hour, restsWithoutNews: 9 })],
  ])('is measured when it rests: %s', async (_what, row) => {
    const world = worldOf(row);
    world.planes.CreateOTAUpdate.reply = { kind: 'refused', retryable: true, code: 'LimitExceededException', message: 'm' };
    await go(world, row);
    expect(waited(world)).toEqual([3600]);
  });

  it('is not measured while only devices are waited for, nor at the end', async () => {
    for (const row of [live({ history: hour }), aRollout({ state: 'COMPLETED', history: hour })]) {
      const world = worldOf(row);
      world.planes.CreateOTAUpdate.sighting = exists;
      await go(world, row);
      expect(waited(world)).toEqual([]);
    }
  });

  it('is measured even if the look fails, and the failure is counted', async () => {
    const world = worldOf(creating({ history: hour }));
    world.hooks.before = (line) => {
      if (line.startsWith('look')) throw new Error('AWS is away');
    };
    await go(world, creating());
    expect(waited(world)).toEqual([3600]);
    expect(world.measured).toContainEqual(['failed look in CREATING', 1]);
  });
});
