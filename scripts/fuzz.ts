import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { progressBar } from './progress.ts';

const usage = `npm run fuzz -- [--inputs N] [--seed S] [--workers K] [--json]    N inputs (default: 100000) of a seed (default: a fresh one)
npm run fuzz -- --replay FILE                                      one body once more

Hands mutated events to the real function releases: each must be accepted and be right by a model of its own, or rejected
with a code, within 50 ms, with no prototype changed and no text of it in the logs. Status 0 when all were, 1 otherwise.`;

type Values = { inputs: string; seed?: string; workers: string; json: boolean; replay?: string; help: boolean };

const values = read();
if (values === undefined) process.exitCode = 2;
else if (values.help) console.log(usage);
else if (values.replay !== undefined) process.exitCode = await replayFile(values.replay);
else process.exitCode = await run(values);

function read(): Values | undefined {
  try {
    const { values } = parseArgs({
      options: {
        inputs: { type: 'string', default: '100000' },
        seed: { type: 'string' },
        workers: { type: 'string', default: '2' },
        json: { type: 'boolean', default: false },
        replay: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    for (const name of ['inputs', 'seed', 'workers'] as const) {
      const least = name === 'seed' ? 0 : 1;
      const value = Number(values[name] ?? least);
      if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`--${name} takes a whole number of at least ${least}`);
    }
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return undefined;
  }
}

async function run({ inputs, seed, workers, json }: Values): Promise<0 | 1> {
  const [{ fuzz }, { told }] = await Promise.all([import('../test/fuzz/fuzz.ts'), import('../test/fuzz/told.ts')]);
  const { progress, end } = progressBar('fuzz');
  const report = await fuzz({
    inputs: Number(inputs),
    seed: seed === undefined ? Date.now() % 1_000_000_000 : Number(seed),
    workers: Number(workers),
    onProgress: ({ done, perSecond }) => progress(done, Number(inputs), `${perSecond.toFixed(0)} a second`),
  });
  end();
  if (json) console.log(JSON.stringify(report, undefined, 2));
  else for (const line of told(report)) console.log(line);
  return report.isGood ? 0 : 1;
}

async function replayFile(file: string): Promise<0 | 1 | 2> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  const { replay } = await import('../test/fuzz/replay.ts');
  const { outcome, flaws, milliseconds } = await replay(bytes);
  console.log(`${outcome} in ${milliseconds.toFixed(1)} ms`);
  for (const { rule, what } of flaws) console.log(`BROKEN ${rule}: ${what}`);
  return flaws.length === 0 ? 0 : 1;
}
