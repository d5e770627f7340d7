import { JOB_DOCUMENT_CHARACTERS_MAX, OTA_FILE_BYTES_MAX } from 'aws-ota-models';
import { JOB_SCHEDULE_MINUTES_MIN } from '../channels/job-facts.ts';
import type { Channel, WhenSuperseded } from '../channels/schema.ts';
import { type TemplateName, templateNameOf } from '../channels/template-name.ts';

/** Everything in which one control plane differs from another, beside the translation of a release into its request. */
type ControlPlane = {
  /** Name of the AWS service, as SigV4 signs it. */
  readonly service: string;
  /** The member of a channel that holds the template of the request. */
  readonly template: TemplateName;
  /** The member of the request whose value tells one attempt from another. */
  readonly idMember: string;
  readonly artifactBytesMax: number;
  /** Of an artifact that is itself the job document. */
  readonly jobDocumentBytesMax: number;
  /** What a person can do whose release names more targets than AWS takes. */
  readonly adviceOnTooManyTargets: string;
  /** Whether the rollout takes in devices for as long as it lives. */
  readonly isContinuous: (channel: Channel) => boolean;
  /** Whether a continuous rollout completes when AWS reports that its schedule has ended it. */
  readonly isCompletedByItsSchedule: boolean;
  /** Whether the schedule of this request lets AWS cancel devices at its end. */
  readonly isCanceledAtItsEnd: (request: Readonly<Record<string, unknown>>) => boolean;
  /** Whether this request has times at which AWS starts the rollout, so that AWS can cancel it when it cannot start. */
  readonly startsOnSchedule: (request: Readonly<Record<string, unknown>>) => boolean;
  /** How long before the end of its schedule AWS takes the last create, in milliseconds. */
  readonly lastCreateBeforeEnd: number;
  /** What happens to an older rollout where the channel does not say. */
  readonly whenSuperseded: (isContinuous: boolean) => WhenSuperseded;
  /**
   * Whether AWS makes one object at most of an id. Then a create that was never answered can be sent again. Otherwise
   * only a search can find what it made, and what is not found may live all the same.
   */
  readonly isCreatedOncePerId: boolean;
  /** Whether nobody but AWS can cancel a rollout, so that a canceled one was aborted by its own criteria. */
  readonly isCanceledByAwsOnly: boolean;
  /** The abort criteria of a request. */
  readonly abortCriteria: (request: Readonly<Record<string, unknown>>) => readonly AbortCriterion[];
};

/** The share of devices that fail in one way, at which AWS cancels a job. */
export type AbortCriterion = {
  readonly failureType: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL';
  readonly minNumberOfExecutedThings: number;
  readonly thresholdPercentage: number;
};

/**
 * The control planes of AWS, by the operation that creates a rollout there. docs/decisions/0001 lists what else another
 * one needs.
 */
export const controlPlanes = {
  CreateOTAUpdate: {
    service: 'iot',
    template: 'createOTAUpdate',
    idMember: 'otaUpdateId',
    artifactBytesMax: OTA_FILE_BYTES_MAX,
    jobDocumentBytesMax: OTA_FILE_BYTES_MAX,
    adviceOnTooManyTargets: 'use a thing group',
    isContinuous: (channel) => channel.createOTAUpdate?.targetSelection === 'CONTINUOUS',
    isCompletedByItsSchedule: false,
    isCanceledAtItsEnd: () => false,
    startsOnSchedule: () => false,
    lastCreateBeforeEnd: 0,
    whenSuperseded: () => 'cancel',
    isCreatedOncePerId: true,
    isCanceledByAwsOnly: false,
    abortCriteria: ({ awsJobAbortConfig: config }) =>
      (config as { abortCriteriaList?: readonly AbortCriterion[] } | undefined)?.abortCriteriaList ?? [],
  },
  CreateOtaTask: {
    service: 'iotmanagedintegrations',
    template: 'createOtaTask',
    idMember: 'ClientToken',
    artifactBytesMax: Number.POSITIVE_INFINITY,
    // The limit is in characters, and S3 reports bytes.
    jobDocumentBytesMax: JOB_DOCUMENT_CHARACTERS_MAX,
    adviceOnTooManyTargets: 'use OtaType CONTINUOUS with a query',
    isContinuous: (channel) => channel.createOtaTask?.OtaType === 'CONTINUOUS',
    // A task whose schedule has ended stays Created until a newer release or a withdrawal ends it.
    isCompletedByItsSchedule: false,
    isCanceledAtItsEnd: () => false,
    startsOnSchedule: () => false,
    lastCreateBeforeEnd: 0,
    // Two tasks on one query would compete for ever; a task on a fixed list ends when its devices have.
    whenSuperseded: (isContinuous) => (isContinuous ? 'delete' : 'keep'),
    isCreatedOncePerId: false,
    isCanceledByAwsOnly: true,
    // The task configuration has them, and no request does.
    abortCriteria: () => [],
  },
  CreateJob: {
    service: 'iot',
    template: 'createJob',
    idMember: 'jobId',
    artifactBytesMax: Number.POSITIVE_INFINITY,
    jobDocumentBytesMax: Number.POSITIVE_INFINITY,
    adviceOnTooManyTargets: 'use a thing group',
    isContinuous: (channel) => channel.createJob?.targetSelection === 'CONTINUOUS',
    isCompletedByItsSchedule: true,
    isCanceledAtItsEnd: (request) => ['CANCEL', 'FORCE_CANCEL'].includes(scheduleOf(request).endBehavior ?? ''),
    startsOnSchedule: (request) => {
      const { startTime, maintenanceWindows = [] } = scheduleOf(request);
      return startTime !== undefined || maintenanceWindows.length > 0;
    },
    lastCreateBeforeEnd: JOB_SCHEDULE_MINUTES_MIN * 60_000,
    whenSuperseded: () => 'cancel',
    isCreatedOncePerId: true,
    isCanceledByAwsOnly: false,
    abortCriteria: ({ abortConfig: config }) => (config as { criteriaList?: readonly AbortCriterion[] } | undefined)?.criteriaList ?? [],
  },
} as const satisfies Record<string, ControlPlane>;

type Schedule = { readonly startTime?: string; readonly endBehavior?: string; readonly maintenanceWindows?: readonly unknown[] };

function scheduleOf({ schedulingConfig }: Readonly<Record<string, unknown>>): Schedule {
  return (schedulingConfig as Schedule | undefined) ?? {};
}

/** An operation of AWS that creates a rollout: the name of its control plane. */
export type Operation = keyof typeof controlPlanes;

export type Service = (typeof controlPlanes)[Operation]['service'];

export const operations = Object.keys(controlPlanes) as Operation[];

/** The control plane of a channel. */
export function operationOf(channel: Channel): Operation {
  const name = templateNameOf(channel);
  const found = operations.find((operation) => controlPlanes[operation].template === name);
  if (found === undefined) throw new Error(`no control plane has the template ${name}`);
  return found;
}
