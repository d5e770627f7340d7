import type { Channel } from '../../../domain/channels/schema.ts';
import type { RejectionCode } from '../../../domain/release/rejection.ts';
import { NOW, settings } from '../configuration.ts';
import { instantOf } from './instant.ts';
import { onIotJobs } from './job.ts';
import { isObject } from './json.ts';
import { codesOfAlgorithms, defined, type Json, type OnChannel, type Tag, tagsOf, targetsOf } from './members.ts';
import { canBecomeJob } from './ota-job.ts';
import type { Detail, File } from './release.ts';
import { flawOfRequest } from './requests.ts';
import type { Codes } from './verdict.ts';

const IOT_FILE_BYTES = 16 * 1024 * 1024;
const DOCUMENT_CHARACTERS = 32_768;

export type { OnChannel };

/** Translates a release for a channel, by the contract alone. */
export function onChannel(release: Detail, channel: Channel): OnChannel {
  if (channel.createJob) return onIotJobs(release, channel);
  return channel.createOTAUpdate ? onIotCore(release, channel) : onManagedIntegrations(release, channel);
}

function onIotCore(release: Detail, channel: Channel): OnChannel {
  const template = channel.createOTAUpdate as unknown as Json & { readonly files?: readonly File[]; readonly tags?: readonly Tag[] };
  const files = release['artifacts'] as readonly File[];
  const codes: RejectionCode[] = [];
  if (release['startAt'] !== undefined || release['endAt'] !== undefined) codes.push('UNSUPPORTED_BY_SERVICE');
  const { targets, codes: ofTargets } = targetsOf(release, template['targets'], channel, 'iot', ['thing', 'thinggroup']);
  codes.push(...ofTargets);
  const asked = files.map((file) => {
    const entries = (template.files ?? []).filter((entry) => entry.fileName === undefined || entry.fileName === file.fileName);
    // An entry with a name wins over one without, in any order.
    entries.sort((a, b) => Number(a.fileName !== undefined) - Number(b.fileName !== undefined));
    const { sha256: _sha256, sizeBytes, jobDocument, ...given } = file;
    const merged = Object.assign({}, given, ...entries.map(({ attributes: _attributes, fileName: _fileName, ...rest }) => rest)) as File;
    if (merged.codeSigning === file.codeSigning) codes.push(...codesOfAlgorithms(file, channel));
    const attributes = Object.assign({}, file.attributes, ...entries.map((entry) => entry.attributes));
    const { attributes: _replaced, ...rest } = inWireForm(merged, file);
    const input: File = Object.keys(attributes).length > 0 ? { ...rest, attributes } : rest;
    if (jobDocument === true) codes.push('UNSUPPORTED_BY_SERVICE');
    if (sizeBytes !== undefined && sizeBytes > IOT_FILE_BYTES) codes.push('ARTIFACT_TOO_LARGE');
    codes.push(...codesOfFile(file, input.codeSigning ?? {}, channel));
    return input;
  });
  const { description, tags, files: _files, ...others } = template;
  const input = {
    ...others,
    ...defined('description', description ?? release['description']),
    ...defined('tags', tagsOf(release['tags'] as Record<string, string> | undefined, tags)),
    targets,
    files: asked,
  };
  const judged = { ...input, otaUpdateId: 'x', ...(ofTargets.length > 0 && { targets: [anyThing] }) };
  if (flawOfRequest('CreateOTAUpdate', judged) !== undefined) codes.push('INVALID_REQUEST');
  else if (!canBecomeJob(channel.createOTAUpdate?.protocols, asked, files)) codes.push('INVALID_REQUEST');
  return { operation: 'CreateOTAUpdate', input, codes };
}

const anyThing = `arn:aws:iot:${settings.AWS_REGION}:${settings.OTA_ACCOUNT_ID}:thing/any`;

function codesOfFile({ fileLocation }: File, signing: Json, channel: Channel): Codes {
  const codes: RejectionCode[] = [];
  const shape = fileLocation?.s3Location ? 's3' : fileLocation?.stream ? 'stream' : 'signerJob';
  if (shape !== 's3' && !channel.unverified?.includes(shape)) codes.push('ARTIFACT_NOT_VERIFIABLE');
  const isSigned = ['awsSignerJobId', 'startSigningJobParameter', 'customCodeSigning'].some(
    (way) => isObject(signing[way]) || isText(signing[way]),
  );
  if (!isSigned && channel.unsigned !== 'allow') codes.push('UNSIGNED_ARTIFACT');
  if (shape === 'stream' && signing['startSigningJobParameter'] !== undefined) codes.push('INVALID_REQUEST');
  if (shape === 'signerJob' && signing['awsSignerJobId'] === undefined) codes.push('INVALID_SIGNING');
  return codes;
}

/** A file with the signature of the release as the API model has it: the base64 of what devices read, which is base64 itself. */
function inWireForm(merged: File, { codeSigning }: File): File {
  const custom = codeSigning?.['customCodeSigning'] as Json | undefined;
  if (merged.codeSigning !== codeSigning || custom === undefined) return merged;
  const { inlineDocument } = custom['signature'] as { readonly inlineDocument: string };
  const signature = { inlineDocument: Buffer.from(inlineDocument).toString('base64') };
  return { ...merged, codeSigning: { ...codeSigning, customCodeSigning: { ...custom, signature } } };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function onManagedIntegrations(release: Detail, channel: Channel): OnChannel {
  const template = channel.createOtaTask as unknown as Json & { readonly Tags?: Json };
  const codes: RejectionCode[] = [];
  const { Target, Description: _description, Tags, OtaSchedulingConfig, ...others } = template;
  const isQuery = template['OtaType'] === 'CONTINUOUS' && release['targets'] === undefined;
  const { targets, codes: ofTargets } = isQuery
    ? { targets: undefined, codes: [] as RejectionCode[] }
    : targetsOf(release, Target, channel, 'iotmanagedintegrations', ['managed-thing']);
  codes.push(...ofTargets);
  for (const file of release['artifacts'] as readonly File[]) {
    const { fileLocation, sizeBytes, jobDocument } = file;
    codes.push(...codesOfAlgorithms(file, channel));
    if (fileLocation?.s3Location === undefined) codes.push('UNSUPPORTED_BY_SERVICE');
    if (jobDocument === true && sizeBytes !== undefined && sizeBytes > DOCUMENT_CHARACTERS) codes.push('ARTIFACT_TOO_LARGE');
  }
  const { schedule, codes: ofSchedule } = scheduleOf(release, OtaSchedulingConfig as Json | undefined, channel);
  codes.push(...ofSchedule);
  const input = {
    ...others,
    ...defined('Target', targets),
    ...defined('OtaSchedulingConfig', schedule),
    Tags: { ...(release['tags'] as Json | undefined), ...Tags },
  };
  const marked = { ...input.Tags, 'ota-dispatch.1': '', 'ota-dispatch.2': '', 'ota-dispatch.3': '' };
  const judged = {
    ...input,
    S3Url: 's3://documents/x',
    ClientToken: 'x',
    Tags: marked,
    ...(ofTargets.length > 0 && { Target: [anyManagedThing] }),
  };
  if (flawOfRequest('CreateOtaTask', judged) !== undefined) codes.push('INVALID_REQUEST');
  return { operation: 'CreateOtaTask', input, codes };
}

const anyManagedThing = `arn:aws:iotmanagedintegrations:${settings.AWS_REGION}:${settings.OTA_ACCOUNT_ID}:managed-thing/any`;

function scheduleOf(release: Detail, ofChannel: Json | undefined, channel: Channel): { schedule: Json | undefined; codes: Codes } {
  const given = [
    ['StartTime', release['startAt']],
    ['EndTime', release['endAt']],
  ].filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (given.length === 0) return { schedule: ofChannel, codes: codesOfEnd(ofChannel) };
  if (channel.scheduleFromRelease !== 'allow') return { schedule: ofChannel, codes: ['SCHEDULE_NOT_ALLOWED'] };
  const times = given.map(([name, at]) => [name, new Date(instantOf(at) ?? 0).toISOString().slice(0, 16)]);
  const schedule: Json = { ...ofChannel, ...Object.fromEntries(times) };
  const { StartTime: start, EndTime: end } = schedule as { StartTime?: string; EndTime?: string };
  return { schedule, codes: start !== undefined && end !== undefined && end <= start ? ['INVALID_REQUEST'] : codesOfEnd(schedule) };
}

/** A schedule that has ended lets no device start. */
function codesOfEnd(schedule: Json | undefined): Codes {
  const end = schedule?.['EndTime'];
  return end !== undefined && Date.parse(`${end}Z`) <= NOW ? ['INVALID_REQUEST'] : [];
}
