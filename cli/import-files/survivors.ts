import { type CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, type DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, type KMSClient, ListResourceTagsCommand, paginateListKeys } from '@aws-sdk/client-kms';
import { HeadBucketCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../../scripts/command.ts';
import type { Resource, Survivor } from './template.ts';

/** The clients that find what survived. */
export type Clients = {
  readonly cloudformation: CloudFormationClient;
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
};

/** What the names in a template are made of. */
export type Place = { readonly stage: string; readonly account: string; readonly region: string };

/**
 * Which of the resources that CloudFormation keeps exist at AWS. Table and bucket have names. The key has none: it is the one that
 * encrypts the table (DescribeTable, `SSEDescription`), else the one with the tags that CloudFormation gave it. Throws UsageError if
 * the key of the table is scheduled for deletion, and for several keys with these tags.
 */
export async function survivorsOf(kept: ReadonlyMap<string, Resource>, place: Place, clients: Clients): Promise<Survivor[]> {
  const survivors: Survivor[] = [];
  let keyOfTable: string | undefined;
  for (const [logicalId, { Type: type, Properties = {} }] of kept) {
    if (type === 'AWS::DynamoDB::Table') {
      const id = nameIn(Properties['TableName'], place);
      const table = await tableCalled(id, clients);
      keyOfTable ??= table?.SSEDescription?.KMSMasterKeyArn;
      if (table !== undefined) survivors.push({ logicalId, type, id });
    } else if (type === 'AWS::S3::Bucket') {
      const id = nameIn(Properties['BucketName'], place);
      if (await bucketExists(id, clients)) survivors.push({ logicalId, type, id });
    }
  }
  for (const [logicalId, { Type: type }] of kept) {
    if (type !== 'AWS::KMS::Key') continue;
    const id = (await keyOfLedger(keyOfTable, clients)) ?? (await keyWithTags(place.stage, clients));
    if (id !== undefined) survivors.push({ logicalId, type, id });
  }
  return survivors;
}

/** The stack that owns a resource. Undefined if none does, and for a stack that gave it up when it was deleted. */
export async function stackOf({ id }: Survivor, { cloudformation }: Pick<Clients, 'cloudformation'>): Promise<string | undefined> {
  try {
    const { StackResources = [] } = await cloudformation.send(new DescribeStackResourcesCommand({ PhysicalResourceId: id }));
    const own = StackResources.find(({ PhysicalResourceId }) => PhysicalResourceId === id);
    // CloudFormation describes deleted stacks for 90 days. What a deletion kept is in DELETE_SKIPPED there.
    return own?.ResourceStatus?.startsWith('DELETE') ? undefined : StackResources[0]?.StackName;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && / does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** A name in a template: a text, or Fn::Sub of account and region. Throws an Error for every other function. */
function nameIn(value: unknown, { account, region }: Place): string {
  const pattern = typeof value === 'string' ? value : (value as { 'Fn::Sub'?: unknown } | undefined)?.['Fn::Sub'];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of CloudFormation
  const name = String(pattern).replaceAll('${AWS::AccountId}', account).replaceAll('${AWS::Region}', region);
  if (typeof pattern !== 'string' || name.includes('${')) throw new Error(`the name ${JSON.stringify(value)} of the template is not known`);
  return name;
}

async function tableCalled(TableName: string, { dynamodb }: Clients) {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function bucketExists(Bucket: string, { s3 }: Clients): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** The id of a customer's key. Undefined if there is none, and for the key that AWS manages for DynamoDB. */
async function keyOfLedger(KeyId: string | undefined, { kms }: Clients): Promise<string | undefined> {
  if (KeyId === undefined) return undefined;
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  if (KeyMetadata?.KeyManager !== 'CUSTOMER') return undefined;
  if (KeyMetadata.KeyState === 'PendingDeletion')
    throw new UsageError(
      `the key ${KeyMetadata.KeyId} is scheduled for deletion: run aws kms cancel-key-deletion and aws kms enable-key first`,
    );
  return KeyMetadata.KeyId;
}

/** A first deployment that failed schedules its key for deletion. That key encrypts nothing, so it did not survive. */
async function keyWithTags(stage: string, clients: Clients): Promise<string | undefined> {
  const found: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: clients.kms }, {})) {
    for (const { KeyId = '' } of Keys) {
      const tags = await tagsOfKey(KeyId, clients);
      if (tags['service'] !== 'ota-dispatch' || tags['stage'] !== stage) continue;
      const { KeyMetadata } = await clients.kms.send(new DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState !== 'PendingDeletion') found.push(KeyId);
    }
  }
  if (found.length > 1)
    throw new UsageError(
      `the keys ${found.join(' and ')} have the tags of stage ${stage}: remove the tag stage from the one that is not used`,
    );
  return found[0];
}

/** The tags of a key. Nothing of a key whose policy hides it, because the keys of the stage do not. */
async function tagsOfKey(KeyId: string, { kms }: Clients): Promise<Record<string, string>> {
  try {
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId }));
    return Object.fromEntries(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return {};
    throw error;
  }
}
