import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { command, exit } from './command.ts';

/**
 * The commands. Those of one line neither need much of a processor for long nor measure time. The tests and the proofs use all
 * processors, so they run alone.
 */
const steps: readonly (readonly string[])[] = [
  ['lint', 'types', 'unused', 'licences'],
  ['test'],
  ['test:long'],
  ['browser'],
  ['adopt', 'package', 'bench -- --smallest'],
  ['prove -- --small'],
];

const usage = `Usage: npm run check

Runs everything that CI runs, in this order. The commands of one line run at the same time. Prints the output of each when it
ends, and stops after a line in which one failed.

${steps.map((step) => `  ${step.join(', ')}`).join('\n')}`;

await command('check', usage, async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) {
    console.log(usage);
    return exit.ok;
  }
  for (const step of steps) {
    const failed = (await Promise.all(step.map((script) => run(script, step.length === 1)))).filter((script) => script !== undefined);
    if (failed.length > 0) {
      console.error(`check: npm run ${failed.join(' and npm run ')} failed`);
      return exit.failed;
    }
  }
  return exit.ok;
});

/** Runs a script of package.json. Its output appears at once if it runs alone, otherwise when it ends. Answers the script if it failed. */
async function run(script: string, isAlone: boolean): Promise<string | undefined> {
  const child = spawn('npm', ['run', ...script.split(' ')], { stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => output.push(data));
  const status = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  process.stdout.write(Buffer.concat(output));
  return status === 0 ? undefined : script;
}
