import * as z from 'zod/mini';
import { parseInstant, parseMinute } from './instant.ts';
import { semVerPattern } from './version.ts';

/*
 * Leaves that several schemas share. Each says its rule once; problem.ts adds what was found instead, so that
 * no message ever quotes a value. zod/mini, since all of it is loaded at every cold start: the methods of zod itself
 * bring along every format it knows.
 */

/** The same schema with a text for those who read its JSON Schema. */
export function described<S extends z.ZodMiniType>(schema: S, description: string): S {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), description });
  return schema;
}

/** Text that `pattern` matches in full; `rule` is what a person reads when it does not. */
export const matching = (rule: string, pattern: RegExp) => z.string(rule).check(z.regex(pattern, rule));

/** Names of products and channels. */
export const name = () => matching('1 to 64 of a-z, 0-9 and -', /^[a-z0-9-]{1,64}$/);

export const semVer = () =>
  described(
    z.string(semVerRule).check(z.maxLength(64, { error: semVerRule, abort: true }), z.regex(semVerPattern, semVerRule)),
    'SemVer 2.0, at most 64 characters; prerelease and build metadata allowed',
  );

const semVerRule = 'a SemVer 2.0 version of at most 64 characters';

/** A version of the schema that this service reads: major 1, any minor and patch. Another major has its own code and comes first. */
export const schemaVersion = () =>
  described(
    z._default(matching('the text "1"', /^1(?:\.[0-9]{1,4}){0,2}$/), '1'),
    'Version of the schema of this event; another major is refused',
  );

export const revision = () => {
  const rule = 'a whole number of at least 1';
  return z.int(rule).check(z.minimum(1, rule));
};

/** Text without control characters, 1 to `max` code points: it is copied into log lines and outcome events. */
export const line = (max: number) =>
  matching(`1 to ${max} characters without control characters`, new RegExp(`^[^\\p{Cc}]{1,${max}}$`, 'u'));

/** Text of people, of no characters to `max` code points, in as many lines as they like. */
export const prose = (max: number) =>
  matching(
    `at most ${max} characters, of control characters tabs and line breaks only`,
    new RegExp(`^(?:[^\\p{Cc}]|[\\t\\r\\n]){0,${max}}$`, 'u'),
  );

export const text = () => z.string('text');

/** Text of at least one character. */
export const someText = () => z.string(someTextRule).check(z.minLength(1, someTextRule));

const someTextRule = 'text of at least 1 character';

export const flag = () => z.boolean('true or false');

const instantRule = 'an RFC 3339 instant such as 2026-12-24T00:00:00Z';
const minuteRule = 'an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z';

export const instant = () =>
  z.string(instantRule).check(
    z.refine((value) => parseInstant(value) !== undefined, instantRule),
    z.meta({ format: 'date-time' }),
  );

export const minute = () =>
  z.string(minuteRule).check(
    z.refine((value) => parseMinute(value) !== undefined, minuteRule),
    z.meta({ format: 'date-time' }),
  );

/** Members whose names are the user's, such as attributes. */
export const textMap = () => z.record(z.string(), text(), 'a map of text');

/** Base64 of at least one byte in its one canonical form: padded, no white space, no stray bits before the padding. */
const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)$/;

/** Whether `value` is base64 that decodes and encodes to itself, the only kind that nobody changes on the way. */
export function isCanonicalBase64(value: string): boolean {
  return canonicalBase64.test(value);
}
