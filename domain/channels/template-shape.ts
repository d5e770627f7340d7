import { isRecord, type Shape } from 'aws-ota-models';

export type Structure = Extract<Shape, { type: 'structure' }>;
export type JsonObject = Readonly<Record<string, unknown>>;

export const setByTheService = 'set by this service: leave it out';

/** The member `name` of a structure, which must be of that type. Throws otherwise: then a model has changed. */
export function shapeOf<T extends Shape['type']>(input: Structure, name: string, type: T): Extract<Shape, { type: T }> {
  const shape = input.members[name];
  if (shape?.type !== type) throw new Error(`${name} is a ${type}`);
  return shape as Extract<Shape, { type: T }>;
}

/** What nobody has checked yet as an object, `{}` where it is not one. */
export function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

/** What nobody has checked yet as a list, empty where it is not one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
