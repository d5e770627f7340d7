import { isRecord, type Problem, problemsIn, type Segment, type Shape } from 'aws-ota-models';
import { membersAt, unknownMember } from '../json/unknown-member.ts';
import { channelSchema } from './schema.ts';
import type { TemplateName } from './template-name.ts';

export type Structure = Extract<Shape, { type: 'structure' }>;
export type JsonObject = Readonly<Record<string, unknown>>;

export const setByTheService = 'the service sets this itself: remove it';
export const givenByTheRelease = 'the release gives it: leave it out';
export const descriptionForAll = 'every release gets this description in place of its own: leave it out, unless all should have this one';

/** The shape of member `name` of a structure. Throws if it is not of that type, because then a model of AWS has changed. */
export function shapeOf<T extends Shape['type']>(input: Structure, name: string, type: T): Extract<Shape, { type: T }> {
  const shape = input.members[name];
  if (shape?.type !== type) throw new Error(`${name} is a ${type}`);
  return shape as Extract<Shape, { type: T }>;
}

/**
 * Every rule of `shape` that a template breaks. Paths are relative to the channel. A member that AWS does not know gets the name of
 * the one that was probably meant. A member of the channel that stands in the template belongs beside it.
 */
export function templateProblems(shape: Structure, template: unknown, name: TemplateName): Problem[] {
  return problemsIn(shape, template).map((problem) => {
    const path = [name, ...problem.path];
    if (problem.kind !== 'unknown') return { ...problem, path };
    const member = String(path.at(-1));
    const isOfChannel = problem.path.length === 1 && membersAt(channelSchema, []).includes(member);
    const message = isOfChannel
      ? `unknown member: belongs beside ${name}: move it there`
      : unknownMember(member, membersIn(shape, problem.path.slice(0, -1)));
    return { ...problem, path, message };
  });
}

function membersIn(shape: Shape | undefined, [segment, ...rest]: readonly Segment[]): string[] {
  if (shape?.type === 'structure') return segment === undefined ? Object.keys(shape.members) : membersIn(shape.members[segment], rest);
  if (shape?.type === 'list') return membersIn(shape.of, rest);
  return shape?.type === 'map' ? membersIn(shape.value, rest) : [];
}

/** A value that no schema has checked, as an object. `{}` if it is not one. */
export function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

/** A value that no schema has checked, as a list. Empty if it is not one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A copy of an object without the named members. */
export function omit<T>(members: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}
