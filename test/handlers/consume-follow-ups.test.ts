import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sighting } from '../../domain/rollout/observation.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { followUpsOf } from '../../handlers/dependencies/functions.ts';
import { followUpBody, parseFollowUp } from '../../handlers/follow-up.ts';
import { aRollout, minutes, now, onJobs, seconds, sentAgo, someCounts } from '../../proof/support/a-rollout.ts';
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

describe('job events', () => {
  const jobEvent = (jobId: unknown, operation = 'completed') => JSON.stringify({ jobId, operation });
  const completed: Sighting = { kind: 'exists', job: 'completed', aws: {}, counts: someCounts({ succeeded: 3 }) };
  const later = { dueAt: now + minutes(50), restsWithoutNews: 4 };
  const ofUpdate = aRollout({ version: '1.0.0', state: 'CREATED', ...sentAgo(minutes(30)), ...later });
  const ofJob = aRollout({ version: '2.0.0', state: 'CREATED', ...onJobs(), ...sentAgo(minutes(30)), ...later });
  const idOf = { update: `AFR_OTA-${ofUpdate.rolloutId}-1`, job: `${ofJob.rolloutId}-1` };

  function worldOfJobs(...rows: readonly Rollout[]): InMemory {
    const world = servicesInMemory();
    for (const [index, row] of rows.entries()) world.put(row, { sequence: index + 1, version: row.version, revision: 1, done: true });
    world.planes.CreateOTAUpdate.sighting = completed;
    world.planes.CreateJob.sighting = completed;
    return world;
  }

  it.each([
    ['an OTA update', ofUpdate, idOf.update],
    [
      'an OTA update at its second attempt, of which the row knows the third',
      { ...ofUpdate, attempt: 3 },
      `AFR_OTA-${ofUpdate.rolloutId}-2`,
    ],
    ['a job of its own', ofJob, idOf.job],
  ])('lead to the outcome of %s, without the sweep', async (_what, row, jobId) => {
    const world = worldOfJobs(row);
    await expect(consume(world, [jobEvent(jobId)])).resolves.toEqual([]);
    expect(world.published.map(({ detailType }) => detailType)).toEqual(['OTA Rollout Completed']);
  });

  it('are found whatever the order of their members', async () => {
    const world = worldOfJobs(ofJob);
    await consume(world, [JSON.stringify({ operation: 'completed', jobId: idOf.job })]);
    expect(world.rowAt(ofJob)?.state).toBe('COMPLETED');
  });

  it('are not believed: the rollout is as AWS describes the job', async () => {
    const world = worldOfJobs(ofJob);
    world.planes.CreateJob.sighting = { kind: 'exists', job: 'live', aws: {} };
    await consume(world, [jobEvent(idOf.job, 'canceled'), jobEvent(idOf.job, 'deleted')]);
    expect(world.rowAt(ofJob)).toMatchObject({ state: 'CREATED', restsWithoutNews: 4, dueAt: now + minutes(5) });
    expect(world.published).toEqual([]);
  });

  it('that come together lead to one look', async () => {
    const world = worldOfJobs(ofJob);
    world.planes.CreateJob.sighting = { kind: 'exists', job: 'live', aws: {} };
    await consume(world, [jobEvent(idOf.job, 'cancellation_in_progress'), jobEvent(idOf.job, 'canceled'), jobEvent(idOf.job)]);
    expect(world.calls().filter((line) => line.startsWith('look'))).toEqual(['look job']);
  });

  it('that come again after the outcome look at nothing', async () => {
    const world = worldOfJobs(ofJob);
    await consume(world, [jobEvent(idOf.job)]);
    world.calls();
    await expect(consume(world, [jobEvent(idOf.job)])).resolves.toEqual([]);
    expect(world.calls()).toEqual(['identity', 'load beta']);
  });

  it.each([
    ['of a job that no rollout has', 'fw-thermostat-1-0-0-ffffffffffffffffffffffffffffffff-1', ['identity']],
    ['of a job of somebody else', 'reboot-all', []],
    ['of something that is no job', { not: 'text' }, []],
    ['with an id as long as a message can be', `fw-${'x'.repeat(100_000)}-1`, []],
    ['of an attempt that nobody makes', `${ofJob.rolloutId}-${'1'.repeat(100)}`, []],
    ['with a hostile id', `fw-${'x'.repeat(100_000)}-1\u0000`, []],
  ])('%s are dropped without a trace', async (_what, jobId, calls) => {
    const world = worldOfJobs(ofJob);
    await expect(consume(world, [jobEvent(jobId)])).resolves.toEqual([]);
    expect(world.calls()).toEqual(calls);
    expect(world.problems).toEqual([]);
  });

  it('that cannot be looked up are delivered again, each of them', async () => {
    const world = worldOfJobs(ofJob);
    world.hooks.before = (line) => {
      if (line === 'identity') throw new Error('the ledger is away');
    };
    await expect(consume(world, [jobEvent(idOf.job), jobEvent(idOf.job), followUpBody(ofJob, '*', 1)])).resolves.toEqual(['f-1', 'f-2']);
  });

  it('without a turn leave the look to the next sweep, before all others, and are counted', async () => {
    const world = worldOfJobs(ofJob);
    world.limits.look = false;
    await consume(world, [jobEvent(idOf.job)]);
    expect(world.calls()).toEqual(['identity', 'load beta', 'write beta CREATED']);
    expect(world.rowAt(ofJob)?.dueAt).toBe(ofJob.claimedAt);
    expect(world.measured).toContainEqual(['LooksWithoutTurn', 1]);
  });

  it.each([
    ['a job event', 20_000],
    ['a wake', 2_500],
  ])('wait longer than a wake for their turn, because nobody repeats them: %s waits %i ms', async (what, milliseconds) => {
    const world = worldOfJobs(ofJob);
    const waits: number[] = [];
    const looks = { take: async (most: number) => waits.push(most) > 0 };
    await consume({ ...world, services: { ...world.services, looks } }, [
      what === 'a wake' ? followUpBody(ofJob, '*', 1) : jobEvent(idOf.job),
    ]);
    expect(waits).toEqual([milliseconds]);
  });

  it('also need a turn for a rollout that waits for AWS, because anybody can forge them', async () => {
    const world = servicesInMemory();
    world.put(beta, { sequence: 1, version: beta.version, revision: 1 });
    world.limits.look = false;
    await consume(world, [jobEvent(`AFR_OTA-${beta.rolloutId}-1`)]);
    expect(world.calls()).toEqual(['identity', 'load beta']);
    await consume(world, [followUpBody(beta, 4, 1)]);
    expect(world.calls()).toContain('look creation');
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
