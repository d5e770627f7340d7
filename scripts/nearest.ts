/**
 * The name that was probably meant: the only one that begins with what was given, or else the one with the fewest
 * characters to change, to swap, to add or to leave out. Undefined if more than a third of the characters differ.
 */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const typed = given.toLowerCase();
  const [begun, another] = names.filter((name) => typed.length > 2 && name.toLowerCase().startsWith(typed));
  if (begun !== undefined && another === undefined) return begun;
  const near = names
    .map((name) => ({ name, distance: distanceOf(typed, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(given.length, name.length) / 3);
  return near.sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** The distance of Damerau and Levenshtein, in which two neighbours that are swapped count once. */
function distanceOf(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= b.length; column += 1) {
      const change = at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(Math.min(change, at(row - 1, column) + 1, at(row, column - 1) + 1, isSwap ? at(row - 2, column - 2) + 1 : change));
    }
  }
  return at(a.length, b.length);
}
