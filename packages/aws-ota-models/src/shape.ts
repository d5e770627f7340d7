import { isRecord, kindOf, type Segment } from './path.ts';
import type { Problem } from './problem.ts';

/**
 * What a value must be, as data in the terms of AWS's API models. Ranges include their bounds, patterns match the whole
 * text, `says` is the rule of a pattern in words, and `advice` is added to the message if a list is too long.
 */
export type Shape =
  | { readonly type: 'string'; readonly min?: number; readonly max?: number; readonly pattern?: RegExp; readonly says?: string }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly type: 'double'; readonly min?: number; readonly max?: number; readonly decimals?: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'blob' }
  | { readonly type: 'list'; readonly of: Shape; readonly min?: number; readonly max?: number; readonly advice?: string }
  | { readonly type: 'map'; readonly key: Shape; readonly value: Shape; readonly min?: number; readonly max?: number }
  | { readonly type: 'structure'; readonly required?: readonly string[]; readonly members: Readonly<Record<string, Shape>> };

/**
 * Every rule of `shape` that `value` breaks, in the order of its members; empty if it is valid. The value is in wire form:
 * what JSON.parse gives, with blobs as base64 text. An unknown member is a problem. Lengths count Unicode code points.
 * `path` leads to the value and stands before each path.
 * Never throws.
 */
export function problemsIn(shape: Shape, value: unknown, path: readonly Segment[] = []): Problem[] {
  switch (shape.type) {
    case 'string':
      return stringProblems(shape, value, path);
    case 'enum':
      return typeof value === 'string' && shape.values.includes(value) ? [] : [{ path, message: oneOf(shape.values) }];
    case 'integer':
    case 'double':
      return numberProblems(shape, value, path);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [{ path, message: 'must be true or false' }];
    case 'blob':
      return typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)
        ? []
        : [{ path, message: 'must be base64 text' }];
    case 'list':
      if (!Array.isArray(value)) return [{ path, message: `must be a list, got ${kindOf(value)}` }];
      return [
        ...countProblems(shape, value.length, 'a list', 'item', path),
        ...value.flatMap((item, index) => problemsIn(shape.of, item, [...path, index])),
      ];
    case 'map':
      if (!isRecord(value)) return [{ path, message: `must be a map, got ${kindOf(value)}` }];
      return [
        ...countProblems(shape, Object.keys(value).length, 'a map', 'member', path),
        ...Object.entries(value).flatMap(([key, item]) => [
          ...problemsIn(shape.key, key, [...path, key]).map(({ path: at, message }) => ({ path: at, message: `the name ${message}` })),
          ...problemsIn(shape.value, item, [...path, key]),
        ]),
      ];
    case 'structure':
      return structureProblems(shape, value, path);
  }
}

function stringProblems(shape: Extract<Shape, { type: 'string' }>, value: unknown, path: readonly Segment[]): Problem[] {
  if (typeof value !== 'string') return [{ path, message: `must be text, got ${kindOf(value)}` }];
  const found = countProblems(shape, [...value].length, 'text', 'character', path);
  if (shape.pattern && !wholeOf(shape.pattern).test(value)) {
    found.push({ path, message: shape.says === undefined ? `must match ${shape.pattern.source}` : `must be ${shape.says}` });
  }
  return found;
}

const wholes = new WeakMap<RegExp, RegExp>();

/** The pattern for a whole text. It is compiled once. */
function wholeOf(pattern: RegExp): RegExp {
  const known = wholes.get(pattern);
  if (known) return known;
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags);
  wholes.set(pattern, whole);
  return whole;
}

function numberProblems(shape: Extract<Shape, { type: 'integer' | 'double' }>, value: unknown, path: readonly Segment[]): Problem[] {
  const whole = shape.type === 'integer';
  if (typeof value !== 'number' || !Number.isFinite(value)) return [{ path, message: `must be a number, got ${kindOf(value)}` }];
  if (whole && !Number.isSafeInteger(value)) return [{ path, message: 'must be a whole number' }];
  const { min, max } = shape;
  if ((min !== undefined && value < min) || (max !== undefined && value > max))
    return [{ path, message: `must be ${whole ? 'a whole number' : 'a number'} ${ofRange(min, max)}` }];
  if (shape.type === 'double' && shape.decimals !== undefined && Number(value.toFixed(shape.decimals)) !== value) {
    return [{ path, message: `must be a number with at most ${shape.decimals} decimal${shape.decimals === 1 ? '' : 's'}` }];
  }
  return [];
}

function structureProblems(shape: Extract<Shape, { type: 'structure' }>, value: unknown, path: readonly Segment[]): Problem[] {
  if (!isRecord(value)) return [{ path, message: `must be an object, got ${kindOf(value)}` }];
  const missing = (shape.required ?? []).filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => ({ path: [...path, name], message: 'required' })),
    ...Object.entries(value).flatMap(([name, item]): Problem[] => {
      if (item === undefined) return [];
      const inner = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
      return inner ? problemsIn(inner, item, [...path, name]) : [{ path: [...path, name], message: 'unknown member', kind: 'unknown' }];
    }),
  ];
}

function countProblems(
  { min, max, advice }: { min?: number; max?: number; advice?: string },
  count: number,
  kind: string,
  unit: string,
  path: readonly Segment[],
): Problem[] {
  const above = max !== undefined && count > max;
  if (!above && (min === undefined || count >= min)) return [];
  const units = (max ?? min) === 1 ? unit : `${unit}s`;
  return [
    { path, message: `must be ${kind} ${ofRange(min, max)} ${units}, got ${count}${above && advice !== undefined ? `: ${advice}` : ''}` },
  ];
}

function ofRange(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return `of at most ${max}`;
  return max === undefined ? `of at least ${min}` : `of ${min} to ${max}`;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
}
