import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../domain/json/nearest.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { root } from '../scripts/given-file.ts';
import { printHelp, wrapped } from '../scripts/layout.ts';
import { commandNames, commandOf, groups } from './commands.ts';
import { exitStatuses } from './exit-statuses.ts';
import { noticeJson, printJson } from './json-output.ts';
import { reportError } from './report-error.ts';

/** A file in this folder that carries one command. `run` gets the arguments after the command's name and answers the exit status. */
type Command = { readonly run: (args: readonly string[]) => Promise<number> };

/** The widest line of a help. Every terminal has as many columns. */
const WIDTH = 80;

const help = `Usage: npm run ota -- COMMAND [OPTIONS]
       npm run ota -- help COMMAND

${groups
  .map(({ title, commands }) => [title, ...commands.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`)].join('\n'))
  .join('\n\n')}

Begin here: npm start in one terminal, npm run ota -- status in another.

  --version      print the version

Exit status:
${exitStatuses.flatMap(({ status, meaning }) => wrapped(`  ${String(status).padEnd(4)} ${meaning}`, WIDTH, 5)).join('\n')}

npm prints two lines before the output. For a program, type npm run -s ota --
COMMAND --json. To type ota alone, see npm run ota -- completion --help.`;

/**
 * Runs the command that the arguments name and answers its exit status. An error becomes one line on stderr. With `--json`, it is also
 * `{"error": "…"}` on stdout, unless the command has printed its JSON before.
 */
export async function ota([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && args.length === 0)) {
    printHelp(help);
    return name === undefined ? exit.usage : exit.ok;
  }
  if (name === 'help') return ota([args[0] ?? '', '--help']);
  if (name === '--version' || name === 'version') {
    console.log(`ota-dispatch ${version()}`);
    return exit.ok;
  }
  const isJson = isAsked(args, '--json');
  const isHelp = isAsked(args, '--help') || isAsked(args, '-h');
  const ended = await noticeJson(() => runCommand(name, args));
  if ('code' in ended) {
    if (isHelp && ended.code === exit.ok) printHelp(exampleOf(name));
    return ended.code;
  }
  const { line, code } = reportError(commandOf(name) === undefined ? 'ota' : `ota ${name}`, ended.error);
  if (isJson && !ended.hasJson) printJson({ error: line });
  return code;
}

/** Throws UsageError if there is no such command. */
async function runCommand(name: string, args: readonly string[]): Promise<number> {
  if (commandOf(name) === undefined) {
    const meant = nearest(name, commandNames);
    const hint = meant === undefined ? `use ${commandNames.join(', ')}` : `did you mean ${meant}?`;
    throw new UsageError(`there is no command ${JSON.stringify(name)}: ${hint}`);
  }
  const command: Command = await import(new URL(`${name}.ts`, import.meta.url).href);
  return command.run(args);
}

/** Whether an option without a value was typed. What follows `--` is no option. */
function isAsked(args: readonly string[], option: string): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes(option);
}

function exampleOf(name: string): string {
  return `
Example:
  npm run ota -- ${commandOf(name)?.example}

The page docs/reference/commands.md lists what the exit statuses mean.`;
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
