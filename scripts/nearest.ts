import { editsBetween } from '../domain/channels/unknown-name.ts';

/**
 * The name that was probably meant: the only one that begins with what was given, or else the one with the fewest
 * characters to change, to swap, to add or to leave out. Undefined if more than a third of the characters differ.
 */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const typed = given.toLowerCase();
  const [begun, another] = names.filter((name) => typed.length > 2 && name.toLowerCase().startsWith(typed));
  if (begun !== undefined && another === undefined) return begun;
  const near = names
    .map((name) => ({ name, distance: editsBetween(typed, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(given.length, name.length) / 3);
  return near.sort((a, b) => a.distance - b.distance)[0]?.name;
}
