import { printError } from '../scripts/layout.ts';
import { type Explanation, explain } from './explain.ts';

/**
 * Prints an error in one line on stderr, after the name of the command, and answers what it has printed. With OTA_DEBUG, the stack follows.
 */
export function reportError(command: string, error: unknown): Explanation {
  const explanation = explain(error, process.env);
  printError(`${command}: ${explanation.line}`);
  if (process.env['OTA_DEBUG'] !== undefined) console.error(error);
  return explanation;
}
