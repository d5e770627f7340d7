import type { Segment } from 'aws-ota-models';
import type * as z from 'zod/mini';
import { nearest } from './nearest.ts';

/**
 * Words for a member that does not exist, where `known` ones do. They name the one that was probably meant: for `sha265` they are
 * `unknown member: did you mean sha256?`. They quote nothing of `given`. Only a short name of harmless characters is compared, so
 * a hostile one takes no time.
 */
export function unknownMember(given: string, known: readonly string[]): string {
  const meant = /^[\w.-]{1,64}$/.test(given) ? nearest(given, known) : undefined;
  return `unknown member: ${meant === undefined ? 'check the spelling, or remove it' : `did you mean ${meant}?`}`;
}

/** The members of the object at `path` of a schema. Empty if the schema has no object with fixed members there. */
export function membersAt(schema: z.core.$ZodType, path: readonly Segment[]): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('innerType' in def) return membersAt(def.innerType, path);
  if (def.type === 'union') return def.options.flatMap((option) => membersAt(option, path));
  const [segment, ...rest] = path;
  if (def.type === 'object') {
    if (segment === undefined) return Object.keys(def.shape);
    const member = Object.hasOwn(def.shape, segment) ? def.shape[segment] : undefined;
    return member === undefined ? [] : membersAt(member, rest);
  }
  if (segment === undefined) return [];
  if (def.type === 'array') return membersAt(def.element, rest);
  return def.type === 'record' ? membersAt(def.valueType, rest) : [];
}
