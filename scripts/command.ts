/** What a person typed cannot be carried out as typed. */
export class Misunderstood extends Error {
  override readonly name = 'Misunderstood';
}

/**
 * Runs what a command of `npm run` does and ends with the status that `run` answers. What was not understood is one line
 * and the usage, status 2. Ctrl-C ends with status 130 by way of `exit`, where runs with processes and folders of their own take
 * them away.
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

/** Also what `parseArgs` of Node says to an option it does not know. */
function isMisunderstood(error: unknown): error is Error {
  return (
    error instanceof Misunderstood || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

/** The whole number that an option says, at least `least`. Throws `Misunderstood`. */
export function whole(option: string, text: string, least = 0): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new Misunderstood(`--${option} takes a whole number of at least ${least}, not ${JSON.stringify(text)}`);
  }
  return value;
}

/** A seed that nobody chose. */
export const freshSeed = (): number => Date.now() % 1_000_000_000;
