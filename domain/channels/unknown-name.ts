/** More names than this are only counted. */
const longestList = 10;

/**
 * Words for a name that does not exist: the one that was probably meant, and those that exist. For `satble` they are
 * `did you mean stable? it has beta, stable`, where `has` is `it has`. At most ten names are listed. It quotes nothing of
 * `given`. `undefined` if `known` is empty. Takes time in proportion to the length of all names.
 */
export function namesInsteadOf(given: string, known: readonly string[], has: string): string | undefined {
  if (known.length === 0) return undefined;
  const [nearest] = known
    .map((name) => ({ name, edits: editsBetween(given, name) }))
    .filter(({ name, edits }) => edits <= Math.min(2, Math.floor(Math.max(given.length, name.length) / 2)))
    .sort((a, b) => a.edits - b.edits);
  const shown = known.length > longestList ? [...known.slice(0, longestList), `${known.length - longestList} more`] : known;
  return `${nearest ? `did you mean ${nearest.name}? ` : ''}${has} ${shown.join(', ')}`;
}

/** How many characters to add, leave out, replace, or swap with their neighbour, to make `b` of `a`. */
export function editsBetween(a: string, b: string): number {
  let last: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, x] of [...a].entries()) {
    const above = row;
    row = [i + 1];
    for (const [j, y] of [...b].entries()) {
      const replaced = Number(above[j]) + (x === y ? 0 : 1);
      const isSwapped = i > 0 && x === b[j - 1] && y === a[i - 1];
      row.push(Math.min(replaced, Number(above[j + 1]) + 1, Number(row[j]) + 1, isSwapped ? Number(last[j - 1]) + 1 : replaced));
    }
    last = above;
  }
  return Number(row[b.length]);
}
