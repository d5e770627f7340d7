import { randomUUID } from 'node:crypto';
import type { JobSpec } from '../../fleet/job.ts';
import { partitionOf } from '../../partition.ts';
import { whySigningIsEmpty } from './code-signing.ts';
import { type ErrorInfo, lateError } from './failures.ts';
import { type ResolvedFile, writeJobDocument } from './job-document.ts';
import { resolveFile } from './ota-files.ts';
import { type CreateOtaUpdate, jobIdOf, type OtaUpdate } from './ota-update.ts';
import type { IotWorld } from './world.ts';

const STREAM_FILES_MAX = 50;
const TARGETS_MAX = 100;
const JOB_ID_CHARACTERS_MAX = 64;
const JOB_DOCUMENT_CHARACTERS_MAX = 32_768;

/**
 * What AWS does after CreateOTAUpdate has answered: it assumes the role, signs, makes a stream and creates the job.
 * Returns why it failed, or `undefined` if the job exists. What it made before it failed stays, as on AWS.
 */
export function createBehind(world: IotWorld, update: OtaUpdate): ErrorInfo | undefined {
  const { request } = update;
  if (update.injected !== undefined) return update.injected;
  const role = checkRole(world, request);
  if (role !== undefined) return role;
  const empty = world.assumptions.emptyCodeSigning === 'failed' ? whySigningIsEmpty(request.files) : undefined;
  if (empty !== undefined) return lateError('AWSIot', 400, 'InvalidRequestException', empty);
  const files: ResolvedFile[] = [];
  for (const [at, file] of request.files.entries()) {
    const resolved = resolveFile(world, update, file, at);
    if ('code' in resolved) return resolved;
    files.push(resolved);
  }
  const protocols = request.protocols ?? ['MQTT'];
  const stream = protocols.includes('MQTT') ? makeStream(world, update, files) : undefined;
  if (typeof stream === 'object') return stream;
  const document = writeJobDocument(protocols, stream, files, world.options.region);
  return checkJob(world, request, document) ?? startJob(world, update, document);
}

function checkRole(world: IotWorld, request: CreateOtaUpdate): ErrorInfo | undefined {
  const { roles } = world.assumptions;
  if (roles === 'any' || roles.has(request.roleArn)) return undefined;
  const role = request.roleArn.slice(request.roleArn.lastIndexOf('/') + 1);
  const user = `arn:${partitionOf(world.options.region).name}:sts::${world.options.accountId}:assumed-role/${role}/${randomUUID().slice(0, 8)}`;
  return lateError(
    'AWSIot',
    403,
    'AccessDeniedException',
    `User: ${user} is not authorized to perform: iam:PassRole on resource: ${request.roleArn}`,
    'AWSIotException',
  );
}

/** The stream that devices read over MQTT: the one that the caller named, or a new one. */
function makeStream(world: IotWorld, update: OtaUpdate, files: readonly ResolvedFile[]): string | ErrorInfo {
  const named = update.request.files.find((file) => file.fileLocation?.stream?.streamId !== undefined)?.fileLocation?.stream?.streamId;
  if (named !== undefined) return named;
  if (files.length > STREAM_FILES_MAX) return tooLong('files', STREAM_FILES_MAX);
  const id = `AFR_OTA-${randomUUID()}`;
  const made = world.streams.add({
    id,
    description: undefined,
    files: files.map(({ fileId, bucket, key, version }) => ({
      fileId,
      ...(bucket === undefined || key === undefined ? {} : { s3Location: { bucket, key, ...(version === undefined ? {} : { version }) } }),
    })),
    roleArn: update.request.roleArn,
    createdAt: world.clock.now(),
  });
  if ('code' in made) return made;
  update.ownStreamId = id;
  return id;
}

/** The refusal of a member that is too long, in the form of AWS, which does not repeat a long value. */
function tooLong(member: string, maximum: number): ErrorInfo {
  const rule = `Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${maximum}`;
  return lateError('AWSIot', 400, 'InvalidRequestException', `1 validation error detected: ${rule}`);
}

/** What CreateJob refuses although CreateOTAUpdate has accepted it. */
function checkJob(world: IotWorld, request: CreateOtaUpdate, document: string): ErrorInfo | undefined {
  const jobId = jobIdOf(request.otaUpdateId);
  const refuse = (message: string) => lateError('AWSIot', 400, 'InvalidRequestException', message);
  const outside = (value: number | undefined, min: number, max: number) => value !== undefined && (value < min || value > max);
  const violation = (member: string, value: unknown, rule: string) =>
    refuse(`1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`);
  if (jobId.length > JOB_ID_CHARACTERS_MAX) return violation('jobId', jobId, `have length less than or equal to ${JOB_ID_CHARACTERS_MAX}`);
  const factor = request.awsJobExecutionsRolloutConfig?.exponentialRate?.incrementFactor;
  if (outside(factor, 1.1, 5)) return violation('incrementFactor', factor, 'have a value between 1.1 and 5');
  const expires = request.awsJobPresignedUrlConfig?.expiresInSec;
  if (outside(expires, 60, 3600)) return violation('expiresInSec', expires, 'have a value between 60 and 3600');
  const timeout = request.awsJobTimeoutConfig?.inProgressTimeoutInMinutes;
  if (outside(timeout, 1, 10_080)) return violation('inProgressTimeoutInMinutes', timeout, 'have a value between 1 and 10080');
  if (document.length > JOB_DOCUMENT_CHARACTERS_MAX) return tooLong('document', JOB_DOCUMENT_CHARACTERS_MAX);
  if (request.targets.length > TARGETS_MAX) {
    const message = `The total number of targets associated with a job must not exceed ${TARGETS_MAX}`;
    return lateError('AWSIot', 410, 'LimitExceededException', message);
  }
  const unknown = request.targets.find((target) => !world.registry.isTarget(target));
  if (unknown !== undefined) return lateError('AWSIot', 404, 'ResourceNotFoundException', `Target ${unknown} cannot be found.`);
  if (world.jobs.get(jobId) !== undefined) {
    return lateError('AWSIot', 409, 'ResourceAlreadyExistsException', `Job ${jobId} already exists`);
  }
  return undefined;
}

function startJob(world: IotWorld, update: OtaUpdate, document: string): undefined {
  const { request } = update;
  const rollout = request.awsJobExecutionsRolloutConfig;
  const rate = rollout?.exponentialRate;
  const expiresInSec = request.awsJobPresignedUrlConfig?.expiresInSec;
  const spec: JobSpec = {
    id: jobIdOf(request.otaUpdateId),
    targets: request.targets,
    continuous: request.targetSelection === 'CONTINUOUS',
    document,
    description: request.description,
    rollout: {
      maximumPerMinute: rollout?.maximumPerMinute,
      exponential: rate && {
        baseRatePerMinute: rate.baseRatePerMinute,
        incrementFactor: rate.incrementFactor,
        ...rate.rateIncreaseCriteria,
      },
    },
    abort: request.awsJobAbortConfig?.abortCriteriaList,
    inProgressTimeoutMinutes: request.awsJobTimeoutConfig?.inProgressTimeoutInMinutes,
    presignedUrl: expiresInSec === undefined ? undefined : { roleArn: request.roleArn, expiresInSec },
  };
  world.jobs.create(spec);
  update.jobId = spec.id;
  return undefined;
}
