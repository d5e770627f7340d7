import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createManualClock } from 'embedded-aws/src/clock.ts';
import { batchedReads, ledger } from '../adapters/ledger/ledger.ts';
import { gateOfChannel } from '../domain/channels/gate.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { parseMessage } from '../domain/release/intake.ts';
import { rolloutIdOf } from '../domain/request/identity.ts';
import { planRelease } from '../domain/request/plan.ts';
import { claimedRow } from '../domain/rollout/claim.ts';
import { emptyHead, type HeadEntry, type HistoryEntry, type Rollout } from '../domain/rollout/rollout.ts';
import { timingOf } from '../domain/rollout/timing.ts';
import { openStage, type Stage } from '../operator/stage/stage.ts';
import { awsInProcess } from '../proof/stage/aws-in-process.ts';
import { createQueues } from '../proof/stage/queues.ts';
import { createTable, ledgerTable } from '../proof/stage/tables.ts';
import { bodyOf, channelsOf } from './in-process.ts';

const TABLE = 'ota-dispatch-local-ledger';
const SECOND = 1_000;

/** What a stage was asked for. `readUnits` are those of DynamoDB, `metrics` those that GetMetricData was asked for. */
export type Asked = {
  batches: number;
  queries: number;
  scans: number;
  readUnits: number;
  sqs: number;
  metricCalls: number;
  metrics: number;
};

const nothingAsked = (): Asked => ({ batches: 0, queries: 0, scans: 0, readUnits: 0, sqs: 0, metricCalls: 0, metrics: 0 });

/** How many rollouts of each channel an overview finds. */
export type Filling = { readonly live: number; readonly ended: number; readonly waiting: number };

/**
 * A stage for the console: the embedded AWS in this process, reached over loopback by the SDK clients, which count what they are asked for.
 * The console takes it for a deployed one, except where `local` is asked for.
 */
export async function openConsoleStage() {
  const clock = createManualClock(Date.UTC(2026, 10, 23, 8));
  const aws = awsInProcess(clock);
  const observer = aws.clients();
  await createTable(observer.dynamodb, ledgerTable(TABLE));
  await createQueues(aws, 'ota-dispatch-local-');
  const { endpoint, stop } = await aws.listen();
  const opened = openStage({ stage: 'local', endpoint });
  const { config } = opened;
  const asked = nothingAsked();
  const dynamodb = new DynamoDBClient(config);
  const sqs = new SQSClient(config);
  const table = ledger(observer.dynamodb, TABLE);
  let live: Rollout[] = [];

  dynamodb.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        count(asked, String(commandName), args.input, answer.output);
        return answer;
      },
    { step: 'initialize' },
  );
  sqs.middlewareStack.add(
    (next) => (args) => {
      asked.sqs += 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  const cloudwatch = {
    send: async ({ input }: { readonly input: { readonly MetricDataQueries?: readonly unknown[] } }) => {
      asked.metricCalls += 1;
      asked.metrics += input.MetricDataQueries?.length ?? 0;
      return { MetricDataResults: [] };
    },
  } as unknown as CloudWatchClient;

  const local: Stage = { ...opened, sqs, ledger: { ...ledger(dynamodb, TABLE), ...batchedReads(dynamodb, TABLE) } };
  const deployed: Stage = { ...local, isLocal: false, endpoint: undefined, timeFactor: async () => 1 };

  return {
    local,
    deployed,
    cloudwatch,
    clock,
    /** What was asked for since the last call. */
    taken(): Asked {
      const taken = { ...asked };
      Object.assign(asked, nothingAsked());
      return taken;
    },
    /** Writes rollouts for every channel, with the heads that name those that do not wait. Answers the mean bytes of a row. */
    async fill(channels: Channels, filling: Filling): Promise<number> {
      const sizes: number[] = [];
      for (const [product, { channels: of }] of Object.entries(channels.products)) {
        for (const [channel, settings] of Object.entries(of)) {
          const entries: Record<string, HeadEntry> = {};
          const gate = gateOfChannel(settings) ?? { approval: { required: 1, skip: [] } };
          for (const [index, state] of statesOf(filling).entries()) {
            const row = aRow({ product, version: `1.${index}.0`, revision: 1, channel }, state, index + 1, clock.now());
            const known: Rollout = state === 'WAITING' ? { ...row, gate, waits: { since: {}, told: ['APPROVAL'], upstreams: {} } } : row;
            sizes.push(JSON.stringify(known).length);
            await table.claim(known);
            if (state === 'CREATED') live.push(known);
            const entry = { sequence: index + 1, version: row.version, revision: 1, created: true as const };
            if (state !== 'WAITING') entries[row.rolloutId] = state === 'CREATED' ? entry : { ...entry, done: true };
          }
          const last = filling.live + filling.ended;
          await table.writeHead(product, channel, { ...emptyHead, lastSequence: last, taken: last, entries });
        }
      }
      return sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
    },
    /** One more device succeeds in every live rollout, as a look of the service finds it. */
    async progress(): Promise<void> {
      live = live.map(({ counts, ...row }) => ({
        ...row,
        itemRevision: row.itemRevision + 1,
        counts: { ...noCounts, ...counts, succeeded: (counts?.succeeded ?? 0) + 1 },
      }));
      for (const row of live) await table.write(row);
    },
    /** Writes this many rollouts of one product that have ended, on two channels. */
    async fillHistory(product: string, count: number): Promise<void> {
      for (let index = 0; index < count; index += 1) {
        const identity = { product, version: `1.${Math.floor(index / 2)}.0`, revision: 1, channel: index % 2 === 0 ? 'beta' : 'stable' };
        await table.claim(aRow(identity, 'COMPLETED', index + 1, clock.now()));
      }
    },
    async close(): Promise<void> {
      dynamodb.destroy();
      sqs.destroy();
      await stop();
      await aws.stop();
    },
  };
}

/** The oldest first. */
function statesOf({ live, ended, waiting }: Filling): Rollout['state'][] {
  const many = (count: number, state: Rollout['state']) => Array.from({ length: count }, () => state);
  return [...many(ended, 'COMPLETED'), ...many(live, 'CREATED'), ...many(waiting, 'WAITING')];
}

const noCounts = { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 };

const request = plannedRequest();

function plannedRequest() {
  const parsed = parseMessage(bodyOf(1), { allowedAccounts: ['000000000000'] });
  if (!parsed.ok || parsed.value.kind !== 'release') throw new Error('the release of the benchmark is wrong');
  const { release, envelope } = parsed.value;
  const place = { accountId: '000000000000', region: 'us-east-1', stage: 'local', documentsBucket: 'documents' };
  const [planned] = planRelease(release, channelsOf(1), { place, source: envelope.source, now: 0 }, release.channels).rollouts;
  if (planned === undefined) throw new Error('the release of the benchmark has no plan');
  return planned;
}

/** A row with a real request and the history of its state. */
function aRow(
  identity: Pick<Rollout, 'product' | 'version' | 'revision' | 'channel'>,
  state: Rollout['state'],
  sequence: number,
  now: number,
): Rollout {
  const timing = timingOf({ factor: 1, unansweredTaskMinutes: 0 });
  const origin = {
    messageId: 'm-1',
    bodySha256: 'b0'.repeat(32),
    eventId: 'e-1',
    publishedBy: { account: '000000000000', source: 'com.acme.ci' },
  };
  const claimed = claimedRow(
    { ...request, ...identity, rolloutId: rolloutIdOf(identity, 'local') },
    { ...origin, who: 'releases m-1' },
    now,
    timing,
  );
  if (state === 'WAITING') return { ...claimed, state, history: [{ at: now, to: state, why: 'accepted', who: 'releases m-1' }] };
  const { dueAt: _never, ...ended } = claimed;
  const path: readonly Rollout['state'][] = state === 'CREATED' ? ['CREATING', 'CREATED'] : ['CREATING', 'CREATED', 'COMPLETED'];
  const changes = path.map((to, index): HistoryEntry => {
    const from = path[index - 1] ?? 'CLAIMED';
    return { at: now + (index + 1) * SECOND, from, to, why: 'AWS confirmed it', who: 'follow-ups m-2' };
  });
  const history = [...claimed.history, ...changes];
  const counts = { ...noCounts, queued: 10, inProgress: 5, succeeded: 80, failed: 1 };
  const reached = {
    state,
    sequence,
    attempt: 1,
    history,
    counts,
    countsChangedAt: now + SECOND,
    aws: { otaUpdateId: `${claimed.rolloutId}-1`, jobId: `AFR_OTA-${claimed.rolloutId}-1` },
  };
  return state === 'CREATED' ? { ...claimed, ...reached } : { ...ended, ...reached };
}

/** Counts the calls, and what DynamoDB bills: half a unit for each 4 KB of a query of the index or a scan, a unit for each 4 KB of an item. */
function count(asked: Asked, command: string, input: unknown, output: unknown): void {
  const {
    Items = [],
    Responses = {},
    ScannedCount = 0,
  } = output as { Items?: object[]; Responses?: Record<string, object[]>; ScannedCount?: number };
  if (command === 'QueryCommand') {
    asked.queries += 1;
    asked.readUnits += Math.max(0.5, Math.ceil(bytesOf(Items) / 4_096) / 2);
  } else if (command === 'ScanCommand') {
    asked.scans += 1;
    // What the filter drops is read, too, and there is none here.
    asked.readUnits += Math.max(0.5, Math.ceil((bytesOf(Items) * Math.max(1, ScannedCount / Math.max(1, Items.length))) / 4_096) / 2);
  } else if (command === 'BatchGetItemCommand') {
    asked.batches += 1;
    const { RequestItems = {} } = input as { RequestItems?: Record<string, { Keys?: unknown[] }> };
    const keys = Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys).length;
    const found = Object.values(Responses).flat();
    // An item that is not there takes a unit.
    asked.readUnits += keys - found.length + found.reduce((sum: number, item) => sum + Math.ceil(bytesOf([item]) / 4_096), 0);
  }
}

/** Names and values, as DynamoDB counts an item. */
function bytesOf(items: readonly object[]): number {
  return items.reduce(
    (sum: number, item) =>
      sum + Object.entries(item).reduce((of, [name, value]) => of + name.length + String(Object.values(value as object)[0]).length, 0),
    0,
  );
}
