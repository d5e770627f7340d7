import { formatPath, type Problem, type Segment } from 'aws-ota-models';
import type * as z from 'zod/mini';
import { findForbidden, findRepeated, firstProblemOf } from '../json/problem.ts';
import { accept, type RejectionCode, type Result, reject } from './rejection.ts';
import { rejectOtherMajor } from './schema-version.ts';

/**
 * The detail of an event other than a release, as its schema reads it, or the first rule that it breaks: the schema version, names and
 * texts that are never accepted, the schema, and then the rules between members. The code is UNSUPPORTED_SCHEMA_VERSION or `code`.
 * Never throws on a parsed JSON value.
 */
export function parseDetail<S extends z.ZodMiniType>(
  detail: unknown,
  schema: S,
  code: RejectionCode,
  findBrokenRule: (value: z.output<S>) => Problem | undefined,
): Result<z.output<S>> {
  const otherMajor = rejectOtherMajor(detail);
  if (otherMajor) return otherMajor;
  const invalid = ({ path, message }: Problem) => reject(code, formatPath(path), message);
  const forbidden = findForbidden(detail);
  if (forbidden) return invalid(forbidden);
  const parsed = schema.safeParse(detail);
  if (!parsed.success) return invalid(firstProblemOf(parsed.error, detail, schema));
  const broken = findBrokenRule(parsed.data);
  return broken ? invalid(broken) : accept(parsed.data);
}

/** The problem that an item of the list at `path` repeats an earlier one. `what` names an item, such as `channel`. */
export function repeatedItem(list: readonly string[], path: readonly Segment[], what = 'channel'): Problem | undefined {
  const repeated = findRepeated(list);
  return repeated === -1 ? undefined : { path: [...path, repeated], message: `this ${what} is listed twice: remove one of the two` };
}
