import { join } from 'node:path';
import { stageNames } from '../operator/stage/channels-of-stage.ts';
import { unknownName } from '../operator/words/unknown-name.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota, otaForPrograms } from '../scripts/installation.ts';
import { printHelp } from '../scripts/layout.ts';
import { candidates } from './completion/candidates.ts';
import { channelsByProduct } from './completion/names.ts';
import { scripts } from './completion/scripts.ts';
import { shells } from './completion/words.ts';

const help = `Usage: ${ota} completion bash|zsh|fish|powershell

Prints a script for your shell. It makes ota a word of the shell, unless the
shell has a command of this name, and completes its commands, options, stages,
products and channels with TAB. It runs offline: stages come from
serverless.yml, products and channels from channels.yml.

Type this in the folder of the project, or put it into the file that your shell
reads at its start, with --prefix FOLDER after npm:

  bash        eval "$(${otaForPrograms} completion bash)"
  zsh         eval "$(${otaForPrograms} completion zsh)"
  fish        ${otaForPrograms} completion fish | source
  powershell  ${otaForPrograms} completion powershell | Out-String | iex

Without completion, this makes ota a word of bash and zsh:

  ota() { npm --prefix FOLDER run -s ota -- "$@"; }

Exit status:
  0    the script is printed
  2    wrong usage`;

/**
 * `ota completion SHELL` prints a script. `ota completion words INDEX -- WORD...` is what that script asks: the candidates for the word at
 * INDEX after `ota`, one a line. Throws UsageError for an unknown shell.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [shell, ...more] = positionals;
  if (shell === 'words') return printCandidates(more);
  const known = shells.find((name) => name === shell);
  if (shell === undefined || more.length > 0) throw new UsageError(`exactly one shell is required: ${shells.join(', ')}`);
  if (known === undefined) throw new UsageError(`there is no script for the shell ${unknownName(shell, shells, 'there are')}`);
  console.log(scripts[known](process.execPath, join(import.meta.dirname, 'main.js')));
  return exit.ok;
}

function printCandidates([index = '0', ...words]: readonly string[]): number {
  // A script never asks for a word beyond the one after the last, whatever a person writes there.
  const at = Math.min(Math.max(0, Math.trunc(Number(index)) || 0), words.length);
  const line = Array.from({ length: at + 1 }, (_, position) => words[position] ?? '');
  const found = candidates(line, { stages: stageNames, channelsByProduct });
  for (const word of found.words) console.log(word);
  if (found.files) console.log(':files');
  return exit.ok;
}
