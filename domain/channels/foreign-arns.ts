import { isRecord, type Problem, type Segment } from 'aws-ota-models';
import { type Channel, templateNameOf } from './schema.ts';

/**
 * A problem for each ARN of a channel that is of another partition than `partition`, such as one of `aws-cn` in a stage in
 * eu-west-1. It looks at the targets, at the globs of `targetsFromRelease`, and at each member whose name ends with `Arn`.
 * Other texts may begin like an ARN and mean nothing to AWS. Paths are relative to the channel.
 */
export function findForeignArns(channel: Channel, targetsMember: string, partition: string): Problem[] {
  const name = templateNameOf(channel);
  const arns = [
    ...textsOf(channel[name], [name], (member) => member === targetsMember || member.endsWith('Arn')),
    ...textsOf({ targetsFromRelease: channel.targetsFromRelease }, [], () => true),
  ];
  return arns.flatMap(({ path, text }) => {
    const [, given = partition, end] = /^arn:([^:*]*)([:*])/.exec(text) ?? [];
    const fits = end === '*' ? partition.startsWith(given) : given === partition;
    const message = `the ARN is of the partition "${given}", but the stage is in ${partition}: write \${aws:partition} in its place`;
    return fits ? [] : [{ path, message }];
  });
}

/** The texts in those members of an object that `isWanted`, at any depth, each with its path. */
function textsOf(
  value: unknown,
  path: readonly Segment[],
  isWanted: (member: string) => boolean,
  wanted = false,
): { readonly path: readonly Segment[]; readonly text: string }[] {
  if (typeof value === 'string') return wanted ? [{ path, text: value }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(item, [...path, index], isWanted, wanted));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([member, inner]) => textsOf(inner, [...path, member], isWanted, isWanted(member)));
}
