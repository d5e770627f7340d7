import type { Template } from '../../../scripts/compiled-template.ts';
import { ACCOUNT, REGION } from '../../support/resolved-template.ts';
import { type Assertion, equal, failing, get, kept, list, resource, resourcePolicy, roleArn, setting, unless } from './assertion.ts';

const documents = (t: Template, path: string) => get(t.Resources, `DocumentsBucket.Properties.${path}`);

export const documentAssertions: Assertion[] = [
  {
    name: 'the name of the documents bucket contains stage, account and region',
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
    name: 'the documents bucket blocks public access in all four ways',
    check: (t) =>
      ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].filter(
        (way) => documents(t, `PublicAccessBlockConfiguration.${way}`) !== true,
      ),
    mutate: setting('DocumentsBucket.Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets', false),
  },
  {
    name: 'the documents bucket has no ACLs',
    check: (t) => unless(documents(t, 'OwnershipControls.Rules.0.ObjectOwnership') === 'BucketOwnerEnforced', 'DocumentsBucket'),
    mutate: setting('DocumentsBucket.Properties.OwnershipControls.Rules.0.ObjectOwnership', 'ObjectWriter'),
  },
  {
    name: 'the documents bucket is kept when the stack is removed, because tasks still read documents',
    check: (t) => kept(t, 'DocumentsBucket'),
    mutate: setting('DocumentsBucket.DeletionPolicy', undefined),
  },
  {
    name: 'no resource that is kept outlives a first deployment that fails, because its name would block the next one',
    check: (t) => failing(Object.entries(t.Resources), ({ DeletionPolicy }) => DeletionPolicy === 'Retain'),
    mutate: setting('DocumentsBucket.DeletionPolicy', 'Retain'),
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
    name: 'the documents bucket accepts TLS only',
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
              ArnNotEquals: { 'aws:PrincipalArn': roleArn('ReleasesRole') },
            }),
        ),
        'DocumentsBucketPolicy',
      ),
    mutate: setting('DocumentsBucketPolicy.Properties.PolicyDocument.Statement.1.Condition', { Null: { 'aws:PrincipalArn': 'true' } }),
  },
  {
    name: 'the deployment bucket is private and versioned',
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
  {
    name: 'no former deployment remains forever as a noncurrent version',
    check: (t) =>
      unless(
        get(
          resource(t, 'ServerlessDeploymentBucket').Properties,
          'LifecycleConfiguration.Rules.0.NoncurrentVersionExpiration.NoncurrentDays',
        ) === 30,
        'ServerlessDeploymentBucket',
      ),
    mutate: setting('ServerlessDeploymentBucket.Properties.LifecycleConfiguration', undefined),
  },
];
