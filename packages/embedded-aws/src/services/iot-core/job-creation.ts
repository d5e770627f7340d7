import { isDeepStrictEqual } from 'node:util';
import type { JobSpec, Schedule } from '../../fleet/job.ts';
import { type MaintenanceWindow, readSchedule, readTimes } from '../../fleet/schedule.ts';
import { partitionOf } from '../../partition.ts';
import { readDocumentSource } from '../rest-json/document-source.ts';
import type { Failure } from '../rest-json/rest-json.ts';
import { alreadyExists, invalid, notFound } from './failures.ts';
import { isPackageVersionArn, packageProblem } from './job-packages.ts';
import { areUploadParametersFine, PLACEHOLDERS_MAX, type PresignedPlaceholder, placeholdersIn, readPresigned } from './job-placeholders.ts';
import type { AbortCriteria, RolloutConfig, Tag } from './ota-update.ts';
import type { IotWorld } from './world.ts';

const TARGETS_MAX = 100;
const PACKAGE_VERSIONS_MAX = 25;
const DOCUMENT_BYTES_MAX = 32_768;
const RETRIES_MAX = 10;
const MINUTE = 60_000;
/** The shortest time before a start or an end, and between them (developer guide, "Job configurations"). */
const NOTICE_MINUTES_MIN = 30;
const START_YEARS_MAX = 1;
const END_YEARS_MAX = 2;

/** What UpdateJob can change. */
export type JobSettings = {
  readonly description?: string;
  readonly presignedUrlConfig?: NonNullable<JobSpec['presignedUrl']>;
  readonly jobExecutionsRolloutConfig?: RolloutConfig;
  readonly abortConfig?: { readonly criteriaList: readonly AbortCriteria[] };
  readonly timeoutConfig?: { readonly inProgressTimeoutInMinutes?: number };
  readonly jobExecutionsRetryConfig?: {
    readonly criteriaList: readonly { readonly failureType: 'FAILED' | 'TIMED_OUT' | 'ALL'; readonly numberOfRetries: number }[];
  };
};

/** The input of CreateJob in wire form, already validated by the model. */
export type CreateJob = JobSettings & {
  readonly jobId: string;
  readonly targets: readonly string[];
  readonly document?: string;
  readonly documentSource?: string;
  readonly targetSelection?: 'CONTINUOUS' | 'SNAPSHOT';
  readonly schedulingConfig?: {
    readonly startTime?: string;
    readonly endTime?: string;
    readonly endBehavior?: 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL';
    readonly maintenanceWindows?: readonly MaintenanceWindow[];
  };
  readonly tags?: readonly Tag[];
  readonly namespaceId?: string;
  readonly jobTemplateArn?: string;
  readonly documentParameters?: Readonly<Record<string, string>>;
  readonly destinationPackageVersions?: readonly string[];
};

/** What a job is made of, or why there is none. `same`: the id has a job of this very request, and such a request is answered. */
export type Checked = { readonly spec: JobSpec } | { readonly same: true } | Failure;

/** Reads a CreateJob and judges everything that AWS judges at once. `existing` is the request that made the job with this id. */
export function checkJob(world: IotWorld, input: CreateJob, existing: CreateJob | undefined): Checked {
  if (world.jobs.get(input.jobId) !== undefined) {
    if (world.assumptions.identicalCreateJob === 'answered' && isDeepStrictEqual(existing, input)) return { same: true };
    return alreadyExists('Job', input.jobId, world.arns.job(input.jobId));
  }
  const document = readDocument(world, input);
  if (typeof document === 'object') return document;
  const schedule = checkSchedule(world, input);
  if ('exception' in schedule) return schedule;
  return (
    checkLimits(world, input) ??
    checkSettings(input) ??
    checkPackages(input) ??
    checkDocument(world, input, document) ?? {
      spec: {
        id: input.jobId,
        targets: input.targets,
        continuous: input.targetSelection === 'CONTINUOUS',
        document,
        documentSource: input.documentSource,
        schedule,
        namespaceId: input.namespaceId,
        ...specOf(input),
      },
    }
  );
}

/** The settings of a job as its run takes them. Members that were not given are missing, so that an update leaves them. */
export function specOf(settings: JobSettings): Partial<JobSpec> {
  const { description, presignedUrlConfig, jobExecutionsRolloutConfig: rollout, abortConfig, timeoutConfig } = settings;
  const rate = rollout?.exponentialRate;
  const retries = settings.jobExecutionsRetryConfig?.criteriaList;
  return {
    ...(description === undefined ? {} : { description }),
    ...(presignedUrlConfig === undefined ? {} : { presignedUrl: presignedUrlConfig }),
    ...(rollout === undefined
      ? {}
      : {
          rollout: {
            maximumPerMinute: rollout.maximumPerMinute,
            exponential: rate && {
              baseRatePerMinute: rate.baseRatePerMinute,
              incrementFactor: rate.incrementFactor,
              ...rate.rateIncreaseCriteria,
            },
          },
        }),
    ...(abortConfig === undefined ? {} : { abort: abortConfig.criteriaList }),
    ...(timeoutConfig === undefined ? {} : { inProgressTimeoutMinutes: timeoutConfig.inProgressTimeoutInMinutes }),
    ...(retries === undefined ? {} : { retries: retries.map((one) => ({ failureType: one.failureType, retries: one.numberOfRetries })) }),
  };
}

/** What the documentation says about the settings of a job and its model does not. */
export function checkSettings({ jobExecutionsRolloutConfig, jobExecutionsRetryConfig }: JobSettings): Failure | undefined {
  const criteria = jobExecutionsRolloutConfig?.exponentialRate?.rateIncreaseCriteria;
  if (criteria?.numberOfNotifiedThings !== undefined && criteria.numberOfSucceededThings !== undefined) {
    return invalid('rateIncreaseCriteria takes either numberOfNotifiedThings or numberOfSucceededThings');
  }
  const retries = jobExecutionsRetryConfig?.criteriaList ?? [];
  if (retries.reduce((sum, one) => sum + one.numberOfRetries, 0) > RETRIES_MAX) {
    return invalid(`The retries of a job execution must not exceed ${RETRIES_MAX} in all`);
  }
  return undefined;
}

function readDocument(world: IotWorld, { document, documentSource, jobTemplateArn, documentParameters }: CreateJob): string | Failure {
  if (jobTemplateArn !== undefined) return notFound('Job template', jobTemplateArn);
  if (documentParameters !== undefined) return invalid('documentParameters can only be used with a managed job template');
  if ((document === undefined) === (documentSource === undefined)) return invalid('Exactly one of document and documentSource is required');
  const text = document ?? readDocumentSource(world.options.objects, documentSource ?? '');
  if (text === undefined) return invalid(`The document source ${documentSource} cannot be read`);
  if (Buffer.byteLength(text) > DOCUMENT_BYTES_MAX) return invalid(`The job document must not exceed ${DOCUMENT_BYTES_MAX} bytes`);
  return text;
}

function checkLimits(world: IotWorld, { targets }: CreateJob): Failure | undefined {
  const { activeJobsMax, tooManyTargets } = world.assumptions;
  if (targets.length > TARGETS_MAX) {
    return { exception: tooManyTargets, message: `The total number of targets associated with a job must not exceed ${TARGETS_MAX}` };
  }
  const unknown = targets.find((target) => !world.registry.isTarget(target));
  if (unknown !== undefined) return notFound('Target', unknown);
  return world.jobs.isFull(activeJobsMax)
    ? { exception: 'LimitExceededException', message: `The number of active jobs must not exceed ${activeJobsMax}` }
    : undefined;
}

function checkPackages({ destinationPackageVersions: versions = [] }: CreateJob): Failure | undefined {
  if (versions.length > PACKAGE_VERSIONS_MAX) return invalid(`destinationPackageVersions: at most ${PACKAGE_VERSIONS_MAX}`);
  const wrong = versions.find((arn) => !isPackageVersionArn(arn));
  return wrong === undefined ? undefined : invalid(`destinationPackageVersions: '${wrong}' is not the ARN of a package version`);
}

/** The schedule on the clock of the jobs. It is judged by wall time, because people write it so. */
function checkSchedule({ clock }: IotWorld, { schedulingConfig = {}, targetSelection }: CreateJob): Schedule | Failure {
  const wall = clock.wall?.() ?? clock.now();
  const { maintenanceWindows: windows = [], endTime, endBehavior } = schedulingConfig;
  const schedule = readSchedule({ ...schedulingConfig, windows }, { now: clock.now(), wall });
  if (typeof schedule === 'string') return invalid(schedule);
  const { startAt, endAt } = readTimes(schedulingConfig);
  const soonest = wall + NOTICE_MINUTES_MIN * MINUTE;
  const wrong = [
    startAt !== undefined && startAt < soonest && `startTime must be at least ${NOTICE_MINUTES_MIN} minutes ahead`,
    startAt !== undefined && startAt > yearsAfter(wall, START_YEARS_MAX) && 'startTime must be at most one year ahead',
    endAt !== undefined && endAt < soonest && `endTime must be at least ${NOTICE_MINUTES_MIN} minutes ahead`,
    endAt !== undefined &&
      startAt !== undefined &&
      endAt < startAt + NOTICE_MINUTES_MIN * MINUTE &&
      `endTime must be at least ${NOTICE_MINUTES_MIN} minutes after startTime`,
    endAt !== undefined && endAt > yearsAfter(wall, END_YEARS_MAX) && 'endTime must be at most two years ahead',
    endBehavior !== undefined && endTime === undefined && 'endBehavior needs an endTime',
    windows.length > 0 && targetSelection !== 'CONTINUOUS' && 'maintenanceWindows need the target selection CONTINUOUS',
    windows.some(({ startTime }) => !hasOneDay(startTime)) &&
      'the startTime of a maintenance window must be cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR), and one of DAY and WEEKDAY must be ?',
  ].find((one) => one !== false);
  return wrong === undefined ? schedule : invalid(`schedulingConfig: ${wrong}`);
}

function yearsAfter(at: number, years: number): number {
  const date = new Date(at);
  return date.setUTCFullYear(date.getUTCFullYear() + years);
}

function hasOneDay(cron: string): boolean {
  const [, , day, , weekday] = /^cron\((.*)\)$/.exec(cron.trim())?.[1]?.trim().split(/\s+/) ?? [];
  return (day === '?') !== (weekday === '?');
}

/** Judges the placeholders of a document, in AWS's words (developer guide, "Software package catalog troubleshooting"). */
function checkDocument(world: IotWorld, input: CreateJob, document: string): Failure | undefined {
  const found = placeholdersIn(document);
  if (found === undefined) return invalidDocument('One or more parameters or placeholders are not terminated.');
  if (found.length > PLACEHOLDERS_MAX) return invalidDocument(`A job document has at most ${PLACEHOLDERS_MAX} placeholders.`);
  const nested = found.map(({ inner }) => /\$\{aws:([^:}]*)/.exec(inner)?.[1]).find((service) => service !== undefined);
  if (nested !== undefined) return invalidDocument(`\${aws:${nested}[...]} should not be the second layer pattern.`);
  for (const { inner } of found) {
    const wrong = packageProblem(inner, input.destinationPackageVersions ?? []);
    if (wrong !== undefined) return invalidDocument(wrong);
    const presigned = readPresigned(inner, world.assumptions.plusInPresignedV2);
    const refused = presigned && checkPresigned(world, input, presigned);
    if (refused !== undefined) return refused;
  }
  const roleArn = input.presignedUrlConfig?.roleArn;
  if (world.assumptions.rolesOfJobs === 'always' && roleArn !== undefined && !isRole(world, roleArn)) {
    const user = `arn:${partitionOf(world.options.region).name}:iam::${world.options.accountId}:root`;
    const message = `User: ${user} is not authorized to perform: iam:PassRole on resource: ${roleArn}`;
    return { exception: 'AccessDeniedException', message };
  }
  return undefined;
}

function checkPresigned(world: IotWorld, { presignedUrlConfig }: CreateJob, presigned: PresignedPlaceholder): Failure | undefined {
  const { foreignRegionBuckets, placeholderObjects } = world.assumptions;
  const { kind, location, region } = presigned;
  const roleArn = presignedUrlConfig?.roleArn;
  if (roleArn === undefined) {
    return invalid('presignedUrlConfig role ARN is required to generate an S3 presigned url in job document.');
  }
  const isForeign = region !== undefined && region !== world.options.region;
  const isRefused = isForeign && (kind === 'upload' || foreignRegionBuckets === 'refused');
  if (location === undefined || isRefused || !areParametersFine(presigned)) {
    return invalid('Provided argument for presigned url is invalid');
  }
  const { bucket, key, version } = location;
  if (!isRole(world, roleArn)) {
    const message = `Permission denied when attempting to use role ${roleArn} to access bucket ${bucket}.`;
    return { exception: 'InvalidRoleException', message };
  }
  return placeholderObjects === 'checked' && kind === 'download' && world.options.objects.head(bucket, key, version) === undefined
    ? invalid('VersionId not found when attempting to access s3 url')
    : undefined;
}

function areParametersFine(presigned: PresignedPlaceholder): boolean {
  return presigned.kind === 'download' || areUploadParametersFine(presigned);
}

function isRole({ assumptions: { roles } }: IotWorld, roleArn: string): boolean {
  return roles === 'any' || roles.has(roleArn);
}

function invalidDocument(message: string): Failure {
  return { exception: 'InvalidJobDocumentException', message };
}
