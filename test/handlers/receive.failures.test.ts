import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { aRollout, minutes, seconds } from '../../proof/support/a-rollout.ts';
import { aPublication, aWithdrawal } from '../../proof/support/messages.ts';
import { anErrand, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const take = (world: InMemory, body: string, errand = anErrand(), messageId = 'm-1') =>
  receive(readMessage(messageId, body, world.services.allowedAccounts), errand, world.services);
const beta = { product: 'thermostat', version: '2.0.0', revision: 1, channel: 'beta' };

describe('what goes wrong before every channel has a row gives the record back', () => {
  it.each(['lookUp', 'artifact', 'lock', 'claim beta', 'claim stable'])('at %s', async (where) => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === where) throw new Error('away');
    };
    await expect(take(world, aPublication({ channels: ['beta', 'stable'] }))).rejects.toThrow();
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    delete world.hooks.before;
    await expect(take(world, aPublication({ channels: ['beta', 'stable'] }), anErrand(), 'm-1')).resolves.toMatch(/dispatched|duplicate/);
    expect(world.rowAt(beta)).toBeDefined();
    expect(world.rowAt({ ...beta, channel: 'stable' })).toBeDefined();
  });

  it('too little time left to begin', async () => {
    await expect(
      take(
        servicesInMemory(),
        aPublication(),
        anErrand(() => seconds(24)),
      ),
    ).rejects.toThrow('too little time');
  });

  it.each([
    ['a release', aPublication()],
    ['a withdrawal', aWithdrawal()],
  ])('too little time left when the turn of %s comes', async (_, body) => {
    const world = servicesInMemory();
    let left = minutes(1);
    const errand = anErrand(() => left);
    const first = errand.inTurn('thermostat 2.0.0', async () => {
      left = seconds(20);
    });
    const second = take(world, body, errand);
    await first;
    await expect(second).rejects.toThrow('too little time');
    expect(world.calls()).toEqual([]);
  });
});

describe('what goes wrong after every channel has a row is left to a wake', () => {
  it.each(['load beta', 'head beta', 'write beta CREATING'])('at %s: acknowledged', async (where) => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === where) throw new Error('away');
    };
    await expect(take(world, aPublication())).resolves.toBe('dispatched');
    expect(world.calls()).toContain('follow-up wake 2.0.0');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    delete world.hooks.before;
    await advance(beta, anErrand(), world.services);
    expect(world.rowAt(beta)?.state).toBe('CREATING');
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });

  it('even the wake: the row is due, and the sweep finds it', async () => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === 'head beta' || line.startsWith('follow-up')) throw new Error('away');
    };
    await expect(take(world, aPublication())).resolves.toBe('dispatched');
    expect(world.rowAt(beta)?.dueAt).toBeDefined();
  });

  it('on the second channel: the first is not held up, nor asked again', async () => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === 'head stable') throw new Error('away');
    };
    await expect(take(world, aPublication({ channels: ['beta', 'stable'] }))).resolves.toBe('dispatched');
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });
});

describe('one message, several channels', () => {
  const both = aPublication({ channels: ['beta', 'stable'] });
  const stable = { ...beta, channel: 'stable' };
  const crash = (world: InMemory, at: string) => {
    world.hooks.before = (line) => {
      if (line === at) throw new Error('crashed');
    };
  };

  it('died after the first claim: whoever finds the first row claims the others as they were frozen', async () => {
    const world = servicesInMemory();
    crash(world, 'load beta');
    await take(world, both).catch(() => undefined);
    expect(world.rowAt(stable)).toBeUndefined();
    delete world.hooks.before;
    const { services } = servicesInMemory({ channels: { artifactBuckets: [], products: {} } });
    const changed = { ...world, services: { ...world.services, channels: services.channels } };
    await expect(take(changed, both, anErrand(), 'm-1')).resolves.toBe('duplicate');
    expect(world.rowAt(stable)?.state).toBe('CLAIMED');
    await advance(stable, anErrand(), world.services);
    expect(world.rowAt(stable)?.state).toBe('CREATING');
  });

  it('is retried, not judged again, while the first row could not claim them', async () => {
    const world = servicesInMemory();
    crash(world, 'load beta');
    await take(world, both).catch(() => undefined);
    delete world.hooks.before;
    let isSlow = false;
    const errand = anErrand(() => (isSlow ? seconds(7) : minutes(1)));
    world.hooks.after = (line) => {
      isSlow ||= line === 'lookUp';
    };
    await expect(take(world, both, errand, 'm-1')).rejects.toThrow('could not claim the other channels');
    expect(world.rejected).toEqual([]);
  });

  it('a sibling accepted with another content is told from the first row', async () => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === 'claim stable') world.put(aRollout({ channel: 'stable', releaseDigest: 'ff' }));
    };
    await expect(take(world, both)).resolves.toBe('dispatched');
    expect(world.told).toMatchObject([
      { detailType: 'OTA Release Rejected', detail: { code: 'RELEASE_CONFLICT', channel: 'stable', messageId: 'm-1' } },
    ]);
    expect(world.said).toEqual([{ messageId: 'm-1', code: 'RELEASE_CONFLICT', channel: 'stable' }]);
    expect(world.rowAt(beta)).toMatchObject({ state: 'CREATING', outbox: [], siblings: [] });
  });

  it('a sibling accepted in a version that differs only in build metadata, too, whatever its content; nothing is created there', async () => {
    const world = servicesInMemory();
    const accepted = aRollout({ channel: 'stable', version: '2.0.0+a', releaseDigest: await digestOf(both), state: 'COMPLETED' });
    world.hooks.before = (line) => {
      if (line === 'claim stable') world.put(accepted);
    };
    await expect(take(world, both)).resolves.toBe('dispatched');
    expect(world.told).toMatchObject([
      {
        detailType: 'OTA Release Rejected',
        detail: { code: 'VERSION_AMBIGUOUS', path: 'version', version: '2.0.0', channel: 'stable', messageId: 'm-1' },
      },
    ]);
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
    expect(world.rowAt(stable)).toMatchObject({ version: '2.0.0+a', state: 'COMPLETED' });
  });

  it('is not acknowledged while another message holds its first channel and not its second', async () => {
    const world = servicesInMemory();
    const digest = await digestOf(aPublication());
    world.hooks.before = (line) => {
      if (line === 'claim beta' && !world.rowAt(beta)) world.put(aRollout({ releaseDigest: digest, messageId: 'm-0' }));
    };
    await expect(take(world, both)).rejects.toThrow('channels without a row yet: stable');
    delete world.hooks.before;
    await expect(take(world, both)).resolves.toBe('dispatched');
    expect(world.rowAt(stable)).toMatchObject({ state: 'CREATING', messageId: 'm-1' });
  });

  it('waits a moment for another copy that is at it, then is its duplicate', async () => {
    const [key, row] = await claimOf(aPublication());
    const world = servicesInMemory();
    world.locks.add(key);
    world.hooks.before = (line) => {
      if (line === 'lookUp' && world.journal.includes('pause')) world.put(row);
    };
    await expect(take(world, aPublication(), anErrand(), 'm-2')).resolves.toBe('duplicate');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
  });

  it('waits for another copy, and is refused when another content was faster than both', async () => {
    const [key, row] = await claimOf(aPublication());
    const world = servicesInMemory();
    world.locks.add(key);
    world.hooks.before = (line) => {
      if (line === 'lookUp' && world.journal.includes('pause')) world.put({ ...row, releaseDigest: 'ff' });
    };
    await expect(take(world, aPublication(), anErrand(), 'm-2')).resolves.toBe('rejected');
    expect(world.rejected[0]?.code).toBe('RELEASE_CONFLICT');
  });

  it('finds the lock completed by another copy: reports what the ledger knows', async () => {
    const world = servicesInMemory();
    await take(world, aPublication());
    const [key = ''] = world.locks.keys();
    const other = servicesInMemory();
    other.locks.add(key);
    await expect(take(other, aPublication(), anErrand(), 'm-2')).rejects.toThrow('does not know');
    expect(other.planes.CreateOTAUpdate.sent).toEqual([]);
  });
});

/** The lock's key and the row of a message that was taken. */
async function claimOf(body: string): Promise<[key: string, row: Rollout]> {
  const world = servicesInMemory();
  await take(world, body);
  const [[key] = [''], row] = [[...world.locks.keys()], world.rowAt(beta)];
  if (!row) throw new Error('the message was not taken');
  return [key ?? '', row];
}

/** The digest under which a release is accepted. */
async function digestOf(body: string): Promise<string> {
  const world = servicesInMemory();
  await take(world, body);
  return world.rowAt(beta)?.releaseDigest ?? '';
}
