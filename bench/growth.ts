import { readChannelsFile } from '../domain/channels/lines.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { validateChannels } from '../domain/channels/validate.ts';
import { parseMessage } from '../domain/release/intake.ts';
import { planRelease } from '../domain/request/plan.ts';
import { readMessage } from '../handlers/incoming.ts';
import { receive } from '../handlers/receive.ts';
import { anInvocation, servicesInMemory } from '../proof/support/services-in-memory.ts';
import { bodyOf, channelsFileOf, channelsOf, channelsTextOf, openInProcess } from './in-process.ts';
import type { Benchmark, Figure, Plot, Result, Size } from './report.ts';
import { exponent, median } from './statistics.ts';

const GOAL = 1.1;
const ROUNDS = 5;

export const growth: Benchmark = {
  name: 'growth',
  answers: 'whether time or memory grows faster than the work: with the batch, the channels of channels.yml, and the rows of the ledger.',
  read: `The exponent k of time = a·size^k, fitted on logarithmic axes to medians of ${ROUNDS}: 1 is linear, 0 does not grow. The floor is 1, as all input must be read, and 0 for the ledger.`,
  cannot: 'how DynamoDB and SQS themselves grow, as the rows are in the memory of this process.',
  run: measure,
};

type Series = { readonly what: string; readonly goal: number; readonly points: readonly (readonly [number, number])[] };

async function measure(size: Size): Promise<Result> {
  const sizes = SIZES[size];
  const [batch, memory] = await overBatch(sizes.batch);
  const series = [
    batch,
    overChannels('channels.yml judged', sizes.channels, channelsInARow, validate),
    overChannels('channels.yml read', sizes.channels, channelsTextOf, read),
    plans(sizes.channels),
    await overRows(sizes.rows),
  ];
  const figures = [...series, memory].map(({ what, goal, points }): Figure => {
    const [first, last] = [points[0], points.at(-1)];
    const fitted = exponent(points);
    const value = `${last?.[1].toFixed(2)} ${what.includes('memory') ? 'MiB' : 'ms'} at ${last?.[0].toLocaleString('en')}`;
    return {
      what,
      value,
      floor: `${first?.[1].toFixed(2)} at ${first?.[0]}`,
      ratio: fitted,
      goal: `exponent ≤ ${goal}`,
      met: fitted <= goal,
    };
  });
  const plot: Plot = {
    file: 'growth.svg',
    title: 'Time over size',
    x: 'records, channels or rows',
    y: 'ms',
    lines: Object.fromEntries(series.map(({ what, points }) => [what, points])),
  };
  return { figures, plots: [plot] };
}

/** The system counts a thread's time in steps of some milliseconds, so shorter work is repeated. */
const LONG_ENOUGH_MILLISECONDS = 100;

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  const times = Math.ceil(LONG_ENOUGH_MILLISECONDS / Math.max(0.01, performance.now() - began));
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.threadCpuUsage();
    for (let time = 0; time < times; time += 1) work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000 / times;
  });
  return median(rounds);
}

async function timedOnce(work: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** The smallest sizes still give the exponent two points. */
const SIZES = {
  whole: { batch: [1, 10, 100, 1_000, 10_000], channels: [10, 100, 1_000, 2_000], rows: [10, 1_000, 100_000, 1_000_000] },
  smallest: { batch: [1, 5, 10, 20], channels: [5, 10], rows: [10, 100] },
} as const;
const validate = (file: object) => requireOk(validateChannels(file));
const read = (text: string) => requireOk(readChannelsFile(text));

function requireOk({ ok }: { readonly ok: boolean }): void {
  if (!ok) throw new Error('the channels of the benchmark are wrong');
}

/** Each channel waits for the one before it, so that the search for a cycle has the longest way. */
function channelsInARow(size: number): object {
  const { products, ...rest } = channelsFileOf(size);
  const { channels, ...others } = products.thermostat;
  const inARow = Object.entries(channels).map(([name, channel], index) => [
    name,
    index === 0 ? channel : { ...channel, after: `c${index - 1}` },
  ]);
  return { ...rest, products: { thermostat: { ...others, channels: Object.fromEntries(inARow) } } };
}

function overChannels<T>(what: string, sizes: readonly number[], fileOf: (size: number) => T, work: (file: T) => void): Series {
  const points = sizes.map((size) => {
    const file = fileOf(size);
    work(file);
    return [size, timed(() => work(file))] as const;
  });
  return { what, goal: GOAL, points };
}

/** Plans one release for one channel of a file with many channels. */
function plans(sizes: readonly number[]): Series {
  const place = { accountId: '000000000000', region: 'us-east-1', stage: 'local', documentsBucket: 'documents' };
  const points = sizes.map((size) => {
    const channels: Channels = channelsOf(size);
    const parsed = parseMessage(bodyOf(1), { allowedAccounts: [place.accountId] });
    if (!parsed.ok || parsed.value.kind !== 'release') throw new Error('the release of the benchmark is wrong');
    const { release, envelope } = parsed.value;
    const plan = () => planRelease(release, channels, { place, source: envelope.source, now: 0 }, release.channels);
    if (plan().rollouts.length !== 1) throw new Error('the release of the benchmark has no plan');
    const many = () => {
      for (let count = 0; count < 200; count += 1) plan();
    };
    many();
    return [size, timed(many)] as const;
  });
  return { what: 'one release planned 200 times, over channels', goal: GOAL, points };
}

/** Refused records. They take the whole way through the handler with few calls, whose stand-ins would take most of the time. */
async function refuse(size: number): Promise<() => Promise<void>> {
  const stage = await openInProcess();
  const sandbox = stage.sandbox();
  const records = Array.from({ length: size }, (_, number) => stage.release(number, { channels: ['none'] }));
  return async () => {
    const failed = await sandbox.consume('releases', records);
    if (failed.length > 0) throw new Error(`records failed: ${failed}`);
    await stage.stop();
  };
}

/** The time and the highest memory of one batch of each size. */
async function overBatch(sizes: readonly number[]): Promise<[Series, Series]> {
  const times: (readonly [number, number])[] = [];
  const peaks: (readonly [number, number])[] = [];
  for (const size of sizes) {
    const work = await refuse(size);
    // Garbage that is collected during the batch would hide what the batch needs.
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().heapUsed);
    }, 5);
    times.push([size, await timedOnce(work)]);
    clearInterval(watch);
    peaks.push([size, (Math.max(peak, process.memoryUsage().heapUsed) - before) / 2 ** 20]);
  }
  return [
    { what: 'a batch of refused releases', goal: GOAL, points: times.slice(1) },
    { what: 'memory of a batch of refused releases', goal: GOAL, points: peaks.slice(2) },
  ];
}

const anotherRow = { itemRevision: { N: '1' } };

/** New releases while the ledger already has many rows of other versions. */
async function overRows(sizes: readonly number[]): Promise<Series> {
  const points: (readonly [number, number])[] = [];
  for (const size of sizes) {
    const memory = servicesInMemory({ channels: channelsOf(1) });
    memory.services.artifacts.facts = async () => ({ found: true, sizeBytes: 4, sha256: 'ab'.repeat(32) });
    for (let row = 0; row < size; row += 1) memory.items.set(`RELEASE#other#1.0.${row}|ROLLOUT#1#c0`, anotherRow);
    let number = 0;
    const some = async () => {
      for (let count = 0; count < 50; count += 1) {
        number += 1;
        const word = await receive(
          readMessage(`m-${number}`, bodyOf(number), memory.services.allowedAccounts),
          anInvocation(),
          memory.services,
        );
        if (word !== 'dispatched') throw new Error(`${word}: ${memory.rejected[0]?.code}`);
      }
    };
    await some();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await timedOnce(some));
    points.push([size, median(times)]);
  }
  return { what: '50 new releases, over rows of the ledger', goal: GOAL, points };
}
