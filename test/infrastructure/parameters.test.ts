import { describe, expect, it } from 'vitest';
import { itemsOf, parameterFaults, stageFaults } from '../../infrastructure/parameters.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/a';
const OTHER_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/b';
const right = {
  bus: 'own',
  allowedAccounts: [],
  createsPerSecond: 10,
  followUpsShare: 0.04,
  looksPerSecond: 8,
  describeJobPerSecond: 10,
  unansweredMiMinutes: 20,
  kmsKey: 'aws',
  formerKmsKeys: [],
  artifactKeys: [],
  architecture: 'arm64',
  logLevel: 'INFO',
};

describe('A parameter', () => {
  it.each<[Record<string, unknown>]>([
    [{}],
    [{ bus: 'existing' }],
    [{ allowedAccounts: '444455556666,777788889999' }],
    [{ allowedAccounts: ['444455556666'] }],
    [{ createsPerSecond: '0.5', followUpsShare: '0.5', unansweredMiMinutes: '30' }],
    [{ looksPerSecond: '10' }],
    [{ looksPerSecond: 40, describeJobPerSecond: '50' }],
    [{ kmsKey: 'create', artifactKeys: KEY }],
    [{ kmsKey: KEY, artifactKeys: [KEY, OTHER_KEY] }],
    [{ formerKmsKeys: `${KEY},${OTHER_KEY}` }],
    [{ architecture: 'x86_64' }],
    [{ logLevel: 'TRACE' }],
    [{ logLevel: 'SILENT' }],
  ])('may be %j', (values) => {
    expect(parameterFaults({ ...right, ...values }, 'eu-central-1')).toEqual([]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ bus: 'exsting' }, 'params.bus must be own or existing, not "exsting"'],
    [{ allowedAccounts: '444455556666,1111' }, 'params.allowedAccounts must be account ids of 12 digits, not "1111"'],
    [{ allowedAccounts: [12345678901] }, 'params.allowedAccounts must be account ids of 12 digits, not "12345678901"'],
    [{ createsPerSecond: 0 }, 'params.createsPerSecond must be a number above 0, not "0"'],
    [{ createsPerSecond: 'ten' }, 'params.createsPerSecond must be a number above 0, not "ten"'],
    [{ createsPerSecond: 'Infinity' }, 'params.createsPerSecond must be a number above 0, not "Infinity"'],
    [{ followUpsShare: 0 }, 'params.followUpsShare must be a number between 0 and 1, not "0"'],
    [{ followUpsShare: 1 }, 'params.followUpsShare must be a number between 0 and 1, not "1"'],
    [{ unansweredMiMinutes: 5 }, 'params.unansweredMiMinutes must be a number of at least 20, not "5"'],
    [{ looksPerSecond: 0 }, 'params.looksPerSecond must be a number above 0, not "0"'],
    [{ describeJobPerSecond: 'ten' }, 'params.describeJobPerSecond must be a number above 0, not "ten"'],
    [{ looksPerSecond: '12' }, 'params.looksPerSecond must be at most describeJobPerSecond, which is 10, not "12"'],
    [{ kmsKey: 'mine' }, 'params.kmsKey must be aws, create or the ARN of a KMS key, not "mine"'],
    [{ artifactKeys: ['alias/mine'] }, 'params.artifactKeys must be ARNs of KMS keys, not "alias/mine"'],
    [{ formerKmsKeys: 'create' }, 'params.formerKmsKeys must be ARNs of KMS keys, not "create"'],
    [{ architecture: 'amd64' }, 'params.architecture must be arm64 or x86_64, not "amd64"'],
    [{ logLevel: 'debug' }, 'params.logLevel must be TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL or SILENT, not "debug"'],
  ])('may not be %j', (values, fault) => {
    expect(parameterFaults({ ...right, ...values }, 'eu-central-1')).toEqual([fault]);
  });

  it.each<[Record<string, unknown>, string, string, string]>([
    [{ kmsKey: KEY }, 'kmsKey', 'eu-west-1', KEY],
    [{ formerKmsKeys: [KEY.replace('eu-central-1', 'eu-west-1'), KEY] }, 'formerKmsKeys', 'eu-west-1', KEY],
    [{ artifactKeys: KEY.replace('eu-central-1', 'cn-north-1') }, 'artifactKeys', 'cn-north-1', KEY.replace('eu-central-1', 'cn-north-1')],
  ])('may not be %j, a key of another region or partition', (values, name, region, key) => {
    const beginning = `arn:${region === 'cn-north-1' ? 'aws-cn' : 'aws'}:kms:${region}:`;
    expect(parameterFaults({ ...right, ...values }, region)).toEqual([
      `params.${name} must name keys of ${region}, whose ARNs begin with ${beginning}, not "${key}"`,
    ]);
  });

  it('that is a list may be a list, or comma-separated text', () => {
    expect(itemsOf(['444455556666'])).toEqual(['444455556666']);
    expect(itemsOf([444455556666])).toEqual(['444455556666']);
    expect(itemsOf(' 444455556666,')).toEqual(['444455556666']);
    expect(itemsOf('')).toEqual([]);
  });
});

describe('A stage', () => {
  it.each([
    ['a-stage-of-16-ch', 'us-east-1'],
    ['twelve-chars', 'ap-southeast-1'],
  ])('may be %s in %s', (stage, region) => {
    expect(stageFaults(stage, region)).toEqual([]);
  });

  it.each([
    ['Prod', 'us-east-1', 'the stage must be up to 16 lower-case letters, digits and hyphens in us-east-1, not "Prod"'],
    [
      'a-stage-of-17-chs',
      'us-east-1',
      'the stage must be up to 16 lower-case letters, digits and hyphens in us-east-1, not "a-stage-of-17-chs"',
    ],
    [
      'thirteen-char',
      'ap-southeast-1',
      'the stage must be up to 12 lower-case letters, digits and hyphens in ap-southeast-1, not "thirteen-char"',
    ],
  ])('may not be %s in %s', (stage, region, fault) => {
    expect(stageFaults(stage, region)).toEqual([fault]);
  });
});
