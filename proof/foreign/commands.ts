import { execFile } from 'node:child_process';

/** How a command ended: its exit status, and what it wrote to both outputs. */
export type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };

const OUTPUT_BYTES_MAX = 64 * 2 ** 20;

/** Runs a program to its end. Rejects only if it cannot be started. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { cwd, env, maxBuffer: OUTPUT_BYTES_MAX }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The last lines that a command wrote, for the message of a failed step. */
export const tailOf = ({ stdout, stderr }: Ended, lines = 12): string =>
  `${stdout}${stderr}`.trimEnd().split('\n').slice(-lines).join('\n');
