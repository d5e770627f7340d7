import { createInterface } from 'node:readline';
import { exit, UsageError } from '../scripts/command.ts';

/** Where a person is asked, and answers. */
export type Terminal = {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
};

/** Whether somebody can be asked. */
export const isTerminal = ({ stdin, stderr }: Terminal = process): boolean => stdin.isTTY === true && stderr.isTTY === true;

/** Throws UsageError if nobody can be asked, because a terminal is missing. `what` begins the message. */
export function requireTerminal(what: string, terminal: Terminal = process): void {
  if (!isTerminal(terminal)) throw new UsageError(`${what} needs a terminal to ask you, or --yes`);
}

/** Asks on the terminal, on stderr. Answers true only for y or yes. Ctrl-C ends the process with 130. */
export async function confirm(question: string, terminal: Terminal = process): Promise<boolean> {
  const { ask, close } = openQuestions(terminal);
  const answer = await ask(`${question} [y/N] `);
  close();
  return /^y(?:es)?$/i.test(answer?.trim() ?? '');
}

/** Asks one question after the other on the terminal. Each answer is a line, and undefined after the end of the input. */
export type Questions = { readonly ask: (question: string) => Promise<string | undefined>; readonly close: () => void };

/** Begins to ask on the terminal, on stderr, until `close`. Ctrl-C ends the process with 130. */
export function openQuestions({ stdin, stderr }: Terminal = process): Questions {
  const asked = createInterface({ input: stdin, output: stderr });
  let isOpen = true;
  asked.once('SIGINT', () => process.exit(exit.interrupted));
  asked.once('close', () => {
    isOpen = false;
  });
  // Lines that come before the next question are answers to it.
  const lines = asked[Symbol.asyncIterator]();
  return {
    async ask(question) {
      const line = question.lastIndexOf('\n') + 1;
      stderr.write(question.slice(0, isOpen ? line : undefined));
      if (isOpen) {
        // A prompt, so that it stays when a person corrects what they have typed.
        asked.setPrompt(question.slice(line));
        asked.prompt();
      }
      const { value, done } = await lines.next();
      return done === true ? undefined : value;
    },
    close: () => asked.close(),
  };
}
