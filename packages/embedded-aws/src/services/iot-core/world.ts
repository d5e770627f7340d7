import type { Jobs } from '../../fleet/jobs.ts';
import type { Clock } from '../service.ts';
import type { Arns } from './arns.ts';
import type { IotCoreAssumptions } from './assumptions.ts';
import type { IotCoreOptions } from './options.ts';
import type { OtaUpdate } from './ota-update.ts';
import type { Registry } from './registry.ts';
import type { Signing } from './signing.ts';
import type { Streams } from './streams.ts';

/** Tags by the ARN of their resource. */
export type TagStore = Map<string, Map<string, string>>;

/** Everything that the operations of one IoT Core share. */
export type IotWorld = {
  readonly options: IotCoreOptions;
  readonly assumptions: IotCoreAssumptions;
  readonly clock: Clock;
  readonly arns: Arns;
  readonly registry: Registry;
  readonly jobs: Jobs;
  readonly streams: Streams;
  readonly signing: Signing;
  readonly tags: TagStore;
  readonly otaUpdates: Map<string, OtaUpdate>;
  readonly eventConfigurations: Record<string, { Enabled: boolean }>;
};
