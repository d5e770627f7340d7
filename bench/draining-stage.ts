import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createRateLimit } from 'embedded-aws/src/rate-limit.ts';
import type { Reply } from '../domain/rollout/observation.ts';
import type { ControlPlane } from '../domain/rollout/ports.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { consumeFollowUps } from '../handlers/consume-follow-ups.ts';
import { consumeReleases } from '../handlers/consume-releases.ts';
import { followUpsOf, releasesOf } from '../handlers/dependencies/functions.ts';
import { followUpBody } from '../handlers/follow-up.ts';
import { divideQuota } from '../infrastructure/quota.ts';
import { randomOf } from '../proof/random.ts';
import { aStage } from '../proof/stage/a-stage.ts';
import { servicesInMemory } from '../proof/support/services-in-memory.ts';
import { CALL, POLL } from './assumed-times.ts';
import { contextAt, followUpsQueue } from './follow-ups-queue.ts';
import { channelsOf } from './in-process.ts';
import { virtualTime } from './virtual-time.ts';

const BATCH = 5;
const SWEEP_SECONDS = 300;
const SECOND = 1_000;
/** The assumed milliseconds of a create. */
export const CREATE = 150;
/** After so many creates the stand-ins forget what is over, and the heap is measured. */
const ROUND = 1_000;

export type Drained = {
  /** Epoch ms of each create that AWS accepted, in their order. */
  readonly createdAt: readonly number[];
  readonly began: number;
  /** How many creates AWS throttled, and how many it did not answer. */
  readonly throttled: number;
  readonly unanswered: number;
  /** MiB after each thousand of creates. */
  readonly heap: readonly number[];
};

/**
 * Publishes releases of one channel each, all at once, and drains them in virtual time: the real handlers and limiters of `releases` and
 * `follow-ups`, in as many execution environments as the stage has. AWS takes `quota` creates a second, in a bucket of one second's worth. From
 * `away.from` to `away.to`, in seconds, it answers no create and no look. Ends when AWS has all creates. Throws if that takes ten times too long.
 */
export async function drainStage({
  releases,
  quota,
  followUpsShare,
  away = { from: 0, to: 0 },
}: {
  readonly releases: number;
  readonly quota: number;
  readonly followUpsShare: number;
  readonly away?: { readonly from: number; readonly to: number };
}): Promise<Drained> {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  process.env['LOG_LEVEL'] = 'SILENT';
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
  const channels = channelsOf(releases);
  const memory = servicesInMemory({ channels });
  const time = virtualTime(memory.clock);
  const now = () => memory.clock.now;
  const began = now();
  const shares = divideQuota(quota, followUpsShare);
  memory.hooks.before = () => time.sleep(CALL);

  const isAway = () => now() >= began + away.from * SECOND && now() < began + away.to * SECOND;
  const bucket = createRateLimit(now, quota);
  const updates = new Set<string>();
  const createdAt: number[] = [];
  const heap: number[] = [];
  const counts = { throttled: 0, unanswered: 0 };
  let allCreated = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    allCreated = resolve;
  });
  const answer = async <T>(value: () => T): Promise<T> => {
    await time.sleep(CREATE);
    if (!isAway()) return value();
    throw new Error('AWS does not answer');
  };
  const create = (id: string): Reply => {
    if (!bucket.take()) {
      counts.throttled += 1;
      return { kind: 'refused', retryable: true, code: 'ThrottlingException', message: 'Rate exceeded' };
    }
    if (updates.has(id)) throw new Error(`${id} was created twice`);
    updates.add(id);
    createdAt.push(now());
    if (createdAt.length % ROUND === 0) forget();
    if (createdAt.length === releases) allCreated();
    return { kind: 'accepted', aws: {} };
  };
  const iot: ControlPlane = {
    create: async (input) => {
      const id = String(input['otaUpdateId']);
      try {
        return await answer(() => create(id));
      } catch (error) {
        if (!isAway()) throw error;
        counts.unanswered += 1;
        return { kind: 'unknown', message: String(error) };
      }
    },
    look: async ({ rolloutId, attempt }) =>
      answer(() => (updates.has(`${rolloutId}-${attempt}`) ? { kind: 'exists', job: 'live', aws: {} } : { kind: 'notFound' })),
    stop: async () => undefined,
  };
  const facts = async () => ({ found: true as const, sizeBytes: 4, sha256: 'ab'.repeat(32) });
  const followUps = followUpsQueue(memory.clock, time, randomOf(1, 'drain'), { queueRequests: 0, invocations: 0, milliseconds: 0 }, fail);
  const sendLater = async (body: string, delaySeconds: number): Promise<void> => {
    await time.sleep(delaySeconds * SECOND);
    followUps.arrive(body);
  };
  const adapters = {
    ...memory.services,
    controlPlanes: { ...memory.services.controlPlanes, CreateOTAUpdate: iot },
    artifacts: { ...memory.services.artifacts, facts },
    queues: {
      ...memory.services.queues,
      sendFollowUps: async (messages: readonly { readonly body: string; readonly delaySeconds: number }[]) => {
        await time.sleep(CALL);
        for (const { body, delaySeconds } of messages) void sendLater(body, delaySeconds);
      },
    },
  };
  const machine = { now, sleep: time.sleep };
  const settingsOf = ({ createsPerSecond }: { readonly createsPerSecond: number }) =>
    aStage({ OTA_CREATES_PER_SECOND: createsPerSecond, OTA_STEERING_CREATES_PER_SECOND: shares.steering.createsPerSecond });

  let failed: ((error: unknown) => void) | undefined;
  function fail(error: unknown): void {
    failed?.(error);
  }
  const failure = new Promise<never>((_resolve, reject) => {
    failed = reject;
  });

  let next = 0;
  /** An execution environment of `releases` that takes one batch after another. */
  async function drainWith(): Promise<void> {
    const handler = consumeReleases(releasesOf(settingsOf(shares.releases), channels, machine, adapters, () => undefined));
    while (next < releases) {
      const Records = Array.from({ length: Math.min(BATCH, releases - next) }, (_, index) => recordOf(next + index));
      next += Records.length;
      await time.sleep(POLL);
      const { batchItemFailures } = await (handler as unknown as Handler)({ Records } as unknown as SQSEvent, contextAt(memory.clock));
      if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} records failed`);
    }
  }
  for (let index = 0; index < shares.followUps.concurrency; index += 1) {
    const handler = consumeFollowUps(followUpsOf(settingsOf(shares.followUps), machine, adapters));
    followUps.consumeWith(handler as unknown as Handler);
  }
  function wakeDue(): void {
    for (const { rollout } of memory.items.values()) {
      const row = rollout?.S === undefined ? undefined : (JSON.parse(rollout.S) as Rollout);
      if (row?.dueAt !== undefined && row.dueAt < now() && row.state !== 'CREATED') followUps.arrive(followUpBody(row, '*', 1));
    }
  }
  /** Wakes what is due and not live, as the function `sweep` does: a chain of follow-ups ends before Lambda would stop it. */
  async function sweep(): Promise<never> {
    for (;;) {
      await time.sleep(SWEEP_SECONDS * SECOND);
      wakeDue();
    }
  }
  const tooLate = async (): Promise<never> => {
    await time.sleep((10 * releases * SECOND) / quota);
    throw new Error(`AWS has ${createdAt.length} of ${releases} creates`);
  };
  const drained = Promise.all([done, ...Array.from({ length: shares.releases.concurrency }, drainWith)]);
  await time.until(Promise.race([drained, failure, sweep(), tooLate()]));
  return { createdAt, began, heap, ...counts };

  /** Empties the stand-ins of all that has been confirmed, so that only the service's own memory can grow. */
  function forget(): void {
    memory.published.splice(0);
    memory.journal.splice(0);
    memory.locks.clear();
    memory.problems.splice(0);
    memory.reported.splice(0);
    memory.measured.splice(0);
    memory.forgetTransactions();
    for (const [key, { rollout }] of memory.items) {
      const row = rollout?.S;
      if (row === undefined || !row.includes('"state":"CREATED"') || !row.includes('"outbox":[]')) continue;
      const { revision, channel } = JSON.parse(row) as Rollout;
      for (const one of [key, `RELEASE#thermostat#1.0.0|ACCEPTED#${revision}`, `CHANNEL#thermostat#${channel}|HEAD`])
        memory.items.delete(one);
    }
    heap.push(heapMebibytes());
  }
}

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

function recordOf(number: number) {
  const fileLocation = { s3Location: { bucket: 'acme-firmware', key: 'a', version: 'v1' } };
  const artifacts = [{ fileName: '/app.bin', fileLocation, sha256: 'ab'.repeat(32) }];
  const detail = { product: 'thermostat', version: '1.0.0', revision: number + 1, channels: [`c${number}`], artifacts };
  const body = JSON.stringify({ source: 'com.acme.ci', account: '000000000000', 'detail-type': 'Firmware Release Published', detail });
  const eventSourceARN = 'arn:aws:sqs:us-east-1:000000000000:ota-dispatch-local-releases';
  return { messageId: `m-${number}`, body, eventSourceARN, attributes: { ApproximateFirstReceiveTimestamp: '0' } };
}

function heapMebibytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
