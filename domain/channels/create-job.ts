import {
  documentedJobInput,
  formatPath,
  isRecord,
  JOB_DOCUMENT_CHARACTERS_MAX,
  type Problem,
  problemsIn,
  type Segment,
  tighten,
} from 'aws-ota-models';
import { hasDay, parseCron } from '../gate/cron.ts';
import { canonicalJson } from '../json/canonical.ts';
import { parseMinute } from '../release/instant.ts';
import { artifactUrlProblems, sameUrlProblems } from './artifact-url.ts';
import { JOB_PLACEHOLDERS_MAX, JOB_SCHEDULE_MINUTES_MIN, PLACEHOLDER, placeholdersIn, VERSION_IN_PACKAGE } from './job-facts.ts';
import { missingRateCriterion, tagListProblems } from './members-of-iot.ts';
import { reservedJobDocumentMembers, USER_TAGS_MAX } from './reserved.ts';
import type { Channel, DocumentFormat, DocumentTemplate } from './schema.ts';
import type { JobTemplate } from './template.ts';
import type { TemplateRules } from './template-rules.ts';
import {
  descriptionForAll,
  type JsonObject,
  listOf,
  objectOf,
  omit,
  type Structure,
  setByTheService,
  shapeOf,
  templateProblems,
} from './template-shape.ts';

/** The most retries of one device, over all criteria of a job (developer guide, "job execution retry configuration"). */
const RETRIES_MAX = 10;

/** The version that AWS would look up when it creates the job, so that the request would not be fixed. */
const DEFAULT_VERSION = '$default';

/** Members of the request that a channel must not have, with the reason. */
const refusedMembers: Readonly<Record<string, string>> = {
  jobId: setByTheService,
  document: 'the service writes the document: put members of your own into jobDocument, beside createJob',
  documentSource: 'the service writes the document, so that it cannot change later: put members of your own into jobDocument',
  jobTemplateArn: 'a template can change after the release was accepted: write its members into createJob',
  roleArn: 'the role is a member of presignedUrlConfig: move it there',
  awsJobAbortConfig: 'CreateJob has other names than CreateOTAUpdate: write abortConfig, with criteriaList',
  documentParameters: 'only managed job templates have parameters, and the service writes the document: remove it',
};

/** CreateJob with the limits of a template: less tags, and package versions that may have `{version}` in them. */
const limited = tighten(documentedJobInput, {
  tags: { ...shapeOf(documentedJobInput, 'tags', 'list'), max: USER_TAGS_MAX },
  presignedUrlConfig: { ...shapeOf(documentedJobInput, 'presignedUrlConfig', 'structure'), required: ['roleArn'] },
  destinationPackageVersions: { type: 'list', min: 1, max: 25, of: { type: 'string', min: 1, max: 1600 } },
});

/** A CreateJob request as a channel may have it: without the members that are refused by name. */
export const jobTemplate: Structure = {
  ...limited,
  required: ['presignedUrlConfig'],
  members: omit(limited.members, Object.keys(refusedMembers)),
};

/** The rules of a channel with a `createJob` template. */
export const createJobRules: TemplateRules = {
  optionsWithoutEffect: ['unsigned', 'unverified'],
  limits: limitsOf,
  documentLimits: documentProblems,
  problems: (channel) => (channel.createJob ? [...problemsOf(channel, channel.createJob), ...noRoomForArtifacts(channel)] : []),
  warnings: (channel) => [
    ...(channel.createJob?.description === undefined ? [] : [{ path: ['createJob', 'description'], message: descriptionForAll }]),
    ...Object.entries({ startTime: 'startAt', endTime: 'endAt' } as const)
      .filter(([member]) => objectOf(channel.createJob?.schedulingConfig)[member] !== undefined)
      .map(([member, ofRelease]) => ({
        path: ['createJob', 'schedulingConfig', member],
        message: `once this is too near, every release without ${ofRelease} is rejected: remove it, and set scheduleFromRelease: allow`,
      })),
  ],
  targetsMember: 'targets',
  otherArnsMembers: ['destinationPackageVersions'],
  takesTargets: () => true,
  query: () => undefined,
};

function limitsOf({ createJob: given, ...channel }: Channel): Problem[] {
  const template = objectOf(given);
  const refused = Object.entries(refusedMembers).filter(([name]) => template[name] !== undefined);
  const others = omit(template, Object.keys(refusedMembers));
  return [
    ...refused.map(([name, message]) => ({ path: ['createJob', name], message })),
    ...templateProblems(jobTemplate, isRecord(given) ? others : given, 'createJob').map(atRole),
    ...tagListProblems(template.tags, ['createJob', 'tags']),
    ...rateProblems(template.jobExecutionsRolloutConfig, ['createJob', 'jobExecutionsRolloutConfig']),
    ...retryProblems(template, ['createJob', 'jobExecutionsRetryConfig', 'criteriaList']),
    ...scheduleProblems(template, channel.scheduleFromRelease === 'allow', ['createJob', 'schedulingConfig']),
    ...listOf(template.destinationPackageVersions).flatMap((arn, index) =>
      packageProblems(arn, ['createJob', 'destinationPackageVersions', index]),
    ),
  ];
}

/** Without `presignedUrlConfig` it is the role that is missing. A file for `aws iot create-job` may have none, but the service needs one. */
function atRole(problem: Problem): Problem {
  const path = formatPath(problem.path);
  const isOfRole = path === 'createJob.presignedUrlConfig' || path === 'createJob.presignedUrlConfig.roleArn';
  if (!isOfRole || problem.message !== 'required') return problem;
  return { path: ['createJob', 'presignedUrlConfig', 'roleArn'], message: missingRole };
}

const missingRole = 'required: set presignedUrlConfig.roleArn, the role with which AWS IoT signs the URLs of the files';

function rateProblems(config: unknown, path: readonly Segment[]): Problem[] {
  const criteria = objectOf(objectOf(objectOf(config).exponentialRate).rateIncreaseCriteria);
  if (criteria.numberOfNotifiedThings === undefined || criteria.numberOfSucceededThings === undefined)
    return missingRateCriterion(config, path);
  return [
    {
      path: [...path, 'exponentialRate', 'rateIncreaseCriteria'],
      message: 'AWS takes either numberOfNotifiedThings or numberOfSucceededThings: remove one of the two',
    },
  ];
}

/** AWS counts the retries of a device over all criteria. No execution times out without a timeout, so such a retry would never come. */
function retryProblems({ jobExecutionsRetryConfig, timeoutConfig }: JsonObject, path: readonly Segment[]): Problem[] {
  const counts = listOf(objectOf(jobExecutionsRetryConfig).criteriaList).map((criterion) => objectOf(criterion).numberOfRetries);
  const all = counts.reduce((sum: number, count) => sum + (typeof count === 'number' && count <= RETRIES_MAX ? count : 0), 0);
  if (all > RETRIES_MAX) return [{ path, message: `AWS retries a device at most ${RETRIES_MAX} times in all, but these are ${all}` }];
  if (objectOf(timeoutConfig).inProgressTimeoutInMinutes !== undefined) return [];
  return listOf(objectOf(jobExecutionsRetryConfig).criteriaList).flatMap((criterion, index) =>
    objectOf(criterion).failureType === 'TIMED_OUT'
      ? [
          {
            path: [...path, index, 'failureType'],
            message: 'no device times out without a timeout: set timeoutConfig.inProgressTimeoutInMinutes',
          },
        ]
      : [],
  );
}

function scheduleProblems(template: JsonObject, isFromRelease: boolean, path: readonly Segment[]): Problem[] {
  const schedule = objectOf(template.schedulingConfig);
  const found: Problem[] = [];
  for (const member of ['startTime', 'endTime']) {
    const given = schedule[member];
    if (typeof given === 'string' && parseMinute(`${given}:00Z`) === undefined) {
      found.push({ path: [...path, member], message: 'must be UTC in the form YYYY-MM-DDTHH:mm' });
    }
  }
  if (found.length === 0 && minutesBetween(schedule.startTime, schedule.endTime) < JOB_SCHEDULE_MINUTES_MIN) {
    found.push({ path: [...path, 'endTime'], message: `must be at least ${JOB_SCHEDULE_MINUTES_MIN} minutes after startTime` });
  }
  if (schedule.endBehavior !== undefined && schedule.endTime === undefined && !isFromRelease) {
    found.push({
      path: [...path, 'endBehavior'],
      message: 'needs an end: set endTime, or scheduleFromRelease: allow and endAt in the release',
    });
  }
  const windows = listOf(schedule.maintenanceWindows);
  if (windows.length > 0 && template.targetSelection !== 'CONTINUOUS') {
    found.push({
      path: [...path, 'maintenanceWindows'],
      message: 'AWS takes windows only with targetSelection CONTINUOUS: set it, or remove the windows',
    });
  }
  return [...found, ...windows.flatMap((window, index) => windowProblems(window, [...path, 'maintenanceWindows', index, 'startTime']))];
}

function minutesBetween(start: unknown, end: unknown): number {
  if (typeof start !== 'string' || typeof end !== 'string') return Number.POSITIVE_INFINITY;
  return (Date.parse(`${end}:00Z`) - Date.parse(`${start}:00Z`)) / 60_000;
}

/** The start of a window is a cron in UTC, in the form that AWS documents. */
function windowProblems(window: unknown, path: readonly Segment[]): Problem[] {
  const { startTime } = objectOf(window);
  if (typeof startTime !== 'string') return [];
  const inner = /^cron\((.*)\)$/.exec(startTime)?.[1];
  if (inner === undefined) return [{ path, message: 'must be a cron in UTC such as cron(0 2 ? * SUN *)' }];
  const parsed = parseCron(inner);
  if ('problem' in parsed) return [{ path, message: parsed.problem }];
  return hasDay(parsed.cron) ? [] : [{ path, message: 'there is no such day in any year, so the window never opens' }];
}

function packageProblems(arn: unknown, path: readonly Segment[]): Problem[] {
  if (typeof arn !== 'string') return [];
  if (arn.includes(DEFAULT_VERSION)) return [{ path, message: defaultVersion }];
  const { of } = shapeOf(documentedJobInput, 'destinationPackageVersions', 'list');
  return problemsIn(of, arn.replaceAll(VERSION_IN_PACKAGE, '1.0.0'), path);
}

const defaultVersion = `${DEFAULT_VERSION} can change after the release was accepted: name a version, such as ${VERSION_IN_PACKAGE} in destinationPackageVersions`;

function documentProblems(channel: Channel & DocumentTemplate & { readonly format?: DocumentFormat }): Problem[] {
  const members = objectOf(channel.jobDocument);
  const text = canonicalJson(members);
  const bytes = Buffer.byteLength(text, 'utf8');
  const reserved = Object.entries(reservedJobDocumentMembers).flatMap(([format, names]) => (format === channel.format ? names : []));
  const placeholders = placeholdersIn(text);
  const ofDocument = [
    ...(text.includes(DEFAULT_VERSION) ? [defaultVersion] : []),
    ...(hasOpenPlaceholder(members) ? ['a placeholder is not closed, and AWS refuses such a document: end it with }'] : []),
    ...(placeholders > JOB_PLACEHOLDERS_MAX
      ? [`a job document may have ${JOB_PLACEHOLDERS_MAX} placeholders, but these members alone have ${placeholders}`]
      : []),
    ...(bytes > JOB_DOCUMENT_CHARACTERS_MAX
      ? [`the whole job document may have ${JOB_DOCUMENT_CHARACTERS_MAX} bytes, but these members alone have ${bytes}`]
      : []),
  ];
  return [
    ...reserved
      .filter((name) => Object.hasOwn(members, name))
      .map((name) => ({ path: ['jobDocument', name], message: 'the service sets this member of the job document: use a different name' })),
    ...ofDocument.map((message) => ({ path: ['jobDocument'], message })),
    ...sameUrlProblems(channel.artifactUrl),
  ];
}

/** Each artifact needs a placeholder, unless the channel has a URL of its own. */
function noRoomForArtifacts({ jobDocument, artifactUrl }: DocumentTemplate): Problem[] {
  if (artifactUrl !== undefined || placeholdersIn(canonicalJson(objectOf(jobDocument))) < JOB_PLACEHOLDERS_MAX) return [];
  const message = `these members have all ${JOB_PLACEHOLDERS_MAX} placeholders of a job document, and each artifact needs one: remove some, or set artifactUrl`;
  return [{ path: ['jobDocument'], message }];
}

/** Whether a text in a value, or a name, begins a placeholder that does not end there. A placeholder may have others inside. */
function hasOpenPlaceholder(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(PLACEHOLDER) && isLeftOpen(value);
  if (Array.isArray(value)) return value.some(hasOpenPlaceholder);
  return isRecord(value) && Object.entries(value).some((entry) => entry.some(hasOpenPlaceholder));
}

/** Whether a placeholder begins in a text and does not end there. A brace of another kind inside of it keeps it open. */
function isLeftOpen(text: string): boolean {
  const open: string[] = [];
  for (const [token] of text.matchAll(/\$\{(?:aws:)?|[{}]/g)) {
    if (token === '}' && open.at(-1)?.startsWith('${')) open.pop();
    else open.push(token);
  }
  return open.includes(PLACEHOLDER);
}

function problemsOf(channel: Channel & DocumentTemplate, { presignedUrlConfig }: JobTemplate): Problem[] {
  return [
    ...(channel.whenSuperseded === 'delete'
      ? [{ path: ['whenSuperseded'], message: 'jobs are canceled, not deleted: use keep or cancel' }]
      : []),
    // The deployment derives an iam:PassRole statement from the role. There a wildcard would permit more than one role.
    ...(/[*?]/.test(presignedUrlConfig.roleArn)
      ? [{ path: ['createJob', 'presignedUrlConfig', 'roleArn'], message: 'must name exactly one role, without wildcards' }]
      : []),
    ...(channel.artifactUrl === undefined ? [] : artifactUrlProblems(channel.artifactUrl)),
  ];
}
