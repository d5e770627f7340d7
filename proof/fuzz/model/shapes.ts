import type { AnySchemaObject } from 'ajv/dist/2020.js';

/** A JSON Schema, as `compileSchema` takes it. */
export type Shape = AnySchemaObject;

type Bounds = { readonly min?: number; readonly max?: number };

/** Text by the number of its characters (code points), and by a pattern for all of it. */
export const text = ({ min, max, like }: Bounds & { readonly like?: RegExp } = {}): Shape => ({
  type: 'string',
  ...(min !== undefined && { minLength: min }),
  ...(max !== undefined && { maxLength: max }),
  ...(like && { pattern: `^(?:${like.source})$` }),
});

export const oneOf = (...words: readonly string[]): Shape => ({ enum: words });

export const integer = ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Bounds = {}): Shape => ({
  type: 'integer',
  minimum: min,
  maximum: max,
});

/** A number in a range with at most this many decimals. */
export const decimal = ({ min, max }: Required<Bounds>, decimals: number): Shape => ({
  type: 'number',
  minimum: min,
  maximum: max,
  decimals,
});

/** Base64 of any bytes. */
export const blob: Shape = { type: 'string', format: 'base64' };

export const list = (items: Shape, { min, max }: Bounds = {}): Shape => ({
  type: 'array',
  items,
  ...(min !== undefined && { minItems: min }),
  ...(max !== undefined && { maxItems: max }),
});

export const map = (propertyNames: Shape, additionalProperties: Shape, { min, max }: Bounds = {}): Shape => ({
  type: 'object',
  propertyNames,
  additionalProperties,
  ...(min !== undefined && { minProperties: min }),
  ...(max !== undefined && { maxProperties: max }),
});

/** An object with these members and no others; members whose names end in `!` are required. */
export const object = (members: Readonly<Record<string, Shape>>): Shape => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(members).map(([name, shape]) => [name.replace('!', ''), shape])),
  required: Object.keys(members).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : [])),
  additionalProperties: false,
});
