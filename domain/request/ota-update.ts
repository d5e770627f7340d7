import { documentedOTAUpdateInput, formatPath, problemsIn } from 'aws-ota-models';
import { markerKeys } from '../channels/reserved.ts';
import type { ChannelOptions, FileTemplate, OtaUpdateTemplate } from '../channels/schema.ts';
import { compact } from '../json/compact.ts';
import { withoutEmpty } from '../json/without-empty.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import type { Artifact } from '../release/release.ts';
import { requestDigest } from './digest.ts';
import { entriesFor, giverOf } from './file-entries.ts';
import { DEFAULT_ABORT_CRITERIA, timeoutOrDefault } from './guard-rails.ts';
import { attemptId } from './identity.ts';
import { judgeAlgorithms } from './judge-algorithms.ts';
import { whyNoJob } from './ota-job.ts';
import type { ReleaseOnChannel, Translation } from './release-on-channel.ts';
import { mergeTags } from './tag-list.ts';
import { chooseTargets } from './targets.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Translates a release on a `createOTAUpdate` channel into the input of CreateOTAUpdate, in wire form, as sent at attempt 1.
 * `rejections` holds every reason against it. The input counts only if there is no reason. Never throws.
 */
export function translateToOtaUpdate(given: OtaUpdateTemplate, asked: ReleaseOnChannel): Translation {
  // AWS may refuse an empty structure. It is known to take this one.
  const template = { ...withoutEmpty(given), ...compact({ awsJobPresignedUrlConfig: given.awsJobPresignedUrlConfig }) };
  const { release, channel, channelName, place, rolloutId, releaseDigest } = asked;
  const rejections: Rejection[] = [];
  const rejectWith = (code: Rejection['code'], path: string, message: string) => {
    rejections.push(reject(code, path, message, channelName).rejection);
  };

  for (const name of ['startAt', 'endAt'] as const) {
    if (release[name] !== undefined) rejectWith('UNSUPPORTED_BY_SERVICE', name, 'CreateOTAUpdate has no schedule: leave it out');
  }
  const chosen = chooseTargets(asked, 'CreateOTAUpdate', template.targets, channel.targetsFromRelease ?? []);
  rejections.push(...chosen.rejections);
  const files = release.artifacts.map((artifact, index) => {
    const entries = entriesFor(template.files, artifact.fileName);
    const file = fileOf(artifact, entries);
    for (const [code, path, message] of whyNotFile(artifact, file, index, channel)) rejectWith(code, path, message);
    rejections.push(...judgeAlgorithms(file['codeSigning'], `artifacts[${index}]`, channel, channelName));
    return file;
  });

  const request = compact({
    description: template.description ?? release.description,
    targets: chosen.targets,
    protocols: template.protocols,
    targetSelection: template.targetSelection,
    awsJobExecutionsRolloutConfig: template.awsJobExecutionsRolloutConfig,
    awsJobPresignedUrlConfig: template.awsJobPresignedUrlConfig,
    ...guardRails(template, channel),
    files,
    roleArn: template.roleArn,
    tags: mergeTags(release.tags, template.tags),
  });
  const digest = requestDigest({ ...request, additionalParameters: template.additionalParameters });
  const input = {
    otaUpdateId: attemptId(rolloutId, 1),
    ...request,
    additionalParameters: {
      ...template.additionalParameters,
      [markerKeys.rolloutId]: rolloutId,
      [markerKeys.releaseDigest]: releaseDigest,
      [markerKeys.requestDigest]: digest,
    },
  };
  const problems = problemsIn(documentedOTAUpdateInput, input);
  for (const problem of problems) {
    if (chosen.rejections.length > 0 && problem.path[0] === 'targets') continue;
    rejectWith('INVALID_REQUEST', formatPath(problem.path), problem.message);
  }
  if (!problems.some(({ path: [member] }) => member === 'files' || member === 'protocols')) {
    const sizes = release.artifacts.map(({ sizeBytes }) => sizeBytes);
    const asked = { protocols: template.protocols, files };
    for (const message of whyNoJob(asked, sizes, place.region)) rejectWith('INVALID_REQUEST', 'files', message);
  }
  return { input, requestDigest: digest, rejections };
}

function fileOf(artifact: Artifact, entries: readonly FileTemplate[]): JsonObject {
  const attributes = Object.assign({}, artifact.attributes, ...entries.map((entry) => entry.attributes));
  return compact({
    fileName: artifact.fileName,
    fileType: giverOf(entries, 'fileType')?.fileType ?? artifact.fileType,
    fileVersion: giverOf(entries, 'fileVersion')?.fileVersion ?? artifact.fileVersion,
    fileLocation: artifact.fileLocation,
    codeSigning: giverOf(entries, 'codeSigning')?.codeSigning ?? signingInWireForm(artifact.codeSigning),
    attributes: Object.keys(attributes).length > 0 ? attributes : undefined,
  });
}

/**
 * The code signing of a release with its signature as a blob in wire form: base64 of the base64 text. AWS puts the decoded blob
 * into the job document as text, and the device decodes that text.
 */
function signingInWireForm(signing: Artifact['codeSigning']): object | undefined {
  const custom = signing?.customCodeSigning;
  if (custom === undefined) return signing;
  const inlineDocument = Buffer.from(custom.signature.inlineDocument, 'utf8').toString('base64');
  return { ...signing, customCodeSigning: { ...custom, signature: { inlineDocument } } };
}

function* whyNotFile(
  artifact: Artifact,
  file: JsonObject,
  index: number,
  options: ChannelOptions,
): Generator<readonly [code: Rejection['code'], path: string, message: string]> {
  const path = `artifacts[${index}]`;
  if (artifact.jobDocument)
    yield ['UNSUPPORTED_BY_SERVICE', `${path}.jobDocument`, 'CreateOTAUpdate writes its own job document: leave jobDocument out'];
  if (artifact.fileLocation?.s3Location === undefined) {
    const shape = artifact.fileLocation?.stream ? 'stream' : 'signerJob';
    if (!options.unverified?.includes(shape)) {
      yield [
        'ARTIFACT_NOT_VERIFIABLE',
        `${path}.fileLocation`,
        `the artifact has no s3Location to verify: give one, or set unverified: [${shape}] in the channel`,
      ];
    }
  }
  const signing = (file.codeSigning ?? {}) as Signing;
  if (!isSigned(signing)) {
    if (options.unsigned !== 'allow')
      yield ['UNSIGNED_ARTIFACT', `${path}.codeSigning`, 'neither the channel nor the release signs this file'];
  }
  if (artifact.fileLocation?.s3Location !== undefined) return;
  if (artifact.fileLocation?.stream !== undefined) {
    if (signing.startSigningJobParameter !== undefined) {
      yield [
        'INVALID_REQUEST',
        `files[${index}].codeSigning.startSigningJobParameter`,
        'a signing job needs an object in S3, but this file is a stream',
      ];
    }
  } else if (signing.awsSignerJobId === undefined) {
    yield artifact.codeSigning?.awsSignerJobId === undefined
      ? ['INVALID_REQUEST', `files[${index}].fileLocation`, 'required: there is no awsSignerJobId with the location either']
      : ['INVALID_SIGNING', `${path}.codeSigning`, 'the location of the file is in its signing job, but the channel signs in another way'];
  }
}

type Signing = {
  readonly awsSignerJobId?: unknown;
  readonly startSigningJobParameter?: { readonly signingProfileName?: unknown };
  readonly customCodeSigning?: { readonly signature?: { readonly inlineDocument?: unknown } };
};

/** Whether the file gets a signature. An empty structure or text gives no signature. */
function isSigned(signing: Signing): boolean {
  const given = [
    signing.awsSignerJobId,
    signing.startSigningJobParameter?.signingProfileName,
    signing.customCodeSigning?.signature?.inlineDocument,
  ];
  return given.some((value) => value !== undefined && value !== '');
}

function guardRails({ awsJobAbortConfig, awsJobTimeoutConfig }: OtaUpdateTemplate, options: ChannelOptions): JsonObject {
  if (options.unguarded === 'allow') return { awsJobAbortConfig, awsJobTimeoutConfig };
  return {
    awsJobAbortConfig: awsJobAbortConfig ?? { abortCriteriaList: DEFAULT_ABORT_CRITERIA },
    awsJobTimeoutConfig: timeoutOrDefault(awsJobTimeoutConfig),
  };
}
