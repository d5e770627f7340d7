import { join } from 'node:path';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Cloud, startCloud } from 'embedded-aws/src/cloud.ts';
import { packageService } from '../../scripts/compiled-template.ts';
import type { Progress } from '../../scripts/progress.ts';
import { whatAwsHas } from '../stage/what-aws-has.ts';
import { backlogOf, channelsTextFor, poisonOf } from './backlog.ts';
import { findBroken, isOver } from './judge.ts';
import { type ProcessMemory, watchMemory } from './memory.ts';
import { rateOf, takeEachAway } from './outages.ts';
import { openOutside } from './outside.ts';

export type SoakOptions = {
  readonly releases: number;
  /** The number of bodies before them that can never be accepted. */
  readonly poison: number;
  /** The creates a second that AWS accepts, for which the service is deployed. */
  readonly quota: number;
  readonly seed: number;
  /** How many times as fast follow-ups, sweeps, creations and devices are. The quota and the queues are not faster. */
  readonly timeFactor: number;
  /**
   * Whether replies get lost too. If the reply to a lock's PutItem is lost, the retry sees its own lock as somebody else's.
   * Its record waits until the lock expires, at least a minute.
   */
  readonly losesReplies: boolean;
  /** For how long each dependency is away, one after the other. */
  readonly secondsOfOutage: number;
  readonly progress: Progress;
};

export type SoakReport = Omit<SoakOptions, 'progress'> & {
  readonly published: number;
  /** How many requests of the service were made to fail. */
  readonly faults: number;
  /** How many creates AWS throttled. */
  readonly throttled: number;
  readonly creates: number;
  /** The rate of the creates without the first and the last hundredth of them, and what they met. */
  readonly rate: ReturnType<typeof rateOf>;
  /** From the first create to the last, with the late ones. */
  readonly secondsOfCreates: number;
  /** From the first release on the bus, behind all poison, to the first create. */
  readonly secondsBehindPoison: number;
  readonly seconds: number;
  readonly memory: readonly ProcessMemory[];
  readonly states: Readonly<Record<string, number>>;
  /** The problems that the functions logged, and how often. */
  readonly problems: Readonly<Record<string, number>>;
  /** A sentence for each broken promise. */
  readonly broken: readonly string[];
};

/** The goals of a run that is long enough: creates at this share of what AWS takes or more … */
export const GOAL_SHARE = 0.9;
/** … and no process whose heap has grown by more than this. */
export const GOAL_GROWTH_BYTES = 5 * 2 ** 20;

/** The longest time from the last create until everything has ended. */
const PATIENCE_MILLISECONDS = 10 * 60_000;
const FAULT_SHARE = 0.02;
const HIDDEN_SECONDS = 30;
/** The operations of the service that fail. The poller's calls and the control plane's do not fail. */
const faulty: Readonly<Record<string, readonly string[] | undefined>> = {
  dynamodb: undefined,
  s3: ['HeadObject'],
  events: ['PutEvents'],
  sqs: ['SendMessage', 'SendMessageBatch'],
  iot: ['CreateOTAUpdate', 'GetOTAUpdate', 'DescribeJob', 'CancelJob'],
};
const kinds = ['error500', 'throttle', 'lostReply'] as const;

/**
 * Runs the packaged service in real processes on the embedded AWS. It publishes a flood of poison and then a backlog, one
 * in five releases twice, while two of a hundred requests fail and AWS limits the creates a second. While the backlog drains, it takes each
 * dependency away for a while. It waits for the end and compares AWS with the ledger and with the published events.
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { progress, ...given } = options;
  const { releases, poison, quota, seed, timeFactor, losesReplies, secondsOfOutage } = given;
  const { folder } = await packageService({
    code: 'real',
    channels: channelsTextFor(releases),
    params: { createsPerSecond: String(quota), logLevel: 'ERROR' },
  });
  const memory = watchMemory();
  const problems: string[] = [];
  const cloud = await startCloud({
    stackName: 'ota-dispatch-local',
    port: 0,
    templateFile: join(folder, '.serverless', 'cloudformation-template-update-stack.json'),
    codeDirectory: folder,
    timeFactor,
    onLog: ({ line }) => problems.push(...problemIn(line)),
    environment: { ...memory.environment, OTA_TIME_FACTOR: String(timeFactor) },
  });
  try {
    const outside = await openOutside(cloud);
    const quotaId = cloud.faults.add({ service: 'iot', operation: 'CreateOTAUpdate', kind: 'throttle', abovePerSecond: quota });
    armFaults(cloud.faults, seed, losesReplies ? kinds : kinds.filter((kind) => kind !== 'lostReply'));
    await hideBriefly(cloud);
    const began = performance.now();
    await outside.poison(poisonOf(poison));
    const backlog = backlogOf(releases, seed);
    const firstPublishedAt = cloud.worldClock.now();
    await outside.publish(backlog);
    const away = takeEachAway(cloud.faults, releases, secondsOfOutage, cloud.worldClock.now);
    const isEnded = await untilOver(outside, releases, away, progress);
    const outages = await away.end();
    const seconds = (performance.now() - began) / 1000;
    const struck = cloud.faults.list();
    cloud.faults.clear();

    const rows = await outside.rows();
    const made = await whatAwsHas(outside);
    const broken = findBroken({
      backlog,
      rows,
      made,
      published: await outside.published(),
      rejected: await outside.messagesIn('rejected'),
      poison,
    });
    const left = await outside.deadLetters();
    const inSeconds = (worldMilliseconds: number): number => worldMilliseconds / timeFactor / 1000;
    const createdAt = made.map((one) => one.createdAt ?? Number.NaN);
    return {
      ...given,
      published: backlog.length,
      faults: struck.filter(({ id }) => id !== quotaId).reduce((sum, fault) => sum + fault.struck, 0),
      throttled: struck.find(({ id }) => id === quotaId)?.struck ?? 0,
      creates: made.length,
      rate: rateOf(createdAt, outages, quota, timeFactor),
      secondsOfCreates: inSeconds(Math.max(...createdAt) - Math.min(...createdAt)),
      secondsBehindPoison: inSeconds(Math.min(...createdAt) - firstPublishedAt),
      seconds,
      memory: memory.report(),
      states: countOf(rows.map(({ state }) => state)),
      problems: countOf(problems),
      broken: [...(isEnded ? [] : ['not everything came to its end']), ...broken, ...left],
    };
  } finally {
    await cloud.stop();
    memory.forget();
  }
}

/** The report as lines. */
export function linesOf(report: SoakReport): string[] {
  const { releases, published, poison, quota, creates, rate, seconds, memory, broken } = report;
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const worst = worstGrowth(memory);
  return [
    `${releases} releases, ${published - releases} of them twice, behind ${poison} poisoned messages, ${seconds.toFixed(0)} s, seed ${report.seed}`,
    `${creates} creates at ${rate.createsPerSecond.toFixed(2)} a second of ${quota}: ${rate.shareOfAll.toFixed(3)}, ${report.throttled} throttled; from the first to the last ${report.secondsOfCreates.toFixed(0)} s`,
    `AWS could take creates in all but ${rate.secondsAway.toFixed(0)} s of that: the share is ${rate.share.toFixed(3)} without the time in which something was away that every create needs`,
    ...rate.outages.map(
      (outage) =>
        `${outage.seconds.toFixed(1)} s without ${outage.name}: ${outage.creates} creates meanwhile, ${outage.struck} requests failed${outage.needed ? '; not counted' : ''}`,
    ),
    `${report.faults} requests failed; the first create came ${report.secondsBehindPoison.toFixed(1)} s after its event, behind the poison`,
    ...(worst
      ? [
          `heap of ${memory.length} processes: the most grown is ${worst.functionName}, ${mebibytes(worst.early)} to ${mebibytes(worst.late)} MiB`,
        ]
      : []),
    `rollouts: ${Object.entries(report.states)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ')}`,
    ...(report.states['SUPERSEDING']
      ? ['SUPERSEDING: their create has no answer and may still take effect for 20 minutes, for which a run does not wait']
      : []),
    ...Object.entries(report.problems).map(([what, count]) => `${count} times: ${what}`),
    ...broken.map((sentence) => `BROKEN ${sentence}`),
    broken.length === 0 ? 'nothing lost, nothing doubled, nothing wrong' : `${broken.length} promises broken`,
  ];
}

/** The process whose heap grew the most. */
export function worstGrowth(memory: readonly ProcessMemory[]): ProcessMemory | undefined {
  return memory.toSorted((a, b) => b.late - b.early - (a.late - a.early))[0];
}

function armFaults(faults: Cloud['faults'], seed: number, chosen: readonly (typeof kinds)[number][]): void {
  for (const [service, operations] of Object.entries(faulty)) {
    for (const operation of operations ?? [undefined]) {
      for (const [index, kind] of chosen.entries()) {
        const where = { service, ...(operation !== undefined && { operation }) };
        faults.add({ ...where, kind, probability: FAULT_SHARE / chosen.length, seed: seed + index });
      }
    }
  }
}

/** A record that a batch returns is hidden for six minutes on AWS. Nothing here takes a tenth of that. */
async function hideBriefly({ endpoint, region, accountId }: Cloud): Promise<void> {
  const sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } });
  const QueueUrl = `${endpoint}/${accountId}/ota-dispatch-local-releases`;
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(HIDDEN_SECONDS) } }));
  sqs.destroy();
}

/** Waits until every dependency was away, every release has ended and the queues are empty. Returns whether that was in time. */
async function untilOver(
  outside: Awaited<ReturnType<typeof openOutside>>,
  releases: number,
  away: ReturnType<typeof takeEachAway>,
  progress: Progress,
): Promise<boolean> {
  let last = { over: -1, at: performance.now() };
  for (;;) {
    await away.end();
    const rows = await outside.rows();
    const over = rows.filter(isOver).length;
    progress(over + rows.length, 2 * releases, `${rows.length} of ${releases} accepted, ${over} at their end`);
    away.accepted(rows.length);
    if (over === releases && away.isOver() && (await outside.messagesIn('releases')) === 0) return true;
    if (over !== last.over) last = { over, at: performance.now() };
    if (performance.now() - last.at > PATIENCE_MILLISECONDS) return false;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** The error of a problem and its cause, as telemetry writes them. */
type Said = { readonly errors: readonly { readonly name: string; readonly message: string }[] };

/** The message of a log line about a problem, with the name of its error. */
function problemIn(line: string): string[] {
  try {
    const { level, message, problem } = JSON.parse(line) as { level?: string; message?: string; problem?: Said };
    return level === undefined || level === 'INFO'
      ? []
      : [[message, ...(problem?.errors.map(({ name, message: why }) => `${name} (${why})`) ?? [])].join(' ← ').slice(0, 240)];
  } catch {
    return [`a line that is no JSON: ${line.slice(0, 80)}`];
  }
}

function countOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
