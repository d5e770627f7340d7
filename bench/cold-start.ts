import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { aStage, environmentOf } from '../proof/stage/a-stage.ts';
import { bundle, FUNCTIONS, type Sizes } from '../scripts/bundle.ts';
import { bundleContents } from '../scripts/bundle-contents.ts';
import { EXAMPLE_CHANNELS } from '../scripts/service-copy.ts';
import { ARTIFACT_SHA256, startCannedAws } from './canned-aws.ts';
import type { Benchmark, Figure, Result, Size } from './report.ts';
import { median, spread } from './statistics.ts';

const ROUNDS = { whole: 25, smallest: 1 } as const;
/** The most that each function may take of the floor. */
const goals: Readonly<Record<string, { readonly imported: number; readonly answered?: number }>> = {
  releases: { imported: 0.75, answered: 1.3 },
  'follow-ups': { imported: 0.5 },
  sweep: { imported: 0.5 },
};
const root = join(import.meta.dirname, '..');

type Measured = { imported: number; answered: number; importedCpu: number; answeredCpu: number; peakKibibytes: number };

const release = {
  source: 'com.acme.firmware-ci',
  account: '000000000000',
  'detail-type': 'Firmware Release Published',
  detail: {
    product: 'thermostat',
    version: '1.0.0',
    channels: ['beta'],
    hardware: ['T6-B', 'T6-C'],
    artifacts: [
      { fileName: '/app.bin', fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'a', version: 'v1' } }, sha256: ARTIFACT_SHA256 },
    ],
  },
};
const wake = {
  formatVersion: 1,
  product: 'thermostat',
  version: '1.0.0',
  revision: 1,
  channel: 'beta',
  followUpNumber: '*',
  invocation: 1,
};
const recordOf = (body: object) => ({
  Records: [
    { messageId: 'm', receiptHandle: 'r', body: JSON.stringify(body), attributes: {}, messageAttributes: {}, eventSource: 'aws:sqs' },
  ],
});
/** In this order each event finds what the one before it wrote: the release is new, its follow-up has news. */
const events: Readonly<Record<string, object>> = { floor: {}, releases: recordOf(release), 'follow-ups': recordOf(wake), sweep: {} };

/** A call that each function makes only if its event went well. One that gives up early would look fast. */
const calls: Readonly<Record<string, string>> = {
  floor: 'GET otaUpdates',
  releases: 'POST otaUpdates',
  'follow-ups': 'PutEvents',
  sweep: 'Query',
};

export const coldStart: Benchmark = {
  name: 'cold-start',
  answers: 'how long a fresh execution environment takes until a function is loaded, and until it has answered its first event.',
  read: `The ratio is the median over ${ROUNDS.whole} rounds of the service's time to the floor of the same round. Thread is the processor time of the main thread, which a busy machine disturbs least. The floor is a handler with the IoT and DynamoDB clients, the same bundler settings and the SDK's default credentials. Its first event is one call of each, without TLS.`,
  cannot: 'what Lambda adds: fetching the zip, starting Node, a slower processor, and that the runtime has loaded some of Node already.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-bench-'));
  const aws = await startCannedAws();
  try {
    for (const name of ['handlers', 'adapters', 'domain', 'scripts', 'node_modules', 'examples'])
      symlinkSync(join(root, name), join(folder, name));
    const sizes = await bundle({ root: folder, channels: EXAMPLE_CHANNELS, say: () => undefined });
    const { floorBytes } = await bundleFloor(folder);
    const rounds: Record<string, Measured>[] = [];
    for (let round = 0; round < ROUNDS[size]; round += 1) {
      aws.forget();
      const measured: Record<string, Measured> = {};
      for (const [name, event] of Object.entries(events)) {
        measured[name] = await startOnce(join(folder, 'dist', name, 'index.mjs'), event, aws.endpoint);
        const made = aws.takeCalls();
        if (!made.includes(calls[name] ?? '')) throw new Error(`${name} did not call ${calls[name]}, but ${made.join(', ')}`);
      }
      rounds.push(measured);
    }
    return {
      figures: FUNCTIONS.flatMap((name) => figuresOf(name, rounds, sizes, floorBytes)),
      notes: FUNCTIONS.map((name) => contributorsOf(folder, name)),
    };
  } finally {
    await aws.stop();
    rmSync(folder, { recursive: true });
  }
}

function figuresOf(
  name: string,
  rounds: readonly Record<string, Measured>[],
  sizes: Readonly<Record<string, Sizes>>,
  floorBytes: number,
): Figure[] {
  const goalsOf = goals[name];
  const figure = (what: string, member: keyof Measured, unit: string, goal?: number): Figure => {
    const [ours, floor] = [name, 'floor'].map((one) => rounds.map((round) => round[one]?.[member] ?? Number.NaN));
    const ratios = (ours ?? []).map((value, index) => value / (floor?.[index] ?? Number.NaN));
    const ratio = median(ratios);
    const inUnit = (values: readonly number[] = []) => `${(unit === 'MiB' ? median(values) / 1024 : median(values)).toFixed(1)} ${unit}`;
    const judged = goal === undefined ? {} : { goal: `≤ ${goal}`, met: ratio <= goal };
    return { what: `${name}: ${what}`, value: inUnit(ours), floor: inUnit(floor), ratio, spread: spread(ratios), ...judged };
  };
  const { atStart, later } = sizes[name] ?? { atStart: 0, later: 0 };
  return [
    figure('import', 'imported', 'ms', goalsOf?.imported),
    figure('import, thread', 'importedCpu', 'ms', goalsOf?.imported),
    figure('first answer', 'answered', 'ms', goalsOf?.answered),
    figure('first answer, thread', 'answeredCpu', 'ms', goalsOf?.answered),
    figure('peak memory', 'peakKibibytes', 'MiB'),
    {
      what: `${name}: bytes at start, and when needed`,
      value: `${kib(atStart)} + ${kib(later)}`,
      floor: kib(floorBytes),
      ratio: atStart / floorBytes,
    },
  ];
}

const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;

function contributorsOf(folder: string, name: string): string {
  const largest = bundleContents(folder, name).slice(0, 8);
  return `Largest in ${name}: ${largest.map((one) => `${one.name} ${kib(one.bytes)}`).join(', ')}.`;
}

async function bundleFloor(folder: string): Promise<{ floorBytes: number }> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['bench/floor-handler.ts'],
    outfile: join(folder, 'dist', 'floor', 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    metafile: true,
    logLevel: 'silent',
  });
  return { floorBytes: Object.values(metafile.outputs)[0]?.bytes ?? 0 };
}

/** The environment that Lambda gives a function, as far as the bundles read it. */
function environmentAt(endpoint: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'made',
    AWS_SECRET_ACCESS_KEY: 'up',
    AWS_SESSION_TOKEN: 'token',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    ...environmentOf(aStage({ OTA_CREATES_PER_SECOND: 5 }, endpoint)),
    POWERTOOLS_SERVICE_NAME: 'ota-dispatch',
    POWERTOOLS_METRICS_NAMESPACE: 'OtaDispatch',
  };
}

async function startOnce(bundlePath: string, event: object, endpoint: string): Promise<Measured> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cold-start-child.mjs'), bundlePath, JSON.stringify(event)], {
    env: environmentAt(endpoint),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  for await (const chunk of child.stderr) text += chunk;
  const line = text.split('\n').find((one) => one.startsWith('bench '));
  if (line === undefined) throw new Error(`${bundlePath} did not answer:\n${text}`);
  return JSON.parse(line.slice('bench '.length)) as Measured;
}
