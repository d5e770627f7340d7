import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Adoption, createAdoption, endGroup, oldestNode, StepFailed } from './adopt/adoption.ts';
import { adoptEmbeddedAws } from './adopt/embedded-aws.ts';
import { adoptOtaDispatch } from './adopt/ota-dispatch.ts';
import { command, exit, UsageError } from './command.ts';

/** The packages that are adopted. */
const adoptions: Readonly<Record<string, (adoption: Adoption) => Promise<void>>> = {
  'embedded-aws': adoptEmbeddedAws,
  'ota-dispatch': adoptOtaDispatch,
};

const usage = `Usage: npm run adopt [-- PACKAGE …]

Packs what strangers install and uses it as a stranger would: in empty temporary folders, on Node ${oldestNode()}, with a home of its
own and with nothing of this repository. The packages are ${Object.keys(adoptions).join(' and ')}, and both by default. Prints one
line per step, and the sizes and times that bench/budgets.json limits. Status: 0 if every step succeeds, 1 if one fails, 2 for wrong
usage.`;

await command('adopt', usage, async () => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(usage);
    return exit.ok;
  }
  const unknown = positionals.find((name) => !(name in adoptions));
  if (unknown !== undefined) throw new UsageError(`there is no package ${unknown} to adopt, only ${Object.keys(adoptions).join(' and ')}`);
  const chosen = Object.entries(adoptions).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  const folder = mkdtempSync(join(tmpdir(), 'adopt-'));
  const children = new Set<ChildProcess>();
  const endChildren = () => {
    for (const child of children) endGroup(child);
  };
  process.once('exit', () => {
    endChildren();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const adoption = createAdoption(folder, children);
  try {
    await Promise.all([
      adoption.step(`Node ${oldestNode()} is installed`, () => adoption.installNode()),
      ...chosen.map(([name, adopt]) => adopt({ ...adoption, step: (title, work) => adoption.step(`${name}: ${title}`, work) })),
    ]);
    return exit.ok;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    // What still runs would fail, too, and say so.
    process.exit(exit.failed);
  }
});
