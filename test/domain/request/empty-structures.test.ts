import { isRecord } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { validateChannels } from '../../../domain/channels/validate.ts';
import { withoutEmpty } from '../../../domain/json/without-empty.ts';
import { releaseDigest } from '../../../domain/release/digest.ts';
import { parseRelease, type Release } from '../../../domain/release/release.ts';
import { planRelease } from '../../../domain/request/plan.ts';
import {
  accountId,
  type artifact,
  channelsOf,
  context,
  group,
  jobChannel,
  managedThing,
  otaTaskChannel,
  otaUpdateChannel,
  planOn,
  region,
  requestOf,
  roleArn,
  source,
} from '../../../proof/support/fixtures.ts';
import { sampleArtifact, sampleDetail } from '../../../proof/support/sample.ts';

const custom = { signature: { inlineDocument: 'bmV2ZXI=' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' };

function parsed(changes: object): Release {
  const result = parseRelease({ ...sampleDetail(), ...changes });
  if (!result.ok) throw new Error(`${result.rejection.path}: ${result.rejection.message}`);
  return result.value;
}
const withArtifact = (changes: object) => ({ artifacts: [{ ...sampleArtifact(), ...changes }] });

describe('an empty member of a release', () => {
  it.each<[what: string, empty: object, missing: object]>([
    ['tags', { tags: {} }, {}],
    ['hardware', { hardware: [] }, {}],
    ['codeSigning', withArtifact({ codeSigning: {} }), withArtifact({})],
    ['attributes', withArtifact({ attributes: {} }), withArtifact({})],
    [
      'certificateChain',
      withArtifact({ codeSigning: { customCodeSigning: { ...custom, certificateChain: {} } } }),
      withArtifact({ codeSigning: { customCodeSigning: custom } }),
    ],
  ])('means the same as a missing one: %s', (_what, empty, missing) => {
    const [one, other] = [parsed(empty), parsed(missing)];
    expect(one).toEqual(other);
    expect(releaseDigest(one)).toBe(releaseDigest(other));
    const channels = channelsOf({ beta: otaUpdateChannel({}, { unsigned: 'allow' }), stable: otaTaskChannel() });
    const plan = (release: Release) => planRelease({ ...release, channels: ['beta', 'stable'] }, channels, context);
    expect(plan(one).rollouts).toHaveLength(2);
    expect(plan(one)).toEqual(plan(other));
  });

  it('does not sign an artifact', () => {
    const { codeSigning, ...others } = parsed(withArtifact({ codeSigning: {} })).artifacts[0] as typeof artifact;
    expect([codeSigning, planOn(otaUpdateChannel(), { artifacts: [others] }).rejections]).toMatchObject([
      undefined,
      [{ code: 'UNSIGNED_ARTIFACT' }],
    ]);
  });

  it.each<[what: string, change: object, path: string]>([
    ['fileLocation', { fileLocation: {} }, 'artifacts[0].fileLocation'],
    ['stream', { fileLocation: { stream: {} } }, 'artifacts[0].fileLocation.stream.streamId'],
    ['s3Location', { fileLocation: { s3Location: {} } }, 'artifacts[0].fileLocation.s3Location.bucket'],
    ['customCodeSigning', { codeSigning: { customCodeSigning: {} } }, 'artifacts[0].codeSigning.customCodeSigning.signature'],
    [
      'signature',
      { codeSigning: { customCodeSigning: { ...custom, signature: {} } } },
      'artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument',
    ],
  ])('is refused if something is required in it: %s', (_what, change, path) => {
    expect(parseRelease({ ...sampleDetail(), ...withArtifact(change) })).toMatchObject({ rejection: { path } });
  });
});

/** Whether channels.yml with this one channel is valid. */
const isValid = (channel: object) =>
  validateChannels(
    { artifactBuckets: ['acme-firmware'], products: { thermostat: { sources: [source], channels: { beta: channel } } } },
    { accountId, region, stage: 'local' },
  ).ok;

/** The request with its digests left out. They are compared by the requests themselves. */
function contentOf(input: Readonly<Record<string, unknown>>): object {
  const { additionalParameters: _parameters, Tags: _tags, tags, ...content } = input;
  const others = Array.isArray(tags) ? tags.filter((tag) => !isReserved(String(tag?.Key))) : tags;
  return { ...content, tags: others };
}

describe('an empty structure in a channel', () => {
  const start = (inner: object) => ({ files: [{ codeSigning: { startSigningJobParameter: { signingProfileName: 'acme', ...inner } } }] });

  it.each<[what: string, empty: object, missing: object]>([
    ['codeSigning', { files: [{ codeSigning: {} }] }, {}],
    ['attributes', { files: [{ attributes: {} }] }, {}],
    ['an entry of files', { files: [{}] }, {}],
    ['signingProfileParameter', start({ signingProfileParameter: {} }), start({})],
    ['destination', start({ destination: {} }), start({})],
    ['s3Destination', start({ destination: { s3Destination: {} } }), start({})],
    ['awsJobExecutionsRolloutConfig', { awsJobExecutionsRolloutConfig: {} }, {}],
    ['awsJobTimeoutConfig', { awsJobTimeoutConfig: {} }, {}],
    ['additionalParameters', { additionalParameters: {} }, {}],
    ['tags', { tags: [] }, {}],
  ])('never reaches IoT Core: %s', (_what, empty, missing) => {
    for (const unguarded of [{}, { unguarded: 'allow' }]) {
      const request = (template: object) => requestOf(planOn(otaUpdateChannel(template, unguarded)));
      expect(isValid({ createOTAUpdate: { targets: [group], roleArn, ...empty } })).toBe(true);
      expect(contentOf(request(empty))).toEqual(contentOf(request(missing)));
      expect(withoutEmpty(request(empty))).toEqual(request(empty));
    }
  });

  it('leaves the signature to the release, if it is codeSigning', () => {
    const { files } = requestOf(planOn(otaUpdateChannel({ files: [{ codeSigning: {} }] })));
    expect(files).toMatchObject([{ codeSigning: { customCodeSigning: { hashAlgorithm: 'SHA256' } } }]);
  });

  it('leaves the signature to the entry without a name, if it is codeSigning of the entry with one', () => {
    const files = [...start({}).files, { fileName: '/app.bin', codeSigning: {} }];
    expect(requestOf(planOn(otaUpdateChannel({ files }))).files).toMatchObject(start({}).files);
  });

  it('reaches IoT Core as awsJobPresignedUrlConfig, which AWS takes', () => {
    expect(requestOf(planOn(otaUpdateChannel({ awsJobPresignedUrlConfig: {} }))).awsJobPresignedUrlConfig).toEqual({});
  });

  it.each<[what: string, empty: object]>([
    ['OtaSchedulingConfig', { OtaSchedulingConfig: {} }],
    ['MaintenanceWindows', { OtaSchedulingConfig: { MaintenanceWindows: [] } }],
    ['a window', { OtaSchedulingConfig: { MaintenanceWindows: [{}] } }],
    ['OtaTaskExecutionRetryConfig', { OtaTaskExecutionRetryConfig: {} }],
    ['RetryConfigCriteria', { OtaTaskExecutionRetryConfig: { RetryConfigCriteria: [] } }],
    ['Tags', { Tags: {} }],
  ])('never reaches managed integrations: %s', (_what, empty) => {
    const task = { OtaType: 'ONE_TIME', Target: [managedThing('a')], TaskConfigurationId: 'abc' };
    expect(isValid({ createOtaTask: { ...task, ...empty } })).toBe(true);
    const request = (template: object) => requestOf(planOn(otaTaskChannel(template)));
    expect(contentOf(request(empty))).toEqual(contentOf(request({})));
    expect(withoutEmpty(request(empty))).toEqual(request(empty));
  });

  it.each<[what: string, empty: object]>([
    ['jobExecutionsRolloutConfig', { jobExecutionsRolloutConfig: {} }],
    ['timeoutConfig', { timeoutConfig: {} }],
    ['schedulingConfig', { schedulingConfig: {} }],
    ['maintenanceWindows', { schedulingConfig: { maintenanceWindows: [] } }],
    ['tags', { tags: [] }],
  ])('never reaches IoT Jobs: %s', (_what, empty) => {
    const job = { targets: [group], presignedUrlConfig: { roleArn } };
    for (const unguarded of [{}, { unguarded: 'allow' }]) {
      expect(isValid({ createJob: { ...job, ...empty }, format: 'plain', ...unguarded })).toBe(true);
      const request = (template: object) => requestOf(planOn(jobChannel(template, unguarded)));
      expect(contentOf(request(empty))).toEqual(contentOf(request({})));
      expect(withoutEmpty(request(empty))).toEqual(request(empty));
    }
  });

  it.each<[what: string, template: object]>([
    ['presignedUrlConfig', { presignedUrlConfig: {} }],
    ['abortConfig', { abortConfig: {} }],
    ['criteriaList', { abortConfig: { criteriaList: [] } }],
    ['jobExecutionsRetryConfig', { jobExecutionsRetryConfig: {} }],
    ['a window', { targetSelection: 'CONTINUOUS', schedulingConfig: { maintenanceWindows: [{}] } }],
    ['destinationPackageVersions', { destinationPackageVersions: [] }],
    ['documentParameters', { documentParameters: {} }],
  ])('is an error on IoT Jobs if something is required in it: %s', (_what, template) => {
    expect(isValid({ createJob: { targets: [group], presignedUrlConfig: { roleArn }, ...template }, format: 'plain' })).toBe(false);
  });

  it.each<[what: string, template: object]>([
    ['startSigningJobParameter', { files: [{ codeSigning: { startSigningJobParameter: {} } }] }],
    ['customCodeSigning', { files: [{ codeSigning: { customCodeSigning: {} } }] }],
    ['awsJobAbortConfig', { awsJobAbortConfig: {} }],
    ['abortCriteriaList', { awsJobAbortConfig: { abortCriteriaList: [] } }],
    ['exponentialRate', { awsJobExecutionsRolloutConfig: { exponentialRate: {} } }],
    ['protocols', { protocols: [] }],
    ['files', { files: [] }],
    ['targets', { targets: [] }],
  ])('is an error if something is required in it: %s', (_what, template) => {
    expect(isValid({ createOTAUpdate: { targets: [group], roleArn, ...template } })).toBe(false);
  });
});

describe('a value without what is empty', () => {
  it('has no empty object and no empty list at any depth, and keeps every other value', () => {
    const value = { a: {}, b: [], c: { d: { e: {} }, f: [[], {}, 0] }, g: null, h: '', i: false, j: 0 };
    expect(withoutEmpty(value)).toEqual({ c: { f: [0] }, g: null, h: '', i: false, j: 0 });
    expect(isRecord(withoutEmpty({ a: {} }))).toBe(true);
    expect(withoutEmpty([])).toEqual([]);
  });
});
