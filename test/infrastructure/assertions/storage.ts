import type { Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT, REGION } from '../../support/resolved-template.ts';
import { type Assertion, equal, failing, get, list, of, resource, resourcePolicy, setting, unless } from './assertion.ts';

const tables = (t: Template) => of(t, 'AWS::DynamoDB::Table');
const ledger = (t: Template, path: string) => get(t.Resources, `LedgerTable.Properties.${path}`);
const documents = (t: Template, path: string) => get(t.Resources, `DocumentsBucket.Properties.${path}`);
const kept = (t: Template, id: string) => {
  const { DeletionPolicy, UpdateReplacePolicy } = resource(t, id);
  return unless(DeletionPolicy === 'Retain' && UpdateReplacePolicy === 'Retain', id);
};

export const storage: Assertion[] = [
  {
    name: 'the tables have the names of the contract',
    check: (t) =>
      ['ledger', 'lock'].filter(
        (name) => !tables(t).some(([, { Properties }]) => Properties['TableName'] === `ota-dispatch-local-${name}`),
      ),
    mutate: setting('LockTable.Properties.TableName', undefined),
  },
  {
    name: 'every table is paid by request',
    check: (t) => failing(tables(t), ({ Properties }) => Properties['BillingMode'] !== 'PAY_PER_REQUEST'),
    mutate: setting('LockTable.Properties.BillingMode', undefined),
  },
  {
    name: 'every table can be restored to a point in time',
    check: (t) => failing(tables(t), (r) => get(r, 'Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled') !== true),
    mutate: setting('LedgerTable.Properties.PointInTimeRecoverySpecification', undefined),
  },
  {
    name: 'every table is encrypted at rest',
    check: (t) => failing(tables(t), (r) => get(r, 'Properties.SSESpecification.SSEEnabled') !== true),
    mutate: setting('LedgerTable.Properties.SSESpecification', undefined),
  },
  {
    name: 'the ledger is protected against deletion',
    check: (t) => unless(ledger(t, 'DeletionProtectionEnabled') === true, 'LedgerTable'),
    mutate: setting('LedgerTable.Properties.DeletionProtectionEnabled', false),
  },
  {
    name: 'the ledger outlives the stack',
    check: (t) => kept(t, 'LedgerTable'),
    mutate: setting('LedgerTable.DeletionPolicy', 'Delete'),
  },
  {
    name: 'the ledger survives being replaced',
    check: (t) => kept(t, 'LedgerTable'),
    mutate: setting('LedgerTable.UpdateReplacePolicy', undefined),
  },
  {
    name: 'nothing in the ledger expires',
    check: (t) => unless(ledger(t, 'TimeToLiveSpecification') === undefined, 'LedgerTable'),
    mutate: setting('LedgerTable.Properties.TimeToLiveSpecification', { AttributeName: 'dueAt', Enabled: true }),
  },
  {
    name: 'locks expire',
    check: (t) =>
      unless(
        equal(get(t.Resources, 'LockTable.Properties.TimeToLiveSpecification'), { AttributeName: 'expiration', Enabled: true }),
        'LockTable',
      ),
    mutate: setting('LockTable.Properties.TimeToLiveSpecification.AttributeName', 'in_progress_expiration'),
  },
  {
    name: 'the ledger is keyed by pk and sk',
    check: (t) =>
      unless(
        equal(
          list(ledger(t, 'KeySchema')).map((k) => [get(k, 'AttributeName'), get(k, 'KeyType')]),
          [
            ['pk', 'HASH'],
            ['sk', 'RANGE'],
          ],
        ),
        'KeySchema',
      ),
    mutate: setting('LedgerTable.Properties.KeySchema.1.AttributeName', 'rolloutId'),
  },
  {
    name: 'the index of due work is keyed by w and due, and holds keys only',
    check: (t) =>
      unless(
        equal(
          [
            ledger(t, 'GlobalSecondaryIndexes.0.IndexName'),
            ledger(t, 'GlobalSecondaryIndexes.0.Projection.ProjectionType'),
            ...list(ledger(t, 'GlobalSecondaryIndexes.0.KeySchema')).map((k) => get(k, 'AttributeName')),
          ],
          ['work', 'KEYS_ONLY', 'workShard', 'dueAt'],
        ),
        'work',
      ),
    mutate: setting('LedgerTable.Properties.GlobalSecondaryIndexes.0.Projection.ProjectionType', 'ALL'),
  },
  {
    name: 'due is a number, so that the index is ordered by time',
    check: (t) =>
      unless(
        list(ledger(t, 'AttributeDefinitions')).some((a) => equal(a, { AttributeName: 'dueAt', AttributeType: 'N' })),
        'dueAt',
      ),
    mutate: setting('LedgerTable.Properties.AttributeDefinitions.3.AttributeType', 'S'),
  },
  {
    name: 'the lock is keyed by id',
    check: (t) =>
      unless(equal(get(t.Resources, 'LockTable.Properties.KeySchema'), [{ AttributeName: 'id', KeyType: 'HASH' }]), 'LockTable'),
    mutate: setting('LockTable.Properties.KeySchema.0.AttributeName', 'pk'),
  },
  {
    name: 'the documents bucket is named after stage, account and region',
    check: (t) => unless(documents(t, 'BucketName') === `ota-dispatch-local-documents-${ACCOUNT}-${REGION}`, 'DocumentsBucket'),
    mutate: setting('DocumentsBucket.Properties.BucketName', 'ota-dispatch-documents'),
  },
  {
    name: 'the documents bucket is versioned',
    check: (t) => unless(documents(t, 'VersioningConfiguration.Status') === 'Enabled', 'DocumentsBucket'),
    mutate: setting('DocumentsBucket.Properties.VersioningConfiguration.Status', 'Suspended'),
  },
  {
    name: 'the documents bucket is encrypted at rest',
    check: (t) =>
      unless(
        documents(t, 'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm') === 'AES256',
        'DocumentsBucket',
      ),
    mutate: setting('DocumentsBucket.Properties.BucketEncryption', undefined),
  },
  {
    name: 'the documents bucket is private in all four ways',
    check: (t) =>
      ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].filter(
        (way) => documents(t, `PublicAccessBlockConfiguration.${way}`) !== true,
      ),
    mutate: setting('DocumentsBucket.Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets', false),
  },
  {
    name: 'the documents bucket knows no ACLs',
    check: (t) => unless(documents(t, 'OwnershipControls.Rules.0.ObjectOwnership') === 'BucketOwnerEnforced', 'DocumentsBucket'),
    mutate: setting('DocumentsBucket.Properties.OwnershipControls.Rules.0.ObjectOwnership', 'ObjectWriter'),
  },
  {
    name: 'the documents outlive the stack: tasks still read them',
    check: (t) => kept(t, 'DocumentsBucket'),
    mutate: setting('DocumentsBucket.DeletionPolicy', undefined),
  },
  {
    name: 'no current document ever expires',
    check: (t) =>
      unless(
        list(documents(t, 'LifecycleConfiguration.Rules')).every((r) => !get(r, 'ExpirationInDays') && !get(r, 'ExpirationDate')),
        'LifecycleConfiguration',
      ),
    mutate: setting('DocumentsBucket.Properties.LifecycleConfiguration.Rules.0.ExpirationInDays', 365),
  },
  {
    name: 'replaced documents and unfinished uploads are cleaned up',
    check: (t) =>
      unless(
        list(documents(t, 'LifecycleConfiguration.Rules')).some(
          (r) =>
            get(r, 'Status') === 'Enabled' &&
            get(r, 'NoncurrentVersionExpiration.NoncurrentDays') &&
            get(r, 'AbortIncompleteMultipartUpload'),
        ),
        'LifecycleConfiguration',
      ),
    mutate: setting('DocumentsBucket.Properties.LifecycleConfiguration.Rules.0.Status', 'Disabled'),
  },
  {
    name: 'the documents bucket is spoken to over TLS only',
    check: (t) =>
      unless(
        resourcePolicy(t, 'DocumentsBucketPolicy').some(
          (s) =>
            s.effect === 'Deny' &&
            s.principal === '*' &&
            s.resources.length === 2 &&
            equal(s.condition, { Bool: { 'aws:SecureTransport': 'false' } }),
        ),
        'DocumentsBucketPolicy',
      ),
    mutate: setting('DocumentsBucketPolicy.Properties.PolicyDocument.Statement.0.Effect', 'Allow'),
  },
  {
    name: 'only the releases function writes documents',
    check: (t) =>
      unless(
        resourcePolicy(t, 'DocumentsBucketPolicy').some(
          (s) =>
            s.effect === 'Deny' &&
            s.actions.includes('s3:PutObject') &&
            equal(s.condition, {
              ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/ota-dispatch-ReleasesRole` },
            }),
        ),
        'DocumentsBucketPolicy',
      ),
    mutate: setting('DocumentsBucketPolicy.Properties.PolicyDocument.Statement.1.Condition', { Null: { 'aws:PrincipalArn': 'true' } }),
  },
  {
    name: 'the bucket of the deployments is private and versioned',
    check: (t) => {
      const bucket = resource(t, 'ServerlessDeploymentBucket').Properties;
      return unless(
        get(bucket, 'PublicAccessBlockConfiguration.BlockPublicPolicy') === true &&
          get(bucket, 'VersioningConfiguration.Status') === 'Enabled',
        'ServerlessDeploymentBucket',
      );
    },
    mutate: setting('ServerlessDeploymentBucket.Properties.PublicAccessBlockConfiguration', undefined),
  },
];
