import { arn, type GetAtt, type Sub, variable } from './cloudformation.ts';

/**
 * The parameter `kmsKey`: `aws` for keys that AWS manages, which cost nothing, `create` for a key of this stack, or the ARN
 * of a key that exists. parameters.ts has checked it. Job documents always use the key of S3, because every device of a
 * channel receives them anyway.
 */
export type KmsKey = 'aws' | 'create' | (string & {});

/** The key of queues, tables and alarm topic. Undefined if AWS manages it. */
export function customerKey(kmsKey: KmsKey): GetAtt | string | undefined {
  if (kmsKey === 'aws') return undefined;
  return kmsKey === 'create' ? { 'Fn::GetAtt': ['EncryptionKey', 'Arn'] } : kmsKey;
}

/** The SSESpecification of a DynamoDB table. */
export function tableEncryption(kmsKey: KmsKey) {
  const key = customerKey(kmsKey);
  return key === undefined ? { SSEEnabled: true } : { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key };
}

/** The roles that send, receive, read or write what the key encrypts. With job events, AWS IoT sends with a role of its own. */
const ROLES = ['ReleasesRole', 'FollowUpsRole', 'SweepRole', 'OperatorRole', 'ApproverRole'];

/**
 * The resources that exist only if a customer key is used: the key itself if the stack creates it, and the policies that
 * allow the roles of the stack to use keys. `artifactKeys` are the ARNs of the keys of the artifact buckets. `formerKeys` are
 * those of keys that `kmsKey` was before: a message stays encrypted with the key that its queue had when it arrived.
 */
export function encryptionResources(kmsKey: KmsKey, artifactKeys: readonly string[], formerKeys: readonly string[], hasJobEvents: boolean) {
  const key = customerKey(kmsKey);
  return {
    ...(kmsKey === 'create' && { EncryptionKey }),
    ...(key !== undefined && {
      EncryptionKeyUse: useOfKeys({
        keys: [key],
        through: ['sqs', 'dynamodb'],
        roles: [...ROLES, ...(hasJobEvents ? ['JobEventsRole'] : [])],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      }),
    }),
    ...(formerKeys.length > 0 && {
      FormerKeysUse: useOfKeys({
        keys: formerKeys,
        through: ['sqs', 'dynamodb'],
        roles: ROLES,
        actions: ['kms:Decrypt'],
        name: 'use-former-keys',
      }),
    }),
    ...(artifactKeys.length > 0 && {
      ArtifactKeysUse: useOfKeys({ keys: artifactKeys, through: ['s3'], roles: ['ReleasesRole'], actions: ['kms:Decrypt'] }),
    }),
  };
}

type UseOfKeys = {
  readonly keys: readonly (GetAtt | string)[];
  /** The services that call KMS for the role. Without one of them the role cannot use the key. */
  readonly through: readonly string[];
  readonly roles: readonly string[];
  readonly actions: readonly `kms:${string}`[];
  readonly name?: string;
};

const useOfKeys = ({ keys, through, roles, actions, name = `use-keys-through-${through.join('-and-')}` }: UseOfKeys) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: name,
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
            StringEquals: {
              'kms:ViaService': through.map(
                (service): Sub => ({ 'Fn::Sub': `${service}.${variable('AWS::Region')}.${variable('AWS::URLSuffix')}` }),
              ),
            },
          },
        },
      ],
    },
  },
});

const EncryptionKey = {
  Type: 'AWS::KMS::Key',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    Description: 'Queues, tables and alarm topic of ota-dispatch',
    EnableKeyRotation: true,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        // Without this statement nobody could ever manage the key again. With it, IAM policies of the account decide.
        {
          Sid: 'TheAccountDecides',
          Effect: 'Allow',
          Principal: { AWS: arn(`iam::${variable('AWS::AccountId')}:root`) },
          Action: 'kms:*',
          Resource: '*',
        },
        // If EventBridge cannot encrypt an event for the queue, it sends it straight to the dead-letter queue. That queue has
        // the same key, so the event would be lost. So no condition stands here that EventBridge might fail. The policy of
        // each queue names the rule that may send to it.
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
