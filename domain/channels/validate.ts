import type { Problem, Segment } from 'aws-ota-models';
import { findForbidden } from '../json/problem.ts';
import { findChannelProblems, findLimitProblems, findWarnings } from './rules.ts';
import { type Channel, type Channels, readStructure } from './schema.ts';
import { type ChannelVariables, replaceVariables } from './variables.ts';

/** Paths lead from the top of the file. */
export type ValidatedChannels =
  | { readonly ok: true; readonly channels: Channels; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[] };

/** Stands in for the place where the file will run when nobody knows it yet. */
const anywhere: ChannelVariables = { accountId: '000000000000', region: 'us-east-1', stage: 'local' };

/**
 * The parsed content of channels.yml, judged whole: variables, structure, every limit of the AWS requests, and
 * whether each channel can work at all. Without `variables` the file is judged as if for the local service.
 * Never throws on what JSON or YAML can give.
 */
export function validateChannels(value: unknown, variables: ChannelVariables = anywhere): ValidatedChannels {
  const forbidden = findForbidden(value);
  if (forbidden) return { ok: false, errors: [forbidden] };
  const replaced = replaceVariables(value, variables);
  if (replaced.problems.length > 0) return { ok: false, errors: replaced.problems };
  const structure = readStructure(replaced.value);
  if ('problems' in structure) return { ok: false, errors: structure.problems };
  const { channels } = structure;
  const problems = Object.entries(channels.products).flatMap(([product, { channels: ofProduct }]) =>
    Object.entries(ofProduct).flatMap(([name, channel]) => problemsOfChannel(channel, ['products', product, 'channels', name])),
  );
  return problems.length > 0 ? { ok: false, errors: problems } : { ok: true, channels, warnings: findWarnings(channels) };
}

/** The rules of a channel read its template by its types, so they come after the template's own limits. */
function problemsOfChannel(channel: Channel, path: readonly Segment[]): Problem[] {
  const limits = findLimitProblems(channel);
  const found = limits.length > 0 ? limits : findChannelProblems(channel);
  return found.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}
