import { formatPath } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { findLimitProblems } from '../../../domain/channels/rules.ts';
import type { Artifact, Release } from '../../../domain/release/release.ts';
import type { Operation } from '../../../domain/request/control-planes.ts';
import { type ArtifactFacts, judgeArtifact } from '../../../domain/request/judge-artifact.ts';
import { planRelease } from '../../../domain/request/plan.ts';
import type { Plan } from '../../../domain/request/planned-rollout.ts';
import {
  artifact,
  channelsOf,
  context,
  managedThing,
  otaTaskChannel,
  otaUpdateChannel,
  planOn,
  release,
  thing,
} from '../../../proof/support/fixtures.ts';

const told = (plan: Plan) => plan.rejections.map(({ code, path, message }) => `${code} ${path}: ${message}`);
const { fileLocation: _location, sha256: _sha256, ...nowhere } = artifact;
const stream = { stream: { streamId: 's', fileId: 1 } };
const onIot = (changes: Partial<Release>, template = {}, options = {}) => told(planOn(otaUpdateChannel(template, options), changes));
const onMi = (changes: Partial<Release>, template = {}, options = {}) => told(planOn(otaTaskChannel(template, options), changes));
const once = { OtaType: 'ONE_TIME', OtaTargetQueryString: undefined };

describe('a refusal tells a person', () => {
  it('what is wrong with the message as a whole', () => {
    expect(onIot({ tags: { 'ota-dispatch.x': '' } })).toContain(
      'INVALID_RELEASE tags["ota-dispatch.x"]: tags of this prefix are set by the service',
    );
    expect(onIot({ notAfter: '2020-01-01T00:00:00Z' })).toEqual(['EXPIRED notAfter: the release came after its notAfter']);
    expect(told(planRelease({ ...release, hardware: ['A'] }, channelsOf({ beta: otaUpdateChannel() }, ['A', 'B', 'C']), context))).toEqual([
      'HARDWARE_MISMATCH hardware: the release is not made for all hardware of the product: B, C',
    ]);
    expect(onIot({ channels: ['gone'] })).toEqual(['UNKNOWN_CHANNEL channels[0]: the product has no such channel']);
    const elsewhere = { s3Location: { bucket: 'other', key: 'k', version: 'v' } };
    expect(onIot({ artifacts: [{ ...artifact, fileLocation: elsewhere }] })).toEqual([
      'BUCKET_NOT_ALLOWED artifacts[0].fileLocation.s3Location.bucket: artifactBuckets does not list this bucket',
    ]);
  });

  it('what IoT Core cannot do', () => {
    expect(onIot({ startAt: '2026-12-01T02:00:00Z', endAt: '2026-12-01T04:00:00Z' })).toEqual([
      'UNSUPPORTED_BY_SERVICE startAt: CreateOTAUpdate has no schedule',
      'UNSUPPORTED_BY_SERVICE endAt: CreateOTAUpdate has no schedule',
    ]);
    expect(onIot({ artifacts: [{ ...artifact, jobDocument: true }] })).toEqual([
      'UNSUPPORTED_BY_SERVICE artifacts[0].jobDocument: CreateOTAUpdate writes its own job document',
    ]);
    expect(onIot({ artifacts: [{ ...nowhere, fileLocation: stream }] })).toEqual([
      'ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation: no s3Location to verify, and the channel does not say unverified: [stream]',
    ]);
    const { codeSigning: _unsigned, ...unsigned } = artifact;
    expect(onIot({ artifacts: [unsigned] })).toEqual([
      'UNSIGNED_ARTIFACT artifacts[0].codeSigning: neither channel nor release signs this file',
    ]);
  });

  it('what managed integrations cannot do', () => {
    const where = 'managed things download from S3: a job document carries an s3Location only';
    expect(onMi({ artifacts: [nowhere] })).toEqual([`UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation: ${where}`]);
    expect(onMi({ artifacts: [{ ...nowhere, fileLocation: stream }] })).toEqual([
      `UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream: ${where}`,
    ]);
    expect(onMi({ targets: [managedThing('a')] }, {}, { targetsFromRelease: ['*'] })).toEqual([
      'TARGET_NOT_ALLOWED targets[0]: the channel takes no targets from a release (targetsFromRelease)',
    ]);
    expect(onMi({}, { OtaTargetQueryString: undefined })).toEqual(['INVALID_RELEASE targets: the channel names no query']);
    expect(onMi({}, {}, { jobDocument: { notes: 'x'.repeat(32_768) } })[0]).toMatch(
      /^INVALID_REQUEST S3Url: the job document would have 33\d{3} characters, IoT Jobs takes 32768$/,
    );
  });

  it('what a schedule may be', () => {
    const startAt = '2026-12-01T02:00:00Z';
    const allow = { scheduleFromRelease: 'allow' };
    const ending = (EndTime: string) => ({ OtaSchedulingConfig: { EndTime } });
    const late = ['INVALID_REQUEST OtaSchedulingConfig.EndTime: not after StartTime'];
    expect(onMi({ startAt })).toEqual(['SCHEDULE_NOT_ALLOWED startAt: the channel does not say scheduleFromRelease: allow']);
    expect(onMi({ startAt: 'soon' }, {}, allow)).toEqual(['INVALID_RELEASE startAt: no RFC 3339 instant']);
    expect(onMi({ startAt }, ending('2026-12-01T02:00'), allow)).toEqual(late);
    expect(onMi({ startAt }, ending('2026-12-01T01:59'), allow)).toEqual(late);
    expect(onMi({ startAt }, ending('2026-12-01T02:01'), allow)).toEqual([]);
    expect(onMi({ startAt }, {}, allow)).toEqual([]);
    expect(onMi({ endAt: startAt }, {}, allow)).toEqual([]);
    // What is no minute cannot be compared; the limits of the channel refuse it.
    for (const odd of ['1 2026-12-01T01:00', '2026-12-01T01:00Z']) expect(onMi({ startAt }, ending(odd), allow)).toEqual([]);
    expect(onMi({}, { OtaSchedulingConfig: { StartTime: '2026-12-01T02:00', EndTime: '2026-12-01T01:00' } })).toEqual([]);
  });

  it('which limit of the request is broken, and of targets what is wrong with them alone', () => {
    const tags = Object.fromEntries(Array.from({ length: 48 }, (_, index) => [`t${index}`, '']));
    expect(onMi({ tags })).toEqual(['INVALID_REQUEST Tags: at most 47 beside our 3']);
    expect(onMi({}, { Protocol: 'FTP' })).toEqual([expect.stringMatching(/^INVALID_REQUEST Protocol: one of /)]);
    expect(onMi({}, { ...once, Protocol: 'FTP' })).toEqual([
      'INVALID_RELEASE targets: neither the channel nor the release names a target',
      expect.stringMatching(/^INVALID_REQUEST Protocol: one of /),
    ]);
    expect(onMi({}, { ...once, Target: ['x'] })).toEqual(['INVALID_REQUEST Target[0]: the ARN of a managed thing']);
    expect(onIot({}, { targets: undefined, protocols: ['FTP'] })).toEqual([
      'INVALID_RELEASE targets: neither the channel nor the release names a target',
      expect.stringMatching(/^INVALID_REQUEST protocols\[0\]: one of /),
    ]);
  });
});

describe('a signing and a place that do not go together', () => {
  const unverified = { unverified: ['stream', 'signerJob'], unsigned: 'allow' };
  const start = { files: [{ codeSigning: { startSigningJobParameter: { signingProfileName: 'acme' } } }] };

  it('are told apart', () => {
    expect(onIot({ artifacts: [{ ...nowhere, fileLocation: stream }] }, start, unverified)).toEqual([
      'INVALID_REQUEST files[0].codeSigning.startSigningJobParameter: a signing job needs an object in S3, this file is a stream',
    ]);
    const { codeSigning: _none, ...bare } = nowhere;
    expect(onIot({ artifacts: [bare] }, {}, unverified)).toEqual([
      'INVALID_REQUEST files[0].fileLocation: required where no awsSignerJobId tells the location',
    ]);
    expect(onIot({ artifacts: [{ ...bare, codeSigning: { awsSignerJobId: 'job-1' } }] }, start, unverified)).toEqual([
      'INVALID_SIGNING artifacts[0].codeSigning: its signing job tells where the file is, and the channel signs in another way',
    ]);
  });
});

describe('a target of a release that is refused', () => {
  const whyNot = (target: string, ...globs: string[]) =>
    onIot({ targets: [target] }, {}, globs.length > 0 ? { targetsFromRelease: globs } : {});

  it('says why', () => {
    const allowed = thing('lab-1');
    expect(whyNot(allowed, 'nothing', '*')).toEqual([]);
    expect(whyNot(allowed)).toEqual(['TARGET_NOT_ALLOWED targets[0]: the channel takes no targets from a release (targetsFromRelease)']);
    expect(whyNot(allowed, 'arn:*:thing/other')).toEqual([
      'TARGET_NOT_ALLOWED targets[0]: matches none of the targetsFromRelease of the channel',
    ]);
    expect(whyNot(allowed.replace('000000000000', '999999999999'), '*')).toEqual([
      'TARGET_NOT_ALLOWED targets[0]: a target of another account or region',
    ]);
    const none = 'TARGET_NOT_ALLOWED targets[0]: not the ARN of a thing or thinggroup';
    for (const target of [
      'x',
      'arn',
      managedThing('a'),
      allowed.replace('/lab-1', ''),
      allowed.replace('lab-1', ''),
      allowed.replace(':thing/', ':/'),
    ]) {
      expect(whyNot(target, '*')[0], target).toBe(none);
    }
  });
});

describe('a plan that is refused', () => {
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

  it('says that what nobody may write stands in channels.yml', () => {
    expect(onMi({}, { Description: '\ud83d' })).toEqual([
      'INVALID_REQUEST createOtaTask.Description: channels.yml: text with a lone surrogate',
    ]);
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
    return rejection && `${rejection.code} ${rejection.path}: ${rejection.message}`;
  };
  const { sha256: _none, ...undigested } = artifact;
  const unhashed: ArtifactFacts = { found: true, sizeBytes: 10 };

  it('is as released', () => {
    expect(judged(sized, facts())).toBeUndefined();
    expect(judged(undigested, unhashed)).toBeUndefined();
    expect(judged(undigested, facts({ sha256: 'ff' }))).toBeUndefined();
    expect(judged(artifact, facts({ sizeBytes: 16 * 1024 * 1024 }))).toBeUndefined();
    expect(judged(artifact, facts({ sizeBytes: 2 ** 40 }), 'CreateOtaTask')).toBeUndefined();
  });

  it.each<[string, Artifact, ArtifactFacts, string]>([
    ['there', sized, { found: false }, 'ARTIFACT_NOT_FOUND artifacts[2].fileLocation.s3Location: S3 has no such object at that version'],
    ['of another size', sized, facts({ sizeBytes: 11 }), 'ARTIFACT_MISMATCH artifacts[2].sizeBytes: the object has 11 bytes'],
    ['of other bytes', sized, facts({ sha256: 'ff' }), 'ARTIFACT_MISMATCH artifacts[2].sha256: the object has another SHA-256'],
    [
      'too large for the service',
      artifact,
      facts({ sizeBytes: 16 * 1024 * 1024 + 1 }),
      'ARTIFACT_TOO_LARGE artifacts[2].sizeBytes: more than the 16777216 bytes that the service takes',
    ],
    [
      'one that nobody could compare',
      sized,
      unhashed,
      'ARTIFACT_NOT_VERIFIABLE artifacts[2].sha256: S3 stores no SHA-256 of the object, and it is too large to hash here, by itself or with those before it: upload it with one',
    ],
  ])('is not %s', (_what, given, found, expected) => {
    expect(judged(given, found)).toBe(expected);
  });
});

describe('a channel that can never work says why', () => {
  const ofIot = (template: object, options: object = {}) =>
    findLimitProblems(otaUpdateChannel(template, options)).map(({ path, message }) => `${formatPath(path)}: ${message}`);
  const ofMi = (template: object, options: object = {}) =>
    findLimitProblems(otaTaskChannel(template, options)).map(({ path, message }) => `${formatPath(path)}: ${message}`);
  const ours = 'set by this service: leave it out';

  it.each<[string, () => string[], string[]]>([
    ['IoT Core: the id', () => ofIot({ otaUpdateId: 'a' }), [`createOTAUpdate.otaUpdateId: ${ours}`]],
    [
      'IoT Core: a parameter of ours',
      () => ofIot({ additionalParameters: { 'ota-dispatch.x': '', other: '' } }),
      [`createOTAUpdate.additionalParameters["ota-dispatch.x"]: ${ours}`],
    ],
    ['IoT Core: a tag of ours', () => ofIot({ tags: [{ Key: 'ota-dispatch.x' }] }), [`createOTAUpdate.tags[0].Key: ${ours}`]],
    [
      'IoT Core: a tag twice',
      () => ofIot({ tags: [{ Key: 'a' }, { Key: 'b' }, { Key: 'a' }] }),
      ['createOTAUpdate.tags[2].Key: each key once, tags[0] has it too'],
    ],
    [
      'IoT Core: a tag that is none',
      () => ofIot({ tags: [1, { Key: 1 }, { Key: 1 }] }),
      [
        'createOTAUpdate.tags[0]: an object, got a number',
        'createOTAUpdate.tags[1].Key: text, got a number',
        'createOTAUpdate.tags[2].Key: text, got a number',
      ],
    ],
    [
      'IoT Core: two entries for all files',
      () => ofIot({ files: [{ fileType: 1 }, { fileType: 2 }] }),
      ['createOTAUpdate.files[1]: one entry without fileName, files[0] is it'],
    ],
    [
      'IoT Core: two entries for one file',
      () => ofIot({ files: [{ fileName: 'a' }, { fileName: 'b' }, { fileName: 'b' }] }),
      ['createOTAUpdate.files[2].fileName: one entry for a fileName, files[1] is it'],
    ],
    [
      'IoT Core: no way of signing',
      () => ofIot({ files: [{ codeSigning: {} }] }),
      ['createOTAUpdate.files[0].codeSigning: one way of signing, got 0'],
    ],
    [
      'IoT Core: signed by no profile',
      () => ofIot({ files: [{ codeSigning: { startSigningJobParameter: {} } }] }),
      ['createOTAUpdate.files[0].codeSigning.startSigningJobParameter.signingProfileName: required'],
    ],
    [
      'IoT Core: signed by a signature of nothing',
      () => ofIot({ files: [{ codeSigning: { customCodeSigning: {} } }] }),
      ['signature.inlineDocument', 'hashAlgorithm', 'signatureAlgorithm'].map(
        (member) => `createOTAUpdate.files[0].codeSigning.customCodeSigning.${member}: required`,
      ),
    ],
    [
      'IoT Core: signed by a signature that no device can verify',
      () => ofIot({ files: [{ codeSigning: { customCodeSigning: { signature: { inlineDocument: 'QUJD' }, hashAlgorithm: 'SHA256' } } }] }),
      ['createOTAUpdate.files[0].codeSigning.customCodeSigning.signatureAlgorithm: required'],
    ],
    [
      'IoT Core: signed by an empty signature and an empty job',
      () =>
        ofIot({
          files: [
            { fileName: 'a', codeSigning: { awsSignerJobId: '' } },
            {
              fileName: 'b',
              codeSigning: { customCodeSigning: { signature: { inlineDocument: '' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'RSA' } },
            },
          ],
        }),
      [
        'createOTAUpdate.files[0].codeSigning.awsSignerJobId: required',
        'createOTAUpdate.files[1].codeSigning.customCodeSigning.signature.inlineDocument: required',
      ],
    ],
    ['IoT Core: a protocol twice', () => ofIot({ protocols: ['HTTP', 'HTTP'] }), ['createOTAUpdate.protocols[1]: each once']],
    [
      'IoT Core: a target with a name that is too long',
      () => ofIot({ targets: [`arn:aws:iot:us-east-1:123456789012:thing/${'x'.repeat(129)}`] }),
      ['createOTAUpdate.targets[0]: the ARN of a thing or a thing group'],
    ],
    [
      'IoT Core: no targets at all',
      () => ofIot({ targets: undefined }),
      ['createOTAUpdate.targets: required where targetsFromRelease permits none'],
    ],
    ['MI: the token', () => ofMi({ ClientToken: 'a' }), [`createOtaTask.ClientToken: ${ours}`]],
    ['MI: the document', () => ofMi({ S3Url: 's3://a/b' }), [`createOtaTask.S3Url: ${ours}`]],
    ['MI: a tag of ours', () => ofMi({ Tags: { 'ota-dispatch.x': '', other: '' } }), [`createOtaTask.Tags["ota-dispatch.x"]: ${ours}`]],
    ['MI: a tag of AWS', () => ofMi({ Tags: { 'AWS:x': '' } }), ['createOtaTask.Tags["AWS:x"]: key: not beginning with aws:']],
    [
      'MI: a document that is too long before anything is added',
      () => ofMi({}, { jobDocument: { notes: 'x'.repeat(32_768) } }),
      ['jobDocument: at most 32768 characters with all that is added, these alone are 32780'],
    ],
    [
      'MI: a query and ONE_TIME',
      () => ofMi({ OtaType: 'ONE_TIME', Target: [managedThing('a')] }),
      ['createOtaTask.OtaTargetQueryString: for OtaType CONTINUOUS only, ONE_TIME takes Target'],
    ],
    ['MI: no targets at all', () => ofMi(once), ['createOtaTask.Target: required where targetsFromRelease permits none']],
    [
      'MI: targets and CONTINUOUS',
      () => ofMi({ Target: [managedThing('a')] }),
      ['createOtaTask.Target: for OtaType ONE_TIME only, CONTINUOUS takes OtaTargetQueryString'],
    ],
    [
      'MI: no query',
      () => ofMi({ OtaTargetQueryString: undefined }),
      ['createOtaTask.OtaTargetQueryString: required by OtaType CONTINUOUS'],
    ],
    [
      'MI: targets of a release and CONTINUOUS',
      () => ofMi({}, { targetsFromRelease: ['*'] }),
      ['targetsFromRelease: not with OtaType CONTINUOUS, which takes a query and no targets'],
    ],
    [
      'MI: a member of ours in the document',
      () => ofMi({}, { jobDocument: { version: 1, notes: '' } }),
      ['jobDocument.version: a member of the default document: add to it, do not replace it'],
    ],
    [
      'MI: one URL for all',
      () => ofMi({}, { artifactUrl: 'https://x/{bucket}' }),
      ['artifactUrl: needs {key} or {version}, or every artifact has one URL'],
    ],
    ['MI: a URL by version', () => ofMi({}, { artifactUrl: 'https://x/{version}' }), []],
    ['a lone surrogate', () => ofMi({ Description: '\ud83d' }), ['createOtaTask.Description: text with a lone surrogate']],
  ])('%s', (_what, find, expected) => {
    expect(find()).toEqual(expected);
  });

  it.each([
    [1, 'a number'],
    ['a', 'text of 1 character'],
    [null, 'null'],
    [[], 'a list of 0'],
  ])('whatever it holds: %j', (template, kind) => {
    const found = findLimitProblems({ createOTAUpdate: template } as never).map(({ path, message }) => `${formatPath(path)}: ${message}`);
    expect(found).toContain(`createOTAUpdate: an object, got ${kind}`);
  });
});
