import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedJobInput, documentedOTAUpdateInput, documentedOtaTaskInput } from 'aws-ota-models';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../../scripts/installation.ts';
import { snippetsOf } from '../../../scripts/snippets.ts';
import { otaInProcess } from '../in-process.ts';
import { newProjects } from './new-project.ts';

const { json, init, remove } = newProjects();
afterAll(remove);

type Json = Readonly<Record<string, unknown>>;

const group = 'arn:aws:iot:eu-west-1:123456789012:thinggroup/beta';
const roleArn = 'arn:aws:iam::123456789012:role/ota';
const groupAnywhere = `arn:\${aws:partition}:iot:\${aws:region}:\${aws:accountId}:thinggroup/beta`;
const roleAnywhere = `arn:\${aws:partition}:iam::\${aws:accountId}:role/ota`;
const s3Location = { bucket: 'firmware-of-acme', key: 'app.bin', version: 'v1' };
const signer = { startSigningJobParameter: { signingProfileName: 'acme' } };
const own = { signature: { inlineDocument: 'AA==' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' };
const tag = { Key: 'team', Value: 'heating' };
const ours = { Key: 'ota-dispatch.rolloutId', Value: 'x' };

const update = {
  otaUpdateId: 'monday',
  targets: [group],
  roleArn,
  files: [{ fileName: '/app.bin', fileLocation: { s3Location }, codeSigning: signer }],
};
const job = { jobId: 'monday', targets: [group], document: '{"operation":"install"}', presignedUrlConfig: { roleArn } };
const task = {
  S3Url: 's3://firmware-of-acme/document.json',
  OtaType: 'CONTINUOUS',
  OtaTargetQueryString: 'attributes.model=hub',
  TaskConfigurationId: 'abc',
};

/** The project from a file of the AWS CLI: the channel, and what became of each other member. */
async function from(content: unknown, ...options: readonly string[]) {
  const file = json('cli.json', content);
  const made = await init('--from-cli', file, '--yes', '--json', ...options);
  if (made.status !== 0) throw new Error(made.stderr);
  const { moved, warnings } = JSON.parse(made.stdout) as { moved: { member: string; where: string }[]; warnings: string[] };
  const channels = parse(made.read('channels.yml'));
  const channel: Json = channels.products.thermostat.channels.beta;
  return {
    ...made,
    channel,
    buckets: channels.artifactBuckets,
    warnings,
    moved: Object.fromEntries(moved.map(({ member, where }) => [member, where])),
  };
}

/** Why a file cannot become a channel: its line without the name of the file. Nothing is written. */
async function refusal(content: unknown, ...options: readonly string[]): Promise<string> {
  const file = json('cli.json', content);
  const { status, stdout, stderr, project } = await init('--from-cli', file, '--yes', ...options);
  expect([status, stdout, existsSync(project)]).toEqual([2, '', false]);
  return stderr.replace(`ota init: ${file} `, '').trim();
}

describe('ota init --from-cli', () => {
  it('takes the steps of docs/how-to/from-aws-cli.md', async () => {
    const blocks = snippetsOf('docs/how-to/from-aws-cli.md').filter(({ runner }) => runner === 'check');
    const files = blocks.filter(({ language, text }) => language === 'json' && /^ {2}"(?:otaUpdateId|jobId)"/m.test(text));
    const pages = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => parse(text));
    expect([files.length, pages.length]).toEqual([2, 2]);
    for (const [index, { text }] of files.entries()) {
      const { channel, buckets, read } = await from(JSON.parse(text));
      expect(buckets).toContain('acme-firmware');
      expect(read('channels.yml')).not.toContain('123456789012');
      const here = JSON.stringify(channel)
        .replaceAll(`\${aws:partition}`, 'aws')
        .replaceAll(`\${aws:region}`, 'eu-west-1')
        .replaceAll(`\${aws:accountId}`, '123456789012');
      const [product] = Object.values(pages[index].products) as { channels: Json }[];
      expect([JSON.parse(here)]).toEqual(Object.values(product?.channels ?? {}));
    }
  });

  it.each([
    ['createOTAUpdate', update, { targets: [groupAnywhere], roleArn: roleAnywhere, files: [{ codeSigning: signer }] }],
    ['createJob', job, { targets: [groupAnywhere], presignedUrlConfig: { roleArn: roleAnywhere } }],
    ['createOtaTask', task, { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub', TaskConfigurationId: 'abc' }],
  ])(
    'recognises %s by the members of the file, and makes a project that ota check and ota plan accept',
    async (controlPlane, content, request) => {
      const { channel, project } = await from(content);
      expect(channel[controlPlane]).toEqual(request);
      const options = ['--channels', join(project, 'channels.yml')];
      for (const stage of ['local', 'prod'])
        expect(await otaInProcess('check', ...options, '--stage', stage, '--region', 'eu-west-1')).toMatchObject({ status: 0 });
      expect(await otaInProcess('plan', join(project, 'examples/first-release.json'), ...options)).toMatchObject({ status: 0 });
    },
  );

  it('keeps every member of CreateOTAUpdate that a channel can have, and names the others with the place of their value', async () => {
    const kept = {
      targets: [groupAnywhere],
      roleArn: roleAnywhere,
      protocols: ['MQTT', 'HTTP'],
      targetSelection: 'CONTINUOUS',
      awsJobExecutionsRolloutConfig: { maximumPerMinute: 20 },
      awsJobPresignedUrlConfig: { expiresInSec: 600 },
      awsJobAbortConfig: {
        abortCriteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 5, minNumberOfExecutedThings: 20 }],
      },
      awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 30 },
      additionalParameters: { cost: 'low' },
      tags: [tag],
    };
    const files = [
      { fileName: '/app.bin', fileType: 1, fileVersion: '1', fileLocation: { s3Location }, codeSigning: signer, attributes: { a: 'b' } },
      { fileName: '/boot.bin', fileLocation: { s3Location }, codeSigning: { customCodeSigning: own } },
    ];
    const { channel, moved } = await from({
      ...kept,
      ...{ otaUpdateId: 'monday', description: 'Fixes it', targets: [group], roleArn, files, tags: [tag, ours] },
      additionalParameters: { cost: 'low', 'ota-dispatch.releaseDigest': 'x' },
    });
    expect(channel).toEqual({
      createOTAUpdate: { ...kept, files: [{ fileName: '/app.bin', fileType: 1, codeSigning: signer, attributes: { a: 'b' } }] },
    });
    expect(moved).toMatchObject({
      otaUpdateId: 'left out: the service makes it from product, version, revision and channel',
      description: 'into the release, as description',
      'files[0].fileName': 'into the release, as artifacts[0].fileName',
      'files[0].fileVersion': 'into the release, as artifacts[0].fileVersion',
      'files[0].fileLocation': 'into the release, as artifacts[0].fileLocation',
      'files[1].fileName': 'into the release, as artifacts[1].fileName',
      'files[1].fileLocation': 'into the release, as artifacts[1].fileLocation',
      'files[1].codeSigning.customCodeSigning': 'into the release, as artifacts[1].codeSigning.customCodeSigning: it belongs to one binary',
      'additionalParameters["ota-dispatch.releaseDigest"]': 'left out: only the service sets keys that begin with ota-dispatch.',
      'tags[1]': 'left out: only the service sets keys that begin with ota-dispatch.',
      '2 ARNs': 'of account 123456789012 in eu-west-1: now with variables, for every stage',
    });
  });

  it('keeps every member of CreateJob that a channel can have, and names the others with the place of their value', async () => {
    const kept = {
      targetSelection: 'CONTINUOUS',
      jobExecutionsRolloutConfig: {
        exponentialRate: { baseRatePerMinute: 5, incrementFactor: 1.5, rateIncreaseCriteria: { numberOfNotifiedThings: 10 } },
      },
      abortConfig: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 5, minNumberOfExecutedThings: 20 }] },
      timeoutConfig: { inProgressTimeoutInMinutes: 60 },
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 2 }] },
      namespaceId: 'acme',
    };
    const windows = [{ startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 60 }];
    const { channel, moved } = await from({
      ...job,
      ...kept,
      description: 'Fixes it',
      schedulingConfig: { startTime: '2030-01-01T10:00', endTime: '2030-02-01T10:00', endBehavior: 'CANCEL', maintenanceWindows: windows },
      destinationPackageVersions: ['arn:aws:iot:eu-west-1:123456789012:package/app/version/1.0.0'],
      tags: [ours, tag],
    });
    expect(channel).toEqual({
      createJob: {
        ...kept,
        targets: [groupAnywhere],
        presignedUrlConfig: { roleArn: roleAnywhere },
        schedulingConfig: { endBehavior: 'CANCEL', maintenanceWindows: windows },
        destinationPackageVersions: [`arn:\${aws:partition}:iot:\${aws:region}:\${aws:accountId}:package/app/version/{version}`],
        tags: [tag],
      },
      format: 'plain',
      scheduleFromRelease: 'allow',
    });
    expect(moved).toMatchObject({
      jobId: 'left out: the service makes it from product, version, revision and channel',
      document:
        'left out: the service writes it, in the form of the member format. Members of your own go into jobDocument, beside createJob',
      description: 'into the release, as description',
      'schedulingConfig.startTime': 'into the release, as startAt: so the channel has scheduleFromRelease: allow',
      'schedulingConfig.endTime': 'into the release, as endAt: so the channel has scheduleFromRelease: allow',
      'destinationPackageVersions[0]': 'version 1.0.0 belongs to one release: now {version}, the version of each release',
      'tags[0]': 'left out: only the service sets keys that begin with ota-dispatch.',
    });
  });

  it('keeps every member of CreateOtaTask that a channel can have, and names the others with the place of their value', async () => {
    const kept = {
      OtaType: 'ONE_TIME',
      Protocol: 'HTTP',
      OtaMechanism: 'PUSH',
      OtaTaskExecutionRetryConfig: { RetryConfigCriteria: [{ FailureType: 'ALL', MinNumberOfRetries: 2 }] },
    };
    const { channel, moved } = await from({
      ...kept,
      ...{ S3Url: 'https://acme.s3.eu-west-1.amazonaws.com/doc.json', ClientToken: 'abc', Description: 'Fixes it' },
      Target: ['arn:aws:iotmanagedintegrations:eu-west-1:123456789012:managed-thing/hub1'],
      OtaSchedulingConfig: { StartTime: '2030-01-01T10:00', EndTime: '2030-02-01T10:00', EndBehavior: 'CANCEL' },
      Tags: { team: 'hubs', 'ota-dispatch.rolloutId': 'x' },
    });
    expect(channel).toEqual({
      createOtaTask: {
        ...kept,
        Target: [`arn:\${aws:partition}:iotmanagedintegrations:\${aws:region}:\${aws:accountId}:managed-thing/hub1`],
        OtaSchedulingConfig: { EndBehavior: 'CANCEL' },
        Tags: { team: 'hubs' },
      },
      scheduleFromRelease: 'allow',
      unguarded: 'allow',
    });
    expect(moved).toMatchObject({
      S3Url: 'left out: the service writes the job document to S3. Members of your own go into jobDocument',
      ClientToken: 'left out: the service makes it from product, version, revision and channel',
      Description: 'into the release, as description',
      TaskConfigurationId: 'is missing, so there are no abort criteria: the channel has unguarded: allow',
      'OtaSchedulingConfig.StartTime': 'into the release, as startAt: so the channel has scheduleFromRelease: allow',
      'OtaSchedulingConfig.EndTime': 'into the release, as endAt: so the channel has scheduleFromRelease: allow',
      'Tags["ota-dispatch.rolloutId"]': 'left out: only the service sets keys that begin with ota-dispatch.',
    });
  });

  it.each([
    [update, 'createOTAUpdate', documentedOTAUpdateInput],
    [job, 'createJob', documentedJobInput],
    [task, 'createOtaTask', documentedOtaTaskInput],
  ])('loses no member of the request: each one is kept, named, or refused by its name: %#', async (base, controlPlane, { members }) => {
    for (const member of Object.keys(members)) {
      // No such member takes this value, so one that is kept is refused by the check.
      const wrong = { ...base, [member]: { nothing: { like: 'it' } } };
      const file = json('member.json', wrong);
      const { status, stdout, stderr } = await init('--from-cli', file, '--yes', '--json', '--control-plane', controlPlane);
      const named = status === 0 ? Object.values(JSON.parse(stdout).moved as { member: string }[]).map((each) => each.member) : [stderr];
      expect(
        named.some((text) => text.includes(member)),
        `${controlPlane}.${member}: ${stderr}`,
      ).toBe(true);
    }
  });

  it('writes one entry without a name for files with the same settings, and none for files without settings', async () => {
    const files = ['/a.bin', '/b.bin'].map((fileName) => ({ fileName, fileLocation: { s3Location }, codeSigning: signer }));
    expect((await from({ ...update, files })).channel).toEqual({
      createOTAUpdate: expect.objectContaining({ files: [{ codeSigning: signer }] }),
    });
    const signed = [{ fileName: '/a.bin', fileLocation: { s3Location }, codeSigning: { customCodeSigning: own } }];
    expect((await from({ ...update, files: signed })).channel).toEqual({
      createOTAUpdate: expect.not.objectContaining({ files: expect.anything() }),
    });
  });

  it.each([
    ['a file without a signature', [{ fileName: '/a.bin', fileLocation: { s3Location } }], { unsigned: 'allow' }],
    [
      'a stream',
      [{ fileName: '/a.bin', fileLocation: { stream: { streamId: 's', fileId: 0 } }, codeSigning: signer }],
      { unverified: ['stream'] },
    ],
    [
      'a signing job that alone knows the file',
      [{ fileName: '/a.bin', codeSigning: { awsSignerJobId: 'j' } }],
      { unverified: ['signerJob'] },
    ],
  ])('permits what the file did, and says so: %s', async (_what, files, besides) => {
    const { channel, moved } = await from({ ...update, files });
    const { createOTAUpdate, ...others } = channel;
    expect([createOTAUpdate, others]).toEqual([expect.anything(), besides]);
    expect(moved['files']).toContain(`the channel has ${Object.keys(besides)[0]}: `);
  });

  it('says why there is no first release, if the channel needs a signature of each release', async () => {
    const files = [{ fileName: '/a.bin', fileLocation: { s3Location }, codeSigning: { customCodeSigning: own } }];
    const { moved, project } = await from({ ...update, files });
    expect(moved['examples']).toMatch(/^no first release, because it is rejected: artifacts\[0\]/);
    expect(existsSync(join(project, 'examples'))).toBe(false);
    for (const page of ['README.md', 'channels.yml']) expect(readFileSync(join(project, page), 'utf8')).not.toMatch(/first[ -]release/);
  });

  it('names every bucket in the README', async () => {
    const files = ['one-bucket', 'two-bucket'].map((bucket) => ({
      fileName: `/${bucket}.bin`,
      fileLocation: { s3Location: { ...s3Location, bucket } },
      codeSigning: signer,
    }));
    const { project } = await from({ ...update, files });
    expect(readFileSync(join(project, 'README.md'), 'utf8')).toContain(
      'the buckets `acme-firmware`, `one-bucket` and `two-bucket` must exist in eu-west-1',
    );
  });

  it('leaves out the empty texts of a skeleton, and names them', async () => {
    const { channel, moved } = await from({ ...update, description: '', targets: [group, ''], tags: [{ Key: 'empty', Value: '' }] });
    expect(channel).toEqual({
      createOTAUpdate: expect.objectContaining({ targets: [groupAnywhere], tags: [{ Key: 'empty', Value: '' }] }),
    });
    expect(moved).toMatchObject({ description: expect.stringMatching(/^is empty/), 'targets[1]': expect.stringMatching(/^is empty/) });
    expect(Object.values(moved)).not.toContain('into the release, as description');
  });

  it.each([
    ['{"version":"1.0","steps":[]}', 'device-client'],
    ['{"operation":"install"}', 'plain'],
    ['not JSON', 'plain'],
  ])('takes the form of the document from the document: %s', async (document, format) => {
    expect((await from({ ...job, document })).channel).toMatchObject({ format });
  });

  it.each([
    ['https://a-bucket.s3.eu-west-1.amazonaws.com/key', ['acme-firmware', 'a-bucket']],
    ['https://a-bucket.s3.amazonaws.com/key', ['acme-firmware', 'a-bucket']],
    ['https://s3.cn-north-1.amazonaws.com.cn/a-bucket/key', ['acme-firmware', 'a-bucket']],
    ['https://cdn.example.com/a-bucket/key', ['acme-firmware']],
  ])('lists the bucket of a file: %s', async (url, buckets) => {
    const document = JSON.stringify({ url: `\${aws:iot:s3-presigned-url:${url}}` });
    expect((await from({ ...job, document })).buckets).toEqual(buckets);
  });

  it('asks for no bucket and no Region that the file has', async () => {
    const file = json('cli.json', { ...update, targets: [group.replace('eu-west-1', 'us-west-2')] });
    const { read, status } = await init('--from-cli', file, '--bucket', 'firmware-of-acme');
    expect(status).toBe(0);
    expect(parse(read('serverless.yml')).params.default.region).toBe('us-west-2');
  });

  it('leaves ARNs of another account as they are, and warns of them', async () => {
    const { channel, warnings } = await from({ ...update, roleArn: 'arn:aws:iam::999999999999:role/ota' });
    const roleOfOther = `arn:\${aws:partition}:iam::999999999999:role/ota`;
    expect(channel).toEqual({ createOTAUpdate: expect.objectContaining({ roleArn: roleOfOther }) });
    expect(warnings).toEqual([expect.stringMatching(/^createOTAUpdate\.roleArn: the ARN names the account "999999999999"/)]);
  });
});

/** Texts that YAML could take for something else, those that need an escape, and an ARN that means nothing to AWS there. */
const hostile = [
  'arn:aws:iot:eu-west-1:123456789012:thing/a',
  'yes',
  'null',
  '~',
  '0x10',
  '1e3',
  '.5',
  '2030-01-01',
  '- a',
  'a: b',
  'a #b',
  '&a',
  '*a',
  '!a',
  '%a',
  '@a',
  '`a',
  '"',
  "'",
  '{',
  '[',
  '|',
  '>',
  '? a',
  '<<',
  ' a',
  'a ',
  'a\tb',
  'a\nb',
  '\n',
  '---',
  '...',
  'ü',
  '\u{1F600}',
  '\u2028',
  '\u0085',
  '\\n',
  '\\',
  'a'.repeat(300),
];

describe('A text of the file', () => {
  it.each(hostile)('is the same text in channels.yml: %j', async (text) => {
    const files = [{ ...update.files[0], attributes: { [text]: text } }];
    const { channel } = await from({ ...update, files });
    expect(channel).toEqual({
      createOTAUpdate: expect.objectContaining({ files: [{ codeSigning: signer, attributes: { [text]: text } }] }),
    });
  });

  it('is the same text in channels.yml, whatever it is, or the file is refused', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((each) => !each.includes(`\${`));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const files = [{ ...update.files[0], attributes: { a: value } }];
        const made = await from({ ...update, files }).catch((error: unknown) => String(error));
        if (typeof made === 'string') expect(made).toContain('cannot become a channel: ');
        else
          expect(made.channel).toEqual({
            createOTAUpdate: expect.objectContaining({ files: [{ codeSigning: signer, attributes: { a: value } }] }),
          });
      }),
      { numRuns: 50, seed: 19 },
    );
  });
});

describe('ota init --from-cli refuses', () => {
  it.each([
    ['a list', [update], 'must be one JSON object, as --cli-input-json takes it'],
    [
      'a request of another kind',
      { thingName: 'a' },
      /^has no member of a request that starts an update: name a file for --cli-input-json of aws iot create-ota-update, aws iot create-job, aws iot-managed-integrations create-ota-task$/,
    ],
    ['members of two requests', { ...update, jobId: 'a' }, /^has members of createOTAUpdate and createJob: /],
    ['files that are not a list', { ...update, files: 'a' }, 'cannot become a channel: files: must be a list, got text of 1 character'],
    ['a file that is not an object', { ...update, files: [null] }, 'cannot become a channel: files[0]: must be an object, got null'],
    ['tags that are not a list', { ...job, tags: { a: 'b' } }, /^cannot become a channel: tags: must be a list, got /],
    [
      'a member that AWS does not know',
      { ...update, protocol: ['MQTT'] },
      'cannot become a channel: createOTAUpdate.protocol: unknown member: did you mean protocols?',
    ],
    ['a value that AWS refuses', { ...update, protocols: ['CoAP'] }, /^cannot become a channel: createOTAUpdate\.protocols\[0\]: /],
    [
      'more than 100 targets',
      { ...update, targets: Array.from({ length: 101 }, (_, index) => `${group}${index}`) },
      /^cannot become a channel: createOTAUpdate\.targets: /,
    ],
    [
      'a job template',
      { ...job, jobTemplateArn: 'arn:aws:iot:eu-west-1:123456789012:jobtemplate/a' },
      'cannot become a channel: createJob.jobTemplateArn: a template can change after the release was accepted: write its members into createJob',
    ],
    [
      'a job without a role',
      { ...job, presignedUrlConfig: undefined },
      /^cannot become a channel: createJob\.presignedUrlConfig\.roleArn: required: /,
    ],
    [
      'a text with a variable that is not one of channels.yml',
      { ...update, tags: [{ Key: 'a', Value: `\${env:A}` }] },
      /^cannot become a channel: createOTAUpdate\.tags\[0\]\.Value: unknown variable: /,
    ],
    [
      'a name with a special meaning in JavaScript',
      { ...update, additionalParameters: JSON.parse('{"__proto__":"a"}') },
      /^cannot become a channel: createOTAUpdate\.additionalParameters\.__proto__: /,
    ],
    [
      'a bucket whose example would be outside of the project',
      { ...update, files: [{ ...update.files[0], fileLocation: { s3Location: { ...s3Location, bucket: '../../../outside' } } }] },
      /^cannot become a channel: artifactBuckets\[1\]: must be the name of an S3 bucket: /,
    ],
    ['a lone surrogate', { ...update, tags: [{ Key: 'a', Value: '\ud800' }] }, /^cannot become a channel: /],
    [
      'a number that is out of range',
      JSON.parse(JSON.stringify(update).replace('"monday"', '"monday","awsJobTimeoutConfig":{"inProgressTimeoutInMinutes":1e400}')),
      /^cannot become a channel: /,
    ],
  ])('%s', async (_what, content, line) => {
    const refused = await refusal(content);
    expect(refused).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });

  it('a file that is not JSON, in the words of every command', async () => {
    const { stderr } = await init('--from-cli', join(root, 'LICENSE'), '--yes');
    expect(stderr).toMatch(/^ota init: .*LICENSE is not JSON: /);
  });

  it('another control plane than that of the file', async () => {
    expect(await refusal(update, '--control-plane', 'createJob')).toBe(
      'ota init: the file of --from-cli is for createOTAUpdate, not for createJob: leave out --control-plane',
    );
  });

  it('targets of another Region than the one that was asked for', async () => {
    expect(await refusal(update, '--region', 'us-west-2')).toMatch(
      /^cannot become a channel: createOTAUpdate\.targets\[0\]: the ARN is of the region "eu-west-1"/,
    );
  });

  it.each(['--target', '--signing-profile'])('an option whose value the file has: %s', async (option) => {
    expect(await refusal(update, option, 'lab')).toBe(`ota init: ${option} is not for --from-cli: the file has the whole request`);
  });
});

it('The rules of --from-cli are on the page that the reference names', () => {
  expect(readFileSync(join(root, 'docs/reference/commands.md'), 'utf8')).toContain('../how-to/from-aws-cli.md');
});
