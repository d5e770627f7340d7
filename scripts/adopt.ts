import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Adoption, createAdoption, endGroup, oldestNode, type Step } from './adopt/adoption.ts';
import { adoptEmbeddedAws } from './adopt/embedded-aws.ts';
import { command } from './command.ts';

const usage = `Usage: npm run adopt

Packs what strangers install and uses it as a stranger would: in empty temporary folders, on Node ${oldestNode()}, with nothing
of this repository. Prints one line per step. Status: 0 if every step succeeds, 1 if one fails, 2 for wrong usage.`;

/** The packages that are adopted, each with its steps. */
const adoptions: Readonly<Record<string, (adoption: Adoption) => Step[]>> = { 'embedded-aws': adoptEmbeddedAws };

await command('adopt', usage, async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'adopt-'));
  const children = new Set<ChildProcess>();
  process.once('exit', () => {
    for (const child of children) endGroup(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const adoption = createAdoption(folder, children);
  const steps: Step[] = [
    [`Node ${oldestNode()} is installed`, () => adoption.installNode()],
    ...Object.values(adoptions).flatMap((adopt) => adopt(adoption)),
  ];
  for (const [index, [title, work]] of steps.entries()) {
    const began = performance.now();
    const place = `${String(index + 1).padStart(2)}/${steps.length}`;
    try {
      const result = await work();
      console.log(`ok   ${place} ${title}: ${result} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      console.error(`FAIL ${place} ${title}: ${error instanceof Error ? error.message : error}`);
      // What still runs would keep this process alive.
      for (const child of children) endGroup(child);
      return 1;
    }
  }
  return 0;
});
