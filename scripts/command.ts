/** The arguments of a command are wrong. The message says what is wrong. */
export class Misunderstood extends Error {
  override readonly name = 'Misunderstood';
}

/**
 * Runs a command of `npm run` and sets the exit status that `run` answers. If the arguments are wrong, it prints one line and the
 * usage, and sets status 2. Ctrl-C ends the process with status 130. It emits `exit`, so that a run can remove its processes
 * and folders.
 */
export async function command(name: string, usage: string, run: () => Promise<number> | number): Promise<void> {
  for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) process.once(signal, () => process.exit(status));
  try {
    process.exitCode = await run();
  } catch (error) {
    if (!isMisunderstood(error)) throw error;
    console.error(`${name}: ${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

/** Includes the error of Node's `parseArgs` for an unknown option. */
function isMisunderstood(error: unknown): error is Error {
  return (
    error instanceof Misunderstood || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

/** The value of an option as a whole number of at least `least`. Throws `Misunderstood` for anything else. */
export function whole(option: string, text: string, least = 0): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new Misunderstood(`--${option} takes a whole number of at least ${least}, not ${JSON.stringify(text)}`);
  }
  return value;
}

/** A seed for a run that names none. */
export const freshSeed = (): number => Date.now() % 1_000_000_000;
