import { formatPath, parsePath, type Segment } from 'aws-ota-models';
import { findStrange, type Problem } from '../json/problem.ts';
import { templateViolations } from './limits.ts';
import { findChannelProblems, findWarnings } from './rules.ts';
import { type Channel, type Channels, readStructure } from './schema.ts';
import { type ChannelVariables, replaceVariables } from './variables.ts';

/** One thing wrong with channels.yml, or worth a warning: where, in member notation from the top of the file. */
export type ChannelsFault = { readonly path: string; readonly message: string };

export type ValidatedChannels =
  | { readonly ok: true; readonly channels: Channels; readonly warnings: readonly ChannelsFault[] }
  | { readonly ok: false; readonly errors: readonly ChannelsFault[] };

/** Stands in for the place where the file will run when nobody knows it yet. */
const anywhere: ChannelVariables = { accountId: '000000000000', region: 'us-east-1', stage: 'local' };

/**
 * The parsed content of channels.yml, judged whole: variables, structure, every limit of the AWS requests, and
 * whether each channel can work at all. Without `variables` the file is judged as if for the local service.
 * Never throws on what JSON or YAML can give.
 */
export function validateChannels(value: unknown, variables: ChannelVariables = anywhere): ValidatedChannels {
  const strange = findStrange(value);
  if (strange) return { ok: false, errors: toFaults([strange]) };
  const replaced = replaceVariables(value, variables);
  if (replaced.problems.length > 0) return { ok: false, errors: toFaults(replaced.problems) };
  const structure = readStructure(replaced.value);
  if ('problems' in structure) return { ok: false, errors: toFaults(structure.problems) };
  const { channels } = structure;
  const problems = Object.entries(channels.products).flatMap(([product, { channels: ofProduct }]) =>
    Object.entries(ofProduct).flatMap(([name, channel]) => problemsOfChannel(channel, ['products', product, 'channels', name])),
  );
  return problems.length > 0
    ? { ok: false, errors: toFaults(problems) }
    : { ok: true, channels, warnings: toFaults(findWarnings(channels)) };
}

/** The rules of a channel read its template by its types, so they come after the template's own limits. */
function problemsOfChannel(channel: Channel, path: readonly Segment[]): Problem[] {
  const limits = templateViolations(channel).map((violation) => ({ path: parsePath(violation.path), message: violation.rule }));
  const found = limits.length > 0 ? limits : findChannelProblems(channel);
  return found.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}

function toFaults(problems: readonly Problem[]): ChannelsFault[] {
  return problems.map(({ path, message }) => ({ path: formatPath(path), message }));
}
