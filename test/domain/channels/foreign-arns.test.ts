import { formatPath, type Problem } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { findForeignArns } from '../../../domain/channels/foreign-arns.ts';
import { validateChannels } from '../../../domain/channels/validate.ts';
import type { ChannelVariables } from '../../../domain/channels/variables.ts';
import { otaUpdateChannel, place } from '../../../proof/support/fixtures.ts';

const prod = { accountId: '123456789012', region: 'us-east-1', stage: 'prod' };
const variable = (name: string) => `$\{${name}}`;
const here = `${variable('aws:region')}:${variable('aws:accountId')}`;
const roleArn = `arn:${variable('aws:partition')}:iam::${variable('aws:accountId')}:role/ota`;
const iot = { targets: [`arn:${variable('aws:partition')}:iot:${here}:thing/a`], roleArn };
const managedThing = `arn:aws:iotmanagedintegrations:${here}:managed-thing/a`;
const task = { OtaType: 'ONE_TIME', Target: [managedThing], TaskConfigurationId: 'abc' };

const shortest = ({ path }: Problem) => formatPath(path).replace('products.hub.channels.stable.', '');

/** The faults of a channel with these members, as `error PATH` and `warning PATH`. The warnings of every channel are left out. */
function faultsOf(channel: object, place: ChannelVariables = prod, foreignPlaces?: 'warn'): string[] {
  const withUrl = 'createOtaTask' in channel ? { artifactUrl: 'https://cdn.example.com/{key}', ...channel } : channel;
  const file = { artifactBuckets: ['acme-firmware'], products: { hub: { sources: ['com.acme'], channels: { stable: withUrl } } } };
  const result = validateChannels(file, place, foreignPlaces);
  if (!result.ok) return result.errors.map((fault) => `error ${shortest(fault)}`);
  return result.warnings.map((fault) => `warning ${shortest(fault)}`).filter((fault) => fault !== 'warning createOtaTask');
}
const signedWith = (certificateArn: string) => ({
  files: [{ codeSigning: { startSigningJobParameter: { signingProfileName: 'acme', signingProfileParameter: { certificateArn } } } }],
});
const glob = (text: string) => ({ createOTAUpdate: { roleArn }, targetsFromRelease: [text] });

describe('an ARN of another place', () => {
  it.each<[what: string, channel: object, path: string]>([
    ['a target of another account', { createOTAUpdate: { ...iot, targets: ['arn:aws:iot:us-east-1:999999999999:thing/a'] } }, 'targets[0]'],
    ['a target of another region', { createOTAUpdate: { ...iot, targets: ['arn:aws:iot:eu-west-1:123456789012:thing/a'] } }, 'targets[0]'],
    [
      'the second of two targets',
      { createOTAUpdate: { ...iot, targets: [...iot.targets, 'arn:aws:iot:eu-west-1:123456789012:thinggroup/b'] } },
      'targets[1]',
    ],
    ['a role of another account', { createOTAUpdate: { ...iot, roleArn: 'arn:aws:iam::999999999999:role/ota' } }, 'roleArn'],
    ['a role of another partition', { createOTAUpdate: { ...iot, roleArn: 'arn:aws-cn:iam::123456789012:role/ota' } }, 'roleArn'],
    [
      'a certificate of another region',
      { createOTAUpdate: { ...iot, ...signedWith('arn:aws:acm:eu-west-1:123456789012:certificate/c') } },
      'files[0].codeSigning.startSigningJobParameter.signingProfileParameter.certificateArn',
    ],
    [
      'a certificate of another account',
      { createOTAUpdate: { ...iot, ...signedWith('arn:aws:acm:us-east-1:999999999999:certificate/c') } },
      'files[0].codeSigning.startSigningJobParameter.signingProfileParameter.certificateArn',
    ],
  ])('is an error: %s', (_what, channel, path) => {
    expect(faultsOf(channel)).toEqual([`error createOTAUpdate.${path}`]);
  });

  it.each(['us-east-1:999999999999', 'eu-west-1:123456789012'])('is an error as a managed thing of %s', (place) => {
    const Target = [managedThing, `arn:aws:iotmanagedintegrations:${place}:managed-thing/a`];
    expect(faultsOf({ createOtaTask: { ...task, Target } })).toEqual(['error createOtaTask.Target[1]']);
  });

  it.each([
    ['a role of another account', { presignedUrlConfig: { roleArn: 'arn:aws:iam::999999999999:role/ota' } }, 'presignedUrlConfig.roleArn'],
    ['a target of another region', { targets: ['arn:aws:iot:eu-west-1:123456789012:thing/a'] }, 'targets[0]'],
    [
      'a package of another account',
      { destinationPackageVersions: ['arn:aws:iot:us-east-1:999999999999:package/camera/version/{version}'] },
      'destinationPackageVersions[0]',
    ],
  ])('is an error in a job: %s', (_what, change, path) => {
    const createJob = { targets: iot.targets, presignedUrlConfig: { roleArn }, ...change };
    expect(faultsOf({ createJob, format: 'plain' })).toEqual([`error createJob.${path}`]);
  });

  it('is one error for each ARN, whatever parts of it are wrong', () => {
    const createOTAUpdate = {
      targets: ['arn:aws:iot:eu-central-1:999999999999:thing/a'],
      roleArn: 'arn:aws-cn:iam::999999999999:role/ota',
    };
    expect(faultsOf({ createOTAUpdate })).toEqual(['error createOTAUpdate.targets[0]', 'error createOTAUpdate.roleArn']);
  });

  it('may be in maps of the user, which AWS does not read', () => {
    const queueArn = 'arn:aws-cn:sqs:cn-north-1:999999999999:queue';
    expect(faultsOf({ createOTAUpdate: { ...iot, additionalParameters: { queueArn }, files: [{ attributes: { queueArn } }] } })).toEqual(
      [],
    );
    expect(faultsOf({ createOtaTask: { ...task, Tags: { queueArn } } })).toEqual([]);
  });

  it('is no fault if the file has the variables in its place', () => {
    for (const region of ['us-east-1', 'eu-west-1']) expect(faultsOf({ createOTAUpdate: iot }, { ...prod, region })).toEqual([]);
    expect(faultsOf({ createOTAUpdate: iot, targetsFromRelease: [`arn:aws:iot:${here}:thing/lab-*`] })).toEqual([]);
    expect(faultsOf({ createOtaTask: task })).toEqual([]);
    const createJob = { targets: iot.targets, presignedUrlConfig: { roleArn } };
    expect(faultsOf({ createJob, format: 'plain' })).toEqual([]);
  });
});

describe('a glob for targets of a release', () => {
  it.each([
    'arn:aws:iot:us-east-1:999999999999:thing/lab-*',
    'arn:aws:iot:us-east-1:9*',
    'arn:aws:iot:us-east-1:1234567890123*',
    'arn:aws:iot:eu-*',
    'arn:aws:iot:eu-west-1:123456789012:thing/*',
    'arn:aws:iot:*:999999999999:thing/*',
    'arn:*:eu-west-1:*:thing/a',
    'arn:aws:iot:us-east-1:999999999999:thing/a',
    'arn:aws-us*',
  ])('that matches no target of the stage is an error: %s', (text) => {
    expect(faultsOf(glob(text))).toEqual(['error targetsFromRelease[0]']);
  });

  it.each([
    '*',
    'arn:*',
    'arn:aws*',
    'arn:aws:iot:*',
    'arn:aws:iot:us-*',
    'arn:aws:iot:us-east-1:1*',
    'arn:aws:iot:us-east-1:*:thing/lab-*',
    'arn:aws:iot:*:123456789012:thing/lab-*',
    'arn:*:123456789012:thinggroup/*',
    '*:thing/a',
    '*lab',
  ])('that can match one is right: %s', (text) => {
    expect(faultsOf(glob(text))).toEqual([]);
  });

  it('has one error if it can match no target anywhere', () => {
    expect(faultsOf(glob('arn:aws:s3:*'))).toEqual(['error targetsFromRelease[0]']);
  });
});

describe('an ARN of another place, if nobody named the account', () => {
  const unnamed = { accountId: '000000000000', region: 'us-east-1', stage: 'local' };
  const ofAccount = { createOTAUpdate: { ...iot, targets: ['arn:aws:iot:us-east-1:999999999999:thing/a'] } };
  const ofRegion = { createOTAUpdate: { ...iot, targets: [`arn:aws:iot:eu-west-1:${variable('aws:accountId')}:thing/a`] } };

  it('is only a warning', () => {
    expect(faultsOf(ofAccount, unnamed)).toEqual(['warning createOTAUpdate.targets[0]']);
    expect(faultsOf(ofRegion, unnamed)).toEqual(['warning createOTAUpdate.targets[0]']);
    expect(faultsOf(glob('arn:aws:iot:us-east-1:9*'), unnamed)).toEqual(['warning targetsFromRelease[0]']);
  });

  it('is an error if somebody named the account of the local service', () => {
    const named = { ...unnamed, isAccountNamed: true };
    expect(faultsOf(ofAccount, named)).toEqual(['error createOTAUpdate.targets[0]']);
    expect(faultsOf(ofRegion, named)).toEqual(['error createOTAUpdate.targets[0]']);
    expect(faultsOf(glob('arn:aws:iot:us-east-1:9*'), named)).toEqual(['error targetsFromRelease[0]']);
  });

  it('is an error if the region is wrong and the stage is not the local one, because packaging knows the region', () => {
    expect(faultsOf(ofRegion, { ...unnamed, stage: 'prod' })).toEqual(['error createOTAUpdate.targets[0]']);
    expect(faultsOf(ofAccount, { ...unnamed, stage: 'prod' })).toEqual(['warning createOTAUpdate.targets[0]']);
  });
});

describe('an ARN of another place in a stage that runs', () => {
  it('is only a warning, so that the other channels go on', () => {
    const targets = ['arn:aws:iot:eu-west-1:999999999999:thing/a'];
    expect(faultsOf({ createOTAUpdate: { ...iot, targets } }, prod, 'warn')).toEqual(['warning createOTAUpdate.targets[0]']);
  });

  it('is an error if its partition is wrong, which every packaging refuses', () => {
    const targets = ['arn:aws-cn:iot:us-east-1:123456789012:thing/a'];
    expect(faultsOf({ createOTAUpdate: { ...iot, targets } }, prod, 'warn')).toEqual(['error createOTAUpdate.targets[0]']);
  });
});

describe('a difference to the stage', () => {
  const found = (...targets: readonly string[]) => findForeignArns(otaUpdateChannel({ targets }), place);

  it('is of its partition if that is one of several differences', () => {
    expect(found('arn:aws-cn:iot:cn-north-1:000000000000:thing/a')).toMatchObject([{ isOfPartition: true }]);
    expect(found('arn:aws:iot:eu-west-1:000000000000:thing/a')).toMatchObject([{ isOfPartition: false }]);
  });

  it('is not found in a text that is not an ARN or that ends before its region', () => {
    expect(found('urn:aws-cn:iot:cn-north-1:999999999999:thing/a', 'arn:aws')).toEqual([]);
  });
});
