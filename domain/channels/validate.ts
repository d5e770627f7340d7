import type { Problem } from 'aws-ota-models';
import { findForbidden } from '../json/problem.ts';
import { judgeArtifactUrls } from './artifact-urls.ts';
import { type ForeignArn, findForeignArns } from './foreign-arns.ts';
import { findGateProblems, findGateWarnings } from './gate-rules.ts';
import { findPastSchedules } from './past-schedules.ts';
import { findChannelProblems, findLimitProblems } from './rules.ts';
import { type Channel, type Channels, readStructure } from './schema.ts';
import { type ChannelVariables, replaceVariables, unknownAccount } from './variables.ts';
import { findWarnings } from './warnings.ts';

/** A valid channels.yml with its warnings, or all its errors. Paths lead from the top of the file. */
export type ValidatedChannels =
  | { readonly ok: true; readonly channels: Channels; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[] };

/** Used if the account, region and stage are not known. */
const localPlace: ChannelVariables = { accountId: unknownAccount, region: 'us-east-1', stage: 'local' };

/**
 * Whether these are errors: an ARN of another account or region, an allowed time that never comes again, and a schedule that has passed. A
 * stage that runs must not stop for all products because of one channel, so it takes them as warnings. Then AWS refuses the requests of that channel, or its
 * rollouts wait.
 */
export type ForeignPlaces = 'refuse' | 'warn';

/**
 * Validates the parsed content of channels.yml: its variables, its structure, the limits of the AWS requests, and whether
 * each channel can work. If one of these steps finds errors, the later ones do not run. Without `variables`, the variables
 * get values of the local service. Without `now` (epoch ms), it does not judge whether allowed times and schedules have passed for ever. Never throws
 * on a value that JSON or YAML can express.
 */
export function validateChannels(
  value: unknown,
  variables: ChannelVariables = localPlace,
  foreignPlaces: ForeignPlaces = 'refuse',
  now?: number,
): ValidatedChannels {
  const forbidden = findForbidden(value);
  if (forbidden) return { ok: false, errors: [forbidden] };
  const replaced = replaceVariables(value, variables);
  if (replaced.problems.length > 0) return { ok: false, errors: replaced.problems };
  const structure = readStructure(replaced.value);
  if ('problems' in structure) return { ok: false, errors: structure.problems };
  const { channels } = structure;
  const judged = Object.entries(channels.products).flatMap(([product, { channels: ofProduct }]) =>
    Object.entries(ofProduct).map(([name, channel]) => {
      const { errors, warnings } = judgeChannel(channel, variables, foreignPlaces);
      const atChannel = ({ path, message }: Problem) => ({ path: ['products', product, 'channels', name, ...path], message });
      return { errors: errors.map(atChannel), warnings: warnings.map(atChannel) };
    }),
  );
  const urls = judgeArtifactUrls(channels, variables.region);
  const gates = findGateProblems(channels, now);
  const passing = [...gates.passing, ...findPastSchedules(channels, now)];
  const ofTime = foreignPlaces === 'refuse' ? { errors: passing, warnings: [] } : { errors: [], warnings: passing };
  const all = [...judged, urls, { errors: gates.errors, warnings: [] }, ofTime];
  const errors = all.flatMap((each) => each.errors);
  if (errors.length > 0) return { ok: false, errors };
  const warnings = [...findWarnings(channels, variables), ...findGateWarnings(channels)];
  return { ok: true, channels, warnings: [...all.flatMap((each) => each.warnings), ...warnings] };
}

type Judged = { readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

/** The other rules read the template by its types, so they run only if the template keeps its limits. */
function judgeChannel(channel: Channel, variables: ChannelVariables, foreignPlaces: ForeignPlaces): Judged {
  const limits = findLimitProblems(channel);
  if (limits.length > 0) return { errors: limits, warnings: [] };
  const foreign = findForeignArns(channel, variables);
  const isError = ({ isOfPartition, isCertain }: ForeignArn) => isOfPartition || (isCertain && foreignPlaces === 'refuse');
  const problemsOf = (arns: readonly ForeignArn[]) => arns.map(({ problem }) => problem);
  return {
    errors: [...findChannelProblems(channel), ...problemsOf(foreign.filter(isError))],
    warnings: problemsOf(foreign.filter((arn) => !isError(arn))),
  };
}
