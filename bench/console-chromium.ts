import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { stringify } from 'yaml';
import { startConsole } from '../console/server/serve.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { validateChannels } from '../domain/channels/validate.ts';
import { type Filling, openConsoleStage } from './console-stage.ts';
import { channelsFileOf } from './in-process.ts';
import type { Figure, Size } from './report.ts';
import { median, quantile } from './statistics.ts';

/** How much is drawn: `products` of four channels with ten rollouts each. `runs` are cold loads, `arrivals` are answers to the page. */
const SIZES = {
  whole: { products: 125, runs: 9, scrolling: 5_000, arrivals: 4 },
  smallest: { products: 1, runs: 1, scrolling: 200, arrivals: 1 },
} as const;
const CHANNELS = 4;
/** Of each channel. */
const FILLING: Filling = { live: 7, ended: 3, waiting: 0 };

/** In milliseconds and bytes. A page that answers within 200 ms feels immediate, as Interaction to Next Paint judges it. */
const GOALS = { firstPaint: 200, assets: 150_000, scrolling: 50, arrival: 200 };

/** Pixels that a frame scrolls, and those of the window. */
const STEP = 120;
const VIEWPORT = { width: 1280, height: 860 };

/** For one read of all rollouts on a machine that does other work. */
const PATIENCE = 60_000;

/** How soon and how smoothly the page is drawn in this Chromium: the real page and server over the embedded ledger. */
export async function pageInChromium(executablePath: string, size: Size): Promise<Figure[]> {
  const { products, runs, scrolling, arrivals } = SIZES[size];
  const browser = await chromium.launch({ executablePath });
  try {
    const small = await servedStage(1);
    const first = await firstPaintFigures(browser, small, runs).finally(small.close);
    const large = await servedStage(products);
    const frames = await frameFigures(browser, large, { scrolling, arrivals }).finally(large.close);
    return [...first, ...frames];
  } finally {
    await browser.close();
  }
}

/** A stage with this many products whose console listens. */
async function servedStage(products: number) {
  const file = channelsFile(products);
  const validated = validateChannels(file);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  const stage = await openConsoleStage();
  await stage.fill(validated.channels, FILLING);
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-console-'));
  const channels = join(folder, 'many-products.yml');
  writeFileSync(channels, stringify(file, { aliasDuplicateObjects: false }));
  const report = (line: string, error: unknown): void => console.error(line, error);
  const { origin, address, close } = await startConsole({ stage: stage.local, port: 0, isReadOnly: false, channels, report });
  return {
    origin,
    address,
    rollouts: countOf(validated.channels),
    progress: stage.progress,
    async close(): Promise<void> {
      await close();
      await stage.close();
      rmSync(folder, { recursive: true });
    },
  };
}

type Served = Awaited<ReturnType<typeof servedStage>>;

function channelsFile(products: number) {
  const file = channelsFileOf(CHANNELS);
  return {
    ...file,
    products: Object.fromEntries(Array.from({ length: products }, (_, index) => [`product-${index + 1}`, file.products.thermostat])),
  };
}

function countOf({ products }: Channels): number {
  return Object.values(products).reduce((sum, { channels }) => sum + Object.keys(channels).length, 0) * (FILLING.live + FILLING.ended);
}

/** Loads the page anew again and again, each time in a browser that has nothing of it in its cache. */
async function firstPaintFigures(browser: Browser, served: Served, runs: number): Promise<Figure[]> {
  const cookies = await openedBy(browser, served);
  const paints: number[] = [];
  let bytes = 0;
  for (let run = 0; run < runs; run += 1) {
    const context = await browser.newContext({ viewport: VIEWPORT });
    await context.addCookies(cookies);
    const page = await context.newPage();
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (!new URL(response.url()).pathname.startsWith('/api/')) bodies.push(response.body());
    });
    await page.goto(served.origin);
    await page.getByRole('article').first().waitFor();
    paints.push(Number(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")));
    bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
    await context.close();
  }
  const middle = median(paints);
  return [
    {
      what: `the page in Chromium: first contentful paint with a cold cache, median of ${runs}`,
      value: `${middle.toFixed(0)} ms`,
      goal: `≤ ${GOALS.firstPaint} ms`,
      met: middle <= GOALS.firstPaint,
    },
    { what: 'the page in Chromium: first contentful paint, the longest', value: `${Math.max(...paints).toFixed(0)} ms` },
    {
      what: 'the page in Chromium: HTML, script, style and icon, not compressed',
      value: `${(bytes / 1_000).toFixed(1)} kB`,
      goal: `≤ ${GOALS.assets / 1_000} kB`,
      met: bytes <= GOALS.assets,
    },
  ];
}

/** The cookies of a browser that has opened the printed address. */
async function openedBy(browser: Browser, { address }: Served) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

/** The frames of the overview and of the history while they scroll, and while an answer of the server arrives. */
async function frameFigures(
  browser: Browser,
  served: Served,
  { scrolling, arrivals }: { readonly scrolling: number; readonly arrivals: number },
): Promise<Figure[]> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(served.address);
  await page.getByRole('article').first().waitFor();
  const of = `${served.rollouts.toLocaleString('en')} rollouts`;
  const overview = await scrolled(page, 'document.scrollingElement', scrolling);

  await startFrames(page);
  for (let count = 0; count < arrivals; count += 1) {
    await served.progress();
    // The read that goes on may be older than the change.
    for (const _read of [1, 2]) await arrivalOf(page, '/api/overview');
  }
  const refreshes = await takeFrames(page);

  await page.goto(`${served.origin}/history`);
  const button = page.getByRole('button', { name: /^Read the whole ledger/ });
  await startFrames(page);
  for (let count = 0; count < arrivals; count += 1) {
    const arrived = arrivalOf(page, '/api/history');
    await button.click();
    await arrived;
  }
  const reads = await takeFrames(page);
  const history = await scrolled(page, "document.querySelector('[aria-label=Rollouts]')", scrolling);
  await context.close();
  return [
    ...scrollFigures(`an overview of ${of}`, overview),
    ...arrivalFigures(`an overview of ${of}: a refresh arrives`, refreshes),
    ...scrollFigures(`a history of ${of}`, history),
    ...arrivalFigures(`a history of ${of}: the whole ledger arrives`, reads),
  ];
}

/** Waits until an answer of the server has arrived and is drawn. */
async function arrivalOf(page: Page, path: string): Promise<void> {
  const response = await page.waitForResponse((one) => new URL(one.url()).pathname === path, { timeout: PATIENCE });
  await response.finished();
  await page.evaluate('new Promise((drawn) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(drawn)), 100))');
}

/** Scrolls an element in every frame, down to its end and up again. */
async function scrolled(page: Page, element: string, milliseconds: number): Promise<Noted> {
  await startFrames(page);
  await page.evaluate(`new Promise((done) => {
    const element = ${element};
    const end = performance.now() + ${milliseconds};
    let step = ${STEP};
    const scroll = () => {
      if (performance.now() > end) return done();
      const before = element.scrollTop;
      element.scrollTop += step;
      if (element.scrollTop === before) step = -step;
      requestAnimationFrame(scroll);
    };
    scroll();
  })`);
  return takeFrames(page);
}

/** What happened while frames were noted, in milliseconds: each frame, and each task of the thread of the page in its processor time. */
type Noted = { readonly frames: readonly number[]; readonly tasks: readonly number[] };

/** Begins to note when each frame of the page is drawn, and what its thread does. */
async function startFrames(page: Page): Promise<void> {
  await page
    .context()
    .browser()
    ?.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await page.evaluate(`{
    const times = [];
    const note = (time) => {
      times.push(time);
      window.framesId = requestAnimationFrame(note);
    };
    window.frameTimes = times;
    window.framesId = requestAnimationFrame(note);
  }`);
}

/** Ends the notes. */
async function takeFrames(page: Page): Promise<Noted> {
  const times = (await page.evaluate('cancelAnimationFrame(window.framesId), window.frameTimes')) as number[];
  const trace = String(await page.context().browser()?.stopTracing());
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const pages = new Set(traceEvents.filter(({ args }) => args?.name === 'CrRendererMain').map(threadOf));
  return {
    frames: times.slice(1).map((time, index) => time - (times[index] ?? time)),
    tasks: traceEvents.filter((event) => event.tdur !== undefined && pages.has(threadOf(event))).map(({ tdur = 0 }) => tdur / 1_000),
  };
}

/** An event of Chromium's trace. `tdur` is the processor time of its thread, in microseconds. */
type TraceEvent = { readonly pid: number; readonly tid: number; readonly tdur?: number; readonly args?: { readonly name?: string } };

function scrollFigures(which: string, { frames, tasks }: Noted): Figure[] {
  const slow = quantile(frames, 0.95);
  return [
    {
      what: `${which}: a frame while it scrolls, p95`,
      value: `${slow.toFixed(0)} ms`,
      goal: `≤ ${GOALS.scrolling} ms`,
      met: slow <= GOALS.scrolling,
    },
    {
      what: `${which}: a frame while it scrolls, p50 and the longest`,
      value: `${median(frames).toFixed(0)}, ${Math.max(...frames).toFixed(0)} ms`,
    },
    longestTask(`${which}: it scrolls`, tasks, GOALS.scrolling),
  ];
}

function arrivalFigures(which: string, { frames, tasks }: Noted): Figure[] {
  return [{ what: `${which}, the longest frame`, value: `${Math.max(...frames).toFixed(0)} ms` }, longestTask(which, tasks, GOALS.arrival)];
}

/** Other work on the machine lengthens frames, and hardly the processor time of a task. */
function longestTask(which: string, tasks: readonly number[], goal: number): Figure {
  const longest = Math.max(0, ...tasks);
  return { what: `${which}, the longest task, thread`, value: `${longest.toFixed(0)} ms`, goal: `≤ ${goal} ms`, met: longest <= goal };
}
