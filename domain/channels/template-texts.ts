import { isRecord, type Segment } from 'aws-ota-models';

/** Members whose values are the user's own text. AWS reads nothing there, such as an ARN. */
const mapsOfUsers = ['attributes', 'additionalParameters', 'tags', 'Tags'];

/**
 * The texts in those members of an object that `isWanted`, at any depth, each with its path. It leaves out members whose values
 * are the user's own text, such as tags.
 */
export function textsOf(
  value: unknown,
  path: readonly Segment[],
  isWanted: (member: string) => boolean,
  wanted = false,
): { readonly path: readonly Segment[]; readonly text: string }[] {
  if (typeof value === 'string') return wanted ? [{ path, text: value }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(item, [...path, index], isWanted, wanted));
  if (!isRecord(value)) return [];
  const members = Object.entries(value).filter(([member]) => !mapsOfUsers.includes(member));
  return members.flatMap(([member, inner]) => textsOf(inner, [...path, member], isWanted, isWanted(member)));
}
