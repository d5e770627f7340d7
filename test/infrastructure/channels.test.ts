import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  acceptedAccounts,
  artifactBuckets,
  artifactObjects,
  busSources,
  channelsDigest,
  channelsInCloud,
  jobResources,
  passableRoles,
  producerSources,
  readChannelsDigest,
  readChannelsInCloud,
  releasesEventPattern,
  steeringEventPattern,
  steeringSources,
} from '../../infrastructure/channels.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';

const CHANNELS = 'test/infrastructure/channels.yml';
const NOTHING = { sources: [], approvers: [], approvedProducts: [], roles: [], jobResources: [], buckets: [] };

describe('The digest of channels.yml', () => {
  const text = readFileSync(CHANNELS, 'utf8');
  const digestOf = (of: string) => channelsDigest(of, 'prod', 'us-east-1');

  it('does not change with comments and layout', () => {
    expect(digestOf(text)).toMatch(/^[0-9a-f]{64}$/);
    expect(readChannelsDigest(CHANNELS, 'prod', 'us-east-1')).toBe(digestOf(text));
    expect(digestOf(`# a comment\n${text}\n\n`)).toBe(digestOf(text));
  });

  it('changes with every value', () => {
    expect(digestOf(text.replace('acme-firmware', 'acme-other'))).not.toBe(digestOf(text));
  });
});

describe('What channels.yml allows in the cloud', () => {
  it('has the variables of CloudFormation in the place of those of the file, and the name of the stage', () => {
    const channels = readChannelsInCloud(CHANNELS, 'prod', 'eu-west-1');
    const sources = ['com.acme.firmware-ci', { 'Fn::Sub': `com.acme.release-desk.\${AWS::AccountId}.prod` }];
    expect(passableRoles(channels)).toEqual(
      ['ota-jobs', 'ota-service'].map((name) => ({ 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/${name}-prod` })),
    );
    expect(producerSources(channels)).toEqual(sources);
    expect(channels.approvedProducts).toEqual(['thermostat']);
    const steering = ['com.acme.firmware-ci', 'com.acme.release-board', sources[1]];
    expect(steeringSources(channels)).toEqual(steering);
    expect(busSources(channels)).toEqual([...steering, 'ota-dispatch']);
    expect(releasesEventPattern(channels, [])).toMatchObject({
      source: sources,
      'detail-type': ['Firmware Release Published'],
    });
    expect(steeringEventPattern(channels, [], 'us-east-1')).toMatchObject({
      source: steering,
      'detail-type': expect.not.arrayContaining(['Firmware Release Published']),
    });
    expect(artifactBuckets(channels)).toEqual([{ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::acme-firmware` }]);
    expect(artifactObjects(channels)).toEqual([{ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::acme-firmware/*` }]);
  });

  const job = (rest: string) => `arn:aws:iot:\${AWS::Region}:\${AWS::AccountId}:${rest}`;
  const ownJobs = { 'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:job/fw-*` };

  it('is what jobs are created on: targets, those that a release may name, and package versions with the shadows of things', () => {
    expect(jobResources(readChannelsInCloud(CHANNELS, 'prod', 'eu-west-1'))).toEqual([
      ownJobs,
      ...['package/camera/version/*', 'thing/lab-camera-*', 'thing/lab-camera-*/$package', 'thinggroup/camera-canary'].map((rest) => ({
        'Fn::Sub': job(rest),
      })),
    ]);
  });

  it('has no shadow of a thing if no channel installs a package, and no target of another kind of channel', () => {
    const text = readFileSync(CHANNELS, 'utf8').replace(/^ *destinationPackageVersions.*\n/m, '');
    const { jobResources: others } = channelsInCloud(text, 'prod', 'eu-west-1');
    expect(others).toEqual(['thing/lab-camera-*', 'thinggroup/camera-canary'].map(job));
    expect(jobResources(readChannelsInCloud('test/infrastructure/channels-hubs-only.yml', 'prod', 'eu-west-1'))).toEqual([ownJobs]);
  });

  it.each(['eu-west-1', 'cn-north-1', 'us-gov-west-1'])(
    'has the partition of the stack where the file has its variable, in %s',
    (region) => {
      const channels = readChannelsInCloud(EXAMPLE_CHANNELS, 'prod', region);
      expect(passableRoles(channels)).toEqual([{ 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/ota-service-prod` }]);
    },
  );

  it('is nothing if the file names a role of another partition, which bundling reports', () => {
    expect(readChannelsInCloud(CHANNELS, 'prod', 'cn-north-1')).toEqual(NOTHING);
  });

  it('is no bucket of a user and no role, if the file names no bucket and no IoT Core channel', () => {
    const channels = readChannelsInCloud('test/infrastructure/channels-hubs-only.yml', 'prod', 'eu-west-1');
    expect(passableRoles(channels)).toEqual([{ 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/ota-dispatch/none` }]);
    expect(artifactBuckets(channels)).toEqual([{ 'Fn::Sub': `\${DocumentsBucket.Arn}` }]);
    expect(artifactObjects(channels)).toEqual([{ 'Fn::Sub': `\${DocumentsBucket.Arn}/*` }]);
  });

  it.each(['no-such-channels.yml', 'test/infrastructure', 'package.json'])(
    'is nothing if the file cannot be read (%s): bundling reports that',
    (file) => {
      expect(readChannelsInCloud(file, 'prod', 'eu-west-1')).toEqual(NOTHING);
    },
  );

  it('includes events of this account and of the allowed accounts', () => {
    expect(acceptedAccounts(['444455556666'])).toEqual([{ Ref: 'AWS::AccountId' }, '444455556666']);
  });

  it('is refused if it does not fit into one event pattern', () => {
    const accounts = Array.from({ length: 150 }, (_, index) => String(444_455_556_666 + index));
    expect(() => steeringEventPattern(readChannelsInCloud(CHANNELS, 'prod', 'eu-west-1'), accounts, 'us-east-1')).toThrow('2048');
  });

  it('is refused if the approvers do not fit into the event pattern', () => {
    const channels = readChannelsInCloud(CHANNELS, 'prod', 'eu-west-1');
    const approvers = Array.from({ length: 90 }, (_, index) => `com.acme.release-board-${index}`);
    expect(() => steeringEventPattern({ ...channels, approvers }, [], 'us-east-1')).toThrow('2048');
  });
});
