import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { batchedReads, ledger } from '../../adapters/ledger/ledger.ts';
import { nearest } from '../../domain/json/nearest.ts';
import { stageNameFaults } from '../../infrastructure/parameters.ts';
import { UsageError } from '../../scripts/command.ts';
import { start } from '../../scripts/installation.ts';
import { regionOf, stageNames } from './channels-of-stage.ts';
import { nameRequests } from './name-requests.ts';
import { type Patience, patience } from './patience.ts';

/** The local service answers in milliseconds. */
const LOCAL_PATIENCE_MILLISECONDS = 2_000;

const LOCAL_ACCOUNT = '000000000000';

/** The settings of an SDK client. A stage on AWS has only a region, because the environment has the credentials. */
export type StageConfig = {
  readonly endpoint?: string;
  readonly region: string | (() => Promise<string>);
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For S3: the bucket is in the path. In front of the host of an endpoint, a bucket with dots would make no URL. */
  readonly forcePathStyle?: true;
};

/** The parts of one stage that the commands use. */
export type Stage = {
  readonly name: string;
  readonly isLocal: boolean;
  /** What every client of the stage is made with. */
  readonly config: StageConfig;
  /** Where the local service listens. Undefined on AWS. */
  readonly endpoint: string | undefined;
  readonly bus: string;
  readonly eventbridge: EventBridgeClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly ledger: ReturnType<typeof ledger> & ReturnType<typeof batchedReads>;
  /** The region of its clients: the one of the environment, or else the one of the stage in serverless.yml. Throws if neither names one. */
  region(): Promise<string>;
  /** The account of the credentials. Undefined if they do not contain it and AWS does not name it. */
  account(): Promise<string | undefined>;
  /** How many times as fast the waits of the service pass as on AWS. 1 on AWS, and if the local service does not say. */
  timeFactor(): Promise<number>;
  /** What turns an instant of a control plane into one of the clock here, both in epoch ms. Those of the local AWS run ahead. */
  wallTime(): Promise<(instant: number) => number>;
  /** The URL of the queue `ota-dispatch-STAGE-<suffix>`. Throws UsageError if the stage does not have it. */
  queueUrl(suffix: string): Promise<string>;
};

/**
 * Opens a stage by its name. `local`, and every stage with a given endpoint, is reached at that endpoint with dummy
 * credentials. Every other stage is on AWS, with the credentials and region of the environment. A call to a service that stays
 * silent fails after a while. Throws UsageError for a character that no stage may have.
 */
export function openStage(
  values: {
    readonly stage: string;
    readonly endpoint?: string | undefined;
    readonly bus?: string | undefined;
  },
  { short, long }: Readonly<Record<keyof typeof patience, Patience>> = patience,
): Stage {
  const [fault] = stageNameFaults(values.stage);
  if (fault !== undefined) throw new UsageError(`--stage: ${fault}`);
  const isLocal = values.stage === 'local' || values.endpoint !== undefined;
  const endpoint = isLocal ? localEndpoint(values.endpoint) : undefined;
  const config: StageConfig =
    endpoint !== undefined
      ? { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, forcePathStyle: true }
      : { region: regionOnAws(values.stage) };
  const dynamodb = nameRequests(new DynamoDBClient({ ...short, ...config }), 'DynamoDB');
  const table = `ota-dispatch-${values.stage}-ledger`;
  const sqs = nameRequests(new SQSClient({ ...long, ...config }), 'SQS');
  return {
    name: values.stage,
    isLocal,
    config,
    endpoint,
    bus: values.bus ?? `firmware-${values.stage}`,
    eventbridge: nameRequests(new EventBridgeClient({ ...short, ...config }), 'EventBridge'),
    s3: nameRequests(new S3Client({ ...long, ...config }), 'S3'),
    sqs,
    ledger: { ...ledger(dynamodb, table), ...batchedReads(dynamodb, table) },
    region: () => sqs.config.region(),
    account: async () =>
      isLocal ? LOCAL_ACCOUNT : ((await sqs.config.credentials()).accountId ?? (await callersAccount({ ...short, ...config }))),
    timeFactor: async () => (endpoint === undefined ? 1 : (await clockOf(endpoint)).factor),
    async wallTime() {
      const clock = endpoint === undefined ? undefined : await clockOf(endpoint);
      if (clock === undefined || Number.isNaN(clock.now)) return (instant) => instant;
      const here = Date.now();
      return (instant) => Math.round(here - (clock.now - instant) / clock.factor);
    },
    async queueUrl(suffix) {
      const QueueName = `ota-dispatch-${values.stage}-${suffix}`;
      try {
        const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
        return QueueUrl ?? '';
      } catch (error) {
        if (error instanceof QueueDoesNotExist) throw missing(values.stage, `queue ${QueueName}`, error);
        throw unreachable(error, endpoint);
      }
    },
  };
}

/**
 * The clock of the local service's control planes: its time in epoch ms and its factor. Without a factor, such as on another engine, which
 * does not have this route, the time is NaN.
 */
async function clockOf(endpoint: string): Promise<{ readonly now: number; readonly factor: number }> {
  const answer = await fetch(new URL('/_ota/clock', endpoint), { signal: AbortSignal.timeout(LOCAL_PATIENCE_MILLISECONDS) })
    .then((response) => response.json())
    .catch(() => undefined);
  const { now, factor } = Object(answer) as { now?: unknown; factor?: unknown };
  return typeof factor === 'number' && factor > 0 ? { now: Date.parse(String(now)), factor } : { now: Number.NaN, factor: 1 };
}

/** Every caller may ask for its own account. In a network without a way to STS there is no answer. */
async function callersAccount(config: Patience & StageConfig): Promise<string | undefined> {
  const answer = await new STSClient({ ...config, maxAttempts: 1 }).send(new GetCallerIdentityCommand({})).catch(() => undefined);
  return answer?.Account;
}

/** The region of a deployed stage, looked for once. */
function regionOnAws(stage: string): () => Promise<string> {
  let region: Promise<string> | undefined;
  return () => {
    region ??= new SQSClient({}).config.region().catch(() => regionOf(stage, undefined));
    return region;
  };
}

/** The error to show if AWS does not know a part of a stage. */
export function missing(stage: string, part: string, cause: unknown): UsageError {
  const known = stageNames();
  const meant = known.includes(stage) ? undefined : nearest(stage, known);
  const advice = meant === undefined ? 'check --stage' : `did you mean --stage ${meant}? check it`;
  return new UsageError(`stage ${stage} has no ${part}: ${advice}, and the account and region of your credentials`, { cause });
}

/**
 * Where the local service listens: `given`, or else AWS_ENDPOINT_URL. SDKs treat an empty AWS_ENDPOINT_URL as unset. Throws
 * UsageError if the endpoint is not a URL.
 */
export function localEndpoint(given: string | undefined): string {
  const endpoint = given ?? (process.env['AWS_ENDPOINT_URL'] || 'http://127.0.0.1:4566');
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    throw new UsageError(`the endpoint must be a URL such as http://127.0.0.1:4566, not ${endpoint || 'nothing'}`);
  return endpoint;
}

/** Nothing listens at the endpoint of the local service, or there is no such host. */
export class Unreachable extends UsageError {}

/** The error to show: {@link Unreachable} if nothing listens at the endpoint, or if it has no such host, or else the error itself. */
export function unreachable(error: unknown, endpoint: string | undefined): unknown {
  const host = error instanceof Error && endpoint !== undefined ? /^getaddrinfo \w+ (\S+)/.exec(error.message)?.[1] : undefined;
  if (host !== undefined) return new Unreachable(`there is no host ${host}: check --endpoint, or AWS_ENDPOINT_URL if you left it out`);
  const isUnreachable = error instanceof Error && /ECONNREFUSED|^bad port/.test(`${error.message} ${'code' in error ? error.code : ''}`);
  if (!isUnreachable) return error;
  return new Unreachable(
    `nothing listens at ${endpoint ?? 'the endpoint'}: start the local service with ${start()}, or pass --endpoint or --stage`,
  );
}
