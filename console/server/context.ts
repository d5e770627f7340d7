import type { Configuration } from '../../operator/stage/configuration.ts';
import type { Stage } from '../../operator/stage/stage.ts';

/** What the routes of the console work with. */
export type Context = {
  readonly stage: Stage;
  readonly isReadOnly: boolean;
  /** The channels.yml that the stage is deployed with, or the one that the person named. Read anew each time. Throws UsageError. */
  readonly configuration: () => Promise<Configuration>;
  /** The clock, in epoch ms. */
  readonly now: () => number;
};
