import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatPath, type Segment } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { readChannelsFile } from '../../../domain/channels/lines.ts';
import { findProduct } from '../../../domain/channels/schema.ts';
import { validateChannels } from '../../../domain/channels/validate.ts';

const text = readFileSync(join(import.meta.dirname, '../../../channels.yml'), 'utf8');
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
const always = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub', TaskConfigurationId: 'abc' };

/** A whole file around one channel. */
const around = (channel: unknown, product: object = {}, file: object = {}) => ({
  artifactBuckets: ['acme-firmware'],
  products: { hub: { sources: ['com.acme'], channels: { stable: channel }, ...product } },
  ...file,
});

/** What is wrong with a file, paths relative to its one channel. */
function faults(value: unknown): string[] {
  const result = validateChannels(value, place);
  if (result.ok) return result.warnings.map((fault) => `warning ${short(fault.path)}: ${fault.message}`);
  return result.errors.map((fault) => `${short(fault.path)}: ${fault.message}`);
}
const short = (path: readonly Segment[]) => formatPath(path).replace(/^products\.hub\.channels\.stable\.?/, '') || '(channel)';
const pathsOf = (value: unknown) => faults(value).map((fault) => fault.split(':', 1)[0]);

describe('a channel', () => {
  it.each<[string, unknown]>([
    ['with the least of createOTAUpdate', { createOTAUpdate: iot }],
    ['with the least of a ONE_TIME task', { createOtaTask: once }],
    ['with the least of a CONTINUOUS task', { createOtaTask: always }],
    [
      'without targets that takes them from a release',
      { createOTAUpdate: { roleArn: iot.roleArn }, targetsFromRelease: ['arn:aws:iot:eu-west-1:123456789012:thing/lab-*'] },
    ],
    [
      'that takes any target that it may',
      {
        createOTAUpdate: iot,
        targetsFromRelease: ['*', 'arn:aws:iot:*', 'arn:*:thing/a', 'a*', 'arn:aws:io*', 'arn:aws:iot:us-east-1:123456789012:thing*'],
      },
    ],
    ['without guard rails, by name', { createOtaTask: { OtaType: 'ONE_TIME', Target: once.Target }, unguarded: 'allow' }],
    ['that keeps what is superseded', { createOTAUpdate: iot, whenSuperseded: 'keep' }],
    ['that deletes what is superseded', { createOtaTask: once, whenSuperseded: 'delete' }],
    ['with every exemption', { createOTAUpdate: iot, unsigned: 'allow', unverified: ['stream', 'signerJob'], downgrade: 'allow' }],
    [
      'with a schedule of its own',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00', EndTime: '2026-12-01T04:00' } } },
    ],
    ['with a start of its own', { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00' } } }],
    ['with an end of its own', { createOtaTask: { ...once, OtaSchedulingConfig: { EndTime: '2026-12-01T04:00' } } }],
    ['with a URL of its own', { createOtaTask: once, artifactUrl: 'https://cdn.acme.com/{bucket}/{key}?v={version}&r={region}' }],
    [
      'with a job document',
      { createOtaTask: once, jobDocument: { schema: 3, steps: [{ run: variable('aws:iot:s3-presigned-url:https://x') }] } },
    ],
  ])('%s is right', (_what, channel) => {
    expect(faults(around(channel))).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['without a request', {}, ['(channel): a channel needs createOTAUpdate or createOtaTask']],
    [
      'with two requests',
      { createOTAUpdate: iot, createOtaTask: once },
      ['createOtaTask: a channel has createOTAUpdate or createOtaTask, not both'],
    ],
    ['with a request that is a list', { createOTAUpdate: [] }, ['createOTAUpdate: an object, got a list of 0']],
    ['that is null', null, ['(channel): an object, got null']],
    ['with an unknown option', { createOTAUpdate: iot, unsafe: 'allow' }, ['unsafe: unknown member']],
    ['with true instead of allow', { createOTAUpdate: iot, unsigned: true }, ['unsigned: the word allow, got a boolean']],
    [
      'with an unknown answer to an older rollout',
      { createOTAUpdate: iot, whenSuperseded: 'stop' },
      ['whenSuperseded: keep, cancel or delete, got text of 4 characters'],
    ],
    [
      'with an unknown shape',
      { createOTAUpdate: iot, unverified: ['s3'] },
      ['unverified[0]: stream or signerJob, got text of 2 characters'],
    ],
    ['with a shape twice', { createOTAUpdate: iot, unverified: ['stream', 'stream'] }, ['unverified: each word once, got a list of 2']],
    [
      'that would delete an IoT job',
      { createOTAUpdate: iot, whenSuperseded: 'delete' },
      ['whenSuperseded: delete is for createOTAUpdate'.replace('OTAUpdate', 'OtaTask').concat(' only; an IoT Core job is canceled')],
    ],
    [
      'that would cancel an MI task',
      { createOtaTask: once, whenSuperseded: 'cancel' },
      ['whenSuperseded: cancel is for createOTAUpdate only; managed integrations can only delete a task'],
    ],
    [
      'of MI without guard rails',
      { createOtaTask: { ...always, TaskConfigurationId: undefined } },
      ['createOtaTask.TaskConfigurationId: required: abort criteria and timeout are kept there; unguarded: allow goes without'],
    ],
    ['of IoT Core with a job document', { createOTAUpdate: iot, jobDocument: {} }, ['jobDocument: goes with createOtaTask only']],
    ['of IoT Core with a URL', { createOTAUpdate: iot, artifactUrl: 'https://x/{key}' }, ['artifactUrl: goes with createOtaTask only']],
    [
      'with an unknown placeholder',
      { createOtaTask: once, artifactUrl: 'https://x/{key}/{sha256}' },
      ['artifactUrl: the placeholders are {bucket}, {key}, {version} and {region}'],
    ],
    [
      'with an open placeholder',
      { createOtaTask: once, artifactUrl: 'https://x/{key}/{version' },
      ['artifactUrl: the placeholders are {bucket}, {key}, {version} and {region}'],
    ],
    [
      'with a URL that is none',
      { createOtaTask: once, artifactUrl: '/{key}' },
      ['artifactUrl: a URL such as https://cdn.example.com/{key}'],
    ],
    [
      'with something before its URL',
      { createOtaTask: once, artifactUrl: ' https://x/{key}' },
      ['artifactUrl: a URL such as https://cdn.example.com/{key}'],
    ],
    [
      'with something after its URL',
      { createOtaTask: once, artifactUrl: 'https://x/{key} ' },
      ['artifactUrl: a URL such as https://cdn.example.com/{key}'],
    ],
    [
      'with a role for all',
      { createOTAUpdate: { ...iot, roleArn: 'arn:aws:iam::123456789012:role/*' } },
      ['createOTAUpdate.roleArn: one role, no wildcard'],
    ],
    [
      'with a start in local time',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2027-02-30T17:00' } } },
      ['createOtaTask.OtaSchedulingConfig.StartTime: UTC in the form YYYY-MM-DDTHH:mm'],
    ],
    [
      'with a start to the second',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00:00Z' } } },
      ['createOtaTask.OtaSchedulingConfig.StartTime: UTC in the form YYYY-MM-DDTHH:mm'],
    ],
    [
      'with an end in local time',
      { createOtaTask: { ...once, OtaSchedulingConfig: { EndTime: '2026-12-01T02:00:00Z' } } },
      ['createOtaTask.OtaSchedulingConfig.EndTime: UTC in the form YYYY-MM-DDTHH:mm'],
    ],
    [
      'that ends before a start which is none',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-13-01T02:00', EndTime: '2026-12-01T02:00' } } },
      ['createOtaTask.OtaSchedulingConfig.StartTime: UTC in the form YYYY-MM-DDTHH:mm'],
    ],
    [
      'that ends before it starts',
      { createOtaTask: { ...once, OtaSchedulingConfig: { StartTime: '2026-12-01T02:00', EndTime: '2026-12-01T02:00' } } },
      ['createOtaTask.OtaSchedulingConfig.EndTime: must be after StartTime'],
    ],
    [
      'with a glob of another service',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:s3:*'] },
      ['targetsFromRelease[0]: matches no ARN of a target of iot'],
    ],
    [
      'with a glob of the other service',
      { createOtaTask: once, targetsFromRelease: ['arn:aws:iot:*'] },
      ['targetsFromRelease[0]: matches no ARN of a target of iotmanagedintegrations'],
    ],
    [
      'with a glob of another kind of resource',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:us-east-1:123456789012:topic/*'] },
      ['targetsFromRelease[0]: matches no ARN of a target of iot'],
    ],
    [
      'with a glob of a thing without a name',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:us-east-1:123456789012:thing'] },
      ['targetsFromRelease[0]: matches no ARN of a target of iot'],
    ],
    [
      'with a glob that begins nowhere',
      { createOTAUpdate: iot, targetsFromRelease: ['thing/lab-*'] },
      ['targetsFromRelease[0]: matches no ARN of a target of iot'],
    ],
    [
      'with a regular expression',
      { createOTAUpdate: iot, targetsFromRelease: ['arn:aws:iot:*:thing/[a-z]*'] },
      ['targetsFromRelease[0]: * is the only wildcard'],
    ],
    [
      'with no glob in its list',
      { createOTAUpdate: iot, targetsFromRelease: [] },
      ['targetsFromRelease: at least 1 glob, got a list of 0'],
    ],
  ])('%s is an error of the file', (_what, channel, told) => {
    expect(faults(around(JSON.parse(JSON.stringify(channel))))).toEqual(told);
  });

  it.each<[string, unknown, string]>([
    ['sets otaUpdateId', { createOTAUpdate: { ...iot, otaUpdateId: 'x' } }, 'createOTAUpdate.otaUpdateId'],
    ['sets ClientToken', { createOtaTask: { ...once, ClientToken: 'x' } }, 'createOtaTask.ClientToken'],
    ['sets S3Url', { createOtaTask: { ...once, S3Url: 's3://a/b' } }, 'createOtaTask.S3Url'],
    [
      'sets our additional parameter',
      { createOTAUpdate: { ...iot, additionalParameters: { 'ota-dispatch.rolloutId': 'x' } } },
      'createOTAUpdate.additionalParameters["ota-dispatch.rolloutId"]',
    ],
    [
      'sets our tag on IoT Core',
      { createOTAUpdate: { ...iot, tags: [{ Key: 'ota-dispatch.x', Value: 'y' }] } },
      'createOTAUpdate.tags[0].Key',
    ],
    ['sets our tag on MI', { createOtaTask: { ...once, Tags: { 'ota-dispatch.x': 'y' } } }, 'createOtaTask.Tags["ota-dispatch.x"]'],
    [
      'says where files lie',
      { createOTAUpdate: { ...iot, files: [{ fileLocation: { s3Location: { bucket: 'b', key: 'k' } } }] } },
      'createOTAUpdate.files[0].fileLocation',
    ],
    ['has a member that AWS has not', { createOTAUpdate: { ...iot, retryConfig: {} } }, 'createOTAUpdate.retryConfig'],
    ['has no role', { createOTAUpdate: { targets: iot.targets } }, 'createOTAUpdate.roleArn'],
    ['has no targets from anywhere', { createOTAUpdate: { roleArn: iot.roleArn } }, 'createOTAUpdate.targets'],
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
      'has a growth of 1',
      {
        createOTAUpdate: {
          ...iot,
          awsJobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor: 1, rateIncreaseCriteria: {} } },
        },
      },
      'createOTAUpdate.awsJobExecutionsRolloutConfig.exponentialRate.incrementFactor',
    ],
    [
      'gives a URL for a minute less a second',
      { createOTAUpdate: { ...iot, awsJobPresignedUrlConfig: { expiresInSec: 59 } } },
      'createOTAUpdate.awsJobPresignedUrlConfig.expiresInSec',
    ],
    [
      'waits for more than a week',
      { createOTAUpdate: { ...iot, awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 10_081 } } },
      'createOTAUpdate.awsJobTimeoutConfig.inProgressTimeoutInMinutes',
    ],
    [
      'spells a hash as the console does',
      { createOTAUpdate: { ...iot, files: [{ codeSigning: { customCodeSigning: { hashAlgorithm: 'SHA-256' } } }] } },
      'createOTAUpdate.files[0].codeSigning.customCodeSigning.hashAlgorithm',
    ],
  ])('that %s is an error at that member', (_what, channel, path) => {
    expect(pathsOf(around(channel))).toContain(path);
  });

  it('with too many targets is told what to use instead', () => {
    const many = (arn: string) => Array.from({ length: 101 }, (_, index) => `${arn}/t${index}`);
    const targets = many('arn:aws:iot:eu-west-1:123456789012:thing');
    const Target = many('arn:aws:iotmanagedintegrations:eu-west-1:123456789012:managed-thing');
    expect(faults(around({ createOTAUpdate: { ...iot, targets } }))).toEqual([
      'createOTAUpdate.targets: 1 to 100 items, got 101: use a thing group',
    ]);
    expect(faults(around({ createOtaTask: { ...once, Target } }))).toEqual([
      'createOtaTask.Target: 1 to 100 items, got 101: use OtaType CONTINUOUS with a query',
    ]);
  });

  it('is warned of options that do nothing on its service', () => {
    expect(faults(around({ createOTAUpdate: iot, scheduleFromRelease: 'allow' }))).toEqual([
      'warning scheduleFromRelease: does nothing on the service behind this channel',
    ]);
    expect(faults(around({ createOtaTask: once, unsigned: 'allow', unverified: ['stream'] }))).toEqual([
      'warning unsigned: does nothing on the service behind this channel',
      'warning unverified: does nothing on the service behind this channel',
    ]);
  });
});

describe('a file', () => {
  const channel = { createOTAUpdate: iot };

  it.each<[string, unknown, string]>([
    ['that is null', null, '$: an object, got null'],
    ['without buckets', around(channel, {}, { artifactBuckets: undefined }), 'artifactBuckets: required: a list of S3 buckets'],
    [
      'with a wildcard for buckets',
      around(channel, {}, { artifactBuckets: ['*'] }),
      'artifactBuckets[0]: the name of an S3 bucket, got text of 1 character',
    ],
    ['with a bucket twice', around(channel, {}, { artifactBuckets: ['abc', 'abc'] }), 'artifactBuckets: each bucket once, got a list of 2'],
    ['without products', around(channel, {}, { products: {} }), 'products: at least 1 product, got an object'],
    ['with an unknown member', around(channel, {}, { buckets: [] }), 'buckets: unknown member'],
    [
      'with a product in capitals',
      around(channel, {}, { products: { Hub: { sources: ['a'], channels: { stable: channel } } } }),
      'products.Hub: the name: 1 to 64 of a-z, 0-9 and -',
    ],
    [
      'with a channel of two words',
      around(channel, { channels: { 'my beta': channel } }),
      'products.hub.channels["my beta"]: the name: 1 to 64 of a-z, 0-9 and -',
    ],
    ['without channels', around(channel, { channels: {} }), 'products.hub.channels: at least 1 channel, got an object'],
    ['without sources', around(channel, { sources: [] }), 'products.hub.sources: at least 1 source, got a list of 0'],
    ['with an empty hardware list', around(channel, { hardware: [] }), 'products.hub.hardware: at least 1 name, got a list of 0'],
    [
      'with hardware that is a number',
      around(channel, { hardware: [6] }),
      'products.hub.hardware[0]: text of at least 1 character, got a number',
    ],
    [
      'with a variable that is none',
      around(channel, { sources: [variable('env:SOURCE')] }),
      'products.hub.sources[0]: unknown variable: aws:accountId, aws:region and sls:stage are the only ones',
    ],
    [
      'with an open variable',
      around(channel, { sources: ['com.acme$'.concat('{')] }),
      'products.hub.sources[0]: unknown variable: aws:accountId, aws:region and sls:stage are the only ones',
    ],
    [
      'with a name that JavaScript would take for its own',
      around(channel, { channels: JSON.parse('{"__proto__":{}}') }),
      'products.hub.channels.__proto__: this name is not allowed anywhere',
    ],
  ])('%s is refused', (_what, value, told) => {
    expect(faults(value)).toEqual([told]);
  });

  it.each(['aws.s3', 'aws.', 'ota-dispatch', '', 'a b', 'x'.repeat(257), 'com.acme*'])('may not name %.20s as a source', (source) => {
    expect(pathsOf(around(channel, { sources: [source] }))).toEqual(['products.hub.sources[0]']);
  });

  it('takes three variables from where it runs, each wherever it stands', () => {
    const arn = `arn:aws:iot:${variable('aws:region')}:${variable('aws:accountId')}:thinggroup/${variable('sls:stage')}-${variable('sls:stage')}`;
    const result = validateChannels(around({ createOTAUpdate: { ...iot, targets: [arn] } }), { ...place, stage: 'a$&b' });
    expect(result.ok ? [] : result.errors).toMatchObject([{ path: expect.arrayContaining(['targets', 0]) }]);
    const right = validateChannels(around({ createOTAUpdate: { ...iot, targets: [arn] } }), place);
    expect(right.ok && right.channels.products['hub']?.channels['stable']?.createOTAUpdate?.targets).toEqual([
      'arn:aws:iot:eu-west-1:123456789012:thinggroup/prod-prod',
    ]);
  });

  it('keeps the placeholders of IoT Jobs inside a job document, and replaces ours there too', () => {
    const presigned = variable('aws:iot:s3-presigned-url-v2:https://x');
    const result = validateChannels(
      around({ createOtaTask: once, jobDocument: { url: presigned, in: variable('aws:region'), [presigned]: 1 } }),
      place,
    );
    expect(result.ok && result.channels.products['hub']?.channels['stable']).toMatchObject({
      jobDocument: { url: presigned, in: 'eu-west-1', [presigned]: 1 },
    });
  });

  it('warns of channels that share a target, whatever their product', () => {
    const other = { sources: ['com.acme'], channels: { edge: { createOTAUpdate: iot }, all: { createOtaTask: always } } };
    const file = around({ createOTAUpdate: iot }, { channels: { stable: { createOTAUpdate: iot }, rest: { createOtaTask: always } } });
    expect(faults({ ...file, products: { ...file.products, lab: other } })).toEqual([
      'warning products.lab.channels.edge.createOTAUpdate.targets[0]: shares this target with products.hub.channels.stable',
      'warning products.lab.channels.all.createOtaTask.OtaTargetQueryString: shares this target with products.hub.channels.rest',
    ]);
  });

  it('warns of no target where two channels have none', () => {
    const channel = { createOTAUpdate: { roleArn: iot.roleArn }, targetsFromRelease: ['*'] };
    expect(faults(around(channel, { channels: { stable: channel, beta: channel } }))).toEqual([]);
  });

  it('warns of no target that one channel names twice', () => {
    const target = 'arn:aws:iot:eu-west-1:123456789012:thing/a';
    expect(faults(around({ createOTAUpdate: { ...iot, targets: [target, target] } }))).toEqual([]);
  });

  it.each(['env:TEAM', 'sls:stage'])('takes no variable in a name: %s', (inside) => {
    const tags = { [variable(inside)]: 'x' };
    expect(faults(around({ createOTAUpdate: { ...iot, additionalParameters: tags } }))).toEqual([
      `createOTAUpdate.additionalParameters["${variable(inside)}"]: no variable in a name: they are replaced in values only`,
    ]);
  });

  it('says everything that is wrong at once', () => {
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

  it('is read with its variables replaced, and kept as data with its variables in place', () => {
    const result = readChannelsFile(text, place);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    expect(JSON.stringify(result.ok && result.channels)).not.toContain('$');
    expect(JSON.stringify(result.ok && result.value)).toContain(variable('aws:accountId'));
    expect(validateChannels(JSON.parse(JSON.stringify(result.ok && result.value)), place)).toMatchObject({
      ok: true,
      channels: result.ok && result.channels,
    });
  });

  it('tells the line of a wrong value, of an unknown member, and of the parent of a missing one', () => {
    expect(read('incrementFactor: 2', 'incrementFactor: 7')).toMatchObject([{ line: lineOf('incrementFactor') }]);
    expect(read('hardware: [T6-B', 'hardwear: [T6-B')).toEqual([
      { line: lineOf('hardware: ['), path: ['products', 'thermostat', 'hardwear'], message: 'unknown member', kind: 'unknown' },
    ]);
    expect(read('OtaType: CONTINUOUS', 'Protocol: HTTP')).toMatchObject([{ line: lineOf('createOtaTask:') }]);
    expect(read('managed-thing/gateway-2', 'thing/gateway-2')).toMatchObject([{ line: lineOf('managed-thing/gateway-2') }]);
  });

  it.each([
    ['a duplicate key', 'artifactBuckets: []\nproducts: {}\nproducts: {}\n', 3, 'Map keys must be unique'],
    ['an anchor', 'artifactBuckets: &a []\nproducts: {}\n', 1, 'no anchors and aliases here'],
    ['a tag', 'artifactBuckets: []\nproducts: !!map {}\n', 2, 'no tags here'],
    ['a tag of its own', 'artifactBuckets: []\nproducts: !include x\n', 2, 'Unresolved tag: !include'],
    ['a number as a name', 'artifactBuckets: []\nproducts:\n  7: {}\n', 3, 'a name must be text: quote it'],
    ['a list as a name', 'artifactBuckets: []\nproducts:\n  ? [a]\n  : {}\n', 3, 'a name must be text'],
    [
      'a number that loses digits',
      'artifactBuckets: []\nproducts:\n  a:\n    sources: [9007199254740993]\n',
      4,
      'a number that cannot be kept exactly',
    ],
    [
      'two documents',
      'artifactBuckets: []\n---\nproducts: {}\n',
      2,
      'Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    ['an open bracket', 'artifactBuckets: [\n', 2, 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a tab', 'products:\n\tx: 1\n', 2, 'Tabs are not allowed as indentation'],
    ['nothing', '', 1, 'an object, got null'],
  ])('refuses %s with its line', (_what, yaml, line, message) => {
    const result = readChannelsFile(yaml, place);
    expect(result.ok ? [] : result.errors.slice(0, 1)).toMatchObject([{ line, message }]);
  });

  it('places what it cannot read, or does not take, in the file as a whole, and tells five faults at most', () => {
    const errorsOf = (yaml: string) => {
      const result = readChannelsFile(yaml, place);
      return result.ok ? [] : result.errors;
    };
    expect(errorsOf('products:\n\tx: 1\n')[0]).toEqual({ line: 2, path: [], message: 'Tabs are not allowed as indentation' });
    expect(errorsOf('a: 1\nb: &b 1\n')).toEqual([{ line: 2, path: [], message: 'no anchors and aliases here' }]);
    expect(errorsOf('a: [\nb: [\nc: [\nd: [\ne: [\nf: [\ng: [\n')).toHaveLength(5);
  });

  it('refuses a bomb of aliases and a well of brackets without falling into it', () => {
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

describe('the product of a message', () => {
  const result = readChannelsFile(text, place);
  if (!result.ok) throw new Error('channels.yml is wrong');
  const { channels } = result;

  it('is found for its sources', () => {
    expect(findProduct(channels, 'hub', 'com.acme.firmware-ci')).toMatchObject({ ok: true, value: { channels: { stable: {} } } });
  });

  it.each([
    ['UNKNOWN_PRODUCT', 'product', 'toaster', 'com.acme.firmware-ci'],
    ['UNKNOWN_PRODUCT', 'product', 'constructor', 'com.acme.firmware-ci'],
    ['UNKNOWN_PRODUCT', 'product', '__proto__', 'com.acme.firmware-ci'],
    ['SOURCE_NOT_ALLOWED', 'source', 'hub', 'com.acme.gateway-ci'],
    ['SOURCE_NOT_ALLOWED', 'source', 'hub', ''],
  ])('is %s at %s for %s from %j', (code, path, product, source) => {
    const message = code === 'UNKNOWN_PRODUCT' ? 'channels.yml has no such product' : 'this source may not release this product';
    expect(findProduct(channels, product, source)).toEqual({ ok: false, rejection: { code, path, message } });
  });
});
