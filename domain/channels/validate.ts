import { type Problem, partitionOf, type Segment } from 'aws-ota-models';
import { findForbidden } from '../json/problem.ts';
import { findChannelProblems, findLimitProblems } from './rules.ts';
import { type Channel, type Channels, readStructure } from './schema.ts';
import { type ChannelVariables, replaceVariables } from './variables.ts';
import { findWarnings } from './warnings.ts';

/** A valid channels.yml with its warnings, or all its errors. Paths lead from the top of the file. */
export type ValidatedChannels =
  | { readonly ok: true; readonly channels: Channels; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[] };

/** Used if the account, region and stage are not known. */
const localPlace: ChannelVariables = { accountId: '000000000000', region: 'us-east-1', stage: 'local' };

/**
 * Validates the parsed content of channels.yml: its variables, its structure, the limits of the AWS requests, and whether
 * each channel can work. If one of these steps finds errors, the later ones do not run. Without `variables`, the variables
 * get values of the local service. Never throws on a value that JSON or YAML can express.
 */
export function validateChannels(value: unknown, variables: ChannelVariables = localPlace): ValidatedChannels {
  const forbidden = findForbidden(value);
  if (forbidden) return { ok: false, errors: [forbidden] };
  const replaced = replaceVariables(value, variables);
  if (replaced.problems.length > 0) return { ok: false, errors: replaced.problems };
  const structure = readStructure(replaced.value);
  if ('problems' in structure) return { ok: false, errors: structure.problems };
  const { channels } = structure;
  const partition = partitionOf(variables.region).name;
  const problems = Object.entries(channels.products).flatMap(([product, { channels: ofProduct }]) =>
    Object.entries(ofProduct).flatMap(([name, channel]) => problemsOfChannel(channel, partition, ['products', product, 'channels', name])),
  );
  return problems.length > 0 ? { ok: false, errors: problems } : { ok: true, channels, warnings: findWarnings(channels, variables) };
}

/** The other rules read the template by its types, so they run only if the template keeps its limits. */
function problemsOfChannel(channel: Channel, partition: string, path: readonly Segment[]): Problem[] {
  const limits = findLimitProblems(channel);
  const found = limits.length > 0 ? limits : findChannelProblems(channel, partition);
  return found.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}
