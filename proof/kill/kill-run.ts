import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { drawFrom } from 'embedded-aws/src/fleet/plan.ts';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { Progress } from '../../scripts/progress.ts';
import { findBroken, hasCome, type Rejected, type Sent } from '../stage/judge.ts';
import { type Made, whatAwsHas } from '../stage/what-aws-has.ts';
import { type Aim, type Blow, type Killing, startKilling } from './killing.ts';

export type KillOptions = {
  readonly kills: number;
  readonly seed: number;
  readonly progress?: Progress;
};

export type KillReport = {
  readonly blows: Readonly<Record<Blow, number>>;
  readonly kills: number;
  readonly seed: number;
  readonly releases: number;
  readonly rollouts: number;
  /** What happened at each kind of call, by `FUNCTION SERVICE OPERATION`. */
  readonly places: ReadonlyMap<string, Readonly<Record<Blow, number>>>;
  readonly states: ReadonlyMap<string, number>;
  /** A sentence for each broken promise. */
  readonly broken: readonly string[];
  readonly seconds: number;
};

const SOURCE = 'com.acme.firmware-ci';
const BUCKET = 'acme-firmware';
/** How many rollouts are under way at once. */
const ABREAST = 20;
/** The longest time from the last kill until everything has settled. */
const PATIENCE_MILLISECONDS = 120_000;
/** The share of calls of one kind at which something happens. It falls with each strike, else all processes would die at their first call. */
const shareOf = (struck: number): number => Math.min(0.5, 0.06 + 0.6 / (1 + struck));
/** The shares of the kinds of strikes. A call gets the kind that it has had too little of. */
const parts: Readonly<Record<Blow, number>> = {
  'killed before a call': 0.42,
  'killed after a call': 0.42,
  'killed at random': 0.1,
  'stopped for a while': 0.06,
};
const kinds = Object.keys(parts) as Blow[];

/**
 * Publishes releases while processes are killed, stopped and woken, until enough were killed. Then it lets everything
 * come to rest and compares AWS, the ledger and the published events with what is promised.
 */
export async function runKills({ kills, seed, progress = () => undefined }: KillOptions): Promise<KillReport> {
  const began = performance.now();
  const draw = drawFrom(`kills ${seed}`);
  const places = new Map<string, Record<Blow, number>>();
  let armed = true;
  const aim: Aim = (place) => {
    const struck = places.get(place) ?? {
      'killed before a call': 0,
      'killed after a call': 0,
      'killed at random': 0,
      'stopped for a while': 0,
    };
    const sum = kinds.reduce((total, kind) => total + struck[kind], 0);
    if (!armed || draw() >= shareOf(sum)) return undefined;
    const blow = kinds.reduce((best, kind) => (struck[kind] / parts[kind] < struck[best] / parts[best] ? kind : best));
    places.set(place, { ...struck, [blow]: struck[blow] + 1 });
    return blow;
  };
  const killing = await startKilling(aim);
  try {
    const sender = await openSender(killing);
    const sent: Sent[] = [];
    const killed = () => killing.blows['killed before a call'] + killing.blows['killed after a call'] + killing.blows['killed at random'];
    while (killed() < kills) {
      const rows = await sender.rows();
      const come = sent.filter((one) => one.channels.every((channel) => rows.some((row) => isOf(row, one, channel) && hasCome(row))));
      if (sent.length - come.length < ABREAST) await publishOne(sender, sent, draw);
      else await pause(100);
      progress(killed(), kills, `${killed()} of ${kills} kills, ${sent.length} releases`);
    }
    armed = false;
    const total = killed();
    const broken = await settle(sender, sent, (line) => progress(total, total, line));
    const rows = await sender.rows();
    const states = new Map<string, number>();
    for (const { state } of rows) states.set(state, (states.get(state) ?? 0) + 1);
    const made = await whatAwsHas(sender);
    broken.push(...findBroken({ sent, rows, made, ...(await sender.published()) }));
    const seconds = (performance.now() - began) / 1000;
    return {
      blows: { ...killing.blows },
      kills: total,
      seed,
      releases: sent.length,
      rollouts: rows.length,
      places,
      states,
      broken,
      seconds,
    };
  } finally {
    await killing.stop();
  }
}

/** What is released on which channels: up to this share of the draws. Every control plane has its part. */
const lots = [
  [0.45, 'thermostat', ['beta']],
  [0.65, 'gateway', ['gateways', 'hubs']],
  [0.8, 'hub', ['stable']],
  [1, 'camera', ['canary']],
] as const;

async function publishOne(sender: Sender, sent: Sent[], draw: () => number): Promise<void> {
  const number = sent.length + 1;
  const lot = draw();
  const [product, channels] = (lots.find(([share]) => lot < share) ?? lots[0]).slice(1) as [string, string[]];
  const version = `1.${number}.0`;
  const detail = {
    product,
    version,
    channels,
    artifacts: [await sender.artifact(`${product}/${version}`)],
    ...(product === 'thermostat' && { hardware: ['T6-B', 'T6-C'] }),
  };
  const one: Sent = { product, version, channels: [...channels] };
  sent.push(one);
  const copies = draw() < 0.3 ? 3 : 1;
  for (let copy = 0; copy < copies; copy += 1) await sender.put('Firmware Release Published', detail);
  const earlier = sent[Math.floor(draw() * sent.length)];
  if (draw() < 0.12 && earlier) {
    earlier.withdrawn = true;
    await sender.put('Firmware Release Withdrawn', { product: earlier.product, version: earlier.version });
  }
}

/** The report as lines: the strikes at each kind of call, and the result. */
export function linesOf({ kills, seconds, releases, rollouts, seed, places, states, broken }: KillReport): string[] {
  const rows = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `${kills} kills in ${seconds.toFixed(1)} s: ${releases} releases, ${rollouts} rollouts, seed ${seed}`,
    `| call | ${kinds.join(' | ')} |`,
    `|---|${kinds.map(() => '---:').join('|')}|`,
    ...rows.map(([place, struck]) => `| ${place} | ${kinds.map((kind) => struck[kind]).join(' | ')} |`),
    `rollouts: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`,
    ...broken.map((sentence) => `BROKEN ${sentence}`),
    broken.length === 0 ? 'nothing lost, nothing doubled, nothing wrong' : `${broken.length} promises broken`,
  ];
}

/** Waits until nothing is left to do. Returns what is still open when the time is over. */
async function settle(sender: Sender, sent: readonly Sent[], progress: (line: string) => void): Promise<string[]> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const rows = await sender.rows();
    const made = await whatAwsHas(sender);
    const missing = sent.filter(
      (one) =>
        !one.withdrawn &&
        one.channels.some(
          (channel) => !rows.some((row) => row.version === one.version && row.product === one.product && row.channel === channel),
        ),
    );
    const open = rows.filter((row) => !hasCome(row) && !waitsForItsTwentyMinutes(row, made));
    // A message that waits there may still double or lose something. Follow-ups never end while continuous rollouts live.
    const waiting = (await sender.messagesIn('releases')) + (await sender.messagesIn('steering'));
    const queued = waiting + (await sender.messagesIn('follow-ups'));
    if (missing.length === 0 && open.length === 0 && waiting === 0) return [];
    if (performance.now() > end) {
      return [
        ...(waiting > 0 ? [`not settled: ${waiting} messages are in the queues releases and steering`] : []),
        ...missing.map(({ product, version }) => `lost: ${product} ${version} has no row`),
        ...open.map((row) => `not settled: ${describeRow(row)}; ${queued} messages are queued`),
      ];
    }
    progress(`${missing.length + open.length} rollouts still to settle`);
    await pause(500);
  }
}

function describeRow({
  product,
  version,
  channel,
  state,
  unansweredCreates,
  outbox,
  dueAt,
  restsWithoutNews,
  writtenAt,
  counts,
}: Rollout): string {
  const seconds = (time: number) => `${Math.round((time - Date.now()) / 1000)} s`;
  const when = `written ${seconds(writtenAt)}, due ${dueAt === undefined ? 'never' : seconds(dueAt)}`;
  return `${product} ${version} ${channel} is ${state}, ${when}, unanswered creates ${unansweredCreates.count}, rests ${restsWithoutNews}, outbox ${outbox.length}, ${JSON.stringify(counts ?? {})}`;
}

function isOf(row: Rollout, { product, version }: Sent, channel: string): boolean {
  return row.product === product && row.version === version && row.channel === channel;
}

/** Whether a rollout waits for an unanswered create. It may take effect 20 minutes after its intent. A run does not last that long. */
export function waitsForItsTwentyMinutes(row: Rollout, made: readonly Made[]): boolean {
  if (row.unansweredCreates.lastSentAt === undefined || made.some(({ rolloutId }) => rolloutId === row.rolloutId)) return false;
  return row.state === 'WITHDRAWING' || row.state === 'SUPERSEDING' || (row.state === 'CREATING' && row.operation === 'CreateOtaTask');
}

/** What is outside of the service: it publishes, listens and looks. */
async function openSender({ access, sqs }: Killing) {
  const eventbridge = new EventBridgeClient(access);
  const s3 = new S3Client(access);
  const table = ledger(new DynamoDBClient(access), 'ota-dispatch-local-ledger');
  const queueUrl = (suffix: string) => `${access.endpoint}/000000000000/ota-dispatch-local-${suffix}`;
  const EventBusName = 'firmware-local';
  const published = new Map<string, Set<string>>();
  const rejected: Rejected[] = [];
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-published' }));
  await eventbridge.send(
    new PutRuleCommand({ EventBusName, Name: 'published', EventPattern: JSON.stringify({ source: ['ota-dispatch'] }) }),
  );
  const Arn = 'arn:aws:sqs:us-east-1:000000000000:ota-dispatch-local-published';
  await eventbridge.send(new PutTargetsCommand({ EventBusName, Rule: 'published', Targets: [{ Id: 'queue', Arn }] }));

  return {
    iot: new IoTClient(access),
    managedIntegrations: new IoTManagedIntegrationsClient(access),

    async artifact(key: string) {
      const content = `firmware ${key}`;
      const { VersionId = '' } = await s3.send(
        new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content, ChecksumAlgorithm: 'SHA256' }),
      );
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { fileName: '/app.bin', fileLocation: { s3Location: { bucket: BUCKET, key, version: VersionId } }, sha256 };
    },

    async put(DetailType: string, detail: object): Promise<void> {
      await eventbridge.send(
        new PutEventsCommand({ Entries: [{ EventBusName, Source: SOURCE, DetailType, Detail: JSON.stringify(detail) }] }),
      );
    },

    async rows(): Promise<Rollout[]> {
      const rows: Rollout[] = [];
      for await (const entry of table.everything()) if (entry.kind === 'row') rows.push(entry.row);
      return rows;
    },

    async messagesIn(suffix: string): Promise<number> {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;
      const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl(suffix), AttributeNames: [...names] }));
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },

    /** Everything that was published and refused until now. */
    async published(): Promise<{ readonly published: ReadonlyMap<string, ReadonlySet<string>>; readonly rejected: readonly Rejected[] }> {
      const QueueUrl = queueUrl('published');
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return { published, rejected };
        for (const { Body = '', ReceiptHandle } of Messages) {
          const { 'detail-type': type, detail } = JSON.parse(Body) as { 'detail-type': string; detail: { rolloutId?: string } & Rejected };
          const id = detail.rolloutId ?? '';
          if (type === 'OTA Release Rejected') rejected.push(detail);
          published.set(id, (published.get(id) ?? new Set()).add(type.split(' ').at(-1)?.toUpperCase() ?? ''));
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
    },
  };
}

type Sender = Awaited<ReturnType<typeof openSender>>;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
