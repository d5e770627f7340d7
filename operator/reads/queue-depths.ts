import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { compact } from '../../domain/json/compact.ts';
import type { Stage } from '../stage/stage.ts';

/** The queues of a stage, in the order of a message's way, each with the name by which its messages are redriven. */
const queues = [
  { queue: 'releases' },
  { queue: 'releases-dlq', redrive: 'releases' },
  { queue: 'steering' },
  { queue: 'steering-dlq', redrive: 'steering' },
  { queue: 'follow-ups' },
  { queue: 'follow-ups-dlq', redrive: 'follow-ups' },
  { queue: 'rejected', redrive: 'rejected' },
  { queue: 'rule-dlq', redrive: 'rule' },
] as const;

type Name = (typeof queues)[number]['queue'];

/** How many messages a queue has. */
export type Depth = {
  /** Such as `releases` or `releases-dlq`: the end of its name. */
  readonly queue: string;
  /** The name by which an action `redrive` moves its messages on. Absent for a queue that the service consumes. */
  readonly redrive?: 'rejected' | 'releases' | 'steering' | 'follow-ups' | 'rule';
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** How long the oldest message has waited, in seconds. Absent if nobody knows, or there is none. */
  readonly oldestSeconds?: number;
};

type Ages = { readonly ages: ReadonlyMap<string, number>; readonly remarks: readonly string[] };

/** SQS sends its metrics once a minute, so that no more can be learned. In milliseconds. */
const AGES_KEPT = 60_000;
/** A quarter of an hour surely has the last figure. In milliseconds. */
const LOOK_BACK = 900_000;
/** The period of the metric in seconds. */
const PERIOD = 60;
/** The local service answers in milliseconds. */
const LOCAL_PATIENCE = 2_000;

type Reading = Pick<Stage, 'name' | 'isLocal' | 'endpoint' | 'sqs' | 'queueUrl'>;

/** Reads the depths of the queues of a stage, again and again. `cloudwatch` is asked on deployed stages only. */
export function queueReader(stage: Reading, cloudwatch: () => Pick<CloudWatchClient, 'send'>) {
  let urls: Promise<ReadonlyMap<Name, string>> | undefined;
  let known: (Ages & { readonly at: number }) | undefined;

  async function agesOf(now: number): Promise<Ages> {
    if (stage.endpoint !== undefined) return localAges(stage.endpoint);
    if (known === undefined || now - known.at >= AGES_KEPT) known = { at: now, ...(await deployedAges(cloudwatch(), stage.name, now)) };
    return known;
  }

  return {
    /**
     * The depths at `now` (epoch ms). A queue that the stage does not have is left out. `remarks` say why there are no ages. Throws as an
     * SDK client does if SQS does not answer.
     */
    async read(now: number): Promise<{ readonly queues: readonly Depth[]; readonly remarks: readonly string[] }> {
      urls ??= urlsOf(stage).catch((error: unknown) => {
        urls = undefined;
        throw error;
      });
      const found = await urls;
      const [{ ages, remarks }, ...depths] = await Promise.all([
        agesOf(now),
        ...queues.map(async (one) => {
          const url = found.get(one.queue);
          return url === undefined ? undefined : { ...one, ...(await countsOf(stage.sqs, url)) };
        }),
      ]);
      const shown = depths.flatMap((depth) => {
        if (depth === undefined) return [];
        const isEmpty = depth.visible + depth.inFlight + depth.delayed === 0;
        return [compact({ ...depth, oldestSeconds: isEmpty ? undefined : ages.get(nameOf(stage.name, depth.queue)) })];
      });
      return { queues: shown, remarks };
    },
  };
}

const nameOf = (stage: string, queue: string): string => `ota-dispatch-${stage}-${queue}`;

async function urlsOf(stage: Reading): Promise<ReadonlyMap<Name, string>> {
  const found = await Promise.all(
    queues.map(async ({ queue }) => {
      try {
        return [[queue, await stage.queueUrl(queue)] as const];
      } catch (error) {
        if (error instanceof Error && error.cause instanceof QueueDoesNotExist) return [];
        throw error;
      }
    }),
  );
  return new Map(found.flat());
}

async function countsOf(sqs: Stage['sqs'], QueueUrl: string): Promise<Pick<Depth, 'visible' | 'inFlight' | 'delayed'>> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'],
    }),
  );
  return {
    visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** From the embedded AWS. Another engine does not have this route, and then nobody knows the ages. */
async function localAges(endpoint: string): Promise<Ages> {
  const answer: unknown = await fetch(new URL('/_ota/queues', endpoint), { signal: AbortSignal.timeout(LOCAL_PATIENCE) })
    .then((response) => response.json())
    .catch(() => undefined);
  const { queues: found } = Object(answer) as { queues?: readonly { name: string; approximateAgeOfOldestMessage?: number }[] };
  if (!Array.isArray(found)) return { ages: new Map(), remarks: ['the local service does not report how old messages are'] };
  return { ages: new Map(found.map((one) => [one.name, Number(one.approximateAgeOfOldestMessage ?? 0)])), remarks: [] };
}

/** From CloudWatch, with one call. Without its permission the page still has the depths. */
async function deployedAges(cloudwatch: Pick<CloudWatchClient, 'send'>, stage: string, now: number): Promise<Ages> {
  const names = queues.map(({ queue }) => nameOf(stage, queue));
  const MetricDataQueries = names.map((Value, index) => ({
    Id: `age${index}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessage',
        Dimensions: [{ Name: 'QueueName', Value }],
      },
      Period: PERIOD,
      Stat: 'Maximum',
    },
  }));
  try {
    const { MetricDataResults = [] } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - LOOK_BACK),
        EndTime: new Date(now),
        ScanBy: 'TimestampDescending',
        MetricDataQueries,
      }),
    );
    const ages = names.flatMap((name, index) => {
      const [age] = MetricDataResults.find(({ Id }) => Id === `age${index}`)?.Values ?? [];
      return age === undefined ? [] : [[name, age] as const];
    });
    return { ages: new Map(ages), remarks: [] };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'no answer';
    return { ages: new Map(), remarks: [`CloudWatch did not report how old messages are (cloudwatch:GetMetricData: ${why})`] };
  }
}
