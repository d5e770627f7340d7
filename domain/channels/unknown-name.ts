import { nearest } from '../json/nearest.ts';

/** More names than this are only counted. */
const longestList = 10;

/**
 * Words for a name that does not exist: the one that was probably meant, and those that exist. For `satble` they are
 * `did you mean stable? it has beta, stable`, where `has` is `it has`. At most ten names are listed. It quotes nothing of
 * `given`. `undefined` if `known` is empty. Takes time in proportion to the length of all names.
 */
export function namesInsteadOf(given: string, known: readonly string[], has: string): string | undefined {
  if (known.length === 0) return undefined;
  const meant = nearest(given, known);
  const shown = known.length > longestList ? [...known.slice(0, longestList), `${known.length - longestList} more`] : known;
  return `${meant === undefined ? '' : `did you mean ${meant}? `}${has} ${shown.join(', ')}`;
}
