import { describe, expect, it } from 'vitest';
import type { Product } from '../../domain/channels/schema.ts';
import type { StopOrder } from '../../domain/rollout/observation.ts';
import type { ControlPlane } from '../../domain/rollout/ports.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { aRecordedWithdrawal, aRollout, minutes, onMi, seconds, sentAgo } from '../../proof/support/a-rollout.ts';
import { aPublication, approver, aWithdrawal } from '../../proof/support/messages.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const take = (world: InMemory, body: string, invocation = anInvocation()) =>
  receive(readMessage('w-1', body, world.services.allowedAccounts), invocation, world.services);
const live = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATED', ...sentAgo(minutes(30)), ...changes });
const outcomes = (world: InMemory) => world.published.map((event) => event.detailType);

/** The services of a world, and a list of every order to stop that they send to AWS. */
function withStopOrders({ services }: InMemory) {
  const orders: StopOrder[] = [];
  const recorded = (plane: ControlPlane): ControlPlane => ({
    ...plane,
    stop: (subject, order, time) => {
      orders.push(order);
      return plane.stop(subject, order, time);
    },
  });
  const { CreateOTAUpdate, CreateJob, CreateOtaTask } = services.controlPlanes;
  const controlPlanes = {
    CreateOTAUpdate: recorded(CreateOTAUpdate),
    CreateJob: recorded(CreateJob),
    CreateOtaTask: recorded(CreateOtaTask),
  };
  return { orders, services: { ...services, controlPlanes } };
}

describe('a withdrawal', () => {
  it('is recorded before the rollouts are read, and acknowledged after each is marked', async () => {
    const world = servicesInMemory();
    world.put(live());
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'live', aws: {} };
    await expect(take(world, aWithdrawal())).resolves.toBe('dispatched');
    expect(world.calls()).toEqual([
      'withdrawals',
      'withdrawal',
      'rows',
      'load beta',
      'write beta WITHDRAWING',
      'look both',
      'stop WITHDRAWN',
      'follow-up numbered',
      'publish Release Withdrawn',
    ]);
    expect(world.published[0]?.detail).toMatchObject({ rollouts: [{ channel: 'beta', state: 'WITHDRAWING' }] });
  });

  it('may come from an approver of the product, who denies a release in this way', async () => {
    const channels = servicesInMemory().services.channels;
    const thermostat = { ...channels.products['thermostat'], approvers: [approver] } as Product;
    const world = servicesInMemory({ channels: { ...channels, products: { thermostat } } });
    const row = live({ state: 'WAITING' });
    world.put(row);
    const denial = aWithdrawal({ channels: ['beta'], reasonCode: 'DENIED' }, { source: approver });
    await expect(take(world, denial)).resolves.toBe('dispatched');
    expect(world.rowAt(row)).toMatchObject({ state: 'WITHDRAWN', withdrawnBy: { source: approver, reasonCode: 'DENIED' } });
    await expect(take(world, aWithdrawal({}, { source: 'com.stranger' }))).resolves.toBe('rejected');
    expect(world.rejected[0]?.code).toBe('SOURCE_NOT_ALLOWED');
  });

  it('that comes before its release rejects the release when it comes', async () => {
    const world = servicesInMemory();
    await expect(take(world, aWithdrawal())).resolves.toBe('dispatched');
    expect(world.published[0]?.detail).toMatchObject({ rollouts: [] });
    await expect(take(world, aPublication())).resolves.toBe('rejected');
    expect(world.rejected[0]?.code).toBe('RELEASE_WITHDRAWN');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
  });

  it('of one revision does not affect other revisions, even later ones', async () => {
    const world = servicesInMemory();
    await take(world, aWithdrawal({ revision: 1 }));
    await expect(take(world, aPublication({ revision: 2 }))).resolves.toBe('dispatched');
    await expect(take(world, aPublication())).resolves.toBe('rejected');
  });

  it('of one channel does not affect other channels', async () => {
    const world = servicesInMemory();
    const [beta, stable] = [live(), live({ channel: 'stable' })];
    world.put(beta);
    world.put(stable);
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'live', aws: {} };
    await take(world, aWithdrawal({ channels: ['stable'] }));
    expect([world.rowAt(beta)?.state, world.rowAt(stable)?.state]).toEqual(['CREATED', 'WITHDRAWING']);
  });

  it('marks every rollout before it stops one, so that a control plane that hangs keeps none of them going', async () => {
    const world = servicesInMemory();
    const rows = [live(onMi), live({ channel: 'stable' }), live({ channel: 'canary', state: 'WITHDRAWING' })];
    for (const row of rows) world.put(row);
    for (const plane of Object.values(world.planes)) plane.sighting = { kind: 'exists', job: 'live', aws: {} };
    await expect(take(world, aWithdrawal())).resolves.toBe('dispatched');
    const calls = world.calls().filter((call) => /^(?:write|look|stop)/.test(call));
    expect(calls.slice(0, 2)).toEqual(['write beta WITHDRAWING', 'write stable WITHDRAWING']);
    expect(calls.filter((call) => call.startsWith('stop'))).toHaveLength(3);
  });

  it('ends a rollout when AWS reports that its job has ended, not when the stop returns', async () => {
    const world = servicesInMemory();
    world.put(live());
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'live', aws: {} };
    await take(world, aWithdrawal({ reasonCode: 'BRICKS', force: true }));
    await advance(live(), anInvocation(), world.services);
    expect(world.rowAt(live())?.state).toBe('WITHDRAWING');
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'canceled', aws: {} };
    await advance(live(), anInvocation(), world.services);
    expect(world.rowAt(live())?.state).toBe('WITHDRAWN');
    expect(world.published.at(-1)).toMatchObject({ detailType: 'OTA Rollout Withdrawn', detail: { reasonCode: 'BRICKS' } });
  });

  it.each<[string, Partial<Rollout>]>([
    ['IoT Core', {}],
    ['managed integrations', onMi],
  ])('with force sends every stop with force, from the first on, at %s', async (_, where) => {
    const world = servicesInMemory();
    const row = live(where);
    world.put(row);
    world.planes[row.operation].sighting = { kind: 'exists', job: 'live', aws: {} };
    const { orders, services } = withStopOrders(world);
    await receive(readMessage('w-1', aWithdrawal({ force: true }), services.allowedAccounts), anInvocation(), services);
    await advance(row, anInvocation(), services);
    expect(orders.map(({ force }) => force)).toEqual([true, true]);
  });

  it('without force lets devices that have started finish, until a withdrawal with force comes', async () => {
    const world = servicesInMemory();
    world.put(live());
    world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'live', aws: {} };
    const { orders, services } = withStopOrders(world);
    for (const changes of [{}, { force: false }, { force: true }]) {
      await receive(readMessage('w-1', aWithdrawal(changes), services.allowedAccounts), anInvocation(), services);
    }
    expect(orders.map(({ force }) => force)).toEqual([false, false, true]);
  });

  it('of a rollout with an unanswered create waits twenty minutes before it accepts "not found"', async () => {
    const world = servicesInMemory();
    const row = aRollout({ state: 'CREATING', ...sentAgo(seconds(1)) });
    world.put(row);
    world.planes.CreateOTAUpdate.sighting = { kind: 'notFound' };
    await take(world, aWithdrawal());
    expect(world.rowAt(row)?.state).toBe('WITHDRAWING');
    world.clock.now += minutes(21);
    await advance(row, anInvocation(), world.services);
    expect(world.rowAt(row)?.state).toBe('WITHDRAWN');
  });

  it('marks ended rollouts too, so that they no longer block their channels', async () => {
    const world = servicesInMemory();
    const done = live({ state: 'COMPLETED' });
    const lost = live({ channel: 'hubs', ...onMi, state: 'FAILED', code: 'UNCERTAIN' });
    const failed = live({ channel: 'stable', state: 'FAILED', code: 'GONE' });
    for (const row of [done, lost, failed]) world.put(row);
    await expect(take(world, aWithdrawal())).resolves.toBe('dispatched');
    expect([done, lost, failed].map((row) => world.rowAt(row)?.state)).toEqual(['WITHDRAWN', 'WITHDRAWN', 'FAILED']);
  });

  it.each([
    ['live', live()],
    ['completed', live({ state: 'COMPLETED' })],
    ['superseded', live({ state: 'SUPERSEDED' })],
    ['uncertain', live({ state: 'FAILED', code: 'UNCERTAIN', ...onMi })],
  ])('is retried until a rollout that is %s is marked', async (_, row) => {
    const world = servicesInMemory();
    world.put(row);
    let left = minutes(1);
    world.hooks.after = (line) => {
      if (line === 'rows') left = seconds(7);
    };
    await expect(
      take(
        world,
        aWithdrawal(),
        anInvocation(() => left),
      ),
    ).rejects.toThrow(row.rolloutId);
    expect(outcomes(world)).toEqual([]);
    left = minutes(1);
    delete world.hooks.after;
    await expect(
      take(
        world,
        aWithdrawal(),
        anInvocation(() => left),
      ),
    ).resolves.toBe('dispatched');
    expect(world.rowAt(row)?.state).toMatch(/^WITHDRAW/);
  });

  it('is retried if the ledger fails', async () => {
    const world = servicesInMemory();
    world.put(live());
    world.hooks.before = (line) => {
      if (line.startsWith('write')) throw new Error('away');
    };
    await expect(take(world, aWithdrawal())).rejects.toThrow('away');
  });

  it('that is repeated is recorded once', async () => {
    const world = servicesInMemory();
    await take(world, aWithdrawal());
    world.clock.now += minutes(5);
    world.calls();
    await take(world, aWithdrawal());
    expect(world.calls()).toEqual(['withdrawals', 'rows', 'publish Release Withdrawn']);
    expect(world.published[0]?.detail.outcomeId).toBe(world.published[1]?.detail.outcomeId);
  });

  it('that is recorded at the same time as another one of its version loses neither', async () => {
    const world = servicesInMemory();
    let isFirst = true;
    world.hooks.before = async (line) => {
      if (line !== 'withdrawal' || !isFirst) return;
      isFirst = false;
      await world.services.ledger.writeWithdrawals('thermostat', '2.0.0', {
        itemRevision: 0,
        list: [aRecordedWithdrawal({ revision: 9, force: true })],
      });
    };
    await take(world, aWithdrawal());
    const { list } = await world.services.ledger.withdrawals('thermostat', '2.0.0');
    expect(list).toHaveLength(2);
  });

  it('that is one too many for its version is rejected, but a withdrawal of the whole version is not', async () => {
    const world = servicesInMemory();
    const channels = (prefix: string) => Array.from({ length: 3_900 }, (_, index) => `${prefix}-${String(index).padStart(60, '0')}`);
    await expect(take(world, aWithdrawal({ channels: channels('a') }))).resolves.toBe('dispatched');
    await expect(take(world, aWithdrawal({ channels: channels('b') }))).resolves.toBe('rejected');
    expect(world.rejected).toMatchObject([{ code: 'TOO_LARGE' }]);
    await expect(take(world, aWithdrawal())).resolves.toBe('dispatched');
  });

  it('waits for its turn if its batch has others of its version', async () => {
    const world = servicesInMemory();
    const invocation = anInvocation();
    const endings = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((channel) => take(world, aWithdrawal({ channels: [channel] }), invocation)),
    );
    expect(new Set(endings)).toEqual(new Set(['dispatched']));
    const { list } = await world.services.ledger.withdrawals('thermostat', '2.0.0');
    expect(list).toHaveLength(8);
  });

  it.each([
    ['an unknown product', { product: 'nobody' }, 'UNKNOWN_PRODUCT'],
    ['no channel', { channels: [] }, 'INVALID_WITHDRAWAL'],
  ])('of %s is rejected and not recorded', async (_, changes, code) => {
    const world = servicesInMemory();
    await expect(take(world, aWithdrawal(changes))).resolves.toBe('rejected');
    expect([world.rejected[0]?.code, world.items.size]).toEqual([code, 0]);
  });

  it('from a source that is not allowed is rejected', async () => {
    const world = servicesInMemory();
    await expect(take(world, aWithdrawal().replace('com.acme.firmware-ci', 'com.other'))).resolves.toBe('rejected');
    expect(world.rejected[0]?.code).toBe('SOURCE_NOT_ALLOWED');
  });

  it('of the newer release does not restart the older one, which needs a new revision', async () => {
    const world = servicesInMemory();
    const old = live({ version: '1.0.0', state: 'SUPERSEDED' });
    world.put(old, { sequence: 1, version: '1.0.0', revision: 1, done: true });
    world.put(live({ state: 'COMPLETED' }), { sequence: 2, version: '2.0.0', revision: 1, done: true });
    await take(world, aWithdrawal());
    expect(world.headAt('thermostat', 'beta').entries[live().rolloutId]).toBeUndefined();
    await expect(take(world, aPublication({ version: '1.0.0', revision: 2 }))).resolves.toBe('dispatched');
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });
});
