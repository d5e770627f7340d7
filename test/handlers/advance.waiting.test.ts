import { describe, expect, it } from 'vitest';
import { noHolds } from '../../domain/gate/holds.ts';
import type { Sighting } from '../../domain/rollout/observation.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { parseFollowUp } from '../../handlers/follow-up.ts';
import {
  anApproval,
  aRollout,
  aRule,
  aWaiting,
  held,
  minutes,
  now,
  onMi,
  seconds,
  sentAgo,
  someCounts,
} from '../../proof/support/a-rollout.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const counts = someCounts({ succeeded: 10 });
const live: Sighting = { kind: 'exists', job: 'live', aws: { jobId: 'j' }, counts };
const beta = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATED', ...sentAgo(minutes(30)), sequence: 1, aws: { jobId: 'j' }, counts, ...changes });
const entryOf = (row: Rollout, sequence: number, more = {}) => ({ sequence, version: row.version, revision: row.revision, ...more });
const go = (world: InMemory, row: Rollout) => advance(row, anInvocation(), world.services);
/** A rollout whose creates were all refused so far. */
const unsent = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', attempt: 1, itemRevision: 5, ...changes });

/** A world with a rollout that waits on `stable`, and the rollout on `beta`. */
function worldOf(row: Rollout, upstream?: Rollout): InMemory {
  const world = servicesInMemory();
  world.put(row, row.state === 'WAITING' ? undefined : entryOf(row, 1));
  if (upstream) world.put(upstream, entryOf(upstream, 1, { created: true }));
  return world;
}

/** A world with one rollout that has entered its channel. */
const entered = (row: Rollout) => {
  const world = servicesInMemory();
  world.put(row, entryOf(row, 1));
  return world;
};
async function hold(world: InMemory, holds = held({})) {
  const { itemRevision } = await world.services.ledger.holds('thermostat');
  expect(await world.services.ledger.writeHolds('thermostat', { itemRevision, holds })).toBe(true);
}
const approve = (world: InMemory) => world.services.ledger.writeApprovals('thermostat', '2.0.0', { itemRevision: 0, list: [anApproval()] });
const sentOf = (world: InMemory) => [...world.planes.CreateOTAUpdate.sent, ...world.planes.CreateOtaTask.sent];
const told = (world: InMemory) => world.published.map(({ detailType }) => detailType.replace('OTA Rollout ', ''));

describe('the calls of a look at a WAITING rollout', () => {
  const row = aWaiting({ after: [aRule()], approval: { required: 1, skip: [] } });

  it('that finds new reasons: one read more, and the reasons are reported', async () => {
    const world = worldOf(row);
    await go(world, row);
    expect(world.calls()).toEqual(['load stable', 'upstreams', 'write stable WAITING', 'publish Rollout Waiting', 'write stable WAITING']);
    expect(world.published[0]?.detail).toMatchObject({ waitingFor: ['APPROVAL', 'UPSTREAM_MISSING'], attempt: 0 });
    expect(world.rowAt(row)).toMatchObject({ state: 'WAITING', outbox: [], waits: { told: ['APPROVAL', 'UPSTREAM_MISSING'] } });
    expect(world.rowAt(row)?.dueAt).toBe(now + minutes(3));
  });

  it('that finds nothing new writes nothing, so the rollout stays due', async () => {
    const world = worldOf(row);
    await go(world, row);
    const before = world.rowAt(row);
    world.calls();
    world.clock.now += minutes(60);
    await go(world, row);
    expect(world.calls()).toEqual(['load stable', 'upstreams']);
    expect(world.rowAt(row)).toEqual(before);
  });

  it('that finds its gate open: AWS is asked once, and the create follows in the same loop', async () => {
    const world = worldOf(row, beta());
    await approve(world);
    world.calls();
    world.planes.CreateOTAUpdate.sighting = live;
    await go(world, row);
    expect(world.calls()).toEqual([
      'load stable',
      'upstreams',
      'look job',
      'write stable CLAIMED',
      'head stable',
      'write stable CREATING',
      'holds',
      'create 1',
      'publish Rollout Promoted',
      'write stable CREATING',
      'follow-up numbered',
    ]);
    expect(world.published[0]?.detail).toMatchObject({ after: [{ channel: 'beta', counts }], approvals: [{ by: anApproval().by }] });
    expect(world.rowAt(row)).toMatchObject({ opened: { at: now, after: [{ channel: 'beta' }] }, sequence: 1 });
    expect(world.rowAt(row)).not.toHaveProperty('waits');
  });

  it('without a channel before reads nothing more', async () => {
    const alone = aWaiting({ approval: { required: 1, skip: [] } });
    const world = worldOf(alone);
    await go(world, alone);
    expect(world.calls()).not.toContain('upstreams');
  });

  it('whose channel before has failed ends it, without a create', async () => {
    const world = worldOf(row, beta({ state: 'FAILED', code: 'ABORTED' }));
    await go(world, row);
    expect(world.rowAt(row)).toMatchObject({ state: 'FAILED', code: 'GATE_SHUT' });
    expect(world.rowAt(row)).not.toHaveProperty('dueAt');
    expect(world.headAt('thermostat', 'stable').entries).toEqual({});
    expect(world.published).toMatchObject([{ detail: { code: 'GATE_SHUT', upstream: { rolloutId: beta().rolloutId, state: 'FAILED' } } }]);
  });

  it('gets a follow-up only for an instant that comes before the next sweep', async () => {
    const soaking = (soakMinutes: number) => aWaiting({ after: [aRule({ soakMinutes })] });
    for (const [soakMinutes, delays] of [
      [3, [180]],
      [30, []],
    ] as const) {
      const world = worldOf(soaking(soakMinutes), beta());
      await go(world, soaking(soakMinutes));
      expect(world.followUps.map(({ delaySeconds }) => delaySeconds)).toEqual(delays);
      const [followUp] = world.followUps;
      if (followUp) expect(parseFollowUp(followUp.body).followUpNumber).toBe(world.rowAt(row)?.followUpNumber);
    }
  });
});

describe('if a call fails while a rollout waits', () => {
  const row = aWaiting();

  it('a look at the channel before: nothing opens, the failure is counted, and the next look asks again', async () => {
    const world = worldOf(row, beta());
    world.hooks.before = (line) => {
      if (line.startsWith('look')) throw new Error('AWS is away');
    };
    await go(world, row);
    expect(world.rowAt(row)).toMatchObject({ state: 'WAITING' });
    expect(world.measured).toContainEqual(['failed look in WAITING', 1]);
    expect([sentOf(world), world.problems]).toMatchObject([[], [expect.any(String)]]);
    expect(world.rowAt(row)?.dueAt).toBeLessThanOrEqual(now + minutes(5));
    await go(world, row);
    expect(told(world)).toEqual(['Waiting']);
    delete world.hooks.before;
    world.planes.CreateOTAUpdate.sighting = live;
    await go(world, row);
    expect(sentOf(world)).toHaveLength(1);
  });

  it('a look at one of two channels before: the soak of the other one begins, and every reason is reported', async () => {
    const rules = [aRule(), aRule({ channel: 'hubs', soakMinutes: 30 })];
    const two = aWaiting({ after: rules, approval: { required: 1, skip: [] } });
    const world = worldOf(two, beta());
    world.put(beta({ channel: 'hubs' }), entryOf(beta(), 1, { created: true }));
    world.hooks.before = (line) => {
      if (line.startsWith('look')) throw new Error('AWS is away');
    };
    await go(world, two);
    expect(world.rowAt(two)?.waits).toMatchObject({
      told: ['APPROVAL', 'SOAKING'],
      upstreams: { beta: { metAt: now }, hubs: { metAt: now } },
    });
    expect(told(world)).toEqual(['Waiting']);
  });

  it('the read of the channel before: it throws, so that SQS delivers the message again', async () => {
    const world = worldOf(row, beta());
    world.hooks.before = (line) => {
      if (line === 'upstreams') throw new Error('DynamoDB is away');
    };
    await expect(go(world, row)).rejects.toThrow('DynamoDB is away');
  });

  it('the bus: the reasons stay in the outbox, and the next look publishes them although nothing has changed', async () => {
    const world = worldOf(row);
    world.hooks.before = (line) => {
      if (line.startsWith('publish')) throw new Error('the bus is away');
    };
    await go(world, row);
    expect(world.rowAt(row)).toMatchObject({ outbox: [{ detailType: 'OTA Rollout Waiting' }] });
    delete world.hooks.before;
    await go(world, row);
    expect(told(world)).toEqual(['Waiting']);
    expect(world.rowAt(row)?.outbox).toEqual([]);
  });

  it('the process after its gate has opened: the next look finds the evidence, and reports it once', async () => {
    const world = worldOf(row, beta());
    world.planes.CreateOTAUpdate.sighting = live;
    let isDead = false;
    world.hooks.before = () => {
      if (isDead) throw new Error('dead');
    };
    world.hooks.after = (line) => {
      isDead ||= line === 'write stable CLAIMED';
    };
    await go(world, row).catch(() => undefined);
    const opened = world.rowAt(row)?.opened;
    expect(opened).toBeDefined();
    delete world.hooks.before;
    delete world.hooks.after;
    world.clock.now += minutes(3);
    await go(world, row);
    expect(world.rowAt(row)).toMatchObject({ state: 'CREATING', opened });
    expect(told(world)).toEqual(['Promoted']);
  });
});

describe('the holds before a create', () => {
  it.each([
    ['IoT Core', unsent()],
    ['managed integrations', unsent(onMi)],
  ])('that cannot be read: nothing is sent, and the intent is undone (%s)', async (_what, row) => {
    const world = entered(row);
    world.hooks.before = (line) => {
      if (line === 'holds') throw new Error('DynamoDB is away');
    };
    await go(world, row);
    expect(sentOf(world)).toEqual([]);
    expect(world.rowAt(row)).toMatchObject({ state: 'CREATING', unansweredCreates: { count: 0 } });
    expect(world.problems).toHaveLength(1);
    expect(world.calls().at(-1)).toBe('follow-up numbered');
    // Nothing is unanswered, so a task is not UNCERTAIN later: it is sent once the holds can be read.
    delete world.hooks.before;
    world.clock.now += minutes(30);
    await go(world, row);
    expect(sentOf(world)).toHaveLength(1);
  });

  it.each([
    ['IoT Core', unsent()],
    ['managed integrations', unsent(onMi)],
  ])('to which one was added after the intent: nothing is sent, which is recorded and reported (%s)', async (_what, row) => {
    const world = entered(row);
    world.hooks.after = async (line) => {
      if (line !== 'write beta CREATING') return;
      delete world.hooks.after;
      await hold(world);
    };
    await go(world, row);
    expect(sentOf(world)).toEqual([]);
    expect(world.rowAt(row)).toMatchObject({ state: 'CREATING', waits: { told: ['HELD'] } });
    expect(world.rowAt(row)?.unansweredCreates).toEqual({ count: 0 });
    expect(told(world)).toEqual(['Waiting']);
    // However long the hold lasts, the rollout is neither UNCERTAIN nor sent.
    world.clock.now += minutes(60);
    await go(world, row);
    expect([world.rowAt(row)?.state, sentOf(world)]).toEqual(['CREATING', []]);
    await hold(world, noHolds);
    await go(world, row);
    expect(sentOf(world)).toHaveLength(1);
  });

  it('to which one was added: no loop sends without an intent, even if it has to load the row again and the hold is over', async () => {
    const world = entered(unsent());
    const counted: (number | undefined)[] = [];
    let writes = 0;
    world.hooks.before = async (line) => {
      if (line.startsWith('create')) counted.push(world.rowAt(unsent())?.unansweredCreates.count);
      if (line !== 'write beta CREATING') return;
      writes += 1;
      // The third write empties the outbox. Somebody else is faster.
      if (writes !== 3) return;
      const row = world.rowAt(unsent());
      if (row) world.put({ ...row, itemRevision: row.itemRevision + 1 });
      await hold(world, noHolds);
    };
    world.hooks.after = async (line) => {
      if (line !== 'write beta CREATING') return;
      delete world.hooks.after;
      await hold(world);
    };
    await go(world, unsent());
    expect(counted).toEqual([1]);
  });

  it('to which one was added, but somebody else wrote the row: they are read again', async () => {
    const world = entered(unsent(onMi));
    world.hooks.after = async (line) => {
      if (line !== 'holds') return;
      delete world.hooks.after;
      const row = world.rowAt(unsent());
      if (row) world.put({ ...row, itemRevision: row.itemRevision + 1 });
    };
    world.hooks.before = async (line) => {
      if (line !== 'holds') return;
      delete world.hooks.before;
      await hold(world);
    };
    await go(world, unsent(onMi));
    expect(world.calls().filter((line) => line === 'holds').length).toBeGreaterThan(2);
    expect(sentOf(world)).toEqual([]);
    expect(world.rowAt(unsent())).toMatchObject({ unansweredCreates: { count: 0 }, waits: { told: ['HELD'] } });
  });
});

describe('a rollout under a hold', () => {
  const row = aRollout();

  it('is reported, does not enter its channel, and needs no follow-up', async () => {
    const world = servicesInMemory();
    world.put(row);
    await hold(world);
    world.calls();
    await go(world, row);
    expect(world.calls()).toEqual(['load beta', 'write beta CLAIMED', 'publish Rollout Waiting', 'write beta CLAIMED']);
    expect(world.headAt('thermostat', 'beta').entries).toEqual({});
    expect(world.published[0]?.detail).toMatchObject({ onlyWaitingFor: 'HELD', attempt: 0 });
  });

  it('is created with the next look after the hold has ended', async () => {
    const world = servicesInMemory();
    world.put(row);
    await hold(world);
    await go(world, row);
    await hold(world, noHolds);
    world.clock.now += minutes(2);
    await go(world, row);
    expect(sentOf(world)).toHaveLength(1);
    expect(world.rowAt(row)).toMatchObject({ state: 'CREATING', waitedUntil: now + minutes(2) });
    expect(world.rowAt(row)).not.toHaveProperty('waits');
  });

  it('that is live is looked at, superseded and withdrawn as before', async () => {
    const running = aRollout({ state: 'CREATED', ...sentAgo(minutes(30)), itemRevision: 5 });
    const world = entered(running);
    await hold(world);
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'completed', aws: {}, counts };
    await go(world, running);
    expect(world.rowAt(running)?.state).toBe('COMPLETED');
  });

  it('whose create was never answered is found, but never sent again', async () => {
    const asked = aRollout({ state: 'CREATING', ...sentAgo(seconds(20)), itemRevision: 5 });
    const world = entered(asked);
    await hold(world);
    world.planes.CreateOTAUpdate.sighting = { kind: 'notFound' };
    await go(world, asked);
    expect(sentOf(world)).toEqual([]);
    world.planes.CreateOTAUpdate.sighting = live;
    await go(world, asked);
    expect(world.rowAt(asked)).toMatchObject({ state: 'CREATED' });
    expect(told(world)).toEqual(['Waiting', 'Created']);
  });
});

describe('a gate that opened more than ten minutes ago', () => {
  const opened = { at: now - minutes(11), after: [], approvals: [], skipped: [] };
  const row = aWaiting({ after: [aRule()] }, { state: 'CLAIMED', opened });
  const enters = (world: InMemory) => world.calls().includes('head stable');

  it('is judged again before the rollout enters its channel', async () => {
    const bad = worldOf(aWaiting(), beta({ counts: someCounts({ failed: 3 }) }));
    bad.put(row);
    await go(bad, row);
    expect([enters(bad), bad.rowAt(row)?.waits?.told]).toEqual([false, ['THRESHOLD']]);
    const failed = worldOf(aWaiting(), beta({ state: 'WITHDRAWN' }));
    failed.put(row);
    await go(failed, row);
    expect(failed.rowAt(row)).toMatchObject({ state: 'FAILED', code: 'GATE_SHUT' });
    const good = worldOf(aWaiting(), beta());
    good.put(row);
    await go(good, row);
    expect(sentOf(good)).toHaveLength(1);
  });
});

describe('the time that a rollout has been waiting', () => {
  const hour = { at: now - minutes(60), to: 'CLAIMED', why: '', who: '' } as const;
  const measured = (world: InMemory) => world.measured.filter(([name]) => /Waiting/.test(name));

  it('for a person, a time or other devices is measured for each reason, and not as a wait for AWS', async () => {
    const gate = { after: [aRule()], approval: { required: 1, skip: [] } };
    const waits = { since: { APPROVAL: now - minutes(60) }, told: ['APPROVAL'], upstreams: {} } as const;
    const row = aWaiting(gate, { waits });
    const world = worldOf(row);
    await go(world, row);
    expect(measured(world)).toEqual([
      ['WaitingForApprovalSeconds', 3600],
      ['WaitingForUpstreamMissingSeconds', 0],
    ]);
  });

  it('under a hold is not a wait for AWS either, and neither is it after the hold', async () => {
    const row = aRollout({ history: [hour], claimedAt: hour.at });
    const world = servicesInMemory();
    world.put(row);
    await hold(world);
    await go(world, row);
    await hold(world, noHolds);
    world.planes.CreateOTAUpdate.reply = { kind: 'refused', retryable: true, code: 'LimitExceededException', message: 'm' };
    world.clock.now += minutes(60);
    await go(world, row);
    world.clock.now += minutes(1);
    await go(world, row);
    expect(measured(world)).toEqual([
      ['WaitingForHeldSeconds', 0],
      ['RolloutWaitingSeconds', 0],
      ['RolloutWaitingSeconds', 60],
    ]);
  });

  it('is that of the soak while AWS does not answer how the devices of the channel before are', async () => {
    const world = worldOf(aWaiting(), beta());
    world.hooks.before = (line) => {
      if (line.startsWith('look')) throw new Error('AWS is away');
    };
    await go(world, aWaiting());
    expect(measured(world)).toEqual([['WaitingForSoakingSeconds', 0]]);
  });
});
