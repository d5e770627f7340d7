/** What a list shows of its rows, and how much room the rows before and after it take. */
type Window = {
  /** The first row that is drawn. */
  readonly from: number;
  /** The row after the last one that is drawn. */
  readonly to: number;
  /** Pixels above and below the rows that are drawn. */
  readonly above: number;
  readonly below: number;
};

/**
 * Which of `rows` rows, each `rowHeight` pixels high, to draw for a list that is `height` pixels high and scrolled down by `top` pixels. On
 * both sides it adds `spare` rows, so that a key or a quick wheel finds them drawn. A list that is scrolled too far shows its end.
 */
export function windowOf({
  rows,
  rowHeight,
  height,
  top,
  spare,
}: {
  readonly rows: number;
  readonly rowHeight: number;
  readonly height: number;
  readonly top: number;
  readonly spare: number;
}): Window {
  const seen = Math.ceil(height / rowHeight) + 1;
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight)), Math.max(0, rows - seen));
  const from = Math.max(0, first - spare);
  const to = Math.min(rows, first + seen + spare);
  return { from, to, above: from * rowHeight, below: (rows - to) * rowHeight };
}
