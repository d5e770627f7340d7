import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { IoTClient } from '@aws-sdk/client-iot';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SignerClient } from '@aws-sdk/client-signer';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { IoTManagedIntegrationsClient } from '../../../adapters/managed-integrations/client.ts';
import type { StageConfig } from '../../../operator/stage/stage.ts';

/** A service that does not answer for so long is reported as unread. In milliseconds. */
const PATIENCE = { connectionTimeout: 5_000, requestTimeout: 5_000, socketTimeout: 5_000, throwOnRequestTimeout: true };

/** Services whose limits are small throttle a read several times, because the SDK doubles its waits from half a second on. */
const ATTEMPTS = 6;

/** A client for each service that doctor asks, in `region`. */
export function clientsOf(stage: StageConfig, region: string) {
  const config = { ...stage, region, requestHandler: PATIENCE, maxAttempts: ATTEMPTS };
  return {
    cloudformation: new CloudFormationClient(config),
    cloudwatch: new CloudWatchClient(config),
    dynamodb: new DynamoDBClient(config),
    eventbridge: new EventBridgeClient(config),
    iam: new IAMClient(config),
    iot: new IoTClient(config),
    kms: new KMSClient(config),
    lambda: new LambdaClient(config),
    managedIntegrations: new IoTManagedIntegrationsClient(config),
    s3: new S3Client(config),
    quotas: new ServiceQuotasClient(config),
    signer: new SignerClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
  };
}

export type Clients = ReturnType<typeof clientsOf>;
