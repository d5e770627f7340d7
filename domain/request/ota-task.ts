import { documentedOtaTaskInput, formatPath, problemsIn, TAGS_MAX } from 'aws-ota-models';
import { markerKeys, USER_TAGS_MAX } from '../channels/reserved.ts';
import type { DocumentTemplate, OtaTaskTemplate } from '../channels/schema.ts';
import { compact } from '../json/compact.ts';
import { withoutEmpty } from '../json/without-empty.ts';
import { formatMinute } from '../release/instant.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import { readableDescription } from './description.ts';
import { requestDigest } from './digest.ts';
import { attemptId } from './identity.ts';
import { jobDocumentOf } from './job-document.ts';
import { judgeAlgorithms } from './judge-algorithms.ts';
import type { ReleaseOnChannel, Translation } from './release-on-channel.ts';
import { type RejectWith, timesOfRelease } from './schedule-of-release.ts';
import { chooseTargets } from './targets.ts';

/**
 * Translates a release on a `createOtaTask` channel into the input of CreateOtaTask, as sent at attempt 1, and the job
 * document that must exist before. `rejections` holds every reason against it. Input and document count only if there is no
 * reason. Never throws.
 */
export function translateToOtaTask(given: OtaTaskTemplate, documentTemplate: DocumentTemplate, asked: ReleaseOnChannel): Translation {
  const template = withoutEmpty(given);
  const { release, channel, channelName, rolloutId, releaseDigest } = asked;
  const rejections: Rejection[] = [];
  const rejectWith: RejectWith = (code, path, message) => {
    rejections.push(reject(code, path, message, channelName).rejection);
  };

  const targets = targetsOf(template, asked, rejections);
  const refusedTargets = rejections.length > 0;
  for (const [index, artifact] of release.artifacts.entries()) {
    rejections.push(...judgeAlgorithms(artifact.codeSigning, `artifacts[${index}]`, channel, channelName));
    if (artifact.fileLocation?.s3Location !== undefined) continue;
    const given = artifact.fileLocation?.stream === undefined ? 'fileLocation' : 'fileLocation.stream';
    rejectWith('UNSUPPORTED_BY_SERVICE', `artifacts[${index}].${given}`, 'managed things download from S3: give an s3Location');
  }
  const { document, rejections: ofDocument } = jobDocumentOf(documentTemplate, asked);
  rejections.push(...ofDocument);

  const tags = { ...release.tags, ...template.Tags };
  const schedule = scheduleOf(template, asked, rejectWith);
  const request = compact({
    Description: template.Description ?? (release.description === undefined ? undefined : readableDescription(release.description)),
    S3Url: `s3://${document.bucket}/${document.key}`,
    Protocol: template.Protocol,
    ...targets,
    TaskConfigurationId: template.TaskConfigurationId,
    OtaMechanism: template.OtaMechanism,
    OtaType: template.OtaType,
    OtaSchedulingConfig: schedule,
    OtaTaskExecutionRetryConfig: template.OtaTaskExecutionRetryConfig,
  });
  const digest = requestDigest({ ...request, Tags: tags });
  const input = {
    ...request,
    ClientToken: attemptId(rolloutId, 1),
    Tags: {
      ...tags,
      [markerKeys.rolloutId]: rolloutId,
      [markerKeys.releaseDigest]: releaseDigest,
      [markerKeys.requestDigest]: digest,
    },
  };
  for (const problem of problemsIn(documentedOtaTaskInput, input)) {
    if (refusedTargets && String(problem.path[0]).startsWith('Target')) continue;
    if (problem.path.join() === 'Tags')
      rejectWith(
        'INVALID_REQUEST',
        'Tags',
        `at most ${USER_TAGS_MAX} tags: this service adds ${TAGS_MAX - USER_TAGS_MAX}, and AWS takes ${TAGS_MAX}`,
      );
    else rejectWith('INVALID_REQUEST', formatPath(problem.path), problem.message);
  }
  return { input, document, requestDigest: digest, ...compact({ endAt: release.endAt ?? endOf(schedule) }), rejections };
}

function targetsOf(
  { OtaType, Target, OtaTargetQueryString }: OtaTaskTemplate,
  asked: ReleaseOnChannel,
  rejections: Rejection[],
): { readonly Target?: readonly string[]; readonly OtaTargetQueryString?: string } {
  const { release, channel, channelName } = asked;
  if (OtaType === 'ONE_TIME' || release.targets !== undefined) {
    // A query has no place for targets. So no glob permits one, and channels.yml may not have globs there.
    const globs = OtaType === 'ONE_TIME' ? (channel.targetsFromRelease ?? []) : [];
    const chosen = chooseTargets(asked, 'CreateOtaTask', Target, globs);
    rejections.push(...chosen.rejections);
    return { Target: chosen.targets };
  }
  if (OtaTargetQueryString === undefined) {
    rejections.push(reject('INVALID_RELEASE', 'targets', 'the channel has no query', channelName).rejection);
    return {};
  }
  return { OtaTargetQueryString };
}

/**
 * The schedule of the channel, with the instants of the release if the channel allows them. UTC, in whole minutes. One that
 * ends before it starts or has ended by now is INVALID_REQUEST.
 */
function scheduleOf(template: OtaTaskTemplate, asked: ReleaseOnChannel, rejectWith: RejectWith): Schedule | undefined {
  const { now } = asked;
  const ofChannel = template.OtaSchedulingConfig as Schedule | undefined;
  const { startAt: StartTime, endAt: EndTime } = timesOfRelease(asked, rejectWith);
  const times = compact({ StartTime, EndTime });
  const given = Object.keys(times).length > 0;
  if (!given && ofChannel === undefined) return undefined;
  const schedule = { ...ofChannel, ...times };
  // A start that has passed is accepted, because a release may come late. Assumption: MI then starts the task at once.
  if (isMinute(schedule.EndTime) && schedule.EndTime <= formatMinute(now)) {
    rejectWith('INVALID_REQUEST', 'OtaSchedulingConfig.EndTime', 'it has passed, so no device could start: give a later end');
  } else if (given && isMinute(schedule.StartTime) && isMinute(schedule.EndTime) && schedule.EndTime <= schedule.StartTime) {
    rejectWith('INVALID_REQUEST', 'OtaSchedulingConfig.EndTime', 'it must be after StartTime');
  }
  return schedule;
}

type Schedule = { readonly StartTime?: string; readonly EndTime?: string };

/** When the schedule of a channel ends, as an instant. */
function endOf(schedule: Schedule | undefined): string | undefined {
  return isMinute(schedule?.EndTime) ? `${schedule?.EndTime}:00Z` : undefined;
}

function isMinute(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text);
}
