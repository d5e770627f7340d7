import { isRecord } from 'aws-ota-models';

/**
 * A copy of a JSON value without the members and items that are empty objects or lists, at any depth. A member with nothing but
 * empty ones in it is left out, too. The value itself stays, even if nothing is left in it.
 */
export function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpty).filter(isFilled) as T;
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withoutEmpty(member)] as const);
  return Object.fromEntries(members.filter(([, member]) => isFilled(member))) as T;
}

/** A copy of an object without those of the named members that are empty objects or lists. */
export function withoutEmptyMembers<T extends object>(value: T, names: readonly (keyof T & string)[]): T {
  const isKept = ([name, member]: [string, unknown]) => isFilled(member) || !(names as readonly string[]).includes(name);
  return Object.fromEntries(Object.entries(value).filter(isKept)) as T;
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return !isRecord(value) || Object.keys(value).length > 0;
}
