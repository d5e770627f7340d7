export { nodeProblem } from './node-version.js';

/**
 * The exit statuses of every command: 0 done, 1 rejected or failed, 2 wrong usage or a file that cannot be read. The last two are those of
 * a command that a signal has ended: 128 and the number of the signal, as shells count.
 */
export const exit = { ok: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** The signals that end a command, with its exit status. */
export const signals = { SIGINT: exit.interrupted, SIGTERM: exit.terminated } as const;

/** A command cannot be carried out as it was typed. The message is one line for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What is wrong with what was typed, in one line without a full stop. Undefined for every error that has another cause. */
export function usageProblem(error: unknown): string | undefined {
  return error instanceof UsageError ? error.message : argumentProblem(error);
}

/** What Node's `parseArgs` did not accept, in one line. Undefined for every other error. */
export function argumentProblem(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_'))) return undefined;
  const [line = ''] = error.message.split('\n', 1);
  const option = line.match(/^Option '(?:-\w, )?(--[\w-]+)\b.* argument (?:is ambiguous|missing)/)?.[1];
  return option === undefined ? line.replace(/\.( .*)?$/, '') : `${option} needs a value`;
}

/**
 * Runs a command of `npm run` and ends with the exit status that `run` answers. A {@link usageProblem} is printed with the
 * usage, and the exit status is 2. Ctrl-C ends the process through `exit`, so that listeners can stop processes and remove
 * folders; the exit status is then {@link signals}'s.
 */
export async function command(name: string, usage: string, run: () => Promise<number> | number): Promise<void> {
  for (const [signal, status] of Object.entries(signals)) process.once(signal, () => process.exit(status));
  try {
    process.exitCode = await run();
  } catch (error) {
    const problem = usageProblem(error);
    if (problem === undefined) throw error;
    console.error(`${name}: ${problem}\n\n${usage}`);
    process.exitCode = exit.usage;
  }
}

/**
 * Lets a command go on if nobody reads its output any more, as after `| head`. It must not end there: a withdrawal that has shown what it
 * stops has yet to be published. Without this, Node prints a stack.
 */
export function carryOnWithoutReader({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): void {
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** The value of a numeric option. Throws `UsageError` if it is not a whole number of at least `least`. */
export function whole(option: string, text: string, least = 0): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`--${option} takes a whole number of at least ${least}, not ${JSON.stringify(text)}`);
  }
  return value;
}

/** The value of an option that takes a TCP port. Throws `UsageError` if there is no such port. */
export function port(option: string, text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= 65_535)) throw new UsageError(`--${option} takes a number from 1 to 65535, not ${text || 'nothing'}`);
  return value;
}

/** A seed for a run for which nobody chose one. */
export const freshSeed = (): number => Date.now() % 1_000_000_000;
