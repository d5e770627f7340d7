import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compact } from '../domain/json/compact.ts';
import { nearest } from '../domain/json/nearest.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { isPacked, isSmall, ota, otaForPrograms, page, projectFolder, root, start } from '../scripts/installation.ts';
import { printHelp, wrapped } from '../scripts/layout.ts';
import { commandNames, commandOf, groups, onlyInOtaDispatch } from './commands.ts';
import type { PublishResult } from './ending.ts';
import { exitStatuses } from './exit-statuses.ts';
import { files } from './files.ts';
import { noticeJson, printJson } from './json-output.ts';
import { reportError } from './report-error.ts';

/** What became of an event if nobody knows. */
const ERROR: PublishResult = 'error';

/** The commands whose output for a program has the member `result`. */
const resultCommands: readonly string[] = ['publish', 'promote', 'withdraw', 'deny'];

/** The widest line of a help. Every terminal has as many columns. */
const WIDTH = 80;

const isHere = (name: string): boolean => !(isSmall && onlyInOtaDispatch.includes(name));

/** What a person does first. Without a project there is nothing to start. */
function begin(): string {
  if (isSmall) return `The package ota-dispatch has more commands: ${onlyInOtaDispatch.join(', ')}.`;
  if (isPacked && !existsSync(join(projectFolder(), 'serverless.yml')))
    return `Begin here: ${ota} init my-fleet makes a project of your own.`;
  return `Begin here: ${start()} in one terminal, ${ota} status in another.`;
}

const FOR_PROGRAMS = isPacked
  ? 'A program adds --json to a command.'
  : `npm prints two lines before the output. A program types ${otaForPrograms}\nCOMMAND --json.`;

const help = `Usage: ${ota} COMMAND [OPTIONS]
       ${ota} help COMMAND

${groups
  .map(({ title, commands }) => [
    title,
    ...commands.filter(({ name }) => isHere(name)).map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`),
  ])
  .map((lines) => lines.join('\n'))
  .join('\n\n')}

${begin()}

  --version      print the version

Exit status:
${exitStatuses.flatMap(({ status, meaning }) => wrapped(`  ${String(status).padEnd(4)} ${meaning}`, WIDTH, 5)).join('\n')}

${FOR_PROGRAMS}
To type ota alone, see ${ota} completion --help.`;

/**
 * Runs the command that the arguments name and answers its exit status. An error becomes one line on stderr. With `--json`, it is also
 * `{"error": "…"}` on stdout, unless the command has printed its JSON before.
 */
export async function runOta([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && args.length === 0)) {
    printHelp(help);
    return name === undefined ? exit.usage : exit.ok;
  }
  if (name === 'help') return runOta([args[0] ?? '', '--help']);
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
  if (isJson && !ended.hasJson) printJson(compact({ result: resultCommands.includes(name) ? ERROR : undefined, error: line }));
  return code;
}

/** Throws UsageError if there is no such command. */
async function runCommand(name: string, args: readonly string[]): Promise<number> {
  const load = files.get(name);
  if (load === undefined) {
    const meant = nearest(name, commandNames);
    const hint = meant === undefined ? `use ${commandNames.join(', ')}` : `did you mean ${meant}?`;
    throw new UsageError(`there is no command ${JSON.stringify(name)}: ${hint}`);
  }
  return (await load()).run(args);
}

/** Whether an option without a value was typed. What follows `--` is no option. */
function isAsked(args: readonly string[], option: string): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes(option);
}

function exampleOf(name: string): string {
  return `
Example:
  ${ota} ${commandOf(name)?.example}

Exit statuses are in ${page('reference/commands.md')}.`;
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
