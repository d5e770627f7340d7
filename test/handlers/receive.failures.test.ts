import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { aRollout, minutes, seconds } from '../../proof/support/a-rollout.ts';
import { aPublication, aWithdrawal } from '../../proof/support/messages.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const take = (world: InMemory, body: string, invocation = anInvocation(), messageId = 'm-1') =>
  receive(readMessage(messageId, body, world.services.allowedAccounts), invocation, world.services);
const beta = { product: 'thermostat', version: '2.0.0', revision: 1, channel: 'beta' };

describe('a failure before every channel has a row makes SQS deliver the record again', () => {
  it.each(['lookUp', 'artifact', 'lock', 'accept beta', 'claim stable'])('at %s', async (where) => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === where) throw new Error('away');
    };
    await expect(take(world, aPublication({ channels: ['beta', 'stable'] }))).rejects.toThrow();
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    delete world.hooks.before;
    await expect(take(world, aPublication({ channels: ['beta', 'stable'] }), anInvocation(), 'm-1')).resolves.toMatch(
      /dispatched|duplicate/,
    );
    expect(world.rowAt(beta)).toBeDefined();
    expect(world.rowAt({ ...beta, channel: 'stable' })).toBeDefined();
  });

  it('if too little time is left to begin', async () => {
    await expect(
      take(
        servicesInMemory(),
        aPublication(),
        anInvocation(() => seconds(24)),
      ),
    ).rejects.toThrow();
  });

  it.each([
    ['a release', aPublication()],
    ['a withdrawal', aWithdrawal()],
  ])('if too little time is left when the turn of %s comes', async (_, body) => {
    const world = servicesInMemory();
    let left = minutes(1);
    const invocation = anInvocation(() => left);
    const first = invocation.inTurn('thermostat 2.0.0', async () => {
      left = seconds(20);
    });
    const second = take(world, body, invocation);
    await first;
    await expect(second).rejects.toThrow();
    expect(world.calls()).toEqual([]);
  });
});

describe('a failure after every channel has a row leaves the rest to a wake', () => {
  it.each(['load beta', 'head beta', 'write beta CREATING'])('at %s, and the record is acknowledged', async (where) => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === where) throw new Error('away');
    };
    await expect(take(world, aPublication())).resolves.toBe('dispatched');
    expect(world.calls()).toContain('follow-up wake 2.0.0');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    delete world.hooks.before;
    await advance(beta, anInvocation(), world.services);
    expect(world.rowAt(beta)?.state).toBe('CREATING');
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });

  it('or to the sweep, if the wake fails too', async () => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === 'head beta' || line.startsWith('follow-up')) throw new Error('away');
    };
    await expect(take(world, aPublication())).resolves.toBe('dispatched');
    expect(world.rowAt(beta)?.dueAt).toBeDefined();
  });

  it('on the second channel, without a second create on the first', async () => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === 'head stable') throw new Error('away');
    };
    await expect(take(world, aPublication({ channels: ['beta', 'stable'] }))).resolves.toBe('dispatched');
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });
});

describe('a message with several channels', () => {
  const both = aPublication({ channels: ['beta', 'stable'] });
  const stable = { ...beta, channel: 'stable' };
  const crash = (world: InMemory, at: string) => {
    world.hooks.before = (line) => {
      if (line === at) throw new Error('crashed');
    };
  };

  it('that died after the first claim has its other channels claimed from the first row, unchanged', async () => {
    const world = servicesInMemory();
    crash(world, 'load beta');
    await take(world, both).catch(() => undefined);
    expect(world.rowAt(stable)).toBeUndefined();
    delete world.hooks.before;
    const { services } = servicesInMemory({ channels: { artifactBuckets: [], products: {} } });
    const changed = { ...world, services: { ...world.services, channels: services.channels } };
    await expect(take(changed, both, anInvocation(), 'm-1')).resolves.toBe('duplicate');
    expect(world.rowAt(stable)?.state).toBe('CLAIMED');
    await advance(stable, anInvocation(), world.services);
    expect(world.rowAt(stable)?.state).toBe('CREATING');
  });

  it('is retried, not judged again, until the first row has claimed the others', async () => {
    const world = servicesInMemory();
    crash(world, 'load beta');
    await take(world, both).catch(() => undefined);
    delete world.hooks.before;
    let isSlow = false;
    const invocation = anInvocation(() => (isSlow ? seconds(7) : minutes(1)));
    world.hooks.after = (line) => {
      isSlow ||= line === 'lookUp';
    };
    await expect(take(world, both, invocation, 'm-1')).rejects.toThrow(aRollout().rolloutId);
    expect(world.rejected).toEqual([]);
  });

  it('is not acknowledged while another message has its first channel but not its second', async () => {
    const world = servicesInMemory();
    const digest = await digestOf(aPublication());
    world.hooks.before = (line) => {
      if (line === 'accept beta' && !world.rowAt(beta)) world.put(aRollout({ releaseDigest: digest, messageId: 'm-0' }));
    };
    await expect(take(world, both)).rejects.toThrow(': stable');
    delete world.hooks.before;
    await expect(take(world, both)).resolves.toBe('dispatched');
    expect(world.rowAt(stable)).toMatchObject({ state: 'CREATING', messageId: 'm-1' });
  });

  it('waits a moment while another copy is claimed, then is its duplicate', async () => {
    const [key, row] = await claimOf(aPublication());
    const world = servicesInMemory();
    world.locks.add(key);
    world.hooks.before = (line) => {
      if (line === 'lookUp' && world.journal.includes('pause')) world.put(row);
    };
    await expect(take(world, aPublication(), anInvocation(), 'm-2')).resolves.toBe('duplicate');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
  });

  it('waits for another copy, and is rejected if different content was faster than both', async () => {
    const [key, row] = await claimOf(aPublication());
    const world = servicesInMemory();
    world.locks.add(key);
    world.hooks.before = (line) => {
      if (line === 'lookUp' && world.journal.includes('pause')) world.put({ ...row, releaseDigest: 'ff' });
    };
    await expect(take(world, aPublication(), anInvocation(), 'm-2')).resolves.toBe('rejected');
    expect(world.rejected[0]?.code).toBe('RELEASE_CONFLICT');
  });

  it('is retried if the lock is complete but the ledger has no row', async () => {
    const world = servicesInMemory();
    await take(world, aPublication());
    const [key = ''] = world.locks.keys();
    const other = servicesInMemory();
    other.locks.add(key);
    await expect(take(other, aPublication(), anInvocation(), 'm-2')).rejects.toThrow();
    expect(other.planes.CreateOTAUpdate.sent).toEqual([]);
  });
});

/** The lock's key and the row of a message that was accepted. */
async function claimOf(body: string): Promise<[key: string, row: Rollout]> {
  const world = servicesInMemory();
  await take(world, body);
  const [[key] = [''], row] = [[...world.locks.keys()], world.rowAt(beta)];
  if (!row) throw new Error('the message was not accepted');
  return [key ?? '', row];
}

/** The digest under which a release is accepted. */
async function digestOf(body: string): Promise<string> {
  const world = servicesInMemory();
  await take(world, body);
  return world.rowAt(beta)?.releaseDigest ?? '';
}
