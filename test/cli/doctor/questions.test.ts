import { describe, expect, it } from 'vitest';
import { absent, found } from '../../../cli/doctor/answer.ts';
import { questionsAbout } from '../../../cli/doctor/checks/roles.ts';
import type { Bucket } from '../../../cli/doctor/gather/buckets.ts';
import { wantedOf } from '../../../cli/doctor/wanted.ts';
import { readChannelsFile } from '../../../domain/channels/lines.ts';
import { CHANNELS } from './a-ready-account.ts';

const place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const bucket = (encryption: Bucket['encryption'], keys: Bucket['keys']): Bucket => ({
  name: 'fw',
  region: found('eu-west-1'),
  owned: found(true),
  versioned: found(true),
  encryption,
  keys,
});
const role = {
  arn: 'arn:aws:iam::111122223333:role/ota',
  channels: ['a/b'],
  targets: ['arn:group'],
  profiles: ['p1'],
  signedTo: ['fw/signed/'],
  isForUpdates: true,
  readsArtifacts: true,
};

describe('what IAM is asked about an OTA service role', () => {
  it('covers jobs on each target, streams, the role itself and signing', () => {
    const { all } = questionsAbout(role, [], place);
    expect(all.flatMap(({ actions, resource }) => actions.map((action) => `${action} ${resource}`))).toEqual([
      'iot:CreateJob arn:aws:iot:eu-west-1:111122223333:job/AFR_OTA-fw-example',
      'iot:CreateJob arn:group',
      'iot:CreateStream arn:aws:iot:eu-west-1:111122223333:stream/AFR_OTA-fw-example',
      `iam:GetRole ${role.arn}`,
      `iam:PassRole ${role.arn}`,
      'signer:StartSigningJob arn:aws:signer:eu-west-1:111122223333:/signing-profiles/p1',
      'signer:GetSigningProfile arn:aws:signer:eu-west-1:111122223333:/signing-profiles/p1',
      'signer:DescribeSigningJob arn:aws:signer:eu-west-1:111122223333:/signing-jobs/example',
      's3:PutObject arn:aws:s3:::fw/signed/example',
    ]);
  });

  it('asks about signing only if a channel signs', () => {
    const { all } = questionsAbout({ ...role, profiles: [], signedTo: [] }, [], place);
    expect(all.flatMap(({ actions }) => actions).filter((action) => /signer|s3/.test(action))).toEqual([]);
  });

  it('asks about the key of a bucket, used through S3 of the partition', () => {
    const key = 'arn:aws-cn:kms:cn-north-1:111122223333:key/a';
    const buckets = [bucket(found({ algorithm: 'aws:kms', key }), found(['thermostat/example', 'hub/example']))];
    const { all, artifacts } = questionsAbout(role, buckets, { ...place, partition: 'aws-cn', region: 'cn-north-1' });
    expect(all).toContainEqual({
      actions: ['kms:Decrypt'],
      resource: key,
      context: { 'kms:ViaService': 's3.cn-north-1.amazonaws.com.cn' },
    });
    expect(artifacts.map(({ resource }) => resource)).toEqual(['arn:aws-cn:s3:::fw/thermostat/example', 'arn:aws-cn:s3:::fw/hub/example']);
  });

  describe('that signs the URLs of jobs only', () => {
    const ofJobs = { ...role, profiles: [], signedTo: [], isForUpdates: false };
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/a';
    const buckets = [bucket(found({ algorithm: 'aws:kms', key }), found(['camera/example']))];

    it('covers the artifacts at their versions and the keys of the buckets, but no job and no stream', () => {
      const { all, artifacts } = questionsAbout(ofJobs, buckets, place);
      expect(artifacts).toEqual([{ actions: ['s3:GetObjectVersion'], resource: 'arn:aws:s3:::fw/camera/example' }]);
      expect(all.map(({ actions, resource }) => [actions, resource])).toEqual([[['kms:Decrypt'], key]]);
    });

    it('covers nothing if the devices download from elsewhere', () => {
      expect(questionsAbout({ ...ofJobs, readsArtifacts: false }, buckets, place)).toEqual({ all: [], artifacts: [] });
    });
  });

  it('asks about an example of a key if the bucket could not be listed', () => {
    const { artifacts } = questionsAbout(role, [bucket(absent, absent)], place);
    expect(artifacts).toEqual([{ actions: ['s3:GetObjectVersion'], resource: 'arn:aws:s3:::fw/example' }]);
  });
});

describe('what channels need of an account', () => {
  const read = readChannelsFile(CHANNELS, { accountId: '111122223333', region: 'eu-west-1', stage: 'prod' });
  const wanted = wantedOf(read.ok ? read.channels : expect.unreachable());

  it('is named with the channels that need it', () => {
    expect(wanted.profiles).toEqual([
      { name: 'acme_t6', channels: ['thermostat/beta', 'thermostat/stable'] },
      { name: 'acme_gateway', channels: ['gateway/gateways'] },
      { name: 'acme_lock', channels: ['smart-lock/beta', 'smart-lock/stable'] },
    ]);
    expect(wanted.taskConfigurations).toEqual([{ name: 'abc123', channels: ['hub/stable', 'gateway/hubs'] }]);
    expect(wanted.managedIntegrations).toEqual(['hub/stable', 'gateway/hubs']);
    expect(wanted.buckets).toEqual(['acme-firmware']);
  });

  it('is collected for each role', () => {
    expect(wanted.roles).toEqual([
      {
        arn: 'arn:aws:iam::111122223333:role/ota-service-prod',
        channels: ['thermostat/beta', 'thermostat/stable', 'gateway/gateways', 'smart-lock/beta', 'smart-lock/stable', 'camera/canary'],
        targets: ['thermostat-beta', 'thermostat-stable', 'gateways', 'smart-lock-beta', 'smart-lock-stable'].map(
          (name) => `arn:aws:iot:eu-west-1:111122223333:thinggroup/${name}`,
        ),
        profiles: ['acme_t6', 'acme_gateway', 'acme_lock'],
        signedTo: ['acme-firmware/signed/'],
        isForUpdates: true,
        readsArtifacts: true,
      },
    ]);
  });

  it('includes the targets of jobs, and a role of their own that reads artifacts unless the devices download from elsewhere', () => {
    const ofJobs = (text: string) => {
      const other = readChannelsFile(text, { accountId: '111122223333', region: 'eu-west-1', stage: 'prod' });
      return wantedOf(other.ok ? other.channels : expect.unreachable());
    };
    const canary = CHANNELS.slice(CHANNELS.indexOf('  camera:'));
    const own = CHANNELS.replace(canary, canary.replace('role/ota-service-', 'role/ota-jobs-'));
    const role = { channels: ['camera/canary'], targets: [], profiles: [], signedTo: [], isForUpdates: false };
    const arn = 'arn:aws:iam::111122223333:role/ota-jobs-prod';
    expect(ofJobs(own).roles.at(-1)).toEqual({ arn, ...role, readsArtifacts: true });
    const elsewhere = own.replace(
      'format: device-client',
      'format: device-client\n        artifactUrl: https://cdn.example.com/{key}?versionId={version}',
    );
    expect(ofJobs(elsewhere).roles.at(-1)).toEqual({ arn, ...role, readsArtifacts: false });
    expect(wanted.jobs).toEqual(['camera/canary']);
    expect(wanted.withJobs).toHaveLength(6);
    expect(wanted.targets.map(({ name }) => name)).toContain('arn:aws:iot:eu-west-1:111122223333:thinggroup/camera-canary');
  });

  it('leaves out a profile that the channel makes itself', () => {
    const text = CHANNELS.replaceAll(
      'signingProfileName: acme_gateway',
      'signingProfileName: acme_gateway\n                  signingProfileParameter: { certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/a", platform: AmazonFreeRTOS-Default, certificatePathOnDevice: /cert }',
    );
    const other = readChannelsFile(text, { accountId: '111122223333', region: 'eu-west-1', stage: 'prod' });
    expect(wantedOf(other.ok ? other.channels : expect.unreachable()).profiles.map(({ name }) => name)).toEqual(['acme_t6', 'acme_lock']);
  });
});
