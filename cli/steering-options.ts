import { CHANNELS_NOT_JUDGED } from '../operator/events/judged-event.ts';
import { onlySourceOf } from '../operator/stage/accepted-sources.ts';
import { type Configuration, configurationIfAny } from '../operator/stage/configuration.ts';
import type { Stage } from '../operator/stage/stage.ts';
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
                 channels.yml, or else its first source. Without channels.yml:
                 the only source that the stage accepts)`;

/** The same for a command that needs a channels.yml. */
export const approverHelp = `  --source S     the event source (default: the first approver of the product in
                 channels.yml, or else its first source)`;

/** The same for events that only the sources of a product send. */
export const publisherHelp = `  --source S     the event source (default: the first source of the product in
                 channels.yml. Without channels.yml: the only source that the
                 stage accepts)`;

/** The release and the channel of a command line. Throws UsageError unless there are exactly a product, a version and a channel. */
export function releaseOnChannelOf([product, version, channel, ...more]: readonly string[]) {
  if (product === undefined || version === undefined || channel === undefined || more.length > 0)
    throw new UsageError('exactly a product, a version and a channel are required');
  return { product, version, channel };
}

/**
 * The channels.yml and the source of a steering event. In a folder without channels.yml there is no configuration, and the source is the
 * one that a person gave, or else the only one that the stage accepts. Lines on stderr say so. Throws UsageError if there are several.
 */
export async function readSteering(
  stage: Stage,
  { channels, source }: { readonly channels?: string | undefined; readonly source?: string | undefined },
): Promise<{ readonly configuration: Configuration | undefined; readonly source: string | undefined }> {
  const configuration = await configurationIfAny(stage, channels);
  if (configuration !== undefined) return { configuration, source };
  console.error(CHANNELS_NOT_JUDGED);
  return { configuration, source: source ?? (await askSource(stage)) };
}

/** The only source that a stage accepts. A line on stderr names it. Throws UsageError if there are several. */
export async function askSource(stage: Stage): Promise<string> {
  const source = await onlySourceOf(stage);
  console.error(`the source is ${source}, the only one from which stage ${stage.name} accepts releases`);
  return source;
}
