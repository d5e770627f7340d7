import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { Routes } from '../console/server/app.ts';
import { historyRoutes } from '../console/server/routes/history.ts';
import { overviewRoutes } from '../console/server/routes/overview.ts';
import { queueRoutesWith } from '../console/server/routes/queues.ts';
import { readChannelsFile } from '../domain/channels/lines.ts';
import type { Channels } from '../domain/channels/schema.ts';
import type { Stage } from '../operator/stage/stage.ts';
import { findChromium, NO_CHROMIUM } from '../scripts/chromium.ts';
import { root } from '../scripts/installation.ts';
import { EXAMPLE_CHANNELS } from '../scripts/service-copy.ts';
import { pageInChromium } from './console-chromium.ts';
import { type Asked, type Filling, openConsoleStage } from './console-stage.ts';
import { channelsOf } from './in-process.ts';
import { PRICES } from './prices.ts';
import type { Benchmark, Figure, Result, Size } from './report.ts';

/** The rhythm of the page on a deployed stage, in milliseconds. */
const RHYTHM = 15_000;
const HOUR = 3_600_000;
/** Everything that the console keeps is asked for again after a minute at the latest. So a minute is like every other one. */
const MINUTE = 60_000;
const SIZES = { whole: { channels: 100, history: 5_000 }, smallest: { channels: 3, history: 20 } } as const;
/** Of each channel. */
const FILLING: Filling = { live: 1, ended: 3, waiting: 1 };
const GOAL_HISTORY_MILLISECONDS = 1_000;

export const consolePage: Benchmark = {
  name: 'console',
  answers:
    'what an open page of the console reads and costs in an hour on a deployed stage, how large a long history is, and how soon and how smoothly Chromium draws the page.',
  read: `The real routes over SDK clients and the embedded AWS. The page reads every ${RHYTHM / 1_000} s. Each channel has ${FILLING.live} live rollout, ${FILLING.ended} that have ended and ${FILLING.waiting} that waits. A minute after the first is measured and counted sixty times, because every read repeats within a minute. Prices are list prices of us-east-1, from memory: a million read units of DynamoDB $${PRICES.read}, a million SQS requests $${PRICES.queue}, a million metrics of GetMetricData $${PRICES.metric}. A hidden page reads nothing. In Chromium, a frame without work takes 16.7 ms. The server, its ledger and Chromium share this machine's processors.`,
  cannot:
    'what your region charges, how long DynamoDB takes, and how fast your graphics processor draws: Chromium draws with the processor here.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const { channels: many, history } = SIZES[size];
  const figures = [
    ...(await pageFigures('examples/channels.yml', exampleChannels())),
    ...(await pageFigures(`${many} channels`, channelsOf(many))),
    ...(await historyFigures(history)),
  ];
  const chromium = findChromium();
  if (chromium === undefined) return { figures, notes: [`Nothing was measured in a browser: ${NO_CHROMIUM}.`] };
  return { figures: [...figures, ...(await pageInChromium(chromium, size))] };
}

function exampleChannels(): Channels {
  const place = { accountId: '000000000000', region: 'us-east-1', stage: 'local', documentsBucket: 'documents' };
  const read = readChannelsFile(readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8'), place, 'warn', 0);
  if (!read.ok) throw new Error('the channels of the examples are wrong');
  return read.channels;
}

/** Asks a route, and answers its text. Throws if it fails. */
type Ask = (path: string) => Promise<string>;

function serverOf(stage: Stage, channels: Channels, routes: readonly Routes[], now: () => number): Ask {
  const place = { accountId: '000000000000', region: 'us-east-1', stage: 'local', documentsBucket: 'documents' };
  const configuration = async () => ({ name: 'channels.yml', channels, place, isAccountKnown: true, warnings: [] });
  const app = new Hono();
  for (const make of routes) app.route('/', make({ stage, isReadOnly: true, configuration, now }));
  return async (path) => {
    const answer = await app.request(path);
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
    return answer.text();
  };
}

/** What the views that keep themselves fresh read in an hour. */
async function pageFigures(which: string, channels: Channels): Promise<Figure[]> {
  const stage = await openConsoleStage();
  const bytes = await stage.fill(channels, FILLING);
  let now = stage.clock.now();
  const ask = serverOf(stage.deployed, channels, [overviewRoutes, queueRoutesWith(() => stage.cloudwatch)], () => now);
  /** What one minute of a view asks for, after the first one. */
  const minuteOf = async (path: string): Promise<Asked> => {
    for (let minute = 0; ; minute += 1) {
      stage.taken();
      for (const end = now + MINUTE; now < end; now += RHYTHM) await ask(path);
      if (minute === 1) return stage.taken();
    }
  };
  const overview = await minuteOf('/overview');
  const began = performance.now();
  const text = await ask('/overview');
  const milliseconds = performance.now() - began;
  const queues = await minuteOf('/queues');
  await stage.close();
  const count = Object.values(channels.products).reduce((sum, { channels: of }) => sum + Object.keys(of).length, 0);
  return [
    { what: `${which}: channels, rollouts, bytes of a row`, value: `${count}, ${count * perChannel(FILLING)}, ${Math.round(bytes)}` },
    { what: `${which}: one overview`, value: `${kilobytes(text)}, ${milliseconds.toFixed(0)} ms` },
    ...hourOf(`${which}, an hour of channels`, overview),
    ...hourOf(`${which}, an hour of queues`, queues),
  ];
}

const perChannel = ({ live, ended, waiting }: Filling): number => live + ended + waiting;

const kilobytes = (text: string): string => `${Math.round(Buffer.byteLength(text) / 1_000).toLocaleString('en')} kB`;

function hourOf(which: string, { batches, queries, scans, readUnits, sqs, metricCalls, metrics }: Asked): Figure[] {
  const times = HOUR / MINUTE;
  const dollars = (readUnits * PRICES.read + sqs * PRICES.queue + metrics * PRICES.metric) * 1e-6 * times;
  const lines: readonly (readonly [what: string, count: number])[] = [
    ['BatchGetItem calls', batches],
    ['Query calls', queries],
    ['units of DynamoDB reads', readUnits],
    ['SQS requests', sqs],
    ['GetMetricData calls', metricCalls],
    ['metrics asked for', metrics],
  ];
  return [
    ...lines
      .filter(([, count]) => count > 0)
      .map(([what, count]) => ({ what: `${which}: ${what}`, value: (count * times).toLocaleString('en') })),
    { what: `${which}: Scan calls`, value: String(scans), goal: '0', met: scans === 0 },
    { what: `${which}: cost`, value: `$${dollars.toFixed(4)}` },
  ];
}

async function historyFigures(count: number): Promise<Figure[]> {
  const stage = await openConsoleStage();
  await stage.fillHistory('thermostat', count);
  const ask = serverOf(stage.local, channelsOf(1), [historyRoutes], stage.clock.now);
  await ask('/history?product=thermostat');
  stage.taken();
  const began = performance.now();
  const before = process.threadCpuUsage();
  const text = await ask('/history?product=thermostat');
  const { user, system } = process.threadCpuUsage(before);
  const [milliseconds, thread] = [performance.now() - began, (user + system) / 1_000];
  const { scans, readUnits } = stage.taken();
  await stage.close();
  const { rollouts } = JSON.parse(text) as { rollouts: unknown[] };
  if (rollouts.length !== count) throw new Error(`the history has ${rollouts.length} of ${count} rollouts`);
  const which = `a history of ${count.toLocaleString('en')} rollouts`;
  return [
    { what: `${which}: size`, value: kilobytes(text) },
    { what: `${which}: time, locally`, value: `${milliseconds.toFixed(0)} ms` },
    {
      what: `${which}: time, locally, thread`,
      value: `${thread.toFixed(0)} ms`,
      goal: `≤ ${GOAL_HISTORY_MILLISECONDS} ms`,
      met: thread <= GOAL_HISTORY_MILLISECONDS,
    },
    {
      what: `${which}: Scan calls, units of reads`,
      value: `${scans}, ${readUnits.toLocaleString('en')}`,
      floor: `$${(readUnits * PRICES.read * 1e-6).toFixed(4)}`,
    },
  ];
}
