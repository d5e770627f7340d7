import { documentedJobInput, formatPath, JOB_DOCUMENT_CHARACTERS_MAX, problemsIn, TAGS_MAX } from 'aws-ota-models';
import { JOB_PLACEHOLDERS_MAX, JOB_SCHEDULE_MINUTES_MIN, placeholdersIn, VERSION_IN_PACKAGE } from '../channels/job-facts.ts';
import { markerKeys, USER_TAGS_MAX } from '../channels/reserved.ts';
import type { ChannelOptions, DocumentFormat, DocumentTemplate, JobTemplate } from '../channels/schema.ts';
import { canonicalJson } from '../json/canonical.ts';
import { compact } from '../json/compact.ts';
import { withoutEmpty } from '../json/without-empty.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import type { Artifact, Release } from '../release/release.ts';
import { requestDigest } from './digest.ts';
import { documentOfJob } from './document-of-job.ts';
import { DEFAULT_ABORT_CRITERIA, timeoutOrDefault } from './guard-rails.ts';
import { attemptId } from './identity.ts';
import { judgeAlgorithms } from './judge-algorithms.ts';
import type { ReleaseOnChannel, Translation } from './release-on-channel.ts';
import { type RejectWith, timesOfRelease } from './schedule-of-release.ts';
import { mergeTags } from './tag-list.ts';
import { chooseTargets } from './targets.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How far ahead a job may start and end (developer guide of AWS IoT, "scheduling configuration"). */
const START_DAYS_MAX = 365;
const END_DAYS_MAX = 730;

/**
 * Translates a release on a `createJob` channel into the input of CreateJob, in wire form. Its document is rendered here.
 * `rejections` holds every reason against it. The input counts only if there is no reason. Never throws.
 */
export function translateToJob(
  given: JobTemplate,
  channel: ChannelOptions & DocumentTemplate & { readonly format: DocumentFormat },
  asked: ReleaseOnChannel,
): Translation {
  const template = withoutEmpty(given);
  const { release, channelName, rolloutId, releaseDigest } = asked;
  const rejections: Rejection[] = [];
  const rejectWith: RejectWith = (code, path, message) => {
    rejections.push(reject(code, path, message, channelName).rejection);
  };

  const chosen = chooseTargets(asked, 'CreateJob', template.targets, channel.targetsFromRelease ?? []);
  rejections.push(...chosen.rejections);
  for (const [index, artifact] of release.artifacts.entries()) {
    judgeArtifact(artifact, `artifacts[${index}]`, channel, rejectWith);
    rejections.push(...judgeAlgorithms(artifact.codeSigning, `artifacts[${index}]`, channel, channelName));
  }
  const schedulingConfig = scheduleOf(template, asked, rejectWith);
  const document = documentOfJob(channel, asked);
  const isDocumentRefused = judgeDocument(document, release, rejectWith);
  const tags = mergeTags(release.tags, template.tags) ?? [];
  if (tags.length > USER_TAGS_MAX) {
    const message = `at most ${USER_TAGS_MAX} tags: this service adds ${TAGS_MAX - USER_TAGS_MAX}, and AWS takes ${TAGS_MAX}`;
    rejectWith('INVALID_REQUEST', 'tags', message);
  }

  const request = compact({
    targets: chosen.targets,
    document,
    description: template.description ?? release.description,
    presignedUrlConfig: template.presignedUrlConfig,
    targetSelection: template.targetSelection,
    jobExecutionsRolloutConfig: template.jobExecutionsRolloutConfig,
    ...guardRails(template, channel),
    jobExecutionsRetryConfig: template.jobExecutionsRetryConfig,
    schedulingConfig,
    namespaceId: template.namespaceId,
    destinationPackageVersions: packageVersions(template, release.version, rejectWith),
  });
  const digest = requestDigest({ ...request, tags });
  const markers = { rolloutId, releaseDigest, requestDigest: digest };
  const input = {
    jobId: attemptId(rolloutId, 1),
    ...request,
    tags: [...tags, ...Object.entries(markers).map(([name, Value]) => ({ Key: markerKeys[name as keyof typeof markers], Value }))],
  };
  for (const problem of problemsIn(documentedJobInput, input)) {
    const [member] = problem.path;
    if (chosen.rejections.length > 0 && member === 'targets') continue;
    if (isDocumentRefused && member === 'document') continue;
    if (problem.path.length === 1 && member === 'tags') continue;
    rejectWith('INVALID_REQUEST', formatPath(problem.path), problem.message);
  }
  const endTime = schedulingConfig?.endTime;
  return { input, requestDigest: digest, ...compact({ endAt: endTime && `${endTime}:00Z` }), rejections };
}

function judgeArtifact(artifact: Artifact, path: string, channel: DocumentTemplate & { format: DocumentFormat }, rejectWith: RejectWith) {
  if (artifact.jobDocument)
    rejectWith('UNSUPPORTED_BY_SERVICE', `${path}.jobDocument`, 'the service writes the document of a job: leave jobDocument out');
  const location = artifact.fileLocation?.s3Location;
  if (location === undefined) {
    const given = artifact.fileLocation?.stream === undefined ? 'fileLocation' : 'fileLocation.stream';
    rejectWith('UNSUPPORTED_BY_SERVICE', `${path}.${given}`, 'devices of a job download from S3: give an s3Location');
    return;
  }
  if (channel.format === 'device-client' && channel.artifactUrl === undefined && location.bucket.includes('.')) {
    const message =
      'the AWS IoT Device Client takes no presigned URL of a bucket with a dot: use another bucket, or set artifactUrl in the channel';
    rejectWith('UNSUPPORTED_BY_SERVICE', `${path}.fileLocation.s3Location.bucket`, message);
  }
}

/**
 * Whether the document cannot be sent. AWS replaces each placeholder in it, so one of a release could give devices a URL of any object
 * that the role may read. Only the channel may have placeholders of its own.
 */
function judgeDocument(document: string, { artifacts }: Release, rejectWith: RejectWith): boolean {
  const bytes = Buffer.byteLength(document, 'utf8');
  const placeholders = placeholdersIn(document);
  const problems: string[] = [];
  if (placeholdersIn(canonicalJson(artifacts)) > 0)
    problems.push('a text of the release has a placeholder, which AWS would replace: only the channel may have some, in jobDocument');
  if (bytes > JOB_DOCUMENT_CHARACTERS_MAX)
    problems.push(`it has ${bytes} bytes, and AWS takes at most ${JOB_DOCUMENT_CHARACTERS_MAX}: use fewer artifacts, or shorter texts`);
  if (placeholders > JOB_PLACEHOLDERS_MAX) {
    const remedy = 'use fewer artifacts, or set artifactUrl in the channel';
    problems.push(`it has ${placeholders} placeholders, and AWS takes at most ${JOB_PLACEHOLDERS_MAX}: ${remedy}`);
  }
  for (const message of problems) rejectWith('INVALID_REQUEST', 'document', message);
  return problems.length > 0;
}

function guardRails({ abortConfig, timeoutConfig }: JobTemplate, options: ChannelOptions) {
  if (options.unguarded === 'allow') return { abortConfig, timeoutConfig };
  return { abortConfig: abortConfig ?? { criteriaList: DEFAULT_ABORT_CRITERIA }, timeoutConfig: timeoutOrDefault(timeoutConfig) };
}

function packageVersions(
  { destinationPackageVersions }: JobTemplate,
  version: string,
  rejectWith: RejectWith,
): readonly string[] | undefined {
  return destinationPackageVersions?.map((arn, index) => {
    if (arn.includes(VERSION_IN_PACKAGE) && version.includes('+')) {
      const message = 'a package version cannot have the + of build metadata: release a version without it';
      rejectWith('INVALID_REQUEST', `destinationPackageVersions[${index}]`, message);
      return arn.replaceAll(VERSION_IN_PACKAGE, version.replaceAll('+', '_'));
    }
    return arn.replaceAll(VERSION_IN_PACKAGE, version);
  });
}

/**
 * The schedule of the channel, with the instants of the release if the channel allows them. AWS refuses a schedule that is too near or
 * too far, so that is INVALID_REQUEST, as is an `endBehavior` without an end.
 */
function scheduleOf(template: JobTemplate, asked: ReleaseOnChannel, rejectWith: RejectWith): JobTemplate['schedulingConfig'] {
  const { startAt, endAt } = timesOfRelease(asked, rejectWith);
  const schedule = { ...template.schedulingConfig, ...compact({ startTime: startAt, endTime: endAt }) };
  if (Object.keys(schedule).length === 0) return undefined;
  const { startTime, endTime, endBehavior } = schedule;
  const minimum = JOB_SCHEDULE_MINUTES_MIN * MINUTE;
  const start = startTime === undefined ? undefined : Date.parse(`${startTime}:00Z`);
  const end = endTime === undefined ? undefined : Date.parse(`${endTime}:00Z`);
  const nameOf = (given: string | undefined, ofRelease: string, ofChannel: string) =>
    given === undefined ? `${ofChannel} in the channel` : ofRelease;
  const theStart = nameOf(startAt, 'startAt', 'startTime');
  const theEnd = nameOf(endAt, 'endAt', 'endTime');
  const refuse = (member: string, message: string) => rejectWith('INVALID_REQUEST', `schedulingConfig.${member}`, message);
  if (start !== undefined && start < asked.now + minimum)
    refuse('startTime', `a job starts at least ${JOB_SCHEDULE_MINUTES_MIN} minutes after its creation: give a later ${theStart}`);
  if (start !== undefined && start > asked.now + START_DAYS_MAX * DAY)
    refuse('startTime', `a job starts at most ${START_DAYS_MAX} days after its creation: give an earlier ${theStart}`);
  if (end !== undefined && end < Math.max(asked.now, start ?? asked.now) + minimum)
    refuse('endTime', `a job ends at least ${JOB_SCHEDULE_MINUTES_MIN} minutes after its creation and its start: give a later ${theEnd}`);
  if (end !== undefined && end > asked.now + END_DAYS_MAX * DAY)
    refuse('endTime', `a job ends at most ${END_DAYS_MAX} days after its creation: give an earlier ${theEnd}`);
  if (endBehavior !== undefined && endTime === undefined)
    refuse('endBehavior', 'it needs an end, and neither the release nor the channel has one: give endAt');
  return schedule;
}
