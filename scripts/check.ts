import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { command, exit } from './command.ts';
import { exactSpanOf } from './progress.ts';

/** The proofs that run the packaged service in processes of its own, which wait for each other. */
const PROOFS_OF_PROCESSES = ['kills', 'soak'] as const;
const prove = (option: '--only' | '--except') => ['prove -- --small', ...PROOFS_OF_PROCESSES.map((name) => `${option} ${name}`)].join(' ');

/** Steps, one after the other. The lanes of a step run at the same time, and the commands of a lane one after the other. */
type Steps = readonly (readonly (readonly string[])[])[];

/**
 * A command beside others leaves a core idle for a part of its time, and judges no duration closely. The tests and the proofs of one
 * process use all cores, so they run alone.
 */
const steps: Steps = [[['types'], ['lint', 'unused', 'licences']], [['test']], [['browser'], ['package']], [[prove('--except')]]];

/** These take minutes and seldom find what the others do not. */
const longSteps: Steps = [[['test:long']], [['adopt'], ['bench -- --smallest', prove('--only')]]];

const usage = `Usage: npm run check
       npm run check:long

CI runs both. Each runs its steps in this order. The commands of a step that are parted by | run at the same time. Prints the output of
each when it ends, and finally how long each took. Stops after a step in which one failed.

npm run check:
${linesOf(steps)}

npm run check:long:
${linesOf(longSteps)}`;

await command('check', usage, async () => {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h', default: false }, long: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(usage);
    return exit.ok;
  }
  const began = performance.now();
  const ended: Ended[] = [];
  for (const lanes of values.long ? longSteps : steps) {
    ended.push(...(await Promise.all(lanes.map((lane) => runLane(lane, lanes.length === 1)))).flat());
    if (ended.some(({ isOk }) => !isOk)) break;
  }
  for (const { script, milliseconds } of ended) console.log(`${exactSpanOf(milliseconds).padStart(11)}  npm run ${script}`);
  console.log(`${exactSpanOf(performance.now() - began).padStart(11)}  npm run ${values.long ? 'check:long' : 'check'}`);
  const failed = ended.filter(({ isOk }) => !isOk).map(({ script }) => `npm run ${script}`);
  if (failed.length === 0) return exit.ok;
  console.error(`check: ${failed.join(' and ')} failed`);
  return exit.failed;
});

function linesOf(all: Steps): string {
  return all.map((lanes) => `  ${lanes.map((lane) => lane.join(', ')).join(' | ')}`).join('\n');
}

type Ended = { readonly script: string; readonly isOk: boolean; readonly milliseconds: number };

/** Runs scripts of package.json one after the other, also after one that failed. */
async function runLane(scripts: readonly string[], isAlone: boolean): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const script of scripts) ended.push(await run(script, isAlone));
  return ended;
}

/** Runs a script of package.json. Its output appears at once if it runs alone, otherwise when it ends. */
async function run(script: string, isAlone: boolean): Promise<Ended> {
  const began = performance.now();
  const child = spawn('npm', ['run', ...script.split(' ')], { stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => output.push(data));
  const status = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  process.stdout.write(Buffer.concat(output));
  return { script, isOk: status === 0, milliseconds: performance.now() - began };
}
