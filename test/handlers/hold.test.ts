import { describe, expect, it } from 'vitest';
import type { Channels } from '../../domain/channels/schema.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { aRollout, minutes, now, seconds, sentAgo } from '../../proof/support/a-rollout.ts';
import { channelsOf, otaUpdateChannel, source } from '../../proof/support/fixtures.ts';
import { aHold, aPublication, approver, aResume } from '../../proof/support/messages.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

function channels(changes: object = { approvers: [approver] }): Channels {
  const unsigned = otaUpdateChannel({}, { unsigned: 'allow' });
  const { artifactBuckets, products } = channelsOf({ beta: unsigned, stable: unsigned });
  return { artifactBuckets, products: { thermostat: { ...products['thermostat'], ...changes } } } as Channels;
}

const aWorld = (changes?: object) => servicesInMemory({ channels: channels(changes) });
const take = (world: InMemory, body: string, messageId = 'm-1') =>
  receive(readMessage(messageId, body, world.services.allowedAccounts), anInvocation(), world.services);
const answers = (world: InMemory) =>
  world.published.findLast(({ detailType }) => detailType === 'OTA Channel Held' || detailType === 'OTA Channel Resumed')?.detail as
    | { holds: { holdId: string }[]; waiting: unknown[]; live: unknown[]; outcomeId: string; at: string }
    | undefined;
const held = (world: InMemory) => answers(world)?.holds.map(({ holdId }) => holdId);
/** `code path` of each rejection. */
const refusals = (world: InMemory) =>
  world.published.flatMap(({ detailType, detail }) => (detailType === 'OTA Release Rejected' ? [`${detail.code} ${detail.path}`] : []));
const claimed = (changes: Partial<Rollout> = {}) => aRollout(changes);

describe('a hold', () => {
  it('is recorded before its answer, which has the active holds, what waits and what runs all the same', async () => {
    const world = aWorld();
    const wait = { state: 'WAITING', channel: 'stable', gate: { approval: { required: 1, skip: [] } } } as const;
    world.put(claimed(wait));
    world.put(claimed({ version: '1.0.0', state: 'CREATED' }));
    world.put(claimed({ version: '1.0.1', state: 'CREATING', ...sentAgo(seconds(5)) }));
    world.put(claimed({ version: '1.0.2', state: 'CREATING', attempt: 1 }));
    world.put(claimed({ version: '1.0.3', state: 'WITHDRAWING' }));
    world.put(claimed({ version: '1.0.4', state: 'FAILED', code: 'GONE' }));
    world.put(claimed({ product: 'thermostat-2', state: 'CREATED' }));
    const { dueAt: _, ...done } = claimed({ version: '1.0.5', state: 'COMPLETED' });
    world.put(done);
    await expect(take(world, aHold({ channels: ['stable'], until: '2026-11-24T00:00:00Z' }))).resolves.toBe('dispatched');
    expect(world.calls()).toEqual(['holds', 'hold', 'unfinished', 'publish Channel Held']);
    const names = (rows: unknown) =>
      (rows as { version: string; channel: string; state: string }[]).map((row) => `${row.version} ${row.state}`);
    expect(answers(world)).toMatchObject({
      product: 'thermostat',
      channel: 'stable',
      holdId: 'radio-fails',
      holds: [
        {
          holdId: 'radio-fails',
          channels: ['stable'],
          reason: 'Loses its network',
          until: '2026-11-24T00:00:00.000Z',
          by: { account: '000000000000', source: approver },
          at: new Date(now).toISOString(),
        },
      ],
    });
    expect(names(answers(world)?.waiting)).toEqual(['1.0.2 CREATING', '2.0.0 WAITING']);
    expect(names(answers(world)?.live)).toEqual(['1.0.0 CREATED', '1.0.1 CREATING', '1.0.3 WITHDRAWING']);
    expect(answers(world)?.waiting[1]).toEqual({
      rolloutId: claimed(wait).rolloutId,
      version: '2.0.0',
      revision: 1,
      channel: 'stable',
      state: 'WAITING',
    });
  });

  it('keeps the next release from being created, until it is resumed', async () => {
    const world = aWorld();
    await take(world, aHold());
    await take(world, aPublication(), 'm-2');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    await expect(take(world, aResume(), 'm-3')).resolves.toBe('dispatched');
    expect(answers(world)).toMatchObject({ holds: [], waiting: [{ channel: 'beta', state: 'CLAIMED' }], live: [] });
    expect(world.followUps.map(({ body }) => JSON.parse(body))).toContainEqual(
      expect.objectContaining({ followUpNumber: '*', channel: 'beta' }),
    );
    await advance(aRollout(), anInvocation(), world.services);
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });

  it('that comes again is a duplicate with the same answer', async () => {
    const world = aWorld();
    await take(world, aHold());
    const first = answers(world);
    world.clock.now += minutes(1);
    await expect(take(world, aHold())).resolves.toBe('duplicate');
    expect(answers(world)).toEqual({ ...first, at: expect.any(String) });
  });

  it('that comes again after it was resumed is a duplicate, and is not active', async () => {
    const world = aWorld();
    await take(world, aHold());
    await take(world, aResume(), 'm-2');
    await expect(take(world, aHold())).resolves.toBe('duplicate');
    expect(held(world)).toEqual([]);
  });

  it('that was resumed before it came is accepted and not active, once', async () => {
    const world = aWorld();
    await take(world, aResume());
    await expect(take(world, aHold(), 'm-2')).resolves.toBe('dispatched');
    expect(held(world)).toEqual([]);
    await expect(take(world, aHold({}, { id: 'h-2' }), 'm-3')).resolves.toBe('rejected');
    await expect(take(world, aHold(), 'm-4')).resolves.toBe('duplicate');
    expect(refusals(world)).toEqual(['HOLD_ENDED holdId']);
  });

  it.each([
    ['has passed', { until: '2026-11-23T11:59:59Z' }],
    ['has not begun', { from: '2026-11-23T12:00:01Z' }],
  ])('whose time %s is accepted and not active', async (_, times) => {
    const world = aWorld();
    await expect(take(world, aHold(times))).resolves.toBe('dispatched');
    expect(held(world)).toEqual([]);
  });

  it('of another holder stays when one of them resumes', async () => {
    const world = aWorld();
    await take(world, aHold());
    await take(world, aHold({ holdId: 'other' }, { id: 'h-2', source }), 'm-2');
    await take(world, aResume(), 'm-3');
    expect(held(world)).toEqual(['other']);
  });

  it('is one of two in a batch, which take turns', async () => {
    const world = aWorld();
    const invocation = anInvocation();
    const bodies = [aHold(), aHold({ holdId: 'other' }, { id: 'h-2' }), aResume()];
    const words = bodies.map((body, index) =>
      receive(readMessage(`m-${index}`, body, world.services.allowedAccounts), invocation, world.services),
    );
    await expect(Promise.all(words)).resolves.toEqual(['dispatched', 'dispatched', 'dispatched']);
    expect(world.calls().filter((line) => line === 'holds')).toHaveLength(3);
    expect(held(world)).toEqual(['other']);
  });

  it('is answered with at most 500 rollouts in each list', async () => {
    const world = aWorld();
    for (let index = 0; index < 501; index += 1)
      world.put(claimed({ version: `1.0.${index}`, state: index % 2 === 0 ? 'CLAIMED' : 'CREATED' }));
    for (let index = 0; index < 600; index += 1) world.put(claimed({ version: `2.0.${index}` }));
    await take(world, aHold());
    expect(answers(world)?.waiting).toHaveLength(500);
    expect(answers(world)?.live.length).toBeLessThanOrEqual(500);
    expect(Buffer.byteLength(JSON.stringify(answers(world)))).toBeLessThan(256 * 1024);
    expect(await world.services.ledger.unfinishedOf('thermostat')).toHaveLength(1_000);
  });
});

describe('the end of a hold', () => {
  it('wakes what waits, and answers', async () => {
    const world = aWorld();
    await take(world, aHold());
    const waits = { since: { HELD: now }, told: [], upstreams: {} };
    world.put(claimed({ version: '1.0.0', state: 'WAITING', gate: { approval: { required: 1, skip: [] } } }));
    world.put(claimed({ version: '1.0.1', state: 'CREATING', waits }));
    world.put(claimed({ version: '1.0.2', state: 'CREATED' }));
    world.calls();
    await take(world, aResume(), 'm-2');
    expect(world.calls()).toEqual(['holds', 'hold', 'unfinished', 'follow-up wake 1.0.0, wake 1.0.1', 'publish Channel Resumed']);
  });

  it('that comes again is a duplicate with the same answer', async () => {
    const world = aWorld();
    await take(world, aHold());
    await take(world, aResume(), 'm-2');
    const first = answers(world);
    await expect(take(world, aResume(), 'm-2')).resolves.toBe('duplicate');
    expect(answers(world)).toEqual(first);
  });

  it('of a product without approvers may come from a source', async () => {
    const world = aWorld({});
    await take(world, aHold({}, { source }));
    await expect(take(world, aResume({}, { source }), 'm-2')).resolves.toBe('dispatched');
  });
});

describe('a hold or its end is rejected, and nothing is written,', () => {
  it.each<[code: string, when: string, body: string]>([
    ['UNKNOWN_PRODUCT product', 'of an unknown product', aHold({ product: 'toaster' })],
    ['UNKNOWN_PRODUCT product', 'of an unknown product', aResume({ product: 'toaster' })],
    ['SOURCE_NOT_ALLOWED source', 'from a stranger', aHold({ channels: ['satble'] }, { source: 'com.stranger' })],
    ['SOURCE_NOT_ALLOWED source', 'from a stranger', aResume({}, { source: 'com.stranger' })],
    ['SOURCE_NOT_ALLOWED source', 'from a source where there are approvers', aResume({}, { source })],
    ['UNKNOWN_CHANNEL channels[1]', 'on an unknown channel', aHold({ channels: ['beta', 'satble'] })],
  ])('as %s %s', async (code, _when, body) => {
    const world = aWorld();
    await expect(take(world, body)).resolves.toBe('rejected');
    expect(refusals(world)).toEqual([code]);
    expect(world.items.size).toBe(0);
  });

  it('as INVALID_HOLD holdId if the product has fifty', async () => {
    const world = aWorld();
    for (let index = 0; index < 50; index += 1) await take(world, aHold({ holdId: `h-${index}` }, { id: `e-${index}` }), `m-${index}`);
    expect(held(world)).toHaveLength(50);
    await expect(take(world, aHold({ holdId: 'more' }, { id: 'more' }))).resolves.toBe('rejected');
    expect(refusals(world)).toEqual(['INVALID_HOLD holdId']);
  });
});

describe('a hold is retried', () => {
  it.each(['holds', 'hold', 'unfinished', 'publish Channel Held'])('if %s fails, and is set then', async (call) => {
    const world = aWorld();
    world.hooks.before = (line) => {
      if (line === call) throw new Error('away');
    };
    await expect(take(world, aHold())).rejects.toThrow('away');
    delete world.hooks.before;
    await take(world, aHold());
    expect(held(world)).toEqual(['radio-fails']);
  });

  it('if others kept writing first', async () => {
    const world = aWorld();
    const services = { ...world.services, ledger: { ...world.services.ledger, writeHolds: async () => false } };
    await expect(receive(readMessage('m-1', aHold(), services.allowedAccounts), anInvocation(), services)).rejects.toThrow('lost the race');
  });

  it('but a wake that fails is left to the sweep', async () => {
    const world = aWorld();
    await take(world, aHold());
    world.put(claimed());
    world.hooks.before = (line) => {
      if (line.startsWith('follow-up')) throw new Error('away');
    };
    await expect(take(world, aResume(), 'm-2')).resolves.toBe('dispatched');
  });
});
