import { type Problem, partitionOf } from 'aws-ota-models';
import { canMatchAfter } from './glob.ts';
import { templateRules } from './rules.ts';
import type { Channel } from './schema.ts';
import { type TargetArns, targetArns } from './target-arns.ts';
import { templateNameOf } from './template-name.ts';
import { textsOf } from './template-texts.ts';
import { type ChannelVariables, unknownAccount } from './variables.ts';

/** An ARN that does not fit the stage. `isCertain` is false if what it does not fit is only assumed: nobody named the account. */
export type ForeignArn = { readonly problem: Problem; readonly isOfPartition: boolean; readonly isCertain: boolean };

/** The parts of an ARN that a stage decides, in their order, with the variable of each. */
const parts = [
  { name: 'partition', variable: 'aws:partition', at: 1 },
  { name: 'region', variable: 'aws:region', at: 3 },
  { name: 'account', variable: 'aws:accountId', at: 4 },
] as const;

type Values = Readonly<Record<(typeof parts)[number]['name'], string>>;
type Difference = { readonly part: (typeof parts)[number]; readonly given: string };

/** Words of a glob that are tried as a part of an ARN. Partition, region and account are the first words of an ARN. */
const NAMED_MAX = 6;

/**
 * Each ARN of a channel that is of another partition, region or account than the stage. A request of AWS reaches devices of its own
 * region and account only, and IAM passes no role of another account. So with such an ARN the channel can never work.
 *
 * It looks at the targets, at the globs of `targetsFromRelease`, at other members that list ARNs, and at each member whose name ends with
 * `Arn`. An ARN may have no region or account, such as that of a role or a bucket. Paths are relative to the channel.
 */
export function findForeignArns(channel: Channel, { accountId, region, stage, isAccountNamed = false }: ChannelVariables): ForeignArn[] {
  const here: Values = { partition: partitionOf(region).name, region, account: accountId };
  const isAccountKnown = isAccountNamed || accountId !== unknownAccount;
  const isKnown = { partition: true, region: isAccountKnown || stage !== 'local', account: isAccountKnown };
  const name = templateNameOf(channel);
  const { targetsMember, otherArnsMembers = [] } = templateRules[name];
  const arns = textsOf(channel[name], [name], (member) => [targetsMember, ...otherArnsMembers].includes(member) || member.endsWith('Arn'));
  const globs = (channel.targetsFromRelease ?? []).map((text, index) => ({ path: ['targetsFromRelease', index], text }));
  return [
    ...arns.map(({ path, text }) => ({ path, found: differencesOf(text, here) })),
    ...globs.map(({ path, text }) => ({ path, found: differencesOfGlob(text, here, targetArns[name]) })),
  ].flatMap(({ path, found }) => {
    if (found.length === 0) return [];
    const certain = found.filter(({ part }) => isKnown[part.name]);
    const isCertain = certain.length > 0;
    const message = isCertain ? explain(certain, here) : explainAssumed(found);
    return [{ problem: { path, message }, isOfPartition: found.some(({ part }) => part.name === 'partition'), isCertain }];
  });
}

function differencesOf(arn: string, here: Values): Difference[] {
  const given = arn.split(':');
  if (given[0] !== 'arn') return [];
  return parts.flatMap((part) => {
    const value = given[part.at] ?? '';
    return value === '' || value === here[part.name] ? [] : [{ part, given: value }];
  });
}

/**
 * What a glob names in place of the parts of this stage, if it can match no target here. Empty if it can, and if it can match
 * no target anywhere, which is a problem of its own.
 */
function differencesOfGlob(glob: string, here: Values, { service, kinds }: TargetArns): Difference[] {
  const named = glob.split(/[:*]/).filter((word) => word !== '' && word !== 'arn' && word !== service);
  const candidates = (part: keyof Values) => [here[part], ...named.slice(0, NAMED_MAX)];
  const places = candidates('partition').flatMap((partition) =>
    candidates('region').flatMap((region) => candidates('account').map((account): Values => ({ partition, region, account }))),
  );
  const matching = places.filter(({ partition, region, account }) =>
    kinds.some((kind) => canMatchAfter(glob, `arn:${partition}:${service}:${region}:${account}:${kind}`)),
  );
  const differences = matching.map((there) =>
    parts.flatMap((part) => (there[part.name] === here[part.name] ? [] : [{ part, given: there[part.name] }])),
  );
  return differences.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function explain(found: readonly Difference[], here: Values): string {
  const places = found.length === 1 ? 'its place' : 'their places';
  return `the ARN is of ${namesOf(found)}, but the stage is in ${list(found.map(({ part }) => here[part.name]))}: write ${variablesOf(found)} in ${places}`;
}

function explainAssumed(found: readonly Difference[]): string {
  return `the ARN names ${namesOf(found)}, and the channel works only there: write ${variablesOf(found)}, or name the account of the stage`;
}

const namesOf = (found: readonly Difference[]) => list(found.map(({ part, given }) => `the ${part.name} "${given}"`));
const variablesOf = (found: readonly Difference[]) => list(found.map(({ part }) => `\${${part.variable}}`));
const list = (items: readonly string[]) => new Intl.ListFormat('en-GB').format(items);
