import { beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../domain/rollout/observation.ts';
import { throughOutages } from '../../handlers/through-outage.ts';
import { aRollout, minutes, seconds } from '../../proof/support/a-rollout.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const rollout = aRollout({ operation: 'CreateOTAUpdate' });
const unknown: Reply = { kind: 'unknown', message: 'socket hang up' };

let world: InMemory;
let services: ReturnType<typeof throughOutages>;
beforeEach(() => {
  world = servicesInMemory();
  services = throughOutages(world.services);
});

const create = async (reply: Reply): Promise<void> => {
  world.planes.CreateOTAUpdate.replies = [reply];
  await services.controlPlanes.CreateOTAUpdate.create({ otaUpdateId: 'fw-1' });
  world.calls();
};
/** Waits with a minute left, on the clock of the world, and answers the calls. */
const wait = async (records = 1): Promise<string[]> => {
  const end = world.clock.now + minutes(1);
  const invocation = anInvocation(() => end - world.clock.now);
  await Promise.all(Array.from({ length: records }, () => services.untilAnswering(rollout, invocation)));
  return world.calls();
};
const failLooks = (times: number): void => {
  let left = times;
  world.hooks.before = (line) => {
    if (!line.startsWith('look')) return;
    left -= 1;
    if (left >= 0) throw new Error('AWS does not answer');
  };
};

describe('a release whose control plane', () => {
  it.each<Reply>([
    { kind: 'accepted', aws: {} },
    { kind: 'created', aws: {} },
    { kind: 'alreadyExists' },
    { kind: 'refused', retryable: true, code: 'ThrottlingException', message: 'Rate exceeded' },
  ])('answered the last create does not wait, and nothing is called: %o', async (reply) => {
    expect(await wait()).toEqual([]);
    await create(unknown);
    await create(reply);
    expect(await wait()).toEqual([]);
  });

  it('did not answer the last create looks at AWS once, and goes on if AWS answers', async () => {
    await create(unknown);
    expect(await wait()).toEqual(['look creation']);
    expect(await wait()).toEqual([]);
  });

  it('is away looks every two seconds until AWS answers, and sends no create meanwhile', async () => {
    await create(unknown);
    failLooks(3);
    const began = world.clock.now;
    expect(await wait()).toEqual(['look creation', 'pause', 'look creation', 'pause', 'look creation', 'pause', 'look creation']);
    expect(world.clock.now - began).toBe(seconds(6));
  });

  it('is away shares its looks with the other records of its batch', async () => {
    await create(unknown);
    failLooks(1);
    expect(await wait(5)).toEqual(['look creation', 'pause', 'look creation']);
  });

  it('stays away goes on when 30 s are left, and the next invocation waits again', async () => {
    await create(unknown);
    failLooks(1_000);
    const began = world.clock.now;
    await wait();
    expect(world.clock.now - began).toBe(seconds(30));
    expect(await wait()).toContain('look creation');
  });

  it('answers does not wait for another one that is away', async () => {
    await create(unknown);
    failLooks(1_000);
    await services.untilAnswering(aRollout({ operation: 'CreateJob' }), anInvocation());
    expect(world.calls()).toEqual([]);
  });
});
