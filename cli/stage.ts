import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { ledger } from '../adapters/ledger.ts';
import { UsageError } from './command.ts';

/** The options by which every command below finds its stage. */
export const stageOptions = {
  stage: { type: 'string', default: 'local' },
  endpoint: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Where to put an event, for the commands that do. */
export const busOption = { bus: { type: 'string' } } as const;

export const busHelp = '  --bus NAME     the event bus (default: firmware-STAGE)';

export const stageHelp = `  --stage S      a deployed stage, with the AWS credentials and region of your environment (default: local)
  --endpoint URL where the local service listens (default: AWS_ENDPOINT_URL, else http://127.0.0.1:4566)
  --json         for a program`;

const LOCAL_ACCOUNT = '000000000000';

/** The parts of one stage that a person works with. */
export type Stage = {
  readonly name: string;
  readonly isLocal: boolean;
  /** Where the local service listens; undefined on AWS. */
  readonly endpoint: string | undefined;
  readonly bus: string;
  readonly eventbridge: EventBridgeClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly ledger: ReturnType<typeof ledger>;
  /** The region of its clients; throws where the environment names none. */
  region(): Promise<string>;
  /** The account that the credentials are of; undefined where they do not tell it. */
  account(): Promise<string | undefined>;
  /** The URL of `ota-dispatch-STAGE-<suffix>`; throws UsageError when the stage has no such queue. */
  queueUrl(suffix: string): Promise<string>;
};

/**
 * A stage by its name. `local`, or any stage at a given endpoint, is met there with made-up credentials; the
 * others are AWS as the environment has it.
 */
export function openStage(values: {
  readonly stage: string;
  readonly endpoint?: string | undefined;
  readonly bus?: string | undefined;
}): Stage {
  const isLocal = values.stage === 'local' || values.endpoint !== undefined;
  const endpoint = isLocal ? localEndpoint(values.endpoint) : undefined;
  const config =
    endpoint !== undefined ? { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {};
  const sqs = new SQSClient(config);
  return {
    name: values.stage,
    isLocal,
    endpoint,
    bus: values.bus ?? `firmware-${values.stage}`,
    eventbridge: new EventBridgeClient(config),
    s3: new S3Client(config),
    sqs,
    ledger: ledger(new DynamoDBClient(config), `ota-dispatch-${values.stage}-ledger`),
    region: () => sqs.config.region(),
    account: async () => (isLocal ? LOCAL_ACCOUNT : (await sqs.config.credentials()).accountId),
    async queueUrl(suffix) {
      const QueueName = `ota-dispatch-${values.stage}-${suffix}`;
      try {
        const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
        return QueueUrl ?? '';
      } catch (error) {
        if (error instanceof QueueDoesNotExist) throw new UsageError(`stage ${values.stage} has no queue ${QueueName}`, { cause: error });
        throw unreachable(error, endpoint);
      }
    },
  };
}

/**
 * Where the local service listens: `given`, else AWS_ENDPOINT_URL, which SDKs take for unset where it is empty. Throws
 * UsageError where that is no URL.
 */
export function localEndpoint(given: string | undefined): string {
  const endpoint = given ?? (process.env['AWS_ENDPOINT_URL'] || 'http://127.0.0.1:4566');
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    throw new UsageError(`the endpoint is a URL such as http://127.0.0.1:4566, not ${endpoint || 'nothing'}`);
  return endpoint;
}

/** The error to show when nothing listens at the endpoint; others pass through. */
export function unreachable(error: unknown, endpoint: string | undefined): unknown {
  const refused = error instanceof Error && /ECONNREFUSED|^bad port/.test(`${error.message} ${'code' in error ? error.code : ''}`);
  if (!refused) return error;
  return new UsageError(`nothing listens at ${endpoint ?? 'the endpoint'}: start the local service with npm start, or name a --stage`);
}
