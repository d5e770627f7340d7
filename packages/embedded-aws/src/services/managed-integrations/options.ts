import type { Faults } from '../../faults.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { defaultJobsSettings, type JobsSettings } from '../../fleet/jobs.ts';
import type { Clock, ObjectStore } from '../service.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * What the API model leaves open and the developer guide does not settle. Each is set by name when the stand-in is
 * made; none of the defaults was observed on AWS unless its comment says so.
 */
export type ManagedIntegrationsAssumptions = {
  /**
   * `documented`: ONE_TIME goes with Target only and CONTINUOUS with OtaTargetQueryString only, the two combinations
   * the developer guide shows; others answer ValidationException. `any`: all that the model allows.
   */
  targetCombinations: 'documented' | 'any';
  /** The same ClientToken with other parameters: `conflict` answers ConflictException; `replay` the first answer again. */
  tokenMismatch: 'conflict' | 'replay';
  /** How long a ClientToken is remembered. That it is replayed at all is documented, for how long is not. */
  tokenLifetimeMilliseconds: number;
  /** How long ListOtaTasks does not show a new task. */
  listingLagMilliseconds: number;
  /** Whether TaskConfigurationId must name a configuration made here. An unknown one then answers ResourceNotFoundException. */
  taskConfigurations: 'any' | 'registered';
  /** Whether S3Url must name a JSON document that can be read; otherwise ValidationException. */
  documents: 'readable' | 'any';
  /** Managed things that a query matches as long as nobody told of any. */
  queryMatches: number;
  /** Managed things one task may name; 100 is the developer guide's number. */
  targetsMax: number;
  /** How the jobs behind the tasks behave where the documentation is silent. */
  jobs: Partial<JobsSettings>;
};

export type ManagedIntegrationsOptions = Partial<ManagedIntegrationsAssumptions> & {
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly accountId: string;
  readonly region: string;
  /** A `createFailed` fault makes the next task end as CANCELED: MI has no status for a creation that failed. */
  readonly faults?: Pick<Faults, 'takeCreateFailed'> | undefined;
  /** The simulated devices; a fleet of which every device succeeds when absent. */
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
