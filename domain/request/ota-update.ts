import { documentedOTAUpdateInput, formatPath, problemsIn } from 'aws-ota-models';
import { markerKeys } from '../channels/reserved.ts';
import type { ChannelOptions, FileTemplate, OtaUpdateTemplate } from '../channels/schema.ts';
import { compact } from '../json/compact.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import type { Artifact, Release } from '../release/release.ts';
import { requestDigest } from './digest.ts';
import { attemptId } from './identity.ts';
import type { ReleaseOnChannel, Translation } from './release-on-channel.ts';
import { chooseTargets } from './targets.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The abort criteria of a channel that names none: a fifth of at least ten devices failing, whatever the
 * way. Ten, because a smaller sample aborts on one bad cable; all failures, because a device that rejects or
 * hangs is as lost as one that fails.
 */
export const DEFAULT_ABORT_CONFIG = {
  abortCriteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 10 }],
} as const;

/**
 * The timeout of a channel that names none: a day, of the 7 days AWS allows. Slow links need hours; a device
 * that has said nothing for a day would otherwise download the same job for ever.
 */
export const DEFAULT_TIMEOUT_CONFIG = { inProgressTimeoutInMinutes: 1440 } as const;

/**
 * One release on one `createOTAUpdate` channel: the input of CreateOTAUpdate in wire form, as sent at attempt 1,
 * and every reason why it must not be sent. The input counts only where `rejections` is empty. Never throws.
 */
export function translateToOtaUpdate(template: OtaUpdateTemplate, asked: ReleaseOnChannel): Translation {
  const { release, channel, channelName, rolloutId, releaseDigest } = asked;
  const rejections: Rejection[] = [];
  const rejectWith = (code: Rejection['code'], path: string, message: string) => {
    rejections.push(reject(code, path, message, channelName).rejection);
  };

  for (const name of ['startAt', 'endAt'] as const) {
    if (release[name] !== undefined) rejectWith('UNSUPPORTED_BY_SERVICE', name, 'CreateOTAUpdate has no schedule');
  }
  const chosen = chooseTargets(asked, 'CreateOTAUpdate', template.targets, channel.targetsFromRelease ?? []);
  rejections.push(...chosen.rejections);
  const files = release.artifacts.map((artifact, index) => {
    const entries = matchingEntries(template.files, artifact.fileName);
    const file = fileOf(artifact, entries);
    for (const [code, path, message] of whyNotFile(artifact, file, index, channel)) rejectWith(code, path, message);
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
  for (const problem of problemsIn(documentedOTAUpdateInput, input)) {
    if (chosen.rejections.length > 0 && problem.path[0] === 'targets') continue;
    rejectWith('INVALID_REQUEST', formatPath(problem.path), problem.message);
  }
  return { input, requestDigest: digest, rejections };
}

/** The channel's `files` entries for an artifact, the stronger last: those without `fileName`, then those of its name. */
function matchingEntries(files: readonly FileTemplate[] | undefined, fileName: string | undefined): readonly FileTemplate[] {
  const unnamed = (files ?? []).filter((entry) => entry.fileName === undefined);
  const named = (files ?? []).filter((entry) => entry.fileName !== undefined && entry.fileName === fileName);
  return [...unnamed, ...named];
}

function fileOf(artifact: Artifact, entries: readonly FileTemplate[]): JsonObject {
  const strongest = <K extends 'fileType' | 'fileVersion' | 'codeSigning'>(name: K) =>
    entries.findLast((entry) => entry[name] !== undefined)?.[name] ?? artifact[name];
  const attributes = Object.assign({}, artifact.attributes, ...entries.map((entry) => entry.attributes));
  return compact({
    fileName: artifact.fileName,
    fileType: strongest('fileType'),
    fileVersion: strongest('fileVersion'),
    fileLocation: artifact.fileLocation,
    codeSigning: strongest('codeSigning'),
    attributes: Object.keys(attributes).length > 0 ? attributes : undefined,
  });
}

function* whyNotFile(
  artifact: Artifact,
  file: JsonObject,
  index: number,
  options: ChannelOptions,
): Generator<readonly [code: Rejection['code'], path: string, message: string]> {
  const path = `artifacts[${index}]`;
  if (artifact.jobDocument) yield ['UNSUPPORTED_BY_SERVICE', `${path}.jobDocument`, 'CreateOTAUpdate writes its own job document'];
  if (artifact.fileLocation?.s3Location === undefined) {
    const shape = artifact.fileLocation?.stream ? 'stream' : 'signerJob';
    if (!options.unverified?.includes(shape)) {
      yield [
        'ARTIFACT_NOT_VERIFIABLE',
        `${path}.fileLocation`,
        `no s3Location to verify, and the channel does not say unverified: [${shape}]`,
      ];
    }
  }
  const signing = (file.codeSigning ?? {}) as Signing;
  if (!isSigned(signing)) {
    if (options.unsigned !== 'allow') yield ['UNSIGNED_ARTIFACT', `${path}.codeSigning`, 'neither channel nor release signs this file'];
  }
  if (artifact.fileLocation?.s3Location !== undefined) return;
  if (artifact.fileLocation?.stream !== undefined) {
    if (signing.startSigningJobParameter !== undefined) {
      yield [
        'INVALID_REQUEST',
        `files[${index}].codeSigning.startSigningJobParameter`,
        'a signing job needs an object in S3, this file is a stream',
      ];
    }
  } else if (signing.awsSignerJobId === undefined) {
    yield artifact.codeSigning?.awsSignerJobId === undefined
      ? ['INVALID_REQUEST', `files[${index}].fileLocation`, 'required where no awsSignerJobId tells the location']
      : ['INVALID_SIGNING', `${path}.codeSigning`, 'its signing job tells where the file is, and the channel signs in another way'];
  }
}

type Signing = {
  readonly awsSignerJobId?: unknown;
  readonly startSigningJobParameter?: { readonly signingProfileName?: unknown };
  readonly customCodeSigning?: { readonly signature?: { readonly inlineDocument?: unknown } };
};

/** Whether something will be there to sign the file: an empty structure or text does not. */
function isSigned(signing: Signing): boolean {
  const given = [
    signing.awsSignerJobId,
    signing.startSigningJobParameter?.signingProfileName,
    signing.customCodeSigning?.signature?.inlineDocument,
  ];
  return given.some((value) => value !== undefined && value !== '');
}

function guardRails(template: OtaUpdateTemplate, options: ChannelOptions): JsonObject {
  const { awsJobAbortConfig, awsJobTimeoutConfig } = template;
  if (options.unguarded === 'allow') return { awsJobAbortConfig, awsJobTimeoutConfig };
  // An empty timeout structure is as good as none to AWS.
  const timed = (awsJobTimeoutConfig as { inProgressTimeoutInMinutes?: unknown } | undefined)?.inProgressTimeoutInMinutes !== undefined;
  return {
    awsJobAbortConfig: awsJobAbortConfig ?? DEFAULT_ABORT_CONFIG,
    awsJobTimeoutConfig: timed ? awsJobTimeoutConfig : DEFAULT_TIMEOUT_CONFIG,
  };
}

/** Tags as the list that IoT Core takes, in order of their keys; the channel wins. */
function mergeTags(ofRelease: Release['tags'], ofChannel: OtaUpdateTemplate['tags']): OtaUpdateTemplate['tags'] {
  const merged = new Map<string, { readonly Key: string; readonly Value?: string }>();
  for (const [Key, Value] of Object.entries(ofRelease ?? {})) merged.set(Key, { Key, Value });
  for (const tag of ofChannel ?? []) merged.set(tag.Key, tag);
  const keys = [...merged.keys()].sort();
  return keys.length > 0 ? keys.flatMap((key) => merged.get(key) ?? []) : undefined;
}
