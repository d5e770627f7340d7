/**
 * Encryption at rest, from the parameter `kmsKey`: `aws` (keys that AWS manages, no cost), `create` (a key of this stack)
 * or the ARN of a key of yours; parameters.js has checked it. The job documents stay with S3's own key: every device of a
 * channel is handed them.
 */
import { itemsOf } from './parameters.js';

const arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });

async function parameter({ resolveVariable }) {
  const kmsKey = await resolveVariable('param:kmsKey');
  if (kmsKey === 'aws') return {};
  if (kmsKey === 'create') return { create: true, arn: { 'Fn::GetAtt': ['EncryptionKey', 'Arn'] } };
  return { arn: kmsKey };
}

/** The queues' and the alarm topic's key; nothing where AWS manages it. */
export const keyArn = async (context) => (await parameter(context)).arn ?? null;

/** SQS's own encryption: where there is no other key. */
export const sqsManaged = async (context) => ((await parameter(context)).arn ? null : true);

/** The tables' SSESpecification. */
export async function tables(context) {
  const key = (await parameter(context)).arn;
  return { SSEEnabled: true, ...(key ? { SSEType: 'KMS', KMSMasterKeyId: key } : {}) };
}

/** Resources that exist only where there is a key: the key itself, and leave for our roles to use it. */
export async function resources(context) {
  const { create, arn: key } = await parameter(context);
  const artifactKeys = itemsOf(await context.resolveVariable('param:artifactKeys'));
  const all = {};
  if (create) all.EncryptionKey = encryptionKey;
  if (key) all.EncryptionKeyUse = use([key], ['sqs', 'dynamodb'], ['ReleasesRole', 'FollowUpsRole', 'SweepRole', 'OperatorRole']);
  if (artifactKeys.length > 0) all.ArtifactKeysUse = { ...use(artifactKeys, ['s3'], ['ReleasesRole'], ['kms:Decrypt']) };
  return { Resources: all };
}

const use = (keys, services, roles, actions = ['kms:Decrypt', 'kms:GenerateDataKey']) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: `use-keys-through-${services.join('-and-')}`,
    Roles: roles.map((role) => ({ Ref: role })),
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'UseKeys',
          Effect: 'Allow',
          Action: actions,
          Resource: keys,
          Condition: {
            StringEquals: { 'kms:ViaService': services.map((service) => ({ 'Fn::Sub': `${service}.\${AWS::Region}.amazonaws.com` })) },
          },
        },
      ],
    },
  },
});

const encryptionKey = {
  Type: 'AWS::KMS::Key',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    Description: 'Queues, tables and alarm topic of ota-dispatch',
    EnableKeyRotation: true,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        // Without it nobody could ever manage the key again; IAM policies of the account decide from here on.
        {
          Sid: 'TheAccountDecides',
          Effect: 'Allow',
          Principal: { AWS: arn(`iam::\${AWS::AccountId}:root`) },
          Action: 'kms:*',
          Resource: '*',
        },
        // EventBridge drops straight to its DLQ what it cannot encrypt, and loses it when the DLQ has the same key: so no
        // condition that it might not satisfy. Which queue it may send to is pinned by the queue's policy.
        {
          Sid: 'EventBridgeSendsToQueues',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: '*',
        },
        {
          Sid: 'CloudWatchSendsAlarms',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: '*',
        },
      ],
    },
  },
};
