import { isRecord, type Shape } from 'aws-ota-models';

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

/** A value that no schema has checked, as an object. `{}` if it is not one. */
export function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

/** A value that no schema has checked, as a list. Empty if it is not one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
