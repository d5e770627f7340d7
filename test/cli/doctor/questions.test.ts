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
        channels: ['thermostat/beta', 'thermostat/stable', 'gateway/gateways', 'smart-lock/beta', 'smart-lock/stable'],
        targets: ['thermostat-beta', 'thermostat-stable', 'gateways', 'smart-lock-beta', 'smart-lock-stable'].map(
          (name) => `arn:aws:iot:eu-west-1:111122223333:thinggroup/${name}`,
        ),
        profiles: ['acme_t6', 'acme_gateway', 'acme_lock'],
        signedTo: ['acme-firmware/signed/'],
      },
    ]);
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
