import { type LineProblem, readChannelsFile } from '../../domain/channels/lines.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { documentsBucketName, type Place } from '../../domain/channels/variables.ts';
import { UsageError } from '../../scripts/command.ts';
import { ota } from '../../scripts/installation.ts';
import { type ChannelsFile, channelsOf, findChannels } from './channels-of-stage.ts';
import type { Stage } from './stage.ts';

/** Stands for an account id that nobody knows. No AWS account has this id. */
export const UNKNOWN_ACCOUNT = '000000000000';

/**
 * The channels.yml of a stage, for the account and region of its credentials. `name` is the file, for messages.
 * `isAccountKnown` is false if neither the credentials nor AWS name the account. Then requests cannot be judged.
 * `warnings` are those of the file.
 */
export type Configuration = {
  readonly name: string;
  readonly channels: Channels;
  readonly place: Place;
  readonly isAccountKnown: boolean;
  readonly warnings: readonly LineProblem[];
};

type ConfiguredStage = Pick<Stage, 'name' | 'account' | 'region'>;

/** The configuration of a stage. Throws UsageError if channels.yml cannot be read or is invalid. */
export async function configurationOf(stage: ConfiguredStage, channelsFile: string | undefined): Promise<Configuration> {
  return readConfiguration(stage, channelsOf(stage.name, channelsFile), channelsFile);
}

/** The same. Undefined in a folder without a channels.yml, if nobody named one. */
export async function configurationIfAny(stage: ConfiguredStage, channelsFile: string | undefined): Promise<Configuration | undefined> {
  const file = findChannels(stage.name, channelsFile);
  return file && readConfiguration(stage, file, channelsFile);
}

async function readConfiguration(
  stage: ConfiguredStage,
  { name, text }: ChannelsFile,
  channelsFile: string | undefined,
): Promise<Configuration> {
  const [account, region] = await Promise.all([stage.account(), stage.region()]);
  const known = { accountId: account ?? UNKNOWN_ACCOUNT, region, stage: stage.name };
  const place = { ...known, documentsBucket: documentsBucketName(known) };
  // The stage is packaged with this file, and packaging has judged its ARNs.
  const read = readChannelsFile(text, place, 'warn', Date.now());
  if (!read.ok) throw new UsageError(`${name} is invalid: run ${ota} check ${checkOptions(stage.name, channelsFile)} to see why`);
  return { name, channels: read.channels, place, isAccountKnown: account !== undefined, warnings: read.warnings };
}

/** The options with which `ota check` reads the same file. */
function checkOptions(stage: string, channelsFile: string | undefined): string {
  return channelsFile === undefined ? `--stage ${stage}` : `--stage ${stage} --channels ${channelsFile}`;
}
