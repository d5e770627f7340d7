/** However often reads fail, the page waits at most a minute. */
const LONGEST_MILLISECONDS = 60_000;

/**
 * Milliseconds until the next read. With every read that fails in a row it is twice as long, up to a minute, and never shorter than what
 * the server asked for.
 */
export function untilNextRead({
  everyMilliseconds,
  failures,
  askedMilliseconds = 0,
}: {
  readonly everyMilliseconds: number;
  readonly failures: number;
  readonly askedMilliseconds?: number | undefined;
}): number {
  if (failures === 0) return everyMilliseconds;
  const backedOff = Math.min(everyMilliseconds * 2 ** failures, Math.max(everyMilliseconds, LONGEST_MILLISECONDS));
  return Math.max(backedOff, askedMilliseconds);
}
