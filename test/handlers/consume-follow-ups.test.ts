import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { followUpsOf } from '../../handlers/dependencies/functions.ts';
import { followUpBody, parseFollowUp } from '../../handlers/follow-up.ts';
import { aRollout, minutes, seconds, sentAgo } from '../../proof/support/a-rollout.ts';
import { type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { aContext, settingsWith } from './function-environment.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

/** Passes bodies to the function as one batch, `f-1`, `f-2` and so on. Returns the ids that SQS must deliver again. */
async function consume({ services }: InMemory, bodies: readonly string[]): Promise<string[]> {
  const handler = consumeFollowUps({ ...followUpsOf(settingsWith(), { now: services.now, sleep: services.pause }, services), services });
  const attributes = { ApproximateFirstReceiveTimestamp: String(services.now() - minutes(12)) };
  const Records = bodies.map((body, index) => ({ messageId: `f-${index + 1}`, body, attributes, eventSource: 'aws:sqs' }));
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, aContext());
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const creating = (channel: string): Rollout => aRollout({ channel, state: 'CREATING', ...sentAgo(seconds(20)), followUpNumber: 4 });
const live = (version: string): Rollout => aRollout({ version, state: 'CREATED', attempt: 1 });
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
    await expect(consume(world, [followUpBody(beta, 4, 1), followUpBody(stable, '*', 1)])).resolves.toEqual([]);
    expect(world.calls().filter((line) => line === 'look creation')).toHaveLength(2);
  });

  it('returns only the follow-up whose rollout could not be loaded', async () => {
    const world = worldOfTwo();
    world.hooks.before = (line) => {
      if (line === 'load stable') throw new Error('the ledger is away');
    };
    await expect(consume(world, [followUpBody(beta, 4, 1), followUpBody(stable, 4, 1)])).resolves.toEqual(['f-2']);
    expect(world.rowAt(beta)?.followUpNumber).toBeGreaterThan(4);
  });

  it('returns all follow-ups if all fail', async () => {
    const world = worldOfTwo();
    world.hooks.before = () => {
      throw new Error('everything is away');
    };
    await expect(consume(world, [followUpBody(beta, 4, 1), followUpBody(stable, 4, 1)])).resolves.toEqual(['f-1', 'f-2']);
  });

  it('returns a message that is not a follow-up, so that it ends in the dead-letter queue', async () => {
    await expect(consume(worldOfTwo(), ['{}', followUpBody(beta, 4, 1)])).resolves.toEqual(['f-1']);
  });

  it('reports for how long a follow-up has been failing', async () => {
    const world = worldOfTwo();
    world.hooks.before = (line) => {
      if (line === 'load stable') throw new Error('the ledger is away');
    };
    await consume(world, [followUpBody(beta, 4, 1), followUpBody(stable, 4, 1)]);
    expect(world.measured.filter(([name]) => name === 'FollowUpFailingSeconds')).toEqual([['FollowUpFailingSeconds', 12 * 60]]);
  });
});

describe('the chain of messages of a batch', () => {
  const nextInvocations = (world: InMemory) => world.followUps.map(({ body }) => parseFollowUp(body).invocation);

  it('goes on after its longest one, as Lambda may count that one', async () => {
    const world = worldOfTwo();
    await consume(world, [followUpBody(beta, 4, 2), followUpBody(stable, 4, 7)]);
    expect(nextInvocations(world)).toEqual([8, 8]);
  });

  it('goes on to the 12th invocation and ends there, before Lambda stops the 16th; the rows are due for the sweep', async () => {
    for (const [invocation, next] of [
      [11, [12]],
      [12, []],
    ] as const) {
      const world = worldOfTwo();
      await expect(consume(world, [followUpBody(beta, 4, invocation)])).resolves.toEqual([]);
      expect(nextInvocations(world)).toEqual(next);
      expect(world.rowAt(beta)?.dueAt).toBeGreaterThan(world.clock.now);
    }
  });

  it('goes on to the 14th invocation for a wake', async () => {
    for (const [invocation, wakes] of [
      [13, ['*']],
      [14, []],
    ] as const) {
      const world = servicesInMemory();
      world.put(live('1.0.0'), { sequence: 1, version: '1.0.0', revision: 1, created: true });
      world.put(live('2.0.0'), { sequence: 2, version: '2.0.0', revision: 1 });
      await consume(world, [followUpBody(live('2.0.0'), '*', invocation)]);
      expect(world.followUps.map(({ body }) => parseFollowUp(body).followUpNumber)).toEqual(wakes);
    }
  });
});
