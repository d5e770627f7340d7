import { isRecord, kindOf, type Problem, type Segment } from 'aws-ota-models';
import type * as z from 'zod/mini';
import { membersAt, unknownMember } from './unknown-member.ts';

/** Every problem that zod found in `input` with `schema`, in its order. Each unknown member is a problem of its own. */
export function problemsOf(error: z.core.$ZodError, input: unknown, schema: z.core.$ZodType): Problem[] {
  return error.issues.flatMap((issue) => [...problemsOfIssue(issue, input, schema)]);
}

/**
 * The first of {@link problemsOf}. It does not build the others, because a hostile body may have a hundred thousand.
 * If zod reports no issue, the problem is at the top: `not valid`.
 */
export function firstProblemOf(error: z.core.$ZodError, input: unknown, schema: z.core.$ZodType): Problem {
  const [issue] = error.issues;
  const [first] = issue === undefined ? [] : problemsOfIssue(issue, input, schema);
  return first ?? { path: [], message: 'not valid' };
}

/**
 * The problem that the value at `path` of `input` breaks `rule`. The message adds `got`, what the schema says of the value.
 * Without it, the message adds the kind of that value, never the value.
 */
function explain(rule: string, path: readonly Segment[], input: unknown, got?: unknown): Problem {
  const value = valueAt(input, path);
  return value === undefined
    ? { path, message: `required: ${rule}`, kind: 'missing' }
    : { path, message: `must be ${rule}, got ${typeof got === 'string' ? got : kindOf(value)}` };
}

/**
 * The first member of a parsed value that the service never accepts, or `undefined`. It is one of these:
 *
 * - a name with a special meaning in JavaScript: `__proto__`, `constructor` or `prototype`
 * - a name or text with a lone surrogate, which UTF-8 cannot encode
 * - a number that is not finite, such as 1e400
 *
 * The search goes in the order of the document, but it looks at all names of an object before the values.
 * `path` leads to `value` and begins the path of the problem.
 */
export function findForbidden(value: unknown, path: readonly Segment[] = []): Problem | undefined {
  if (typeof value === 'string')
    return value.isWellFormed() ? undefined : { path, message: 'this text has a lone surrogate, which UTF-8 cannot encode' };
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { path, message: 'this number is out of range' };
  if (Array.isArray(value)) return firstOf(value.entries(), path);
  if (!isRecord(value)) return undefined;
  for (const key of Object.keys(value)) {
    if (forbiddenNames.has(key))
      return { path: [...path, key], message: 'this name has a special meaning in JavaScript: use a different name' };
    if (!key.isWellFormed()) return { path: [...path, key], message: 'this name has a lone surrogate, which UTF-8 cannot encode' };
  }
  return firstOf(Object.entries(value), path);
}

/** The index of the first item that equals an earlier one, or -1 if all items are different. */
export function findRepeated(list: readonly string[]): number {
  const seen = new Set<string>();
  return list.findIndex((item) => seen.size === seen.add(item).size);
}

function* problemsOfIssue(
  issue: z.core.$ZodIssue,
  input: unknown,
  schema: z.core.$ZodType,
  parent: readonly Segment[] = [],
): Generator<Problem> {
  const path = [...parent, ...issue.path.map(toSegment)];
  // If a value is of the kind that one of the options describes, the problems are those of that option.
  const meant = issue.code === 'invalid_union' ? issue.errors.find((issues) => issues.every(isInside)) : undefined;
  if (meant && meant.length > 0) {
    for (const inner of meant) yield* problemsOfIssue(inner, input, schema, path);
    return;
  }
  if (issue.code === 'unrecognized_keys') {
    const known = membersAt(schema, path);
    for (const key of issue.keys) yield { path: [...path, key], message: unknownMember(key, known), kind: 'unknown' };
  } else if (issue.code === 'invalid_key') yield { path, message: `the name must be ${issue.issues[0]?.message ?? issue.message}` };
  else yield explain(issue.message, path, input, issue.code === 'custom' ? issue.params?.['got'] : undefined);
}

/** Whether an issue of an option is about a part of the value, so that the value itself is of the right kind. */
function isInside({ path, code }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys';
}

const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

function firstOf(entries: Iterable<[Segment, unknown]>, path: readonly Segment[]): Problem | undefined {
  for (const [segment, inner] of entries) {
    const found = findForbidden(inner, [...path, segment]);
    if (found) return found;
  }
  return undefined;
}

function toSegment(key: PropertyKey): Segment {
  return typeof key === 'number' ? key : String(key);
}

/** The value at `path` in `input`, own members only. `undefined` if the path leads nowhere, even if it meets null or text. Never throws. */
export function valueAt(input: unknown, path: readonly Segment[]): unknown {
  let value = input;
  for (const segment of path) {
    const holder = Object(value);
    value = Object.hasOwn(holder, segment) ? holder[segment] : undefined;
  }
  return value;
}
