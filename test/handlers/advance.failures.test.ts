import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../domain/rollout/observation.ts';
import { createdOutcome } from '../../domain/rollout/outcome.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
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

/** Lets every call fail whose line begins with one of these. */
const away = (world: InMemory, ...lines: readonly string[]) => {
  world.hooks.before = (line) => {
    if (lines.some((start) => line.startsWith(start))) throw new Error('away');
  };
};

describe('if time is short', () => {
  it('with less than eight seconds left, no step begins', async () => {
    const world = worldOf(creating());
    await go(
      world,
      creating(),
      4,
      anInvocation(() => seconds(8) - 1),
    );
    expect(world.calls()).toEqual(['load beta']);
  });

  it('with less than twenty seconds left, no create is sent and the intent is undone', async () => {
    const world = worldOf(unsent());
    await go(
      world,
      unsent(),
      4,
      anInvocation(() => seconds(20)),
    );
    expect(world.calls()).toEqual(['load beta', 'write beta CREATING', 'holds', 'write beta CREATING', 'follow-up numbered']);
    expect(world.rowAt(unsent())).toMatchObject({ unansweredCreates: { count: 0 } });
  });

  it('without a turn within the quota, no create is sent and the intent is undone', async () => {
    const world = worldOf(unsent());
    world.limits.turn = false;
    await go(world, unsent(), 4);
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    expect(world.rowAt(unsent())).toMatchObject({ unansweredCreates: { count: 0 } });
  });

  it('an intent is undone even if time runs out after it', async () => {
    const world = worldOf(unsent());
    let left = seconds(60);
    world.hooks.after = (line) => {
      if (line === 'write beta CREATING') left = seconds(5);
    };
    await go(
      world,
      unsent(),
      4,
      anInvocation(() => left),
    );
    expect(world.rowAt(unsent())).toMatchObject({ state: 'CREATING', unansweredCreates: { count: 0 } });
  });

  it('the id of a task is recorded even if time runs out during its create', async () => {
    const row = unsent(onMi);
    const world = worldOf(row);
    let left = seconds(60);
    world.hooks.after = (line) => {
      if (line === 'create 1') left = seconds(5);
    };
    await go(
      world,
      row,
      4,
      anInvocation(() => left),
    );
    expect(world.rowAt(row)).toMatchObject({ state: 'CREATED', aws: { taskId: 't-1' } });
  });
});

describe('the answer to a create', () => {
  const row = unsent(onMi);
  const throttled = { kind: 'refused', retryable: true, code: 'ThrottlingException', message: 'm' } as const;
  const afterTheCreate = (world: InMemory, happens: (line: string) => void) => {
    world.hooks.before = (line) => {
      if (line.startsWith('write') && world.planes.CreateOtaTask.sent.length > 0) happens(line);
    };
  };

  it.each([
    ['the intent of a refused create is undone', throttled, { state: 'CREATING', unansweredCreates: { count: 0 } }],
    ['the id of a task is kept', { kind: 'created', aws: { taskId: 't-1' } }, { state: 'CREATED', aws: { taskId: 't-1' } }],
  ] as const)('is written again while DynamoDB fails: %s', async (_what, reply, expected) => {
    const world = worldOf(row);
    world.planes.CreateOtaTask.reply = reply;
    let failures = 4;
    afterTheCreate(world, () => {
      failures -= 1;
      if (failures > 0) throw new Error('DynamoDB throttles');
    });
    await go(world, row, 4);
    expect(world.calls().filter((line) => line === 'pause')).toHaveLength(3);
    expect(world.rowAt(row)).toMatchObject(expected);
  });

  it('is given up when the time is over, and so is a write that records no answer', async () => {
    const world = worldOf(row);
    world.planes.CreateOtaTask.reply = throttled;
    let left = minutes(1);
    afterTheCreate(world, () => {
      left -= seconds(27);
      throw new Error('DynamoDB is away');
    });
    await expect(
      go(
        world,
        row,
        4,
        anInvocation(() => left),
      ),
    ).rejects.toThrow('DynamoDB is away');
    expect(world.calls().filter((line) => line === 'pause')).toHaveLength(1);
    const other = worldOf(creating());
    away(other, 'write');
    await expect(go(other, creating(), 4)).rejects.toThrow('away');
    expect(other.calls()).not.toContain('pause');
  });

  it('is kept if another invocation wrote the row while AWS answered', async () => {
    const world = worldOf(row);
    world.planes.CreateOtaTask.reply = throttled;
    afterTheCreate(world, () => {
      delete world.hooks.before;
      const now = world.rowAt(row);
      if (now) world.put({ ...now, itemRevision: now.itemRevision + 1, restsWithoutNews: 1 });
    });
    await go(world, row, 4);
    expect(world.rowAt(row)).toMatchObject({ state: 'CREATING', unansweredCreates: { count: 0 } });
  });

  it('is not taken for the answer to another intent', async () => {
    const other = unsent();
    const world = worldOf(other);
    world.planes.CreateOTAUpdate.reply = throttled;
    world.hooks.before = (line) => {
      if (!line.startsWith('write') || world.planes.CreateOTAUpdate.sent.length === 0) return;
      delete world.hooks.before;
      const now = world.rowAt(other);
      const unansweredCreates = {
        count: 2,
        firstSentAt: 1,
        lastSentAt: 2,
        intentId: 'of somebody else',
        beforeLast: { count: 1, firstSentAt: 1, lastSentAt: 1 },
      };
      if (now) world.put({ ...now, itemRevision: now.itemRevision + 1, unansweredCreates });
    };
    await go(world, other, 4);
    expect(world.rowAt(other)?.unansweredCreates.count).toBe(2);
  });
});

describe('if a call fails', () => {
  it('a look: the rollout rests and is looked at again', async () => {
    const world = worldOf(creating());
    away(world, 'look');
    await go(world, creating(), 4);
    expect(world.calls().at(-1)).toBe('follow-up numbered');
    expect(world.rowAt(creating())).toMatchObject({ state: 'CREATING', restsWithoutNews: 1 });
  });

  it('a stop: the rollout stays in its state and the stop is tried again', async () => {
    const row = live({ state: 'WITHDRAWING' });
    const world = worldOf(row);
    world.planes.CreateOTAUpdate.sighting = exists;
    away(world, 'stop');
    await go(world, row);
    expect(world.rowAt(row)?.state).toBe('WITHDRAWING');
    expect(world.calls().at(-1)).toBe('follow-up numbered');
  });

  it('a publish: the outcome events stay in the outbox, and the next look publishes them', async () => {
    const world = worldOf(creating());
    world.planes.CreateOTAUpdate.sighting = exists;
    away(world, 'publish');
    await go(world, creating(), 4);
    expect(world.rowAt(creating())).toMatchObject({ state: 'CREATED', outbox: [{ detailType: 'OTA Rollout Created' }] });
    delete world.hooks.before;
    await go(world, creating());
    expect(world.published).toHaveLength(1);
    expect(world.rowAt(creating())?.outbox).toEqual([]);
  });

  it('a publish, for a long time: the lag of the outbox is measured while the events wait', async () => {
    const row = live({ state: 'COMPLETED', outbox: [createdOutcome(live(), false, now - minutes(20))] });
    const world = worldOf(row);
    away(world, 'publish');
    await go(world, row);
    expect(world.measured).toEqual([['OutboxLagSeconds', 1200]]);
  });

  it('a publish at the end of a rollout: the outbox keeps the event and the rollout stays due', async () => {
    const row = live({ state: 'COMPLETED', outbox: [createdOutcome(live(), false, now)] });
    const world = worldOf(row);
    away(world, 'publish');
    await go(world, row);
    expect(world.rowAt(row)).toMatchObject({ outbox: [{}], dueAt: expect.any(Number) });
    expect(world.calls().at(-1)).toBe('follow-up numbered');
  });

  it('the queue: the row is due, so the sweep finds it', async () => {
    const world = worldOf(creating());
    away(world, 'follow-up');
    await go(world, creating(), 4);
    expect(world.rowAt(creating())?.dueAt).toBeGreaterThan(now);
    expect(world.problems).toHaveLength(1);
  });

  it.each(['look', 'publish', 'follow-up'])('%s: the log line has the ids of the rollout', async (call) => {
    const world = worldOf(creating());
    if (call === 'publish') world.planes.CreateOTAUpdate.sighting = exists;
    away(world, call);
    await go(world, creating(), 4);
    expect(world.reported).toMatchObject([{ rolloutId: creating().rolloutId, correlationId: 'build-8812' }]);
  });

  it('the ledger: it throws, so that SQS delivers the message again', async () => {
    const world = worldOf(creating());
    away(world, 'write');
    await expect(go(world, creating(), 4)).rejects.toThrow('away');
  });

  it.each(['write beta COMPLETED', 'head beta', 'publish'])(
    'the process dies after "%s" at the end of a rollout: the next look finishes it',
    async (where) => {
      const world = worldOf(live());
      world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'completed', aws: {}, counts: someCounts({ succeeded: 1 }) };
      let isDead = false;
      world.hooks.before = () => {
        if (isDead) throw new Error('dead');
      };
      world.hooks.after = (line) => {
        isDead ||= line.startsWith(where);
      };
      await go(world, live()).catch(() => undefined);
      expect(world.rowAt(live())?.dueAt).toBeDefined();
      world.hooks.before = () => undefined;
      world.hooks.after = () => undefined;
      await go(world, live());
      expect(world.rowAt(live())).toMatchObject({ state: 'COMPLETED', outbox: [] });
      expect(world.rowAt(live())).not.toHaveProperty('dueAt');
      expect(new Set(world.published.map((event) => event.detail.outcomeId)).size).toBe(1);
      expect(world.headAt('thermostat', 'beta').entries[live().rolloutId]).toMatchObject({ done: true });
    },
  );
});
