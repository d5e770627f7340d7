import { beforeEach, describe, expect, it } from 'vitest';
import { isAway } from '../../adapters/aws-errors.ts';
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
  services = throughOutages({ ...world.services, isAway });
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
    failLooks(2);
    const began = world.clock.now;
    expect(await wait()).toEqual(['look creation', 'pause', 'look creation', 'pause', 'look creation']);
    expect(world.clock.now - began).toBe(seconds(4));
  });

  it('is away shares its looks with the other records of its batch', async () => {
    await create(unknown);
    failLooks(1);
    expect(await wait(5)).toEqual(['look creation', 'pause', 'look creation']);
  });

  it('stays away goes on after 6 s, and the next one waits again', async () => {
    await create(unknown);
    failLooks(1_000);
    const began = world.clock.now;
    await wait();
    expect(world.clock.now - began).toBe(seconds(6));
    expect(await wait()).toContain('look creation');
  });

  it('stays away goes on when 30 s are left', async () => {
    await create(unknown);
    failLooks(1_000);
    const began = world.clock.now;
    await services.untilAnswering(
      rollout,
      anInvocation(() => began + seconds(33) - world.clock.now),
    );
    expect(world.clock.now - began).toBe(seconds(4));
  });

  it('answers does not wait for another one that is away', async () => {
    await create(unknown);
    failLooks(1_000);
    await services.untilAnswering(aRollout({ operation: 'CreateJob' }), anInvocation());
    expect(world.calls()).toEqual([]);
  });
});

describe('a read before the claim', () => {
  const away = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });

  /** Reads something of which the first tries fail, with a minute left. Answers how it ended, the number of tries and the seconds. */
  async function read(fails: number, error: Error, millisecondsLeft = minutes(1)) {
    const began = world.clock.now;
    let tries = 0;
    const once = async () => {
      tries += 1;
      if (tries <= fails) throw error;
      return 'read';
    };
    const invocation = anInvocation(() => began + millisecondsLeft - world.clock.now);
    const end = await services.untilRead(once, invocation).catch((thrown: unknown) => thrown);
    return { end, tries, seconds: (world.clock.now - began) / 1000 };
  }

  it('is done once if AWS answers', async () => {
    expect(await read(0, away)).toEqual({ end: 'read', tries: 1, seconds: 0 });
    expect(world.problems).toEqual([]);
  });

  it('is repeated every two seconds while AWS is away, and each try is reported', async () => {
    expect(await read(5, away)).toEqual({ end: 'read', tries: 6, seconds: 10 });
    expect(world.problems).toHaveLength(5);
  });

  it('fails when 30 s are left, with the error of the last try', async () => {
    expect(await read(1_000, away)).toEqual({ end: away, tries: 16, seconds: 30 });
  });

  it('fails at once without time', async () => {
    expect(await read(1_000, away, seconds(31))).toEqual({ end: away, tries: 1, seconds: 0 });
  });

  it('fails at once if AWS is not away', async () => {
    const other = new Error('the ledger item has the format 2');
    expect(await read(1, other)).toEqual({ end: other, tries: 1, seconds: 0 });
  });
});
