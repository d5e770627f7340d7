import type { Faults } from '../../faults.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { defaultJobsSettings, type JobsSettings } from '../../fleet/jobs.ts';
import type { Clock, ObjectStore } from '../service.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * What neither the API model nor the developer guide documents. Each member is an option. A default was observed on AWS
 * only if its comment says so.
 */
export type ManagedIntegrationsAssumptions = {
  /**
   * `documented`: ONE_TIME takes Target only and CONTINUOUS takes OtaTargetQueryString only, the two combinations in the
   * developer guide. Others are a ValidationException. `any`: everything that the model allows.
   */
  targetCombinations: 'documented' | 'any';
  /** The same ClientToken with other parameters: `conflict` is a ConflictException, `replay` gives the first answer again. */
  tokenMismatch: 'conflict' | 'replay';
  /** How long a ClientToken is remembered. AWS documents that it is, but not for how long. */
  tokenLifetimeMilliseconds: number;
  /** How long ListOtaTasks leaves out a new task. */
  listingLagMilliseconds: number;
  /** `registered`: TaskConfigurationId must name a configuration that was created here. Any other is a ResourceNotFoundException. */
  taskConfigurations: 'any' | 'registered';
  /** `readable`: S3Url must name a JSON document that can be read. Anything else is a ValidationException. */
  documents: 'readable' | 'any';
  /** How many managed things a query matches if none was named with `match`. */
  queryMatches: number;
  /** How many managed things a task may name. The developer guide says 100. */
  targetsMax: number;
  /** How the jobs behind the tasks behave where the documentation does not say. */
  jobs: Partial<JobsSettings>;
};

export type ManagedIntegrationsOptions = Partial<ManagedIntegrationsAssumptions> & {
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly accountId: string;
  readonly region: string;
  /** A `createFailed` fault makes the next task CANCELED, because there is no status for a creation that failed. */
  readonly faults?: Pick<Faults, 'takeCreateFailed'> | undefined;
  /** The simulated devices. Default: all succeed. */
  readonly fleet?: Fleet | undefined;
};

export const defaultManagedIntegrationsAssumptions: ManagedIntegrationsAssumptions = {
  targetCombinations: 'documented',
  tokenMismatch: 'conflict',
  tokenLifetimeMilliseconds: DAY_MILLISECONDS,
  listingLagMilliseconds: 0,
  taskConfigurations: 'any',
  documents: 'readable',
  queryMatches: 10,
  targetsMax: 100,
  jobs: defaultJobsSettings,
};
