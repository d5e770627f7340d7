import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeArtifactBuckets } from './artifact-buckets.ts';
import { startCloud } from './cloud.ts';
import { runExamples } from './examples.ts';

const help = `Usage: npm start -- [OPTIONS]

The whole service on an embedded AWS, on one endpoint. Publishes the examples and stays up.

  --exit           stop when the examples have ended: status 0 when each reached the end it declares, else 1
  --port N         the endpoint's port (default 4566)
  --no-examples    publish nothing
  --channels FILE  another channels.yml`;

const root = resolve(import.meta.dirname, '..');

/**
 * How much faster than life a local run is: 15 seconds until the first follow-up become a quarter of one, five
 * minutes between sweeps five seconds.
 */
const TIME_FACTOR = 60;

/** The examples declare to end within 30 seconds; a loaded machine gets as much again. */
const EXAMPLES_PATIENCE = 60_000;

/** Starts the local service and answers the exit status; with `--exit` when the examples have ended, else on a signal. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exit: { type: 'boolean', default: false },
      port: { type: 'string', default: '4566' },
      'no-examples': { type: 'boolean', default: false },
      channels: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const stopped = whenAskedToStop();
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-'));
  try {
    say('packaging the handlers and compiling serverless.yml');
    if (!(await packaged(folder, values.channels))) return 1;
    const cloud = await startCloud({
      port: Number(values.port),
      templateFile: join(folder, 'serverless', 'cloudformation-template-update-stack.json'),
      codeDirectory: folder,
      timeFactor: TIME_FACTOR,
      environment: { OTA_TIME_FACTOR: String(TIME_FACTOR) },
      onLog: ({ line }) => narrate(line),
    });
    try {
      await makeArtifactBuckets(join(folder, 'dist', 'releases', 'channels.json'), cloud);
      say(`ready at ${cloud.endpoint}: account ${cloud.accountId}, region ${cloud.region}, any credentials`);
      const ok = values['no-examples'] || (await examples(cloud.endpoint));
      if (values.exit) return ok ? 0 : 1;
      sayWhatNext(cloud.endpoint);
      await stopped;
      return 0;
    } finally {
      await cloud.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function examples(endpoint: string): Promise<boolean> {
  const options = { endpoint, folder: join(root, 'examples'), bus: 'firmware-local', say, patience: EXAMPLES_PATIENCE };
  const ok = await runExamples(options);
  say(ok ? 'every example reached its end' : 'an example did not reach its end');
  return ok;
}

/** Packages as `serverless deploy` would and takes a copy, so that a build beside it pulls nothing away from a running service. */
async function packaged(folder: string, channels: string | undefined): Promise<boolean> {
  const options = [
    '--stage',
    'local',
    '--out',
    join(folder, 'serverless'),
    ...(channels === undefined ? [] : ['--channels', fromWhereTyped(channels)]),
  ];
  const output: string[] = [];
  const child = spawn(process.execPath, [join(root, 'scripts', 'package.ts'), ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => output.push(data.toString()));
  const status = await new Promise((done) => child.on('close', done));
  if (status !== 0) console.error(output.join(''));
  else cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  return status === 0;
}

/** npm runs scripts in the root and keeps the folder where the person typed in INIT_CWD. */
function fromWhereTyped(file: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', file);
}

function sayWhatNext(endpoint: string): void {
  console.log(`
Try, in another terminal:
  npm run ota -- status
  npm run ota -- rejected
  npm run ota -- publish FILE
  npm run ota -- fault throttle --service iot --operation CreateOTAUpdate --times 3
  AWS_ENDPOINT_URL=${endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws iot list-ota-updates
Ctrl-C stops it; nothing is kept.`);
}

function whenAskedToStop(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

/** Tells from the functions' own log lines what becomes of a release; OTA_DEBUG shows every line as it is. */
function narrate(line: string): void {
  if (process.env['OTA_DEBUG'] !== undefined) {
    console.error(line);
    return;
  }
  const entry = readLog(line);
  const about = [entry['product'], entry['version'], entry['channel']].join(' ');
  if (entry['message'] === 'accepted') say(`${about}: received, verified, claimed as ${entry['rolloutId']}`);
  else if (entry['message'] === 'transition' && entry['to'] === 'CREATING')
    say(`${about}: creating at ${entry['controlPlane']}, attempt ${entry['attempt']}`);
  else if (entry['level'] === 'ERROR' || entry['level'] === 'CRITICAL') console.error(line);
}

function readLog(line: string): Readonly<Record<string, unknown>> {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
  } catch {
    return { level: 'ERROR' };
  }
}

function say(line: string): void {
  console.log(line);
}

if (Number(process.versions.node.split('.', 1)[0]) < 24) {
  console.error(
    `Node 24 or newer is needed, this is ${process.versions.node}; npm start brings its own unless scripts are ignored at install`,
  );
  process.exitCode = 1;
} else {
  process.exitCode = await main(process.argv.slice(2));
}
