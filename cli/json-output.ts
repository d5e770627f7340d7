import { escaped } from '../scripts/layout.ts';

let isPrinted = false;

/**
 * Prints the output of a command for a program: one JSON document on standard output. A command with `--json` prints exactly one.
 * `space` is the indentation.
 */
export function printJson(value: unknown, space?: number): void {
  isPrinted = true;
  console.log(escaped(JSON.stringify(value, null, space)));
}

/** Runs a command. Answers its exit status, or the error with which it ended, and whether it had printed a JSON document by then. */
export async function noticeJson(
  run: () => Promise<number>,
): Promise<({ readonly code: number } | { readonly error: unknown }) & { readonly hasJson: boolean }> {
  isPrinted = false;
  try {
    return { code: await run(), hasJson: isPrinted };
  } catch (error) {
    return { error, hasJson: isPrinted };
  }
}
