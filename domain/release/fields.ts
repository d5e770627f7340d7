import * as z from 'zod/mini';
import { parseInstant, parseMinute } from './instant.ts';
import { semVerPattern } from './version.ts';

/*
 * Kinds of values that several schemas share. Each states its rule once, as words that fit after "must be". problem.ts adds
 * the kind of value that was given, so no message quotes a value. The schemas use zod/mini because every cold start loads
 * them, and the methods of zod itself would load every format that zod knows.
 */

/** Registers `description` for the JSON Schema of `schema`, and returns the same schema. */
export function described<S extends z.ZodMiniType>(schema: S, description: string): S {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), description });
  return schema;
}

/** Text that matches `pattern`, which must be anchored at both ends. `rule` is what a person reads if it does not match. */
export const matching = (rule: string, pattern: RegExp) => z.string(rule).check(z.regex(pattern, rule));

/** The name of a product or channel. */
export const name = () => matching('1 to 64 characters of a-z, 0-9 and -', /^[a-z0-9-]{1,64}$/);

/** A SemVer 2.0 version. The length is checked first, so the pattern never runs over a long text. */
export const semVer = () =>
  described(
    z.string(semVerRule).check(z.maxLength(64, { error: semVerRule, abort: true }), z.regex(semVerPattern, semVerRule)),
    'SemVer 2.0, at most 64 characters. Prerelease and build metadata are allowed.',
  );

const semVerRule = 'a SemVer 2.0 version of at most 64 characters, such as 2.4.1';

/** Any schema version with major 1; `1` if it is missing. `rejectOtherMajor` must run before, because other majors have a code of their own. */
export const schemaVersion = () =>
  described(
    z._default(matching('the text "1"', /^1(?:\.[0-9]{1,4}){0,2}$/), '1'),
    'The version of this schema. Another major version is rejected.',
  );

/** A revision of a version: a whole number of at least 1. */
export const revision = () => {
  const rule = 'a whole number of at least 1';
  return z.int(rule).check(z.minimum(1, rule));
};

/** Text of 1 to `max` code points without control characters, because it is copied into log lines and outcome events. */
export const line = (max: number) =>
  matching(`text of 1 to ${max} characters without control characters`, new RegExp(`^[^\\p{Cc}]{1,${max}}$`, 'u'));

/** Text for people, of at most `max` code points. It may have tabs and line breaks. */
export const prose = (max: number) =>
  matching(
    `text of at most ${max} characters, without control characters except tabs and line breaks`,
    new RegExp(`^(?:[^\\p{Cc}]|[\\t\\r\\n]){0,${max}}$`, 'u'),
  );

/** Any text, even an empty one. */
export const text = () => z.string('text');

/** Text of at least one character. */
export const someText = () => z.string(someTextRule).check(z.minLength(1, someTextRule));

const someTextRule = 'text of at least 1 character';

/** A boolean. Words such as "true" are not accepted. */
export const flag = () => z.boolean('true or false');

const instantRule = 'an RFC 3339 instant such as 2026-12-24T00:00:00Z';
const minuteRule = 'an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z';

/** An RFC 3339 instant, as {@link parseInstant} reads it. The value stays text. */
export const instant = () =>
  z.string(instantRule).check(
    z.refine((value) => parseInstant(value) !== undefined, instantRule),
    z.meta({ format: 'date-time' }),
  );

/** An RFC 3339 instant at a whole minute, as {@link parseMinute} reads it. The value stays text. */
export const minute = () =>
  z.string(minuteRule).check(
    z.refine((value) => parseMinute(value) !== undefined, minuteRule),
    z.meta({ format: 'date-time' }),
  );

/** An object with text in each member. Its names are the user's own, as in attributes. */
export const textMap = () => z.record(z.string(), text(), 'an object whose values are text');

/** Canonical base64 of at least one byte: with padding, without white space, and with zero bits before the padding. */
const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)$/;

/**
 * Whether `value` is base64 that is equal to the encoding of its own decoded bytes. Any other spelling would change if a
 * program on the way decoded and encoded it. An empty text is not accepted.
 */
export function isCanonicalBase64(value: string): boolean {
  return canonicalBase64.test(value);
}
