import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatPath, type Segment } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { findProduct } from '../../../domain/channels/find-product.ts';
import { readChannelsFile } from '../../../domain/channels/lines.ts';
import { validateChannels } from '../../../domain/channels/validate.ts';

const text = readFileSync(join(import.meta.dirname, '../../../examples/channels.yml'), 'utf8');
const variable = (name: string) => `$\{${name}}`;
const place = { accountId: '123456789012', region: 'eu-west-1', stage: 'prod' };

const iot = {
  targets: ['arn:aws:iot:eu-west-1:123456789012:thinggroup/beta'],
  roleArn: 'arn:aws:iam::123456789012:role/ota-service',
};
const once = {
  OtaType: 'ONE_TIME',
  Target: ['arn:aws:iotmanagedintegrations:eu-west-1:123456789012:managed-thing/a1'],
  TaskConfigurationId: 'abc',
};
const job = {
  targets: ['arn:aws:iot:eu-west-1:123456789012:thinggroup/camera'],
  presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/ota-service' },
};
const always = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub', TaskConfigurationId: 'abc' };

/** A whole file around one channel. On managed integrations it has a URL, unless it says `artifactUrl: undefined`. */
const around = (channel: unknown, product: object = {}, file: object = {}) => ({
  artifactBuckets: ['acme-firmware'],
  products: { hub: { sources: ['com.acme'], channels: { stable: withUrl(channel) }, ...product } },
  ...file,
});
const artifactUrl = 'https://cdn.example.com/{key}';
const withUrl = (channel: unknown) =>
  typeof channel === 'object' && channel !== null && 'createOtaTask' in channel && !('createOTAUpdate' in channel)
    ? { artifactUrl, ...channel }
    : channel;

/** The places of all errors of a file, or else of its warnings. Paths are relative to its one channel. */
function faults(value: unknown): string[] {
  const result = validateChannels(value, place);
  if (result.ok) return result.warnings.map((fault) => `warning ${short(fault.path)}`);
  return result.errors.map((fault) => short(fault.path));
}
const short = (path: readonly Segment[]) => formatPath(path).replace(/^products\.hub\.channels\.stable\.?/, '') || '(channel)';

describe('a channel', () => {
  it.each<[string, unknown]>([
    ['with the smallest createOTAUpdate', { createOTAUpdate: iot }],
    ['with the smallest ONE_TIME task', { createOtaTask: once }],
    ['with the smallest CONTINUOUS task', { createOtaTask: always }],
    [
      'that has no targets and takes them from a release',
      { createOTAUpdate: { roleArn: iot.roleArn }, targetsFromRelease: ['arn:aws:iot:eu-west-1:123456789012:thing/lab-*'] },
    ],
    [
      'with globs that match a target of its service',
      {
        createOTAUpdate: iot,
        targetsFromRelease: [
          '*',
          'arn:aws:iot:*',
          'arn:*:thing/a',
          'a*',
          'arn:aws:io*',
          'arn:aws:iot:eu-west-1:123456789012:thing*',
          'arn:aws:iot:eu-west-1:*',
          'arn:*',
        ],
      },
    ],
    ['with the smallest createJob', { createJob: job, format: 'plain' }],
    ['with a createJob for the Device Client', { createJob: job, format: 'device-client', jobDocument: { includeStdOut: 'true' } }],
    [
      'with a createJob that has no targets and takes them from a release',
      {
        createJob: { presignedUrlConfig: job.presignedUrlConfig },
        format: 'plain',
        targetsFromRelease: ['arn:aws:iot:eu-west-1:123456789012:thing/lab-*'],
      },
    ],
    ['with a createJob and its own URL', { createJob: job, format: 'device-client', artifactUrl: 'https://cdn.acme.com/{key}' }],
    ['with a createJob and a schedule of the release', { createJob: job, format: 'plain', scheduleFromRelease: 'allow' }],
    ['with a createJob that keeps superseded rollouts', { createJob: job, format: 'plain', whenSuperseded: 'keep' }],
    ['that switches the guard rails off by name', { createOtaTask: { OtaType: 'ONE_TIME', Target: once.Target }, unguarded: 'allow' }],
    ['that keeps superseded rollouts', { createOTAUpdate: iot, whenSuperseded: 'keep' }],
    ['that deletes superseded rollouts', { createOtaTask: once, whenSuperseded: 'delete' }],
    ['with every exemption', { createOTAUpdate: iot, unsigned: 'allow', unverified: ['stream', 'signerJob'], downgrade: 'allow' }],
    [
      'with its own schedule',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00', EndTime: '2026-12-01T04:00' } } },
    ],
    ['with its own start', { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00' } } }],
    ['with its own end', { createOtaTask: { ...once, OtaSchedulingConfig: { EndTime: '2026-12-01T04:00' } } }],
    ['with its own URL', { createOtaTask: once, artifactUrl: 'https://cdn.acme.com/{bucket}/{key}?v={version}&r={region}' }],
    [
      'with a job document',
      { createOtaTask: once, jobDocument: { schema: 3, steps: [{ run: variable('aws:iot:s3-presigned-url:https://x') }] } },
    ],
  ])('%s is valid', (_what, channel) => {
    expect(faults(around(channel))).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['without a request', {}, ['(channel)']],
    ['with two requests', { createOTAUpdate: iot, createOtaTask: once }, ['createOtaTask']],
    ['with a request that is a list', { createOTAUpdate: [] }, ['createOTAUpdate']],
    ['that is null', null, ['(channel)']],
    ['with an unknown option', { createOTAUpdate: iot, unsafe: 'allow' }, ['unsafe']],
    ['with true where allow is expected', { createOTAUpdate: iot, unsigned: true }, ['unsigned']],
    ['with an unknown whenSuperseded', { createOTAUpdate: iot, whenSuperseded: 'stop' }, ['whenSuperseded']],
    ['with an unknown word in unverified', { createOTAUpdate: iot, unverified: ['s3'] }, ['unverified[0]']],
    ['with the same word twice in unverified', { createOTAUpdate: iot, unverified: ['stream', 'stream'] }, ['unverified']],
    ['of IoT Core with whenSuperseded: delete', { createOTAUpdate: iot, whenSuperseded: 'delete' }, ['whenSuperseded']],
    ['of MI with whenSuperseded: cancel', { createOtaTask: once, whenSuperseded: 'cancel' }, ['whenSuperseded']],
    [
      'of MI without a task configuration',
      { createOtaTask: { ...always, TaskConfigurationId: undefined } },
      ['createOtaTask.TaskConfigurationId'],
    ],
    ['of IoT Jobs without a format', { createJob: job }, ['format']],
    ['of IoT Jobs with an unknown format', { createJob: job, format: 'nrf' }, ['format']],
    ['of IoT Core with a format', { createOTAUpdate: iot, format: 'plain' }, ['format']],
    ['of MI with a format', { createOtaTask: once, format: 'plain' }, ['format']],
    ['of IoT Jobs with whenSuperseded: delete', { createJob: job, format: 'plain', whenSuperseded: 'delete' }, ['whenSuperseded']],
    [
      'of IoT Jobs with a wildcard in its role',
      { createJob: { ...job, presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/*' } }, format: 'plain' },
      ['createJob.presignedUrlConfig.roleArn'],
    ],
    [
      'of IoT Jobs with an unknown placeholder in its URL',
      { createJob: job, format: 'plain', artifactUrl: 'https://x/{key}/{sha256}' },
      ['artifactUrl'],
    ],
    [
      'of IoT Jobs with a glob for managed things',
      { createJob: job, format: 'plain', targetsFromRelease: ['arn:aws:iotmanagedintegrations:*'] },
      ['targetsFromRelease[0]'],
    ],
    ['of IoT Core with a job document', { createOTAUpdate: iot, jobDocument: {} }, ['jobDocument']],
    ['of IoT Core with a URL', { createOTAUpdate: iot, artifactUrl: 'https://x/{key}' }, ['artifactUrl']],
    ['with an unknown placeholder', { createOtaTask: once, artifactUrl: 'https://x/{key}/{sha256}' }, ['artifactUrl']],
    ['with a placeholder that is not closed', { createOtaTask: once, artifactUrl: 'https://x/{key}/{version' }, ['artifactUrl']],
    ['with a path as URL', { createOtaTask: once, artifactUrl: '/{key}' }, ['artifactUrl']],
    ['with a blank before its URL', { createOtaTask: once, artifactUrl: ' https://x/{key}' }, ['artifactUrl']],
    ['with a blank after its URL', { createOtaTask: once, artifactUrl: 'https://x/{key} ' }, ['artifactUrl']],
    [
      'with a wildcard in its role',
      { createOTAUpdate: { ...iot, roleArn: 'arn:aws:iam::123456789012:role/*' } },
      ['createOTAUpdate.roleArn'],
    ],
    [
      'with a start on a day that does not exist',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2027-02-30T17:00' } } },
      ['createOtaTask.OtaSchedulingConfig.StartTime'],
    ],
    [
      'with seconds in its start',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00:00Z' } } },
      ['createOtaTask.OtaSchedulingConfig.StartTime'],
    ],
    [
      'with seconds in its end',
      { createOtaTask: { ...once, OtaSchedulingConfig: { EndTime: '2026-12-01T02:00:00Z' } } },
      ['createOtaTask.OtaSchedulingConfig.EndTime'],
    ],
    [
      'that ends before a start that does not exist',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-13-01T02:00', EndTime: '2026-12-01T02:00' } } },
      ['createOtaTask.OtaSchedulingConfig.StartTime'],
    ],
    [
      'that ends before it starts',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00', EndTime: '2026-12-01T02:00' } } },
      ['createOtaTask.OtaSchedulingConfig.EndTime'],
    ],
    [
      'with a glob without an account',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:us-east-1::thing/*'] },
      ['targetsFromRelease[0]'],
    ],
    [
      'with a glob without a region',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot::123456789012:thing/*'] },
      ['targetsFromRelease[0]'],
    ],
    [
      'with a glob without a name',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:eu-west-1:123456789012:thing/'] },
      ['targetsFromRelease[0]'],
    ],
    ['with a glob of another service', { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:s3:*'] }, ['targetsFromRelease[0]']],
    ['with a glob of the other service', { createOtaTask: once, targetsFromRelease: ['arn:aws:iot:*'] }, ['targetsFromRelease[0]']],
    [
      'with a glob of another kind of resource',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:us-east-1:123456789012:topic/*'] },
      ['targetsFromRelease[0]'],
    ],
    [
      'with a glob of a thing without a name',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:us-east-1:123456789012:thing'] },
      ['targetsFromRelease[0]'],
    ],
    [
      'with a glob that does not begin like an ARN',
      { createOTAUpdate: iot, targetsFromRelease: ['thing/lab-*'] },
      ['targetsFromRelease[0]'],
    ],
    [
      'with a regular expression as glob',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:*:thing/[a-z]*'] },
      ['targetsFromRelease[0]'],
    ],
    ['that permits no algorithm by name', { createOTAUpdate: iot, algorithms: ['SHA384'] }, ['algorithms']],
    ['with an empty list of globs', { createOTAUpdate: iot, targetsFromRelease: [] }, ['targetsFromRelease']],
  ])('%s is an error', (_what, channel, expected) => {
    expect(faults(around(JSON.parse(JSON.stringify(channel))))).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['sets otaUpdateId', { createOTAUpdate: { ...iot, otaUpdateId: 'x' } }, 'createOTAUpdate.otaUpdateId'],
    ['sets ClientToken', { createOtaTask: { ...once, ClientToken: 'x' } }, 'createOtaTask.ClientToken'],
    ['sets S3Url', { createOtaTask: { ...once, S3Url: 's3://a/b' } }, 'createOtaTask.S3Url'],
    [
      'sets an additional parameter of this service',
      { createOTAUpdate: { ...iot, additionalParameters: { 'ota-dispatch.rolloutId': 'x' } } },
      'createOTAUpdate.additionalParameters["ota-dispatch.rolloutId"]',
    ],
    [
      'sets a tag of this service on IoT Core',
      { createOTAUpdate: { ...iot, tags: [{ Key: 'ota-dispatch.x', Value: 'y' }] } },
      'createOTAUpdate.tags[0].Key',
    ],
    [
      'sets a tag of this service on MI',
      { createOtaTask: { ...once, Tags: { 'ota-dispatch.x': 'y' } } },
      'createOtaTask.Tags["ota-dispatch.x"]',
    ],
    [
      'names the location of a file',
      { createOTAUpdate: { ...iot, files: [{ fileLocation: { s3Location: { bucket: 'b', key: 'k' } } }] } },
      'createOTAUpdate.files[0].fileLocation',
    ],
    ['has a member that AWS does not have', { createOTAUpdate: { ...iot, retryConfig: {} } }, 'createOTAUpdate.retryConfig'],
    ['has no role', { createOTAUpdate: { targets: iot.targets } }, 'createOTAUpdate.roleArn'],
    ['has no targets and takes none from a release', { createOTAUpdate: { roleArn: iot.roleArn } }, 'createOTAUpdate.targets'],
    [
      'has 101 targets',
      { createOTAUpdate: { ...iot, targets: Array.from({ length: 101 }, (_, i) => `arn:aws:iot:eu-west-1:123456789012:thing/${i}`) } },
      'createOTAUpdate.targets',
    ],
    ['is ONE_TIME without targets', { createOtaTask: { OtaType: 'ONE_TIME', TaskConfigurationId: 'abc' } }, 'createOtaTask.Target'],
    ['is ONE_TIME with a query', { createOtaTask: { ...once, OtaTargetQueryString: 'x' } }, 'createOtaTask.OtaTargetQueryString'],
    [
      'is CONTINUOUS without a query',
      { createOtaTask: { OtaType: 'CONTINUOUS', TaskConfigurationId: 'abc' } },
      'createOtaTask.OtaTargetQueryString',
    ],
    ['is CONTINUOUS with targets', { createOtaTask: { ...always, Target: once.Target } }, 'createOtaTask.Target'],
    [
      'has an increment factor of 1',
      {
        createOTAUpdate: {
          ...iot,
          awsJobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor: 1, rateIncreaseCriteria: {} } },
        },
      },
      'createOTAUpdate.awsJobExecutionsRolloutConfig.exponentialRate.incrementFactor',
    ],
    [
      'has a URL that expires after 59 seconds',
      { createOTAUpdate: { ...iot, awsJobPresignedUrlConfig: { expiresInSec: 59 } } },
      'createOTAUpdate.awsJobPresignedUrlConfig.expiresInSec',
    ],
    [
      'has a timeout of more than a week',
      { createOTAUpdate: { ...iot, awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 10_081 } } },
      'createOTAUpdate.awsJobTimeoutConfig.inProgressTimeoutInMinutes',
    ],
  ])('that %s is an error', (_what, channel, path) => {
    expect(faults(around(channel))).toContain(path);
  });

  it('with too many targets is an error', () => {
    const many = (arn: string) => Array.from({ length: 101 }, (_, index) => `${arn}/t${index}`);
    const targets = many('arn:aws:iot:eu-west-1:123456789012:thing');
    const Target = many('arn:aws:iotmanagedintegrations:eu-west-1:123456789012:managed-thing');
    expect(faults(around({ createOTAUpdate: { ...iot, targets } }))).toEqual(['createOTAUpdate.targets']);
    expect(faults(around({ createOtaTask: { ...once, Target } }))).toEqual(['createOtaTask.Target']);
  });

  it('gets a warning for what every release loses to it, and none for what belongs to a kind of file', () => {
    const files = [
      { fileType: 1, attributes: { board: 'T6' }, codeSigning: { startSigningJobParameter: { signingProfileName: 'acme_t6' } } },
      { fileName: '/app.bin', fileVersion: '1.2.3' },
      { fileName: '/boot.bin', fileVersion: '' },
    ];
    const createOTAUpdate = { ...iot, description: 'the first release', files, tags: [{ Key: 'team', Value: 'heating' }] };
    expect(faults(around({ createOTAUpdate }))).toEqual([
      'warning createOTAUpdate.description',
      'warning createOTAUpdate.files[1].fileVersion',
      'warning createOTAUpdate.files[2].fileVersion',
    ]);
    expect(faults(around({ createJob: { ...job, description: 'the first release' }, format: 'plain' }))).toEqual([
      'warning createJob.description',
    ]);
    expect(faults(around({ createOtaTask: { ...once, Description: 'the first release', Tags: { team: 'heating' } } }))).toEqual([
      'warning createOtaTask.Description',
    ]);
  });

  it('gets a warning for each option that does nothing on its service', () => {
    expect(faults(around({ createOTAUpdate: iot, scheduleFromRelease: 'allow' }))).toEqual(['warning scheduleFromRelease']);
    for (const channel of [{ createOtaTask: once }, { createJob: job, format: 'plain' }]) {
      expect(faults(around({ ...channel, unsigned: 'allow', unverified: ['stream'] }))).toEqual(['warning unsigned', 'warning unverified']);
    }
  });
});

describe('a skeleton of the AWS CLI that was filled in only in part', () => {
  const parameter = { signingProfileName: 'acme_t6', destination: { s3Destination: { bucket: 'acme-firmware', prefix: '' } } };
  const signing = (profile: object) => ({
    codeSigning: { startSigningJobParameter: { ...parameter, signingProfileParameter: profile } },
  });

  it('gets a warning of each text that is empty, except those that may be', () => {
    const profile = { certificateArn: '', platform: '', certificatePathOnDevice: '' };
    const files = [{ fileName: '', fileType: 0, ...signing(profile), attributes: { KeyName: '' } }];
    const inSigning = 'createOTAUpdate.files[0].codeSigning.startSigningJobParameter.signingProfileParameter';
    expect(
      faults(around({ createOTAUpdate: { ...iot, files, additionalParameters: { KeyName: '' }, tags: [{ Key: 'a', Value: '' }] } })),
    ).toEqual([
      'warning createOTAUpdate.files[0].fileName',
      `warning ${inSigning}.certificateArn`,
      `warning ${inSigning}.platform`,
      `warning ${inSigning}.certificatePathOnDevice`,
    ]);
  });

  it('gets no warning if every text has a value', () => {
    const files = [{ fileName: '/app.bin', ...signing({ certificatePathOnDevice: 'app.pem' }) }];
    expect(faults(around({ createOTAUpdate: { ...iot, files } }))).toEqual([]);
  });
});

describe('a channel of managed integrations', () => {
  const warningsIn = (region: string, stage: string, channel: unknown = { createOtaTask: once }) => {
    const file = JSON.parse(JSON.stringify(around(channel)));
    const result = validateChannels(file, { accountId: '123456789012', region, stage });
    return result.ok ? result.warnings.map(({ path }) => short(path)) : ['an error'];
  };

  it.each(['ca-central-1', 'eu-west-1', 'me-central-1'])('gets no warning in %s, which has the service', (region) => {
    expect(warningsIn(region, 'prod', { createOtaTask: always })).toEqual([]);
  });

  it.each(['us-east-1', 'us-gov-west-1', 'cn-north-1'])('gets a warning and no error in %s, which AWS does not list', (region) => {
    expect(warningsIn(region, 'prod', { createOtaTask: always })).toEqual(['createOtaTask']);
  });

  it('gets no warning in the local stage, whose region has every service', () => {
    expect(warningsIn('us-east-1', 'local', { createOtaTask: always })).toEqual([]);
  });

  it('gets a warning in every stage if it has no URL that devices can read', () => {
    for (const stage of ['local', 'prod'])
      expect(warningsIn('eu-west-1', stage, { createOtaTask: once, artifactUrl: undefined })).toEqual(['artifactUrl']);
  });

  it('leaves a channel of IoT Core without such a warning', () => {
    expect(
      warningsIn('us-east-1', 'prod', { createOTAUpdate: { ...iot, targets: ['arn:aws:iot:us-east-1:123456789012:thing/a'] } }),
    ).toEqual([]);
  });
});

describe('an ARN in a channel', () => {
  const inChina = { accountId: '123456789012', region: 'cn-north-1', stage: 'prod' };
  const inGovCloud = { ...inChina, region: 'us-gov-west-1' };
  const inIreland = { ...inChina, region: 'eu-west-1' };
  const faultsIn = (value: unknown, where: typeof place) => {
    const result = validateChannels(value, where);
    return result.ok ? [] : result.errors.map(({ path }) => short(path));
  };
  const inPartition = (name: string, region: string) => ({
    targets: [`arn:${name}:iot:${region}:123456789012:thing/a`, `arn:${name}:iot:${region}:123456789012:thinggroup/beta`],
    roleArn: `arn:${name}:iam::123456789012:role/ota-service`,
    files: [
      {
        codeSigning: {
          startSigningJobParameter: {
            signingProfileName: 'acme',
            signingProfileParameter: { certificateArn: `arn:${name}:acm:${region}:123456789012:certificate/c1` },
          },
        },
      },
    ],
  });

  it.each([
    ['aws', inIreland],
    ['aws-cn', inChina],
    ['aws-us-gov', inGovCloud],
  ])('may be of %s in a stage there', (name, where) => {
    const channel = { createOTAUpdate: inPartition(name, where.region), targetsFromRelease: [`arn:${name}:iot:*`] };
    expect(faultsIn(around(channel), where)).toEqual([]);
  });

  it.each([
    ['aws', inChina],
    ['aws', inGovCloud],
    ['aws-cn', inIreland],
    ['aws-cn', inGovCloud],
    ['aws-us-gov', inIreland],
    ['aws-us-gov', inChina],
  ])('may not be of %s in a stage elsewhere', (name, where) => {
    const channel = { createOTAUpdate: inPartition(name, where.region), targetsFromRelease: ['*', `arn:${name}:iot:*`] };
    expect(faultsIn(around(channel), where)).toEqual([
      'createOTAUpdate.targets[0]',
      'createOTAUpdate.targets[1]',
      'createOTAUpdate.roleArn',
      'createOTAUpdate.files[0].codeSigning.startSigningJobParameter.signingProfileParameter.certificateArn',
      'targetsFromRelease[1]',
    ]);
  });

  it('may not be of another partition on managed integrations either', () => {
    const Target = ['arn:aws-cn:iotmanagedintegrations:eu-west-1:123456789012:managed-thing/a1'];
    expect(faultsIn(around({ createOtaTask: { ...once, Target } }), inIreland)).toEqual(['createOtaTask.Target[0]']);
  });

  it('has the partition of the region where the file has its variable', () => {
    const channel = { createOTAUpdate: inPartition(variable('aws:partition'), variable('aws:region')) };
    for (const where of [inIreland, inChina, inGovCloud]) expect(faultsIn(around(channel), where)).toEqual([]);
  });

  it.each(['*', 'arn:*', 'arn:a*', 'arn:aws*', 'arn:aws-c*', 'arn:aws-cn:iot:*'])('matches the glob %s in China', (glob) => {
    expect(
      faultsIn(around({ createOTAUpdate: { roleArn: 'arn:aws-cn:iam::123456789012:role/r' }, targetsFromRelease: [glob] }), inChina),
    ).toEqual([]);
  });

  it('matches no glob whose partition begins differently', () => {
    const channel = { createOTAUpdate: { roleArn: 'arn:aws-cn:iam::123456789012:role/r' }, targetsFromRelease: ['arn:aws-us*'] };
    expect(faultsIn(around(channel), inChina)).toEqual(['targetsFromRelease[0]']);
  });

  it('may be in a text that means nothing to AWS', () => {
    const text = 'arn:aws-cn:iot:cn-north-1:123456789012:thing/a';
    const createOTAUpdate = { ...iot, description: text, additionalParameters: { origin: text }, tags: [{ Key: 'origin', Value: text }] };
    expect(faultsIn(around({ createOTAUpdate }), inIreland)).toEqual([]);
  });
});

describe('a file', () => {
  const channel = { createOTAUpdate: iot };

  it.each(['firmware.acme.example', '10.0.0.firmware', '1.2.3.4.5', 'abc', 'a'.repeat(63), 'acme-.-7'])(
    'may have the bucket %s',
    (bucket) => {
      expect(faults(around(channel, {}, { artifactBuckets: [bucket] }))).toEqual([]);
    },
  );

  it.each<[string, unknown, string]>([
    ['that is null', null, '$'],
    ['without artifact buckets', around(channel, {}, { artifactBuckets: undefined }), 'artifactBuckets'],
    ['with a wildcard as bucket', around(channel, {}, { artifactBuckets: ['*'] }), 'artifactBuckets[0]'],
    ['with two dots in a row in a bucket', around(channel, {}, { artifactBuckets: ['acme-1', 'a..b'] }), 'artifactBuckets[1]'],
    ['with an IP address as bucket', around(channel, {}, { artifactBuckets: ['192.168.5.4'] }), 'artifactBuckets[0]'],
    ['with a prefix of S3 in a bucket', around(channel, {}, { artifactBuckets: ['xn--abc'] }), 'artifactBuckets[0]'],
    ['with a bucket of 64 characters', around(channel, {}, { artifactBuckets: ['a'.repeat(64)] }), 'artifactBuckets[0]'],
    ['with the same bucket twice', around(channel, {}, { artifactBuckets: ['abc', 'abc'] }), 'artifactBuckets'],
    ['with an empty map of products', around(channel, {}, { products: {} }), 'products'],
    ['with an unknown member', around(channel, {}, { buckets: [] }), 'buckets'],
    [
      'with a capital in the name of a product',
      around(channel, {}, { products: { Hub: { sources: ['a'], channels: { stable: channel } } } }),
      'products.Hub',
    ],
    ['with a blank in the name of a channel', around(channel, { channels: { 'my beta': channel } }), 'products.hub.channels["my beta"]'],
    ['with an empty map of channels', around(channel, { channels: {} }), 'products.hub.channels'],
    ['with an empty list of sources', around(channel, { sources: [] }), 'products.hub.sources'],
    ['with an empty hardware list', around(channel, { hardware: [] }), 'products.hub.hardware'],
    ['with a number as hardware', around(channel, { hardware: [6] }), 'products.hub.hardware[0]'],
    ['with an unknown variable', around(channel, { sources: [variable('env:SOURCE')] }), 'products.hub.sources[0]'],
    ['with a variable that is not closed', around(channel, { sources: ['com.acme$'.concat('{')] }), 'products.hub.sources[0]'],
    [
      'with a name that JavaScript reserves',
      around(channel, { channels: JSON.parse('{"__proto__":{}}') }),
      'products.hub.channels.__proto__',
    ],
  ])('%s is an error', (_what, value, expected) => {
    expect(faults(value)).toEqual([expected]);
  });

  it.each(['aws.s3', 'aws.', 'ota-dispatch', '', 'a b', 'x'.repeat(257), 'com.acme*'])('may not have the source %.20s', (source) => {
    expect(faults(around(channel, { sources: [source] }))).toEqual(['products.hub.sources[0]']);
  });

  it('gets the values of its four variables from the place where it runs', () => {
    const arn = `arn:${variable('aws:partition')}:iot:${variable('aws:region')}:${variable('aws:accountId')}:thinggroup/${variable('sls:stage')}-${variable('sls:stage')}`;
    const result = validateChannels(around({ createOTAUpdate: { ...iot, targets: [arn] } }), { ...place, stage: 'a$&b' });
    expect(result.ok ? [] : result.errors).toMatchObject([{ path: expect.arrayContaining(['targets', 0]) }]);
    const right = validateChannels(around({ createOTAUpdate: { ...iot, targets: [arn] } }), place);
    expect(right.ok && right.channels.products['hub']?.channels['stable']?.createOTAUpdate?.targets).toEqual([
      'arn:aws:iot:eu-west-1:123456789012:thinggroup/prod-prod',
    ]);
  });

  it('keeps the placeholders of IoT Jobs in a job document, and gets its own variables replaced there', () => {
    const presigned = variable('aws:iot:s3-presigned-url-v2:https://x');
    const result = validateChannels(
      around({ createOtaTask: once, jobDocument: { url: presigned, in: variable('aws:region'), [presigned]: 1 } }),
      place,
    );
    expect(result.ok && result.channels.products['hub']?.channels['stable']).toMatchObject({
      jobDocument: { url: presigned, in: 'eu-west-1', [presigned]: 1 },
    });
  });

  it.each([
    ['a placeholder inside of another', 'a', []],
    ['one that is not closed, however deep', '{', ['jobDocument']],
    [
      'twenty thousand of them, each inside of another',
      `${variable('aws:').slice(0, -1).repeat(20_000)}${'}'.repeat(20_000)}`,
      ['jobDocument', 'jobDocument'],
    ],
  ])('judges a job document with %s', (_what, inside, expected) => {
    const url = variable(`aws:iot:x:${variable(`aws:${inside}`)}`);
    expect(faults(around({ createJob: job, format: 'plain', jobDocument: { url } }))).toEqual(expected);
  });

  it('gets a warning for channels that share a target, even across products', () => {
    const other = { sources: ['com.acme'], channels: { edge: { createOTAUpdate: iot }, all: { createOtaTask: always, artifactUrl } } };
    const file = around(
      { createOTAUpdate: iot },
      { channels: { stable: { createOTAUpdate: iot }, rest: { createOtaTask: always, artifactUrl } } },
    );
    expect(faults({ ...file, products: { ...file.products, lab: other } })).toEqual([
      'warning products.lab.channels.edge.createOTAUpdate.targets[0]',
      'warning products.lab.channels.all.createOtaTask.OtaTargetQueryString',
    ]);
  });

  it('gets no warning for two channels without targets', () => {
    const channel = { createOTAUpdate: { roleArn: iot.roleArn }, targetsFromRelease: ['*'] };
    expect(faults(around(channel, { channels: { stable: channel, beta: channel } }))).toEqual([]);
  });

  it('gets no warning for a target that one channel names twice', () => {
    const target = 'arn:aws:iot:eu-west-1:123456789012:thing/a';
    expect(faults(around({ createOTAUpdate: { ...iot, targets: [target, target] } }))).toEqual([]);
  });

  it.each(['env:TEAM', 'sls:stage'])('may not have a variable in a name: %s', (inside) => {
    const tags = { [variable(inside)]: 'x' };
    expect(faults(around({ createOTAUpdate: { ...iot, additionalParameters: tags } }))).toEqual([
      `createOTAUpdate.additionalParameters["${variable(inside)}"]`,
    ]);
  });

  it('gets all its errors at once', () => {
    const file = around({ createOTAUpdate: { ...iot, roleArn: 'x', protocols: ['FTP'] } }, { channels: { stable: {}, Beta: {} } });
    expect(faults(file).length).toBeGreaterThan(0);
    expect(faults(around({ createOTAUpdate: { ...iot, protocols: ['FTP'], targetSelection: 'ALL' } }))).toHaveLength(2);
  });
});

describe('channels.yml as text', () => {
  const lineOf = (part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;
  const read = (from: string, to: string) => {
    const result = readChannelsFile(text.replace(from, to), place);
    return result.ok ? [] : result.errors;
  };

  it('gives the channels with values, and the data with its variables', () => {
    const result = readChannelsFile(text, place);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    expect(JSON.stringify(result.ok && result.channels)).not.toContain('$');
    expect(JSON.stringify(result.ok && result.value)).toContain(variable('aws:accountId'));
    expect(validateChannels(JSON.parse(JSON.stringify(result.ok && result.value)), place)).toMatchObject({
      ok: true,
      channels: result.ok && result.channels,
    });
  });

  it('gets the errors of its request before those of its job document', () => {
    const createOtaTask = { OtaType: 'ONE_TIME', OtaTargetQueryString: 'attributes.model=hub' };
    expect(faults(around({ createOtaTask, jobDocument: { operation: 1 }, artifactUrl: 'https://cdn.example.com/' }))).toEqual([
      'createOtaTask.OtaTargetQueryString',
      'createOtaTask.Target',
      'jobDocument.operation',
      'artifactUrl',
    ]);
  });

  it('gets errors with the line of the wrong value, of the unknown member, or of the parent of a missing one', () => {
    expect(read('incrementFactor: 2', 'incrementFactor: 7')).toMatchObject([{ line: lineOf('incrementFactor') }]);
    expect(read('hardware: [T6-B', 'hardwear: [T6-B')).toEqual([
      { line: lineOf('hardware: ['), path: ['products', 'thermostat', 'hardwear'], message: expect.any(String), kind: 'unknown' },
    ]);
    expect(read('OtaType: CONTINUOUS', 'Protocol: HTTP')).toMatchObject([{ line: lineOf('createOtaTask:') }]);
    expect(read('managed-thing/gateway-2', 'thing/gateway-2')).toMatchObject([{ line: lineOf('managed-thing/gateway-2') }]);
  });

  it.each([
    ['a duplicate key', 'artifactBuckets: []\nproducts: {}\nproducts: {}\n', 3],
    ['an anchor', 'artifactBuckets: &a []\nproducts: {}\n', 1],
    ['a tag', 'artifactBuckets: []\nproducts: !!map {}\n', 2],
    ['an unknown tag', 'artifactBuckets: []\nproducts: !include x\n', 2],
    ['a number as a name', 'artifactBuckets: []\nproducts:\n  7: {}\n', 3],
    ['a list as a name', 'artifactBuckets: []\nproducts:\n  ? [a]\n  : {}\n', 3],
    ['a number that loses digits', 'artifactBuckets: []\nproducts:\n  a:\n    sources: [9007199254740993]\n', 4],
    ['two documents', 'artifactBuckets: []\n---\nproducts: {}\n', 2],
    ['an open bracket', 'artifactBuckets: [\n', 2],
    ['a tab', 'products:\n\tx: 1\n', 2],
    ['no content', '', 1],
  ])('gets an error for %s, with its line', (_what, yaml, line) => {
    const result = readChannelsFile(yaml, place);
    expect(result.ok ? [] : result.errors.slice(0, 1)).toMatchObject([{ line, path: expect.any(Array) }]);
  });

  it.each<[string, BufferEncoding]>([
    ['Windows-1252', 'latin1'],
    ['UTF-16', 'utf16le'],
  ])('gets an error if it is not UTF-8 but %s', (_what, encoding) => {
    const read = readChannelsFile(Buffer.from(`${text}# für alle\n`, encoding).toString('utf8'), place);
    expect(read.ok ? [] : read.errors).toMatchObject([{ line: encoding === 'latin1' ? text.split('\n').length : 1, path: [] }]);
  });

  it('may begin with a byte order mark, and have letters of any script', () => {
    expect(readChannelsFile(`\ufeff${text}# für 全部 🔥\n`, place)).toMatchObject({ ok: true });
  });

  it('gets errors for the file as a whole if the service cannot read it, and at most five', () => {
    const errorsOf = (yaml: string) => {
      const result = readChannelsFile(yaml, place);
      return result.ok ? [] : result.errors;
    };
    expect(errorsOf('products:\n\tx: 1\n')[0]).toMatchObject({ line: 2, path: [] });
    expect(errorsOf('a: 1\nb: &b 1\n')).toMatchObject([{ line: 2, path: [] }]);
    expect(errorsOf('a: [\nb: [\nc: [\nd: [\ne: [\nf: [\ng: [\n')).toHaveLength(5);
  });

  it('gets an error for aliases that multiply and for very deep nesting', () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) =>
        `x${i}: &x${i} [${Array(9)
          .fill(`*x${i - 1}`)
          .join()}]`,
    );
    const bomb = `x: &x-1 [1]\n${levels.join('\n')}`;
    expect(readChannelsFile(bomb, place)).toMatchObject({ ok: false });
    expect(readChannelsFile('['.repeat(50_000), place)).toMatchObject({ ok: false });
  });
});

describe('the search for the product of a message', () => {
  const result = readChannelsFile(text, place);
  if (!result.ok) throw new Error('channels.yml is wrong');
  const { channels } = result;

  it('finds a product for one of its sources', () => {
    expect(findProduct(channels, 'hub', 'com.acme.firmware-ci')).toMatchObject({ ok: true, value: { channels: { stable: {} } } });
  });

  it.each([
    ['UNKNOWN_PRODUCT', 'product', 'toaster', 'com.acme.firmware-ci'],
    ['UNKNOWN_PRODUCT', 'product', 'constructor', 'com.acme.firmware-ci'],
    ['UNKNOWN_PRODUCT', 'product', '__proto__', 'com.acme.firmware-ci'],
    ['SOURCE_NOT_ALLOWED', 'source', 'hub', 'com.acme.gateway-ci'],
    ['SOURCE_NOT_ALLOWED', 'source', 'hub', ''],
  ])('answers %s at %s for %s from %j', (code, path, product, source) => {
    expect(findProduct(channels, product, source)).toEqual({ ok: false, rejection: { code, path, message: expect.any(String) } });
  });
});
