import { documentedOtaTaskInput, JOB_DOCUMENT_CHARACTERS_MAX, TAGS_MAX, violations } from 'aws-ota-models';
import { markerKeys, USER_TAGS_MAX } from '../channels/reserved.ts';
import type { Channel, OtaTaskTemplate } from '../channels/schema.ts';
import type { Place } from '../channels/variables.ts';
import { compact } from '../json/compact.ts';
import { formatMinute, parseInstant } from '../release/instant.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import type { Release } from '../release/release.ts';
import { readableDescription } from './description.ts';
import { requestDigest } from './digest.ts';
import { attemptId } from './identity.ts';
import { type DocumentTemplate, jobDocumentOf } from './job-document.ts';
import type { Marks } from './marks.ts';
import type { JobDocument } from './planned-rollout.ts';
import { chooseTargets } from './targets.ts';

type JsonObject = Readonly<Record<string, unknown>>;
type No = (code: Rejection['code'], path: string, message: string) => void;

/**
 * One release on one `createOtaTask` channel: the input of CreateOtaTask as sent at attempt 1, the job document
 * that has to be there before, and every reason why it must not be sent. Input and document count only where
 * `rejections` is empty. Never throws.
 */
export function translateToOtaTask(
  release: Release,
  channelName: string,
  channel: Channel & { readonly createOtaTask: OtaTaskTemplate } & DocumentTemplate,
  place: Place,
  marks: Marks,
): {
  readonly input: JsonObject;
  readonly document: JobDocument;
  readonly requestDigest: string;
  readonly rejections: readonly Rejection[];
} {
  const template = channel.createOtaTask;
  const rejections: Rejection[] = [];
  const no: No = (code, path, message) => {
    rejections.push(reject(code, path, message, channelName).rejection);
  };

  const targets = targetsOf(release, channelName, channel, place, rejections);
  const refusedTargets = rejections.length > 0;
  for (const [index, artifact] of release.artifacts.entries()) {
    if (artifact.fileLocation?.s3Location !== undefined) continue;
    const given = artifact.fileLocation?.stream === undefined ? 'fileLocation' : 'fileLocation.stream';
    no(
      'UNSUPPORTED_BY_SERVICE',
      `artifacts[${index}].${given}`,
      'managed things download from S3: a job document carries an s3Location only',
    );
  }
  const { document, rejections: ofDocument } = jobDocumentOf(release, marks.rolloutId, channelName, channel, place);
  rejections.push(...ofDocument);

  const tags = { ...release.tags, ...template.Tags };
  const asked = compact({
    Description: template.Description ?? (release.description === undefined ? undefined : readableDescription(release.description)),
    S3Url: `s3://${document.bucket}/${document.key}`,
    Protocol: template.Protocol,
    ...targets,
    TaskConfigurationId: template.TaskConfigurationId,
    OtaMechanism: template.OtaMechanism,
    OtaType: template.OtaType,
    OtaSchedulingConfig: scheduleOf(release, channel, no),
    OtaTaskExecutionRetryConfig: template.OtaTaskExecutionRetryConfig,
  });
  const digest = requestDigest({ ...asked, Tags: tags });
  const input = {
    ...asked,
    ClientToken: attemptId(marks.rolloutId, 1),
    Tags: {
      ...tags,
      [markerKeys.rolloutId]: marks.rolloutId,
      [markerKeys.releaseDigest]: marks.releaseDigest,
      [markerKeys.requestDigest]: digest,
    },
  };
  for (const violation of violations(documentedOtaTaskInput, input)) {
    if (refusedTargets && violation.path.startsWith('Target')) continue;
    if (violation.path === 'Tags') no('INVALID_REQUEST', 'Tags', `at most ${USER_TAGS_MAX} beside our ${TAGS_MAX - USER_TAGS_MAX}`);
    else no('INVALID_REQUEST', violation.path, violation.rule);
  }
  return { input, document, requestDigest: digest, rejections };
}

/** Bytes that a brought job document may have: the limit is in characters, and S3 tells bytes. */
export const BROUGHT_DOCUMENT_BYTES_MAX = JOB_DOCUMENT_CHARACTERS_MAX;

function targetsOf(
  release: Release,
  channelName: string,
  channel: Channel & { readonly createOtaTask: OtaTaskTemplate },
  place: Place,
  rejections: Rejection[],
): { readonly Target?: readonly string[]; readonly OtaTargetQueryString?: string } {
  const { OtaType, Target, OtaTargetQueryString } = channel.createOtaTask;
  if (OtaType === 'ONE_TIME' || release.targets !== undefined) {
    // A query has no room for targets, so that no glob permits any (a file that has one is refused).
    const globs = OtaType === 'ONE_TIME' ? (channel.targetsFromRelease ?? []) : [];
    const chosen = chooseTargets(release, Target, globs, 'iotmanagedintegrations', place, channelName);
    rejections.push(...chosen.rejections);
    return { Target: chosen.targets };
  }
  if (OtaTargetQueryString === undefined) {
    rejections.push(reject('INVALID_RELEASE', 'targets', 'the channel names no query', channelName).rejection);
    return {};
  }
  return { OtaTargetQueryString };
}

/** The channel's schedule with the release's instants in it, where the channel allows them: UTC, to the minute, as the service takes it. */
function scheduleOf(release: Release, channel: Channel & { readonly createOtaTask: OtaTaskTemplate }, no: No): object | undefined {
  const ofChannel = channel.createOtaTask.OtaSchedulingConfig as { readonly StartTime?: string; readonly EndTime?: string } | undefined;
  const times: Record<string, string> = {};
  for (const [name, member] of [
    ['startAt', 'StartTime'],
    ['endAt', 'EndTime'],
  ] as const) {
    const at = release[name];
    if (at === undefined) continue;
    const atMs = parseInstant(at);
    if (channel.scheduleFromRelease !== 'allow') no('SCHEDULE_NOT_ALLOWED', name, 'the channel does not say scheduleFromRelease: allow');
    else if (atMs === undefined) no('INVALID_RELEASE', name, 'no RFC 3339 instant');
    else times[member] = formatMinute(atMs);
  }
  if (Object.keys(times).length === 0) return ofChannel;
  const schedule = { ...ofChannel, ...times };
  if (isMinute(schedule.StartTime) && isMinute(schedule.EndTime) && schedule.EndTime <= schedule.StartTime) {
    no('INVALID_REQUEST', 'OtaSchedulingConfig.EndTime', 'not after StartTime');
  }
  return schedule;
}

function isMinute(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text);
}
