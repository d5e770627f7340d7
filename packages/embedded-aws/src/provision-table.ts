import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Resource } from './template.ts';

type TableProperties = Pick<
  CreateTableCommandInput,
  | 'AttributeDefinitions'
  | 'KeySchema'
  | 'BillingMode'
  | 'ProvisionedThroughput'
  | 'GlobalSecondaryIndexes'
  | 'LocalSecondaryIndexes'
  | 'DeletionProtectionEnabled'
  | 'Tags'
  | 'TableClass'
> & {
  readonly SSESpecification?: { readonly SSEEnabled?: boolean; readonly SSEType?: 'KMS'; readonly KMSMasterKeyId?: string };
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean };
  readonly PointInTimeRecoverySpecification?: { readonly PointInTimeRecoveryEnabled: boolean };
};

/** Makes a table as CloudFormation would: first the table, then what can only be switched on afterwards. */
export async function createTable(client: DynamoDBClient, { physical, properties }: Resource): Promise<void> {
  const table = properties as unknown as TableProperties;
  const encryption = table.SSESpecification;
  await client.send(
    new CreateTableCommand({
      TableName: physical.name,
      AttributeDefinitions: table.AttributeDefinitions,
      KeySchema: table.KeySchema,
      BillingMode: table.BillingMode,
      ProvisionedThroughput: table.ProvisionedThroughput,
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes,
      LocalSecondaryIndexes: table.LocalSecondaryIndexes,
      DeletionProtectionEnabled: table.DeletionProtectionEnabled,
      Tags: table.Tags,
      SSESpecification:
        encryption === undefined
          ? undefined
          : { Enabled: encryption.SSEEnabled, SSEType: encryption.SSEType, KMSMasterKeyId: encryption.KMSMasterKeyId },
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName: physical.name });
  if (table.TimeToLiveSpecification?.Enabled) {
    await client.send(new UpdateTimeToLiveCommand({ TableName: physical.name, TimeToLiveSpecification: table.TimeToLiveSpecification }));
  }
  const recovery = table.PointInTimeRecoverySpecification;
  if (recovery?.PointInTimeRecoveryEnabled) {
    await client.send(new UpdateContinuousBackupsCommand({ TableName: physical.name, PointInTimeRecoverySpecification: recovery }));
  }
}
