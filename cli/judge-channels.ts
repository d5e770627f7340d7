import { eventPatternOf, judgeEventPattern, steering } from '../domain/channels/event-pattern.ts';
import { type LineProblem, readChannelsFile } from '../domain/channels/lines.ts';
import type { Channels } from '../domain/channels/schema.ts';
import type { ChannelVariables } from '../domain/channels/variables.ts';

/** What `ota check` finds in a file. `channels` is undefined if the file cannot be read as channels. */
export type JudgedChannels = {
  readonly channels: Channels | undefined;
  readonly errors: readonly LineProblem[];
  readonly warnings: readonly LineProblem[];
};

/** Judges the text of a channels.yml at a place and at this moment, as `ota check` does. Never throws. */
export function judgeChannels(text: string, place: ChannelVariables): JudgedChannels {
  const file = readChannelsFile(text, place, 'refuse', Date.now());
  if (!file.ok) return { channels: undefined, errors: file.errors, warnings: [] };
  return { channels: file.channels, errors: checkSources(file.channels, text, place.accountId), warnings: file.warnings };
}

/**
 * Sources and approvers that do not fit into one rule of the bus cannot be deployed. The rule for steering events is the longer one.
 * Further accounts of the stage are not known here.
 */
function checkSources({ products }: Channels, text: string, account: string): LineProblem[] {
  const sources = new Set(Object.values(products).flatMap((product) => [...product.sources, ...(product.approvers ?? [])]));
  const message = judgeEventPattern(eventPatternOf([account], [...sources], steering));
  const line = text.split('\n').findIndex((start) => /^["']?products\b/.test(start)) + 1;
  return message === undefined ? [] : [{ line: Math.max(line, 1), path: ['products'], message }];
}
