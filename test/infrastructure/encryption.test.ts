import { describe, expect, it } from 'vitest';
import { customerKey, encryptionResources, tableEncryption } from '../../infrastructure/encryption.ts';
import { ACCOUNT } from '../support/resolved-template.ts';

const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/a`;
const OTHER_KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/b`;

describe('The parameter kmsKey', () => {
  it('makes no resource and names no key if AWS manages the keys', () => {
    expect(customerKey('aws')).toBeUndefined();
    expect(tableEncryption('aws')).toEqual({ SSEEnabled: true });
    expect(encryptionResources('aws', [], [], false)).toEqual({});
  });

  it('makes no key if it names one, and allows the roles to use that one', () => {
    expect(customerKey(KEY)).toBe(KEY);
    expect(tableEncryption(KEY)).toMatchObject({ KMSMasterKeyId: KEY });
    const resources = encryptionResources(KEY, [], [], false);
    expect(Object.keys(resources)).toEqual(['EncryptionKeyUse']);
    expect(resources.EncryptionKeyUse?.Properties.PolicyDocument.Statement[0]?.Resource).toEqual([KEY]);
  });
});

describe('The role of the rule of job events', () => {
  it('may use the key of the queue that it sends to, but has nothing to decrypt from before', () => {
    const rolesOf = (hasJobEvents: boolean) => {
      const { EncryptionKeyUse, FormerKeysUse } = encryptionResources('create', [], [KEY], hasJobEvents);
      return [EncryptionKeyUse, FormerKeysUse].map((use) => use?.Properties.Roles.some(({ Ref }) => Ref === 'JobEventsRole'));
    };
    expect(rolesOf(true)).toEqual([true, false]);
    expect(rolesOf(false)).toEqual([false, false]);
  });
});

describe('The parameter formerKmsKeys', () => {
  it('lets every role still decrypt the messages that arrived under a former key, after any change of kmsKey', () => {
    for (const kmsKey of ['aws', 'create', OTHER_KEY]) {
      const { FormerKeysUse } = encryptionResources(kmsKey, [], [KEY], false);
      expect(FormerKeysUse?.Properties.Roles.map(({ Ref }) => Ref)).toEqual([
        'ReleasesRole',
        'FollowUpsRole',
        'SweepRole',
        'OperatorRole',
        'ApproverRole',
      ]);
      expect(FormerKeysUse?.Properties.PolicyDocument.Statement).toEqual([
        expect.objectContaining({ Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [KEY] }),
      ]);
    }
  });

  it('has a policy of its own name, so that it does not replace that of the present key', () => {
    const { EncryptionKeyUse, FormerKeysUse } = encryptionResources(OTHER_KEY, [], [KEY], false);
    expect(FormerKeysUse?.Properties.PolicyName).not.toBe(EncryptionKeyUse?.Properties.PolicyName);
  });
});

describe('The parameter artifactKeys', () => {
  it('allows the releases function, and no other role, to decrypt with these keys, through S3 only', () => {
    const { ArtifactKeysUse } = encryptionResources('aws', [KEY, OTHER_KEY], [], false);
    expect(ArtifactKeysUse?.Properties.Roles).toEqual([{ Ref: 'ReleasesRole' }]);
    const [statement, ...others] = ArtifactKeysUse?.Properties.PolicyDocument.Statement ?? [];
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Action: ['kms:Decrypt'], Resource: [KEY, OTHER_KEY] });
    expect(statement?.Condition.StringEquals['kms:ViaService']).toEqual([{ 'Fn::Sub': `s3.\${AWS::Region}.\${AWS::URLSuffix}` }]);
  });
});
