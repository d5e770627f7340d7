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
  jobs: defaultJobsSettings,
};
