import { randomUUID } from 'node:crypto';
import type { JobSpec } from '../../fleet/job.ts';
import { partitionOf } from '../../partition.ts';
import { type ErrorInfo, lateError } from './failures.ts';
import { type ResolvedFile, writeJobDocument } from './job-document.ts';
import { type CreateOtaUpdate, jobIdOf, type OtaFile, type OtaUpdate } from './ota-update.ts';
import type { IotWorld } from './world.ts';

const OTA_FILE_BYTES_MAX = 16 * 1024 * 1024;
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

function resolveFile(world: IotWorld, update: OtaUpdate, file: OtaFile, at: number): ResolvedFile | ErrorInfo {
  const { stream, s3Location } = file.fileLocation ?? {};
  if (s3Location?.bucket !== undefined && s3Location.key !== undefined) {
    return resolveObject(world, update, file, at, { ...s3Location, bucket: s3Location.bucket, key: s3Location.key });
  }
  const signature = file.codeSigning?.awsSignerJobId === undefined ? undefined : world.signing.sign(Buffer.alloc(0));
  if (stream?.streamId === undefined) {
    if (file.codeSigning?.awsSignerJobId !== undefined) return { file, size: 0, fileId: at, signature };
    return lateError('AWSIot', 400, 'InvalidRequestException', `File ${file.fileName ?? at} has no location`);
  }
  const found = world.streams.get(stream.streamId);
  if (found === undefined && world.assumptions.streams === 'registered') {
    return lateError('AWSIot', 404, 'ResourceNotFoundException', `Stream ${stream.streamId} cannot be found.`);
  }
  const fileId = stream.fileId ?? 0;
  const location = found?.files.find((one) => (one.fileId ?? 0) === fileId)?.s3Location;
  const object =
    location?.bucket !== undefined && location.key !== undefined
      ? world.options.objects.head(location.bucket, location.key, location.version)
      : undefined;
  return { file, size: object?.size ?? 0, fileId, signature };
}

function resolveObject(
  world: IotWorld,
  update: OtaUpdate,
  file: OtaFile,
  at: number,
  location: { readonly bucket: string; readonly key: string; readonly version?: string },
): ResolvedFile | ErrorInfo {
  const { bucket, key, version } = location;
  const { objects } = world.options;
  const signs = file.codeSigning?.startSigningJobParameter !== undefined;
  const service = signs ? 'AWSSigner' : 'Amazon S3';
  const object = objects.head(bucket, key, version);
  if (object === undefined) {
    return lateError(service, 403, 'AccessDeniedException', `S3 object ${key} not accessible. Please check your permissions`);
  }
  if (object.size > OTA_FILE_BYTES_MAX) {
    const message = `The file ${key} has ${object.size} bytes, the limit is ${OTA_FILE_BYTES_MAX}`;
    return lateError('AWSIot', 400, 'InvalidRequestException', message);
  }
  const resolved = { file, size: object.size, fileId: at, bucket, key, version: object.version };
  if (!signs) {
    const bySigner = file.codeSigning?.awsSignerJobId !== undefined;
    return { ...resolved, signature: bySigner ? world.signing.sign(objects.get(bucket, key, version) ?? Buffer.alloc(0)) : undefined };
  }
  const problem = checkSigning(world, file, location);
  if (problem !== undefined) return problem;
  const content = objects.get(bucket, key, version) ?? Buffer.alloc(0);
  const jobId = world.signing.newJobId();
  const signature = world.signing.sign(content);
  update.signerJobIds.set(at, jobId);
  writeSigned(world, file, jobId, signature, content);
  return { ...resolved, signature };
}

function checkSigning(world: IotWorld, file: OtaFile, { bucket, key, version }: { bucket: string; key: string; version?: string }) {
  if (!world.options.objects.isVersioned(bucket)) {
    return lateError('AWSSigner', 400, 'ValidationException', `Source bucket ${bucket} must be version enabled`);
  }
  if (version === undefined && world.assumptions.signingNeedsVersion) {
    return lateError('AWSSigner', 400, 'ValidationException', `The version of the S3 object ${key} is required`);
  }
  const { signingProfileName } = file.codeSigning?.startSigningJobParameter ?? {};
  if (signingProfileName === undefined) return undefined;
  if (!/^[a-zA-Z0-9_]{2,64}$/.test(signingProfileName)) {
    const rule = "at 'profileName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9_]{2,}";
    return lateError('AWSSigner', 400, 'ValidationException', `1 validation error detected: Value '${signingProfileName}' ${rule}`);
  }
  const { signingProfiles } = world.assumptions;
  if (signingProfiles !== 'any' && !signingProfiles.has(signingProfileName)) {
    return lateError('AWSSigner', 404, 'ResourceNotFoundException', `Signing profile ${signingProfileName} cannot be found.`);
  }
  return undefined;
}

/** Signer writes the signed object as JSON. The OTA process then writes the raw file over the same key. */
function writeSigned(world: IotWorld, file: OtaFile, jobId: string, signature: string, content: Buffer): void {
  const destination = file.codeSigning?.startSigningJobParameter?.destination?.s3Destination;
  const write = world.options.writeObject;
  if (write === undefined || destination?.bucket === undefined) return;
  const key = `${destination.prefix ?? ''}${jobId}`;
  const signed = {
    rawPayloadSize: content.length,
    signature,
    signatureAlgorithm: 'SHA256withECDSA',
    payload: content.toString('base64'),
  };
  write(destination.bucket, key, Buffer.from(JSON.stringify(signed)));
  write(destination.bucket, key, content);
}

/** The stream that devices read over MQTT: the one that the caller named, or a new one. */
function makeStream(world: IotWorld, update: OtaUpdate, files: readonly ResolvedFile[]): string | ErrorInfo {
  const named = update.request.files.find((file) => file.fileLocation?.stream?.streamId !== undefined)?.fileLocation?.stream?.streamId;
  if (named !== undefined) return named;
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
  if (document.length > JOB_DOCUMENT_CHARACTERS_MAX) return refuse(`The job document is longer than ${JOB_DOCUMENT_CHARACTERS_MAX}`);
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
