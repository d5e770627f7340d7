import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CheckedText, checkedTextOf } from '../domain/channels/checked.ts';
import { lineText, readChannelsFile } from '../domain/channels/lines.ts';

/**
 * `root` is the folder of the service, `channels` the path of the channels file below it. The file is checked for `stage` and
 * `region`, by default those of the local service. `say` gets one line for each step.
 */
export type ChannelsOptions = {
  readonly root: string;
  readonly channels?: string | undefined;
  readonly stage?: string;
  readonly region?: string;
  readonly say: (line: string) => void;
};

/** The account is only known when the stack is deployed. */
const ANY_ACCOUNT = '000000000000';

/** The text of channels.json, its variables not yet replaced, and the mark that it was checked. */
export type CheckedChannels = { readonly text: string; readonly checked: CheckedText };

/** What {@link writeChannels} writes for a channels file. Says the warnings. @throws with one line for each error */
export function checkedChannels({
  root,
  channels = 'channels.yml',
  stage = 'local',
  region = 'us-east-1',
  say,
}: ChannelsOptions): CheckedChannels {
  const read = readChannelsFile(textOf(resolve(root, channels), channels), { accountId: ANY_ACCOUNT, region, stage }, 'refuse', Date.now());
  if (!read.ok) throw new Error(read.errors.map((error) => lineText(channels, error)).join('\n'));
  for (const warning of read.warnings) say(`warning: ${lineText(channels, warning)}`);
  say(`${channels}: ok`);
  const text = `${JSON.stringify(read.value)}\n`;
  return { text, checked: checkedTextOf(text, { stage, region }) };
}

/** Writes what {@link checkedChannels} answered where the releases function of the service in `root` reads it. */
export function writeChannels(root: string, { text, checked }: CheckedChannels): void {
  const folder = join(root, 'dist', 'releases');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'channels.json'), text);
  writeFileSync(join(folder, 'channels.checked.json'), `${JSON.stringify(checked)}\n`);
}

function textOf(file: string, name: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`cannot read ${name}: no such file`);
  if (stats.isDirectory()) throw new Error(`cannot read ${name}: it is a folder, not a file`);
  return readFileSync(file, 'utf8');
}
