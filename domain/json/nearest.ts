/**
 * The name that was probably meant: the only one that begins with what was given, or else the nearest one. That has the fewest
 * characters to change, to swap, to add or to leave out. Undefined if more than a third of the characters differ.
 */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const typed = given.toLowerCase();
  const [begun, another] = names.filter((name) => typed.length > 2 && name.toLowerCase().startsWith(typed));
  if (begun !== undefined && another === undefined) return begun;
  const isNear = (name: string, distance: number): boolean => distance <= Math.max(given.length, name.length) / 3;
  const near = names
    // A name that is that much longer or shorter needs as many edits, so the slow comparison would not find it.
    .filter((name) => isNear(name, Math.abs(given.length - name.length)))
    .map((name) => ({ name, distance: editsBetween(typed, name.toLowerCase()) }))
    .filter(({ name, distance }) => isNear(name, distance));
  return near.sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** How many characters to add, leave out, replace, or swap with their neighbour, to make `b` of `a`. */
function editsBetween(a: string, b: string): number {
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
