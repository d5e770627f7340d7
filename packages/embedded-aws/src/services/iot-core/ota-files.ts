import type { ObjectLocation } from '../rest-json/document-source.ts';
import { type ErrorInfo, lateError } from './failures.ts';
import type { ResolvedFile } from './job-document.ts';
import type { OtaFile, OtaUpdate } from './ota-update.ts';
import type { IotWorld } from './world.ts';

const OTA_FILE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Finds the bytes of a file: at its location, in its stream, or where its signing job has put them. Signs them if a signing job
 * is named or requested. `at` is the index of the file. Returns why AWS would fail the update if the bytes cannot be read or signed.
 */
export function resolveFile(world: IotWorld, update: OtaUpdate, file: OtaFile, at: number): ResolvedFile | ErrorInfo {
  const { stream, s3Location } = file.fileLocation ?? {};
  if (s3Location?.bucket !== undefined && s3Location.key !== undefined) {
    return resolveObject(world, update, file, at, { ...s3Location, bucket: s3Location.bucket, key: s3Location.key });
  }
  if (stream?.streamId !== undefined) return resolveStream(world, file, { streamId: stream.streamId, fileId: stream.fileId ?? 0 });
  const jobId = file.codeSigning?.awsSignerJobId;
  if (jobId === undefined) return lateError('AWSIot', 400, 'InvalidRequestException', `File ${file.fileName ?? at} has no location`);
  const output = world.signing.outputOf(jobId);
  if (output === undefined) return lateError('AWSSigner', 404, 'ResourceNotFoundException', `Signing job ${jobId} cannot be found.`);
  return resolveObject(world, update, file, at, output);
}

/** The file that a stream has under its number. It is signed if a signing job is named. */
function resolveStream(
  world: IotWorld,
  file: OtaFile,
  named: { readonly streamId: string; readonly fileId: number },
): ResolvedFile | ErrorInfo {
  const { streamId, fileId } = named;
  const stream = world.streams.get(streamId);
  if (stream === undefined) return lateError('AWSIot', 404, 'ResourceNotFoundException', `Stream ${streamId} cannot be found.`);
  const { bucket, key, version } = stream.files.find((one) => (one.fileId ?? 0) === fileId)?.s3Location ?? {};
  if (bucket === undefined || key === undefined)
    return lateError('AWSIot', 400, 'InvalidRequestException', `Stream ${streamId} has no file ${fileId} with a location`);
  const content = world.options.objects.get(bucket, key, version);
  if (content === undefined) return notAccessible('Amazon S3', key);
  const bySigner = file.codeSigning?.awsSignerJobId !== undefined;
  return { file, size: content.length, fileId, signature: bySigner ? world.signing.sign(content) : undefined };
}

function notAccessible(service: string, key: string): ErrorInfo {
  return lateError(service, 403, 'AccessDeniedException', `S3 object ${key} not accessible. Please check your permissions`);
}

function resolveObject(world: IotWorld, update: OtaUpdate, file: OtaFile, at: number, location: ObjectLocation): ResolvedFile | ErrorInfo {
  const { bucket, key, version } = location;
  const { objects } = world.options;
  const signs = file.codeSigning?.startSigningJobParameter !== undefined;
  const service = signs ? 'AWSSigner' : 'Amazon S3';
  const object = objects.head(bucket, key, version);
  if (object === undefined) return notAccessible(service, key);
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
  world.signing.finish(jobId, writeSigned(world, file, jobId, signature, content) ?? location);
  return { ...resolved, signature };
}

function checkSigning(world: IotWorld, file: OtaFile, { bucket, key, version }: ObjectLocation) {
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

/** Signer writes the signed object as JSON. The OTA process then writes the raw file over the same key. Returns where, if it did. */
function writeSigned(world: IotWorld, file: OtaFile, jobId: string, signature: string, content: Buffer): ObjectLocation | undefined {
  const destination = file.codeSigning?.startSigningJobParameter?.destination?.s3Destination;
  const write = world.options.writeObject;
  if (write === undefined || destination?.bucket === undefined) return undefined;
  const { bucket } = destination;
  const key = `${destination.prefix ?? ''}${jobId}`;
  const signed = {
    rawPayloadSize: content.length,
    signature,
    signatureAlgorithm: 'SHA256withECDSA',
    payload: content.toString('base64'),
  };
  write(bucket, key, Buffer.from(JSON.stringify(signed)));
  write(bucket, key, content);
  return { bucket, key };
}
