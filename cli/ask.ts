import { createInterface } from 'node:readline';
import { exit, UsageError } from '../scripts/command.ts';

/** Where a person is asked, and answers. */
type Terminal = {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
};

/** Throws UsageError if nobody can be asked, because a terminal is missing. `what` begins the message. */
export function requireTerminal(what: string, { stdin, stderr }: Terminal = process): void {
  if (!stdin.isTTY || !stderr.isTTY) throw new UsageError(`${what} needs a terminal to ask you, or --yes`);
}

/** Asks on the terminal, on stderr. Answers true only for y or yes. Ctrl-C ends the process with 130. */
export async function confirm(question: string, { stdin, stderr }: Terminal = process): Promise<boolean> {
  const asked = createInterface({ input: stdin, output: stderr });
  asked.once('SIGINT', () => process.exit(exit.interrupted));
  try {
    const answer = await new Promise<string>((resolve) => {
      // The end of the input is an answer, too.
      asked.once('close', () => resolve(''));
      asked.question(`${question} [y/N] `, resolve);
    });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    asked.close();
  }
}
