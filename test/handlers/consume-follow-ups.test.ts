import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { followUpsOf } from '../../handlers/dependencies/functions.ts';
import { followUpBody } from '../../handlers/follow-up.ts';
import { aRollout, seconds, sentAgo } from '../../proof/support/a-rollout.ts';
import { type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { aContext, settingsWith } from './function-environment.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

/** Passes bodies to the function as one batch, `f-1`, `f-2` and so on. Returns the ids that SQS must deliver again. */
async function consume({ services }: InMemory, bodies: readonly string[]): Promise<string[]> {
  const handler = consumeFollowUps(followUpsOf(settingsWith(), { now: services.now, sleep: services.pause }, services));
  const Records = bodies.map((body, index) => ({ messageId: `f-${index + 1}`, body, eventSource: 'aws:sqs' }));
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, aContext());
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const creating = (channel: string): Rollout => aRollout({ channel, state: 'CREATING', ...sentAgo(seconds(20)), followUpNumber: 4 });
const [beta, stable] = [creating('beta'), creating('stable')];

/** A world with two rollouts that wait for their follow-up. */
function worldOfTwo(): InMemory {
  const world = servicesInMemory();
  for (const row of [beta, stable]) world.put(row, { sequence: 1, version: row.version, revision: row.revision });
  return world;
}

describe('a batch of follow-ups', () => {
  it('looks at each rollout that waits for its follow-up', async () => {
    const world = worldOfTwo();
    await expect(consume(world, [followUpBody(beta, 4), followUpBody(stable, '*')])).resolves.toEqual([]);
    expect(world.calls().filter((line) => line === 'look creation')).toHaveLength(2);
  });

  it('returns only the follow-up whose rollout could not be loaded', async () => {
    const world = worldOfTwo();
    world.hooks.before = (line) => {
      if (line === 'load stable') throw new Error('the ledger is away');
    };
    await expect(consume(world, [followUpBody(beta, 4), followUpBody(stable, 4)])).resolves.toEqual(['f-2']);
    expect(world.rowAt(beta)?.followUpNumber).toBeGreaterThan(4);
  });

  it('returns all follow-ups if all fail', async () => {
    const world = worldOfTwo();
    world.hooks.before = () => {
      throw new Error('everything is away');
    };
    await expect(consume(world, [followUpBody(beta, 4), followUpBody(stable, 4)])).resolves.toEqual(['f-1', 'f-2']);
  });

  it('returns a message that is not a follow-up, so that it ends in the dead-letter queue', async () => {
    await expect(consume(worldOfTwo(), ['{}', followUpBody(beta, 4)])).resolves.toEqual(['f-1']);
  });
});
