import { defaultJobsSettings, type JobsSettings } from '../../fleet/jobs.ts';

/**
 * What AWS does not say and the stand-in has to decide, and what the stand-in cannot know (roles, profiles). Each
 * is set by name when the stand-in is made.
 */
export type IotCoreAssumptions = {
  /**
   * Things and thing groups nobody registered: `simulated` makes a thing one device and a group ten, so that a
   * pipeline can be tried without a registry; `refused` lets the creation fail late, as AWS does.
   */
  unregisteredTargets: 'simulated' | 'refused';
  /** Devices in a simulated thing group. */
  simulatedGroupSize: number;
  /** ARNs of roles that exist and may be passed; `any` believes every ARN. */
  roles: 'any' | ReadonlySet<string>;
  /** Names of AWS Signer profiles that exist; `any` believes every name that Signer would allow. */
  signingProfiles: 'any' | ReadonlySet<string>;
  /** Whether a `fileLocation.stream` must have been created here. */
  streams: 'any' | 'registered';
  /** How many streams the account may have; the quota exists, its number is not documented. */
  streamQuota: number;
  /** From CREATE_PENDING to its end, shortest and longest; 1.4 and 2.8 seconds are seen in AWS's own examples. */
  creationMilliseconds: readonly [number, number];
  /** How long an OTA update stays DELETE_IN_PROGRESS. */
  otaUpdateDeletionMilliseconds: number;
  /** Whether signing needs `s3Location.version`: Signer's own model requires it, a public sample does without. */
  signingNeedsVersion: boolean;
  /** How jobs behave where the documentation is silent. */
  jobs: Partial<JobsSettings>;
};

export const defaultIotCoreAssumptions: IotCoreAssumptions = {
  unregisteredTargets: 'simulated',
  simulatedGroupSize: 10,
  roles: 'any',
  signingProfiles: 'any',
  streams: 'any',
  streamQuota: 10_000,
  creationMilliseconds: [1_500, 3_000],
  otaUpdateDeletionMilliseconds: 1_000,
  signingNeedsVersion: true,
  jobs: defaultJobsSettings,
};
