import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { command, freshSeed, UsageError, whole } from '../../scripts/command.ts';
import { progressBar } from '../../scripts/progress.ts';
import { queues } from './queue.ts';

const usage = `npm run fuzz -- [--inputs N] [--seed S] [--workers K] [--json]    N inputs (default: 100000) of a seed (default: a fresh one)
npm run fuzz -- --replay FILE [--queue releases|steering|follow-ups]    one body again, from this queue (default: where it belongs)

Gives mutated messages of every kind to the real functions releases and follow-ups: releases, withdrawals, denials, approvals,
holds, resumes, follow-ups, wakes and job events. A model of the contract says what must become of each, within 50 ms: it is
accepted with the right requests, rejected with a code, left alone or returned to its queue. No prototype may change, and no
text of it may be logged.
Status 0: every input was. 1: one was not. 2: the arguments are not understood.`;

type Values = ReturnType<typeof read>;

function read() {
  return parseArgs({
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string' },
      workers: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      replay: { type: 'string' },
      queue: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

async function run({ json, ...values }: Values): Promise<number> {
  const inputs = whole('inputs', values.inputs, 1);
  const workers = whole('workers', values.workers, 1);
  const seed = values.seed === undefined ? freshSeed() : whole('seed', values.seed);
  const [{ fuzz }, { reportLines }] = await Promise.all([import('./fuzz.ts'), import('./report-lines.ts')]);
  const { progress, end } = progressBar('fuzz');
  const report = await fuzz({
    inputs,
    seed,
    workers,
    onProgress: ({ done, perSecond }) => progress(done, inputs, `${perSecond.toFixed(0)} a second`),
  });
  end();
  if (json) console.log(JSON.stringify(report, undefined, 2));
  else for (const line of reportLines(report)) console.log(line);
  return report.isGood ? 0 : 1;
}

async function replayFile(file: string, queueName: string | undefined): Promise<number> {
  const queue = queues.find((one) => one === queueName);
  if (queueName !== undefined && queue === undefined) throw new UsageError(`--queue must be one of ${queues.join(', ')}`);
  const bytes = bytesOf(file);
  const { replay } = await import('./replay.ts');
  const { outcome, flaws, milliseconds } = await replay(bytes, queue);
  console.log(`${outcome} in ${milliseconds.toFixed(1)} ms`);
  for (const { rule, what } of flaws) console.log(`BROKEN ${rule}: ${what}`);
  return flaws.length === 0 ? 0 : 1;
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`--replay: ${error instanceof Error ? error.message : String(error)}`);
  }
}

await command('fuzz', usage, async () => {
  const values = read();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  return values.replay === undefined ? run(values) : replayFile(values.replay, values.queue);
});
