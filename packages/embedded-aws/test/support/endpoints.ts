import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type RunningServices, type ServicesOptions, startServices } from '../../src/cloud.ts';

/** The settings of every SDK client in the tests. */
export type Access = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** The embedded AWS for one test file, and clients for it. */
export type TestAws = {
  readonly services: RunningServices;
  readonly endpoint: string;
  readonly access: Access;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly s3: S3Client;
  stop(): Promise<void>;
};

/**
 * The engine under test: `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL_DYNAMODB` if it is set, otherwise the embedded one. The
 * configuration of Vitest gives both other names, so that no SDK reads them in any other test.
 */
export function endpointOf(store: 'SQS' | 'DYNAMODB', { endpoint }: Pick<RunningServices, 'endpoint'>): string {
  return process.env[`TEST_ENDPOINT_${store}`] ?? endpoint;
}

/**
 * Starts the embedded AWS on a free port. With `named`, and if `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL_DYNAMODB` is set, the
 * SQS or DynamoDB client uses that engine instead, so that the same tests check it. Tests of the embedded AWS itself leave it out.
 */
export async function startTestAws(options: Partial<ServicesOptions> = {}, engine: 'embedded' | 'named' = 'embedded'): Promise<TestAws> {
  const services = await startServices({ port: 0, ...options });
  const access: Access = {
    endpoint: services.endpoint,
    region: services.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const clients = {
    sqs: new SQSClient({ ...access, endpoint: engine === 'named' ? endpointOf('SQS', services) : services.endpoint }),
    dynamodb: new DynamoDBClient({ ...access, endpoint: engine === 'named' ? endpointOf('DYNAMODB', services) : services.endpoint }),
    events: new EventBridgeClient(access),
    s3: new S3Client(access),
  };
  return {
    services,
    endpoint: services.endpoint,
    access,
    ...clients,
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      await services.stop();
    },
  };
}
