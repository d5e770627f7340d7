import { formatPath } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { findLimitProblems } from '../../../domain/channels/rules.ts';
import type { Artifact, Release } from '../../../domain/release/release.ts';
import type { Operation } from '../../../domain/request/control-planes.ts';
import { type ArtifactFacts, judgeArtifact } from '../../../domain/request/judge-artifact.ts';
import { planRelease } from '../../../domain/request/plan.ts';
import {
  artifact,
  channelsOf,
  context,
  jobChannel,
  managedThing,
  otaTaskChannel,
  otaUpdateChannel,
  planOn,
  refusals,
  release,
  thing,
} from '../../../proof/support/fixtures.ts';

const { fileLocation: _location, sha256: _sha256, ...nowhere } = artifact;
const stream = { stream: { streamId: 's', fileId: 1 } };
const onIot = (changes: Partial<Release>, template = {}, options = {}) => refusals(planOn(otaUpdateChannel(template, options), changes));
const onMi = (changes: Partial<Release>, template = {}, options = {}) => refusals(planOn(otaTaskChannel(template, options), changes));
const onJobs = (changes: Partial<Release>, template = {}, options = {}) => refusals(planOn(jobChannel(template, options), changes));
const once = { OtaType: 'ONE_TIME', OtaTargetQueryString: undefined };

describe('a release is rejected', () => {
  it('for what concerns the whole message', () => {
    expect(onIot({ tags: { 'ota-dispatch.x': '' } })).toContain('INVALID_RELEASE tags["ota-dispatch.x"]');
    expect(onIot({ notAfter: '2020-01-01T00:00:00Z' })).toEqual(['EXPIRED notAfter']);
    expect(
      refusals(planRelease({ ...release, hardware: ['A'] }, channelsOf({ beta: otaUpdateChannel() }, ['A', 'B', 'C']), context)),
    ).toEqual(['HARDWARE_MISMATCH hardware']);
    expect(onIot({ channels: ['gone'] })).toEqual(['UNKNOWN_CHANNEL channels[0]']);
    const elsewhere = { s3Location: { bucket: 'other', key: 'k', version: 'v' } };
    expect(onIot({ artifacts: [{ ...artifact, fileLocation: elsewhere }] })).toEqual([
      'BUCKET_NOT_ALLOWED artifacts[0].fileLocation.s3Location.bucket',
    ]);
  });

  it('for what IoT Core does not support', () => {
    expect(onIot({ startAt: '2026-12-01T02:00:00Z', endAt: '2026-12-01T04:00:00Z' })).toEqual([
      'UNSUPPORTED_BY_SERVICE startAt',
      'UNSUPPORTED_BY_SERVICE endAt',
    ]);
    expect(onIot({ artifacts: [{ ...artifact, jobDocument: true }] })).toEqual(['UNSUPPORTED_BY_SERVICE artifacts[0].jobDocument']);
    expect(onIot({ artifacts: [{ ...nowhere, fileLocation: stream }] })).toEqual(['ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation']);
    const { codeSigning: _unsigned, ...unsigned } = artifact;
    expect(onIot({ artifacts: [unsigned] })).toEqual(['UNSIGNED_ARTIFACT artifacts[0].codeSigning']);
  });

  it('for what managed integrations does not support', () => {
    expect(onMi({ artifacts: [nowhere] })).toEqual(['UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation']);
    expect(onMi({ artifacts: [{ ...nowhere, jobDocument: true }] })).toEqual(['UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation']);
    expect(onMi({ artifacts: [{ ...nowhere, fileLocation: stream }] })).toEqual([
      'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream',
    ]);
    expect(onMi({ targets: [managedThing('a')] }, {}, { targetsFromRelease: ['*'] })).toEqual(['TARGET_NOT_ALLOWED targets[0]']);
    expect(onMi({}, { OtaTargetQueryString: undefined })).toEqual(['INVALID_RELEASE targets']);
    expect(onMi({}, {}, { jobDocument: { notes: 'x'.repeat(32_768) } })[0]).toBe('INVALID_REQUEST S3Url');
  });

  it('for what IoT Jobs does not support', () => {
    expect(onJobs({ artifacts: [nowhere] })).toEqual(['UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation']);
    expect(onJobs({ artifacts: [{ ...nowhere, fileLocation: stream }] }, {}, { unverified: ['stream'] })).toEqual([
      'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream',
    ]);
    const { fileName: _name, ...unnamed } = nowhere;
    expect(onJobs({ artifacts: [unnamed] }, {}, { format: 'device-client' })).toEqual(['UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation']);
    expect(onJobs({ artifacts: [{ ...unnamed, fileLocation: stream }] }, {}, { format: 'device-client' })).toEqual([
      'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream',
    ]);
    expect(onJobs({ artifacts: [artifact, { ...artifact, jobDocument: true }] })).toEqual([
      'UNSUPPORTED_BY_SERVICE artifacts[1].jobDocument',
    ]);
    const { codeSigning: _unsigned, ...unsigned } = artifact;
    expect(onJobs({ artifacts: [unsigned] })).toEqual([]);
  });

  it('for every fault of its schedule on IoT Jobs, and of its document', () => {
    const allow = { scheduleFromRelease: 'allow' };
    const of = (...members: string[]) => members.map((member) => `INVALID_REQUEST schedulingConfig.${member}`);
    // The fixtures judge at 2026-11-23T12:00:00Z.
    expect(onJobs({ startAt: '2026-11-23T12:30:00Z', endAt: '2026-11-23T13:00:00Z' }, {}, allow)).toEqual([]);
    expect(onJobs({ startAt: '2027-11-23T12:00:00Z', endAt: '2028-11-22T12:00:00Z' }, {}, allow)).toEqual([]);
    expect(onJobs({ startAt: '2026-11-23T12:29:00Z', endAt: '2026-11-23T12:59:00Z' }, {}, allow)).toEqual(of('startTime'));
    expect(onJobs({ startAt: '2026-11-23T12:30:00Z', endAt: '2026-11-23T12:59:00Z' }, {}, allow)).toEqual(of('endTime'));
    expect(onJobs({ startAt: '2020-01-01T00:00:00Z', endAt: '2020-01-02T00:00:00Z' }, {}, allow)).toEqual(of('startTime', 'endTime'));
    expect(onJobs({ startAt: '2027-11-23T12:01:00Z', endAt: '2028-11-22T12:01:00Z' }, {}, allow)).toEqual(of('startTime', 'endTime'));
    expect(onJobs({}, { schedulingConfig: { startTime: '2020-01-01T00:00' } })).toEqual(of('startTime'));
    expect(onJobs({ startAt: '2026-12-01T00:00:00Z' }, { schedulingConfig: { startTime: '2020-01-01T00:00' } }, allow)).toEqual([]);
    expect(onJobs({}, { schedulingConfig: { endBehavior: 'CANCEL' } }, allow)).toEqual(of('endBehavior'));
    expect(onJobs({ startAt: '2026-12-01T00:00:00Z' }, { schedulingConfig: { endBehavior: 'CANCEL' } })).toEqual([
      'SCHEDULE_NOT_ALLOWED startAt',
      ...of('endBehavior'),
    ]);
    const tooMany = { artifacts: Array.from({ length: 11 }, () => artifact) };
    expect(onJobs({ ...tooMany, startAt: '2026-11-23T12:00:00Z' }, {}, allow)).toEqual([...of('startTime'), 'INVALID_REQUEST document']);
  });

  it('once for each reason on IoT Jobs', () => {
    const tags = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`t${index}`, '']));
    expect(onJobs({ tags })).toEqual(['INVALID_REQUEST tags']);
    expect(onJobs({}, { targets: undefined })).toEqual(['INVALID_RELEASE targets']);
    expect(onJobs({}, { targets: Array.from({ length: 101 }, (_, index) => thing(`a${index}`)) })).toEqual(['TOO_MANY_TARGETS targets']);
    const attributes = { a: 'x'.repeat(32_768) };
    expect(onJobs({ artifacts: [{ ...artifact, attributes }] })).toEqual(['INVALID_REQUEST document']);
    const other = { targetSelection: 'ALL' };
    expect(onJobs({}, { ...other, targets: undefined })).toEqual(['INVALID_RELEASE targets', 'INVALID_REQUEST targetSelection']);
    expect(onJobs({ artifacts: [{ ...artifact, attributes }] }, other)).toEqual([
      'INVALID_REQUEST document',
      'INVALID_REQUEST targetSelection',
    ]);
  });

  it('for a target of its channel that AWS does not take', () => {
    expect(onJobs({}, { targets: ['x'.repeat(3000)] })).toEqual(['INVALID_REQUEST targets[0]']);
    expect(onIot({}, { targets: ['x'.repeat(3000)] })).toEqual(['INVALID_REQUEST targets[0]']);
  });

  it('for a schedule that the channel does not permit or that ends before it starts', () => {
    const startAt = '2026-12-01T02:00:00Z';
    const allow = { scheduleFromRelease: 'allow' };
    const ending = (EndTime: string) => ({ OtaSchedulingConfig: { EndTime } });
    const late = ['INVALID_REQUEST OtaSchedulingConfig.EndTime'];
    expect(onMi({ startAt })).toEqual(['SCHEDULE_NOT_ALLOWED startAt']);
    expect(onMi({ startAt: 'soon' }, {}, allow)).toEqual(['INVALID_RELEASE startAt']);
    expect(onMi({ startAt }, ending('2026-12-01T02:00'), allow)).toEqual(late);
    expect(onMi({ startAt }, ending('2026-12-01T01:59'), allow)).toEqual(late);
    expect(onMi({ startAt }, ending('2026-12-01T02:01'), allow)).toEqual([]);
    expect(onMi({ startAt }, {}, allow)).toEqual([]);
    expect(onMi({ endAt: startAt }, {}, allow)).toEqual([]);
    // A text in another form cannot be compared. The limits of the channel refuse it.
    for (const odd of ['1 2026-12-01T01:00', '2026-12-01T01:00Z']) expect(onMi({ startAt }, ending(odd), allow)).toEqual([]);
    expect(onMi({}, { OtaSchedulingConfig: { StartTime: '2026-12-01T02:00', EndTime: '2026-12-01T01:00' } })).toEqual([]);
  });

  it('for a schedule that has ended', () => {
    const allow = { scheduleFromRelease: 'allow' };
    const passed = ['INVALID_REQUEST OtaSchedulingConfig.EndTime'];
    // The fixtures judge at 2026-11-23T12:00:00Z.
    expect(onMi({ endAt: '2026-11-23T12:00:00Z' }, {}, allow)).toEqual(passed);
    expect(onMi({ startAt: '2026-11-01T00:00:00Z', endAt: '2026-11-02T00:00:00Z' }, {}, allow)).toEqual(passed);
    expect(onMi({}, { OtaSchedulingConfig: { EndTime: '2026-11-23T12:00' } })).toEqual(passed);
    expect(onMi({}, { OtaSchedulingConfig: { StartTime: '2020-01-01T00:00', EndTime: '2020-01-02T00:00' } })).toEqual(passed);
    expect(onMi({ endAt: '2026-11-23T12:01:00Z' }, { OtaSchedulingConfig: { EndTime: '2020-01-01T00:00' } }, allow)).toEqual([]);
    expect(onMi({ startAt: '2026-12-01T00:00:00Z' }, { OtaSchedulingConfig: { EndTime: '2020-01-01T00:00' } }, allow)).toEqual(passed);
  });

  it('but not for a schedule that has begun', () => {
    const allow = { scheduleFromRelease: 'allow' };
    expect(onMi({ startAt: '2026-11-01T00:00:00Z' }, {}, allow)).toEqual([]);
    expect(onMi({ startAt: '2026-11-01T00:00:00Z', endAt: '2026-11-23T12:01:00Z' }, {}, allow)).toEqual([]);
    expect(onMi({}, { OtaSchedulingConfig: { StartTime: '2020-01-01T00:00' } })).toEqual([]);
  });

  it('for each limit of the request that it breaks, and once for its targets', () => {
    const tags = Object.fromEntries(Array.from({ length: 48 }, (_, index) => [`t${index}`, '']));
    expect(onMi({ tags })).toEqual(['INVALID_REQUEST Tags']);
    expect(onMi({}, { Protocol: 'FTP' })).toEqual(['INVALID_REQUEST Protocol']);
    expect(onMi({}, { ...once, Protocol: 'FTP' })).toEqual(['INVALID_RELEASE targets', 'INVALID_REQUEST Protocol']);
    expect(onMi({}, { ...once, Target: ['x'] })).toEqual(['INVALID_REQUEST Target[0]']);
    expect(onIot({}, { targets: undefined, protocols: ['FTP'] })).toEqual(['INVALID_RELEASE targets', 'INVALID_REQUEST protocols[0]']);
  });
});

describe('a kind of signing that does not fit the location of the file', () => {
  const unverified = { unverified: ['stream', 'signerJob'], unsigned: 'allow' };
  const start = { files: [{ codeSigning: { startSigningJobParameter: { signingProfileName: 'acme' } } }] };

  it('is rejected with its own code and path', () => {
    expect(onIot({ artifacts: [{ ...nowhere, fileLocation: stream }] }, start, unverified)).toEqual([
      'INVALID_REQUEST files[0].codeSigning.startSigningJobParameter',
    ]);
    const { codeSigning: _none, ...bare } = nowhere;
    expect(onIot({ artifacts: [bare] }, {}, unverified)).toEqual(['INVALID_REQUEST files[0].fileLocation']);
    expect(onIot({ artifacts: [{ ...bare, codeSigning: { awsSignerJobId: 'job-1' } }] }, start, unverified)).toEqual([
      'INVALID_SIGNING artifacts[0].codeSigning',
    ]);
  });
});

describe('a target of a release', () => {
  const whyNot = (target: string, ...globs: string[]) =>
    onIot({ targets: [target] }, {}, globs.length > 0 ? { targetsFromRelease: globs } : {});

  it('is rejected unless it is an ARN of this account and region that a glob matches', () => {
    const allowed = thing('lab-1');
    expect(whyNot(allowed, 'nothing', '*')).toEqual([]);
    expect(whyNot(allowed)).toEqual(['TARGET_NOT_ALLOWED targets[0]']);
    expect(whyNot(allowed, 'arn:*:thing/other')).toEqual(['TARGET_NOT_ALLOWED targets[0]']);
    expect(whyNot(allowed.replace('000000000000', '999999999999'), '*')).toEqual(['TARGET_NOT_ALLOWED targets[0]']);
    for (const target of [
      'x',
      'arn',
      managedThing('a'),
      allowed.replace('/lab-1', ''),
      allowed.replace('lab-1', ''),
      allowed.replace(':thing/', ':/'),
    ]) {
      expect(whyNot(target, '*')[0], target).toBe('TARGET_NOT_ALLOWED targets[0]');
    }
  });
});

describe('a plan with a rejection', () => {
  it('has no rollouts', () => {
    const channels = channelsOf({ beta: otaUpdateChannel(), task: otaTaskChannel() });
    const refused: [Release, string][] = [
      [{ ...release, product: 'toaster' }, 'UNKNOWN_PRODUCT'],
      [{ ...release, description: '\ud83d' }, 'INVALID_RELEASE'],
      [{ ...release, startAt: '2026-12-01T02:00:00Z', channels: ['beta', 'task'] }, 'UNSUPPORTED_BY_SERVICE'],
    ];
    for (const [given, code] of refused) {
      expect(planRelease(given, channels, context)).toEqual({
        rollouts: [],
        rejections: expect.arrayContaining([expect.objectContaining({ code })]),
      });
    }
  });

  it('names the member of channels.yml that holds a lone surrogate', () => {
    expect(onMi({}, { Description: '\ud83d' })).toEqual(['INVALID_REQUEST createOtaTask.Description']);
  });
});

describe('an object in S3', () => {
  const sized: Artifact = { ...artifact, sizeBytes: 10 };
  const facts = (more: Partial<ArtifactFacts & { found: true }> = {}): ArtifactFacts => ({
    found: true,
    sizeBytes: 10,
    sha256: artifact.sha256 ?? '',
    ...more,
  });
  const judged = (given: Artifact, found: ArtifactFacts, operation: Operation = 'CreateOTAUpdate') => {
    const rejection = judgeArtifact(given, 'artifacts[2]', found, [operation]);
    return rejection && `${rejection.code} ${rejection.path}`;
  };
  const { sha256: _none, ...undigested } = artifact;
  const unhashed: ArtifactFacts = { found: true, sizeBytes: 10 };

  it('is too large if one of the services of its release does not take it', () => {
    const large = facts({ sizeBytes: 16 * 1024 * 1024 + 1 });
    expect(judgeArtifact(artifact, 'artifacts[2]', large, ['CreateOtaTask', 'CreateOTAUpdate'])).toMatchObject({
      code: 'ARTIFACT_TOO_LARGE',
    });
  });

  it('is accepted if it is as released', () => {
    expect(judged(sized, facts())).toBeUndefined();
    expect(judged(undigested, unhashed)).toBeUndefined();
    expect(judged(undigested, facts({ sha256: 'ff' }))).toBeUndefined();
    expect(judged(artifact, facts({ sizeBytes: 16 * 1024 * 1024 }))).toBeUndefined();
    expect(judged(artifact, facts({ sizeBytes: 2 ** 40 }), 'CreateOtaTask')).toBeUndefined();
  });

  it.each<[string, Artifact, ArtifactFacts, string]>([
    ['missing', sized, { found: false }, 'ARTIFACT_NOT_FOUND artifacts[2].fileLocation.s3Location'],
    ['of another size', sized, facts({ sizeBytes: 11 }), 'ARTIFACT_MISMATCH artifacts[2].sizeBytes'],
    ['of different content', sized, facts({ sha256: 'ff' }), 'ARTIFACT_MISMATCH artifacts[2].sha256'],
    ['too large for the service', artifact, facts({ sizeBytes: 16 * 1024 * 1024 + 1 }), 'ARTIFACT_TOO_LARGE artifacts[2].sizeBytes'],
    ['too large to hash and has no SHA-256 in S3', sized, unhashed, 'ARTIFACT_NOT_VERIFIABLE artifacts[2].sha256'],
  ])('is rejected if it is %s', (_what, given, found, expected) => {
    expect(judged(given, found)).toBe(expected);
  });
});

describe('the limits of a channel', () => {
  const ofIot = (template: object, options: object = {}) =>
    findLimitProblems(otaUpdateChannel(template, options)).map(({ path }) => formatPath(path));
  const ofMi = (template: object, options: object = {}) =>
    findLimitProblems(otaTaskChannel(template, options)).map(({ path }) => formatPath(path));

  const ofJobs = (template: object, options: object = {}) =>
    findLimitProblems(jobChannel(template, options)).map(({ path }) => formatPath(path));

  const algorithms = { hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' };
  const own = { signature: { inlineDocument: 'MEUCIQ==' }, ...algorithms };
  const signingsOfOneBinary: [string, object, string][] = [
    ['a finished signing job', { awsSignerJobId: 'job-1' }, 'awsSignerJobId'],
    ['an empty text as signing job', { awsSignerJobId: '' }, 'awsSignerJobId'],
    ['a signature', { customCodeSigning: own }, 'customCodeSigning'],
    [
      'a signature that was encoded twice',
      { customCodeSigning: { ...own, signature: { inlineDocument: btoa('MEUCIQ==') } } },
      'customCodeSigning',
    ],
    ['algorithms without a signature', { customCodeSigning: algorithms }, 'customCodeSigning'],
    ['a certificate without a signature', { customCodeSigning: { certificateChain: { certificateName: '0' } } }, 'customCodeSigning'],
    ['an empty structure in place of a signature', { customCodeSigning: {} }, 'customCodeSigning'],
    ['a text in place of a signature', { customCodeSigning: 'MEUCIQ==' }, 'customCodeSigning'],
  ];

  it.each<[string, () => string[], string[]]>([
    ['IoT Core: the id of the update', () => ofIot({ otaUpdateId: 'a' }), ['createOTAUpdate.otaUpdateId']],
    [
      'IoT Core: an additional parameter of this service',
      () => ofIot({ additionalParameters: { 'ota-dispatch.x': '', other: '' } }),
      ['createOTAUpdate.additionalParameters["ota-dispatch.x"]'],
    ],
    ['IoT Core: a tag of this service', () => ofIot({ tags: [{ Key: 'ota-dispatch.x' }] }), ['createOTAUpdate.tags[0].Key']],
    ['IoT Core: the same tag twice', () => ofIot({ tags: [{ Key: 'a' }, { Key: 'b' }, { Key: 'a' }] }), ['createOTAUpdate.tags[2].Key']],
    [
      'IoT Core: a tag that is not an object with a text as key',
      () => ofIot({ tags: [1, { Key: 1 }, { Key: 1 }] }),
      ['createOTAUpdate.tags[0]', 'createOTAUpdate.tags[1].Key', 'createOTAUpdate.tags[2].Key'],
    ],
    ['IoT Core: two entries for all files', () => ofIot({ files: [{ fileType: 1 }, { fileType: 2 }] }), ['createOTAUpdate.files[1]']],
    [
      'IoT Core: two entries for one file',
      () => ofIot({ files: [{ fileName: 'a' }, { fileName: 'b' }, { fileName: 'b' }] }),
      ['createOTAUpdate.files[2].fileName'],
    ],
    [
      'IoT Core: code signing of no kind',
      () => ofIot({ files: [{ codeSigning: { other: {} } }] }),
      ['createOTAUpdate.files[0].codeSigning.other'],
    ],
    [
      'IoT Core: an empty criterion for a higher rate',
      () =>
        ofIot({
          awsJobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor: 2, rateIncreaseCriteria: {} } },
        }),
      ['createOTAUpdate.awsJobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria'],
    ],
    [
      'IoT Core: a signing job without a profile',
      () => ofIot({ files: [{ codeSigning: { startSigningJobParameter: {} } }] }),
      ['createOTAUpdate.files[0].codeSigning.startSigningJobParameter.signingProfileName'],
    ],
    ...signingsOfOneBinary.map(([what, codeSigning, member]): [string, () => string[], string[]] => [
      `IoT Core: ${what}, because it belongs to one binary`,
      () => ofIot({ files: [{ fileType: 1 }, { fileName: '/b.bin', codeSigning }] }),
      [`createOTAUpdate.files[1].codeSigning.${member}`],
    ]),
    [
      'IoT Core: both kinds of signing that belong to one binary, beside a profile',
      () =>
        ofIot({
          files: [
            { codeSigning: { awsSignerJobId: 'job-1', customCodeSigning: own, startSigningJobParameter: { signingProfileName: 'acme' } } },
          ],
        }),
      ['createOTAUpdate.files[0].codeSigning.awsSignerJobId', 'createOTAUpdate.files[0].codeSigning.customCodeSigning'],
    ],
    [
      'IoT Core: members of a file that only a release gives',
      () => ofIot({ files: [{ fileLocation: artifact.fileLocation, sha256: artifact.sha256, sizeBytes: 1, jobDocument: true }] }),
      ['fileLocation', 'sha256', 'sizeBytes', 'jobDocument'].map((member) => `createOTAUpdate.files[0].${member}`),
    ],
    ['IoT Core: the same protocol twice', () => ofIot({ protocols: ['HTTP', 'HTTP'] }), ['createOTAUpdate.protocols[1]']],
    [
      'IoT Core: a target with a name that is too long',
      () => ofIot({ targets: [`arn:aws:iot:us-east-1:123456789012:thing/${'x'.repeat(129)}`] }),
      ['createOTAUpdate.targets[0]'],
    ],
    ['IoT Core: no targets', () => ofIot({ targets: undefined }), ['createOTAUpdate.targets']],
    ['MI: the client token', () => ofMi({ ClientToken: 'a' }), ['createOtaTask.ClientToken']],
    ['MI: the URL of the job document', () => ofMi({ S3Url: 's3://a/b' }), ['createOtaTask.S3Url']],
    ['MI: a tag of this service', () => ofMi({ Tags: { 'ota-dispatch.x': '', other: '' } }), ['createOtaTask.Tags["ota-dispatch.x"]']],
    ['MI: a tag of AWS', () => ofMi({ Tags: { 'AWS:x': '' } }), ['createOtaTask.Tags["AWS:x"]']],
    [
      'MI: a job document that is too long even without the members of the service',
      () => ofMi({}, { jobDocument: { notes: 'x'.repeat(32_768) } }),
      ['jobDocument'],
    ],
    ['MI: a query with ONE_TIME', () => ofMi({ OtaType: 'ONE_TIME', Target: [managedThing('a')] }), ['createOtaTask.OtaTargetQueryString']],
    ['MI: no targets with ONE_TIME', () => ofMi(once), ['createOtaTask.Target']],
    ['MI: targets with CONTINUOUS', () => ofMi({ Target: [managedThing('a')] }), ['createOtaTask.Target']],
    ['MI: no query with CONTINUOUS', () => ofMi({ OtaTargetQueryString: undefined }), ['createOtaTask.OtaTargetQueryString']],
    ['MI: targets of a release with CONTINUOUS', () => ofMi({}, { targetsFromRelease: ['*'] }), ['targetsFromRelease']],
    [
      'MI: a member of this service in the job document',
      () => ofMi({}, { jobDocument: { version: 1, notes: '' } }),
      ['jobDocument.version'],
    ],
    ['MI: the same URL for every artifact', () => ofMi({}, { artifactUrl: 'https://x/{bucket}' }), ['artifactUrl']],
    [
      'IoT Jobs: every member that is refused by name',
      () => ofJobs({ jobId: '', document: '', documentSource: '', jobTemplateArn: '', documentParameters: {} }),
      ['jobId', 'document', 'documentSource', 'jobTemplateArn', 'documentParameters'].map((member) => `createJob.${member}`),
    ],
    ['IoT Jobs: a tag of this service', () => ofJobs({ tags: [{ Key: 'ota-dispatch.x' }] }), ['createJob.tags[0].Key']],
    ['IoT Jobs: a member of CreateOTAUpdate', () => ofJobs({ awsJobAbortConfig: {} }), ['createJob.awsJobAbortConfig']],
    ['IoT Jobs: no targets', () => ofJobs({ targets: undefined }), ['createJob.targets']],
    [
      'IoT Jobs: a job document for two reasons, and a URL',
      () => ofJobs({}, { jobDocument: { files: [], a: '$default' }, artifactUrl: 'https://x/{bucket}' }),
      ['jobDocument.files', 'jobDocument', 'artifactUrl'],
    ],
    [
      'IoT Jobs: a start on a day that does not exist, and nothing about the end before it',
      () => ofJobs({ schedulingConfig: { startTime: '2027-02-30T17:00', endTime: '2027-01-01T00:00' } }),
      ['createJob.schedulingConfig.startTime'],
    ],
    [
      'IoT Jobs: a window with something after its cron',
      () =>
        ofJobs({
          targetSelection: 'CONTINUOUS',
          schedulingConfig: { maintenanceWindows: [{ startTime: 'cron(0 2 ? * SUN *) UTC', durationInMinutes: 60 }] },
        }),
      ['createJob.schedulingConfig.maintenanceWindows[0].startTime'],
    ],
    [
      'IoT Jobs: an open placeholder in the name of a member',
      () => ofJobs({}, { jobDocument: { a: { [['$', '{aws:iot:x'].join('')]: 1 } } }),
      ['jobDocument'],
    ],
    ['any control plane: no template', () => findLimitProblems({} as never).map(({ path }) => formatPath(path)), ['$']],
    ['any control plane: a lone surrogate', () => ofMi({ Description: '\ud83d' }), ['createOtaTask.Description']],
  ])('refuse %s', (_what, find, expected) => {
    expect(find()).toEqual(expected);
  });

  it('accept a placeholder with others inside', () => {
    const upload = ['$', '{aws:iot:s3-presigned-url-upload:https://a.s3.eu-west-1.amazonaws.com/$', '{thingName}/$', '{jobId}}'].join('');
    expect(ofJobs({}, { jobDocument: { logs: upload } })).toEqual([]);
    expect(ofJobs({}, { jobDocument: { logs: upload.slice(0, -1) } })).toEqual(['jobDocument']);
  });

  it('accept a URL that differs by version', () => {
    expect(ofMi({}, { artifactUrl: 'https://x/{version}' })).toEqual([]);
  });

  it.each([1, 'a', null, [[]]])('refuse %j instead of a template', (template) => {
    expect(findLimitProblems({ createOTAUpdate: template } as never).map(({ path }) => formatPath(path))).toContain('createOTAUpdate');
    for (const format of [undefined, 'nrf', 7])
      expect(findLimitProblems({ createJob: template, format } as never).map(({ path }) => formatPath(path))).toContain('createJob');
  });
});
