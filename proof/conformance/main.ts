import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRealClock, startEmbeddedAws } from 'embedded-aws/src/index.ts';
import { command, exit } from '../../scripts/command.ts';
import { root } from '../../scripts/installation.ts';
import { CannotBegin, installPackages } from '../foreign/tools.ts';
import { producerProblem } from './producer.ts';

const usage = `Usage: npm run conformance

Drives the IoT jobs of the embedded AWS with boto3, a client that nobody here wrote. Every constraint of boto3's own API model is sent
within its bounds and beyond them, and every answer is judged by that model. Then boto3 takes jobs from their creation to their end.
Then the producer in Python of the docs publishes a release, which its JSON Schema judges.
Prints a line for each check that failed, and for each operation how many held. The first run installs Python packages.
Status 0: every check held. 1: one failed, or Python or the network is missing. 2: the arguments are not understood.`;

/** The half hour that a job needs before its start takes three seconds. */
const FACTOR = 600;

await command('conformance', usage, async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) {
    console.log(usage);
    return exit.ok;
  }
  try {
    const requirements = join(import.meta.dirname, 'requirements.txt');
    const folder = join(root, '.local', 'conformance');
    const bin = await installPackages({ requirements, folder, what: 'boto3 and jsonschema' }, console.log);
    const python = join(bin, 'python');
    const status = await judge(python);
    const problem = await producerProblem(python);
    console.log(`the producer of docs/how-to/produce-events.md: ${problem ?? 'the bus took its event'}`);
    return status === 0 && problem === undefined ? exit.ok : exit.failed;
  } catch (error) {
    if (!(error instanceof CannotBegin)) throw error;
    console.error(`conformance: ${error.message}`);
    return exit.failed;
  }
});

/** Runs the Python program against an embedded AWS of its own. Answers its exit status. */
async function judge(python: string): Promise<number> {
  const clock = createRealClock({ factor: FACTOR });
  const aws = await startEmbeddedAws({ clock });
  try {
    return await new Promise<number>((resolve, reject) => {
      const program = spawn(python, [join(import.meta.dirname, 'jobs.py'), aws.endpoint], {
        env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1' },
        stdio: 'inherit',
      });
      program.once('error', reject);
      program.once('exit', (status) => resolve(status ?? 1));
    });
  } finally {
    await aws.stop();
    clock.stop();
  }
}
