import { defaultJobsSettings, type JobsSettings } from '../../fleet/jobs.ts';

/**
 * What has to be decided here because AWS does not document it, and what cannot be known here (roles, profiles). Each
 * member is an option.
 */
export type IotCoreAssumptions = {
  /**
   * Things and thing groups that nobody registered. `simulated`: a thing is one device and a group is ten, so that a
   * pipeline can be tried without a registry. `refused`: the creation fails later, as on AWS.
   */
  unregisteredTargets: 'simulated' | 'refused';
  /** The number of devices in a simulated thing group. */
  simulatedGroupSize: number;
  /** The ARNs of roles that exist and may be passed. `any` accepts every ARN. */
  roles: 'any' | ReadonlySet<string>;
  /** The names of AWS Signer profiles that exist. `any` accepts every name that Signer would allow. */
  signingProfiles: 'any' | ReadonlySet<string>;
  /**
   * A file whose `codeSigning` has no content. Since 2019 AWS expects content where the member is there (aws/amazon-freertos#344).
   * `refused`: CreateOTAUpdate is a 400. `failed`: the creation fails later. `unsigned`: the file counts as one without the member.
   */
  emptyCodeSigning: 'refused' | 'failed' | 'unsigned';
  /** How many streams the account may have. The quota exists, but its number is not documented. */
  streamQuota: number;
  /** The shortest and longest time from CREATE_PENDING to the end. AWS's own examples show 1.4 and 2.8 seconds. */
  creationMilliseconds: readonly [number, number];
  /** How long an OTA update stays DELETE_IN_PROGRESS. */
  otaUpdateDeletionMilliseconds: number;
  /** Whether signing needs `s3Location.version`. Signer's own model requires it, but a public sample does without. */
  signingNeedsVersion: boolean;
  /**
   * How many DescribeJob calls a second the account may make; one more is a ThrottlingException. `any` limits nothing. A new
   * account has a quota of its own for this operation. Its number is not in the developer guide, and 10 is likely.
   */
  describeJobPerSecond: number | 'any';
  /**
   * How many calls a second the account may make, by operation of jobs (`{ CreateJob: 10 }`); one more is a ThrottlingException. The
   * General Reference says 10 for CreateJob, which cannot be raised, and 10 for the others. Operations that are not named are not limited.
   */
  jobCallsPerSecond: Readonly<Record<string, number>>;
  /** How many jobs may be active. One more is a LimitExceededException. The documented quota is 100,000. */
  activeJobsMax: number;
  /** The same CreateJob again: `refused` with 409 as any other under the id, or `answered` with 200. */
  identicalCreateJob: 'refused' | 'answered';
  /** The error for more than 100 targets. */
  tooManyTargets: 'LimitExceededException' | 'InvalidRequestException';
  /** How long a new job is a 404 for DescribeJob and GetJobDocument, and is missing in ListJobs. Another CreateJob is a 409 meanwhile. */
  jobVisibleAfterMilliseconds: number;
  /** How long ListTagsForResource returns no tags of a new job. */
  jobTagsVisibleAfterMilliseconds: number;
  /** When a role that is not among `roles` is noticed: only where a placeholder needs it (InvalidRoleException), or `always` (AccessDeniedException). */
  rolesOfJobs: 'withPlaceholder' | 'always';
  /** Whether CreateJob looks up the S3 objects of its placeholders. One that does not exist is then an InvalidRequestException. */
  placeholderObjects: 'unchecked' | 'checked';
  /** A download placeholder with a bucket of another Region. */
  foreignRegionBuckets: 'accepted' | 'refused';
  /** What a `+` in the key of a placeholder of the second version stands for. */
  plusInPresignedV2: 'plus' | 'blank';
  /** The version that `$default` stands for, by package. The software package catalog is not implemented. */
  defaultPackageVersions: Readonly<Record<string, string>>;
  /** CancelJob on a job that is SCHEDULED. */
  cancelOfScheduled: 'canceled' | 'refused';
  /** CancelJob on a job that is CANCELED: a 400, or 200 without effect. */
  cancelOfCanceled: 'refused' | 'answered';
  /** The jobs that UpdateJob takes: those IN_PROGRESS, also SCHEDULED ones (`live`), or `any`. */
  updateJob: 'inProgress' | 'live' | 'any';
  /** Whether ListJobs with a thing group leaves SCHEDULED jobs out, as users of AWS report (aws/aws-cli#8924). */
  listJobsOfGroup: 'withoutScheduled' | 'all';
  /** How long it takes until jobs and lists notice that a thing has joined or left a group. */
  membershipLagMilliseconds: number;
  /**
   * How a topic rule writes the result of SELECT. `compact`: its members in the order of SELECT, without blanks. `loose`: in another
   * order and with blanks. A consumer must be able to read both.
   */
  topicRuleBody: 'compact' | 'loose';
  /** How jobs behave where the documentation does not say. */
  jobs: Partial<JobsSettings>;
};

export const defaultIotCoreAssumptions: IotCoreAssumptions = {
  unregisteredTargets: 'simulated',
  simulatedGroupSize: 10,
  roles: 'any',
  signingProfiles: 'any',
  emptyCodeSigning: 'refused',
  streamQuota: 10_000,
  creationMilliseconds: [1_500, 3_000],
  otaUpdateDeletionMilliseconds: 1_000,
  signingNeedsVersion: true,
  describeJobPerSecond: 'any',
  jobCallsPerSecond: {},
  activeJobsMax: 100_000,
  identicalCreateJob: 'refused',
  tooManyTargets: 'LimitExceededException',
  jobVisibleAfterMilliseconds: 0,
  jobTagsVisibleAfterMilliseconds: 0,
  rolesOfJobs: 'withPlaceholder',
  placeholderObjects: 'unchecked',
  foreignRegionBuckets: 'accepted',
  plusInPresignedV2: 'plus',
  defaultPackageVersions: {},
  cancelOfScheduled: 'canceled',
  cancelOfCanceled: 'refused',
  updateJob: 'live',
  listJobsOfGroup: 'withoutScheduled',
  membershipLagMilliseconds: 0,
  topicRuleBody: 'compact',
  jobs: defaultJobsSettings,
};
