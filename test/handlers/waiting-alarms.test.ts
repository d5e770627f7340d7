import { beforeAll, describe, expect, it } from 'vitest';
import type { Gate } from '../../domain/gate/gate.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { aRollout, minutes, now, someCounts } from '../../proof/support/a-rollout.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { compiledTemplate, type Template } from '../../scripts/compiled-template.ts';
import { type Measurement, ringsOf } from '../support/ringing.ts';

const hours = (count: number): number => minutes(60 * count);
const SWEEP = minutes(5);
const DAY = hours(24);
/** A rollout is looked at every 20 minutes at the latest, and CloudWatch ends the period. */
const LATEST = minutes(30);
const hold = { holdId: 'radio-fails', reason: 'Loses its network', by: { account: '000000000000', source: 'com.acme.ci' }, at: now };

let template: Template;
beforeAll(async () => {
  template = await compiledTemplate();
}, 180_000);

/** Lets the sweep look at the rollout whenever it is due, for this long. Returns the alarms that ring, and after how long (ms). */
async function ringsAfter(world: InMemory, row: Rollout, milliseconds: number): Promise<Record<string, number>> {
  const measured: Measurement[] = [];
  const measure = (name: string, value: number) => void measured.push({ at: world.clock.now, name, value });
  const services = { ...world.services, telemetry: { ...world.services.telemetry, measure } };
  const begin = world.clock.now;
  for (let at = begin; at <= begin + milliseconds; at += SWEEP) {
    world.clock.now = Math.max(world.clock.now, at);
    const { dueAt } = world.rowAt(row) ?? {};
    if (dueAt !== undefined && dueAt <= world.clock.now) await advance(row, anInvocation(), services);
  }
  expect(measured.length, 'looks that measure').toBeGreaterThan(milliseconds / minutes(30));
  return Object.fromEntries([...ringsOf(template, measured)].map(([alarm, at]) => [alarm, at - begin]));
}

/** A rollout on `stable` that waits for this gate, and one of the same release on `beta` that nobody advances. */
function waiting(gate: Gate, before?: Partial<Rollout>): { world: InMemory; row: Rollout } {
  const world = servicesInMemory();
  const row = aRollout({ channel: 'stable', state: 'WAITING', gate, dueAt: now });
  world.put(row);
  if (before) {
    const upstream = aRollout({ channel: 'beta', ...before });
    const head = { sequence: 1, version: upstream.version, revision: 1, ...(upstream.state === 'CREATED' && { created: true as const }) };
    world.put(upstream, head);
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'live', aws: {}, ...(before.counts && { counts: before.counts }) };
  }
  return { world, row };
}

const rule = { channel: 'beta', minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0 };
const live = (counts: Parameters<typeof someCounts>[0]): Partial<Rollout> => ({
  state: 'CREATED',
  attempt: 1,
  aws: { otaUpdateId: 'u-1', jobId: 'AFR_OTA-u-1' },
  counts: someCounts(counts),
});

describe('No alarm rings for two days while', () => {
  it('a hold keeps a rollout that was claimed', async () => {
    const world = servicesInMemory();
    const row = aRollout({ dueAt: now });
    world.put(row);
    await world.services.ledger.writeHolds('thermostat', { itemRevision: 0, holds: { held: [hold], ended: [] } });
    expect(await ringsAfter(world, row, 2 * DAY)).toEqual({});
    expect(world.rowAt(row)).toMatchObject({ state: 'CLAIMED', waits: { since: { HELD: expect.any(Number) } } });
  });

  it.each<[string, Gate, Partial<Rollout>?]>([
    ['APPROVAL', { approval: { required: 1, skip: [] } }],
    ['CLOSED', { allowedTimes: [{ cron: '* * 1 JAN ? *', timeZone: 'UTC' }] }],
    ['UPSTREAM_PENDING', { after: [rule] }, {}],
    ['SOAKING', { after: [{ ...rule, soakMinutes: 60 * 24 * 7 }] }, live({ succeeded: 10 })],
  ])('a rollout waits only for %s', async (reason, gate, before) => {
    const { world, row } = waiting(gate, before);
    expect(await ringsAfter(world, row, 2 * DAY)).toEqual({});
    expect(Object.keys(world.rowAt(row)?.waits?.since ?? {})).toEqual([reason]);
  });
});

describe('An alarm rings', () => {
  it.each<[string, string, Gate, Partial<Rollout>?]>([
    ['UPSTREAM_MISSING', 'UpstreamMissingAlarm', { after: [rule] }],
    ['THRESHOLD', 'GateStuckAlarm', { after: [rule] }, live({ succeeded: 5, queued: 5 })],
  ])('a day after a rollout began to wait for %s', async (reason, alarm, gate, before) => {
    const { world, row } = waiting(gate, before);
    const rings = await ringsAfter(world, row, 2 * DAY);
    expect(Object.keys(world.rowAt(row)?.waits?.since ?? {})).toEqual([reason]);
    expect(Object.keys(rings)).toEqual([alarm]);
    expect(rings[alarm]).toBeGreaterThan(DAY);
    expect(rings[alarm]).toBeLessThan(DAY + hours(2));
  });

  it('an hour after AWS began to refuse the create', async () => {
    const world = servicesInMemory();
    const row = aRollout({ dueAt: now });
    world.put(row);
    world.planes.CreateOTAUpdate.reply = { kind: 'refused', retryable: true, code: 'LimitExceededException', message: 'too many jobs' };
    const rings = await ringsAfter(world, row, hours(3));
    expect(rings['RolloutWaitingAlarm']).toBeGreaterThan(hours(1) - minutes(1));
    expect(rings['RolloutWaitingAlarm']).toBeLessThan(hours(1) + LATEST);
  });

  it('an hour after the hold ended, and not at once, if AWS refuses a rollout that was held for two days', async () => {
    const world = servicesInMemory();
    const row = aRollout({ dueAt: now });
    world.put(row);
    world.planes.CreateOTAUpdate.reply = { kind: 'refused', retryable: true, code: 'LimitExceededException', message: 'too many jobs' };
    const holds = { held: [{ ...hold, until: now + 2 * DAY }], ended: [] };
    await world.services.ledger.writeHolds('thermostat', { itemRevision: 0, holds });
    const rings = await ringsAfter(world, row, 2 * DAY + hours(3));
    expect(rings['RolloutWaitingAlarm']).toBeGreaterThan(2 * DAY + hours(1) - minutes(1));
    expect(rings['RolloutWaitingAlarm']).toBeLessThan(2 * DAY + hours(1) + LATEST);
  });
});
