import { kindOf } from 'aws-ota-models';
import * as z from 'zod/mini';
import { instantPattern, minutePattern, parseInstant, parseMinute } from './instant.ts';
import { sha256Advice } from './sha256-advice.ts';
import { isVersion, longestVersion, semVerPattern } from './version.ts';
import { versionAdvice } from './version-advice.ts';

/*
 * Kinds of values that several schemas share. Each states its rule once, as words that fit after "must be". problem.ts adds
 * what was given: its kind, or what a function here says of it. No message quotes a value, except text that can do no harm
 * in a log or a terminal. The schemas use zod/mini because every cold start loads them, and the methods of zod itself would
 * load every format that zod knows.
 *
 * Some rules are functions, because no pattern says them well. Such a field also states the same rule in JSON Schema.
 */

/** Registers `description` for the JSON Schema of `schema`, and returns the same schema. */
export function described<S extends z.ZodMiniType>(schema: S, description: string): S {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), description });
  return schema;
}

/** Makes a schema when it is first asked for. A cold start makes only that of a release, because each takes processor time. */
export function whenAsked<S extends z.ZodMiniType>(make: () => S): () => S {
  let made: S | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Text that matches `pattern`, which must be anchored at both ends. `rule` is what a person reads if it does not match. */
export const matching = (rule: string, pattern: RegExp) => z.string(rule).check(z.regex(pattern, rule));

/**
 * Text that passes `test`. `schema` states the same rule in JSON Schema. For any other text, `gotOf` returns what stands after
 * "got" in the message. Without it, or if it returns `undefined`, the message names the kind of value.
 */
export const passing = (rule: string, test: (text: string) => boolean, schema: object, gotOf?: (text: string) => string | undefined) =>
  z.string(rule).check(
    z.check(({ value, issues }) => {
      if (!test(value)) issues.push({ code: 'custom', input: value, message: rule, params: { got: gotOf?.(value) } });
    }),
    z.meta({ ...schema }),
  );

/** The name of a product or channel. */
export const name = () => matching('1 to 64 characters of a-z, 0-9 and -', /^[a-z0-9-]{1,64}$/);

/** A SemVer 2.0 version of at most {@link longestVersion} characters. The message names the broken rule and the nearest version. */
export const semVer = () =>
  described(
    passing(
      `a SemVer 2.0 version of at most ${longestVersion} characters, such as 2.4.1`,
      isVersion,
      { pattern: semVerPattern.source, maxLength: longestVersion },
      (given) => {
        const advice = versionAdvice(given);
        return advice === undefined ? undefined : `${isHarmless.test(given) ? `"${given}"` : kindOf(given)} ${advice}`;
      },
    ),
    'SemVer 2.0, at most 64 characters. Prerelease and build metadata are allowed.',
  );

const isHarmless = /^[0-9A-Za-z._+-]{1,64}$/;

/** A SHA-256 as 64 lower-case hex digits. The message names other spellings of a digest. */
export const sha256 = () =>
  passing('64 lower-case hex characters', (text) => /^[0-9a-f]{64}$/.test(text), { pattern: '^[0-9a-f]{64}$' }, sha256Advice);

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
  passing(`text of 1 to ${max} characters without control characters`, (text) => isWithin(text, 1, max) && !/\p{Cc}/u.test(text), {
    minLength: 1,
    maxLength: max,
    not: { pattern: '[\\x00-\\x1f\\x7f-\\x9f]' },
  });

/** Text for people, of `min` to `max` code points. It may have tabs and line breaks. */
export const prose = (max: number, min = 0) =>
  passing(
    `text of ${min === 0 ? 'at most' : `${min} to`} ${max} characters, without control characters except tabs and line breaks`,
    (text) => isWithin(text, min, max) && !/(?![\t\r\n])\p{Cc}/u.test(text),
    { ...(min > 0 && { minLength: min }), maxLength: max, not: { pattern: '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]' } },
  );

/** Whether `text` has `min` to `max` code points, as JSON Schema counts characters. */
export function isWithin(text: string, min: number, max: number): boolean {
  if (text.length > 2 * max) return false;
  const { length } = [...text];
  return length >= min && length <= max;
}

/** Any text, even an empty one. */
export const text = () => z.string('text');

/** Text of at least one character. */
export const someText = () => z.string(someTextRule).check(z.minLength(1, someTextRule));

const someTextRule = 'text of at least 1 character';

/** The id of a hold. */
export const holdId = () => matching('1 to 64 characters of A-Z, a-z, 0-9 and . _ -', /^[A-Za-z0-9._-]{1,64}$/);

/** A boolean. Words such as "true" are not accepted. */
export const flag = () => z.boolean('true or false');

const instantRule = 'an RFC 3339 instant such as 2026-12-24T00:00:00Z';
const minuteRule = 'an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z';

/** An RFC 3339 instant, as {@link parseInstant} reads it. The value stays text. */
export const instant = () =>
  passing(instantRule, (text) => parseInstant(text) !== undefined, { format: 'date-time', pattern: instantPattern });

/** An RFC 3339 instant at a whole minute, as {@link parseMinute} reads it. The value stays text. */
export const minute = () => passing(minuteRule, (text) => parseMinute(text) !== undefined, { format: 'date-time', pattern: minutePattern });

/** An object with text in each member. Its names are the user's own, as in attributes. */
export const textMap = () => z.record(z.string(), text(), 'an object whose values are text');

/** Canonical base64 of at least one byte: with padding, without white space, and with zero bits before the padding. */
export const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)$/;

/**
 * Whether `value` is base64 that is equal to the encoding of its own decoded bytes. Any other spelling would change if a
 * program on the way decoded and encoded it. An empty text is not accepted.
 */
export function isCanonicalBase64(value: string): boolean {
  return canonicalBase64.test(value);
}
