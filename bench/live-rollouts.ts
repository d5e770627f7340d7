import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient, PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import type { IoTClient, Job } from '@aws-sdk/client-iot';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { bus } from '../adapters/bus.ts';
import { iotJobs } from '../adapters/iot-jobs.ts';
import { type Ledger, ledger } from '../adapters/ledger/ledger.ts';
import { queues } from '../adapters/queues.ts';
import { attemptId, rolloutIdOf } from '../domain/request/identity.ts';
import type { ControlPlane } from '../domain/rollout/ports.ts';
import type { Head, Rollout } from '../domain/rollout/rollout.ts';
import { delayOf, timingOf } from '../domain/rollout/timing.ts';
import { consumeFollowUps } from '../handlers/consume-follow-ups.ts';
import { type AdvanceAdapters, followUpsOf, sweepOf, urlsOf } from '../handlers/dependencies/functions.ts';
import { sweepOverdue } from '../handlers/sweep-overdue.ts';
import { divideQuota } from '../infrastructure/quota.ts';
import { randomOf } from '../proof/random.ts';
import type { Input } from '../proof/simulate/transport.ts';
import { aStage } from '../proof/stage/a-stage.ts';
import { aRollout } from '../proof/support/a-rollout.ts';
import { group, place, planOn, roleArn } from '../proof/support/fixtures.ts';
import { CALL, JOB_EVENT } from './assumed-times.ts';
import { contextAt, followUpsQueue, type QueueTally } from './follow-ups-queue.ts';
import { type DynamoDbUnits, indexedTables } from './indexed-tables.ts';
import { jobsUnderQuota, type LooksTally } from './jobs-under-quota.ts';
import { virtualTime } from './virtual-time.ts';

/** What a stage watches, and what happens to it. */
export type Watched = {
  readonly rollouts: number;
  readonly endsPerSecond: number;
  /** Whether AWS IoT publishes an event when a job ends. */
  readonly jobEvents: boolean;
  readonly looksPerSecond: number;
  readonly seed: number;
};

const SECOND = 1_000;
const SWEEP_INTERVAL = 300_000;
const START = Date.UTC(2026, 10, 23, 12);

/** What was used up, in the units that AWS bills, and what was seen. */
export type Tally = DynamoDbUnits &
  LooksTally &
  QueueTally & {
    /** Looks that got no turn. The rollout stays due. */
    withoutTurn: number;
    events: number;
    jobEvents: number;
  };

/**
 * A stage with live rollouts in virtual time. The handlers, adapters, limiters and the ledger are real. DynamoDB, SQS, EventBridge, IoT Jobs
 * and Lambda are in memory. Jobs end one after the other (Poisson), each with its event if there are any, and a new rollout takes the place of each.
 */
export function liveRollouts({ rollouts, endsPerSecond, jobEvents, looksPerSecond, seed }: Watched) {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  process.env['LOG_LEVEL'] = 'SILENT';
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
  const clock = { now: START };
  const time = virtualTime(clock);
  const random = randomOf(seed, 'watch');
  const now = () => clock.now;
  const timing = timingOf({ factor: 1, unansweredTaskMinutes: 20 });
  const { concurrency } = divideQuota(10, 0.03).followUps;
  const settings = aStage({ OTA_LOOKS_PER_SECOND: looksPerSecond });
  const tally: Tally = {
    looks: 0,
    throttled: 0,
    withoutTurn: 0,
    busiestSecond: 0,
    writeUnits: 0,
    readUnits: 0,
    queueRequests: 0,
    events: 0,
    invocations: 0,
    milliseconds: 0,
    jobEvents: 0,
  };
  const { jobs, handle: iot } = jobsUnderQuota(clock, time, tally);
  const live: string[] = [];
  /** For each job that ended: milliseconds until the outcome was published. */
  const waits: number[] = [];
  const untold = new Set<string>();
  let isStopped = false;

  const tables = indexedTables(settings.OTA_LEDGER_TABLE, tally, (row) => jobs.delete(attemptId(row.rolloutId, row.attempt)));
  const dynamodb = async (operation: string, input: Input): Promise<unknown> => {
    await time.sleep(CALL);
    return tables.handle(operation, input);
  };

  const eventbridge = async (_operation: string, input: Input): Promise<unknown> => {
    await time.sleep(CALL);
    const { Entries: entries = [] } = input as unknown as PutEventsCommandInput;
    tally.events += entries.length;
    for (const { DetailType, Detail } of entries) {
      if (DetailType !== 'OTA Rollout Completed') continue;
      const { rolloutId, attempt } = JSON.parse(Detail ?? '{}') as { rolloutId: string; attempt: number };
      const jobId = attemptId(rolloutId, attempt);
      const endedAt = jobs.get(jobId)?.endedAt;
      if (endedAt === undefined) throw new Error(`${jobId} has not ended`);
      if (untold.delete(jobId)) waits.push(clock.now - endedAt);
    }
    return { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: String(index) })) };
  };

  const queue = followUpsQueue(clock, time, random, tally, fail);
  const machine = { now, sleep: time.sleep };
  const oneIot = clientOf<IoTClient>(iot);
  const unexpected: ControlPlane = iotJobs({ creates: clientOf<IoTClient>(refuse), others: clientOf<IoTClient>(refuse) });
  const adapters: AdvanceAdapters & { readonly ledger: Ledger } = {
    ledger: ledger(clientOf<DynamoDBClient>(dynamodb), settings.OTA_LEDGER_TABLE),
    controlPlanes: {
      CreateOTAUpdate: unexpected,
      CreateJob: iotJobs({ creates: clientOf<IoTClient>(refuse), others: oneIot }),
      CreateOtaTask: unexpected,
    },
    bus: bus(clientOf<EventBridgeClient>(eventbridge), { name: settings.OTA_BUS_NAME }),
    queues: queues(clientOf<SQSClient>(queue.handle), urlsOf(settings)),
  };
  /** One execution environment, with limiters of its own. Its share of the looks is as infrastructure/ divides them. */
  const environment = () => {
    const share = { ...settings, OTA_LOOKS_PER_SECOND: looksPerSecond / concurrency };
    const { services, ...tools } = followUpsOf(share, machine, adapters);
    const { measure } = services.telemetry;
    const telemetry = {
      ...services.telemetry,
      measure: (name: string, value: number) => {
        if (name === 'LooksWithoutTurn') tally.withoutTurn += value;
        measure(name, value);
      },
    };
    return consumeFollowUps({ ...tools, services: { ...services, telemetry } });
  };
  for (let count = 0; count < concurrency; count += 1) queue.consumeWith(environment());
  const sweep = sweepOverdue(sweepOf(settings, machine, adapters));
  /** Puts the row and the head of a rollout at once, whatever was there. */
  const unconditional = ledger(
    clientOf<DynamoDBClient>(async (operation, { ConditionExpression: _, ...input }) => tables.handle(operation, input)),
    settings.OTA_LEDGER_TABLE,
  );
  let begun = 0;
  /** A rollout of its own product that is CREATED. It was looked at `age` ms ago. */
  function begin(age: number): void {
    const row = rowOf(begun, clock.now - age);
    begun += 1;
    const at = clock.now - age;
    const jobId = attemptId(row.rolloutId, 1);
    void unconditional.claim({ ...row, dueAt: at + delayOf(row, timing) });
    const head: Head = {
      itemRevision: 0,
      lastSequence: 1,
      taken: 1,
      entries: { [row.rolloutId]: { sequence: 1, version: row.version, revision: 1, created: true } },
    };
    void unconditional.writeHead(row.product, row.channel, head);
    jobs.set(jobId, { job: { jobId, ...row.request } as Job, since: at, index: live.length });
    live.push(jobId);
  }

  /** A random live job ends now, and a new rollout takes its place. */
  function endOne(): void {
    const index = random.below(live.length);
    const jobId = live[index] ?? '';
    const last = live.pop() ?? '';
    const one = jobs.get(jobId);
    const moved = jobs.get(last);
    if (!one || !moved) throw new Error(`no job ${jobId}`);
    if (last !== jobId) {
      live[index] = last;
      moved.index = index;
    }
    one.endedAt = clock.now;
    untold.add(jobId);
    begin(0);
    if (!jobEvents) return;
    tally.jobEvents += 1;
    void time.sleep(JOB_EVENT).then(() => queue.arrive(JSON.stringify({ jobId, operation: 'completed' })));
  }

  let failure: unknown;
  function fail(error: unknown): void {
    failure ??= error;
  }

  // A stage that has run for long looks at everything once in this time. So every age up to it is equally likely.
  const round = (rollouts / looksPerSecond) * SECOND;
  for (let index = 0; index < rollouts; index += 1) begin(Math.round((round * (index + 0.5)) / rollouts));
  Object.assign(tally, { writeUnits: 0 });

  async function sweeping(): Promise<void> {
    while (!isStopped) {
      const began = clock.now;
      await sweep({}, contextAt(clock));
      tally.invocations += 1;
      tally.milliseconds += clock.now - began;
      await time.sleep(SWEEP_INTERVAL - (clock.now - began));
    }
  }

  async function ending(until: number): Promise<void> {
    for (;;) {
      await time.sleep((-Math.log(1 - random.unit()) / endsPerSecond) * SECOND);
      if (clock.now >= until) return;
      endOne();
    }
  }

  void sweeping().catch(fail);

  /** Lets so much virtual time pass. `work` ends jobs meanwhile. */
  const passing = async (work: () => Promise<void>): Promise<void> => {
    const watch = async () => {
      await Promise.race([work(), failed()]);
    };
    await time.until(watch());
    if (failure) throw failure;
  };
  const failed = async (): Promise<void> => {
    while (!failure && !isStopped) await time.sleep(60 * SECOND);
  };

  return {
    tally,
    waits,
    untold: () => untold.size,
    /** Jobs end at their rate for so many milliseconds. */
    run: (milliseconds: number) => passing(() => ending(clock.now + milliseconds)),
    /** So many jobs end at once. */
    burst: (count: number) => {
      for (let index = 0; index < count; index += 1) endOne();
    },
    /** Jobs go on ending, until the outcome of everything that has ended so far is published. Returns the milliseconds. Throws after `most` ms. */
    untilTold: async (most: number): Promise<number> => {
      const began = clock.now;
      const wanted = [...untold];
      const isTold = () => wanted.every((jobId) => !untold.has(jobId));
      while (!isTold()) {
        if (clock.now - began > most) throw new Error(`${untold.size} outcomes are not told after ${most} ms`);
        await passing(() => ending(clock.now + SECOND));
      }
      return clock.now - began;
    },
    /** Ends the stage. Nothing of it happens any more. */
    stop: () => {
      isStopped = true;
    },
    /** Forgets what was counted and measured so far. */
    forgetFigures: () => {
      waits.splice(0);
      for (const name of Object.keys(tally) as (keyof Tally)[]) tally[name] = 0;
    },
  };
}

type Sent = { readonly constructor: { readonly name: string }; readonly input: Input };

function clientOf<Client>(handle: (operation: string, input: Input) => Promise<unknown>): Client {
  const send = (command: Sent) => handle(command.constructor.name.replace(/Command$/, ''), command.input);
  return { send } as unknown as Client;
}

const refuse = async (operation: string): Promise<never> => {
  throw new Error(`watching needs no ${operation}`);
};

const template = {
  targets: [group],
  presignedUrlConfig: { roleArn, expiresInSec: 3_600 },
  jobExecutionsRolloutConfig: { maximumPerMinute: 100 },
  jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 2 }] },
} as const;
const [planned] = planOn({ createJob: template, format: 'device-client' }).rollouts;

/** The row of a rollout whose job exists since `at` (epoch ms). */
function rowOf(number: number, at: number): Rollout {
  if (!planned) throw new Error('the release of the benchmark has no plan');
  const identity = { product: `p${number}`, version: '2.4.1', revision: 1, channel: 'beta' };
  const rolloutId = rolloutIdOf(identity, place.stage);
  const { jobId: _, ...request } = planned.input;
  const history = (['CLAIMED', 'CREATING', 'CREATED'] as const).map((to) => ({
    at,
    to,
    why: 'the benchmark began so',
    who: 'releases m-1',
  }));
  return aRollout({
    ...identity,
    rolloutId,
    operation: 'CreateJob',
    request,
    state: 'CREATED',
    attempt: 1,
    sequence: 1,
    aws: { jobId: attemptId(rolloutId, 1) },
    claimedAt: at,
    writtenAt: at,
    history,
  });
}
