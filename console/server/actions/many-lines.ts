/** A dialog shows this many lines of a kind. The document below them has all. */
const LINES_MAX = 20;

/** The first lines, and how many more there are. */
export function atMost(lines: readonly string[]): string[] {
  const more = lines.length - LINES_MAX;
  return more <= 0 ? [...lines] : [...lines.slice(0, LINES_MAX), `And ${more} more.`];
}
