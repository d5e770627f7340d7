import { UsageError } from '../scripts/command.ts';
import { busOption, stageOptions } from './stage-options.ts';

/** The options that every command with a steering event has, for `parseArgs`. */
export const steeringOptions = {
  ...stageOptions,
  ...busOption,
  channels: { type: 'string' },
  source: { type: 'string' },
} as const;

/** The line of `--source` for a help text. */
export const sourceHelp = `  --source S     the event source (default: the first approver of the product in
                 channels.yml, or else its first source)`;

/** The release and the channel of a command line. Throws UsageError unless there are exactly a product, a version and a channel. */
export function releaseOnChannelOf([product, version, channel, ...more]: readonly string[]) {
  if (product === undefined || version === undefined || channel === undefined || more.length > 0)
    throw new UsageError('exactly a product, a version and a channel are required');
  return { product, version, channel };
}
