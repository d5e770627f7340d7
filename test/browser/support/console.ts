import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { startConsole } from '../../../console/server/serve.ts';
import { EXAMPLE_CHANNELS } from '../../../scripts/service-copy.ts';
import { stageAt } from './stage.ts';

/** How long a test waits for what the page should show. The embedded AWS of a loaded machine needs some seconds for a rollout. */
const PATIENCE = 20_000;

type Console = Awaited<ReturnType<typeof startConsole>>;

/**
 * A console on the stage that all tests share, and a browser, for one file of tests. After each test its pages are closed, and
 * none of them may have reported an error, such as a violation of the Content-Security-Policy.
 */
export function aConsole({ isReadOnly = false }: { isReadOnly?: boolean } = {}) {
  const stage = stageAt(inject('endpoint'));
  let started: Console;
  let browser: Browser;
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>> = [];
  const contexts: BrowserContext[] = [];
  const others: Console[] = [];
  const problems: string[] = [];

  const start = (): Promise<Console> =>
    startConsole({
      stage: stage.stage,
      port: 0,
      isReadOnly,
      channels: EXAMPLE_CHANNELS,
      report: (line) => problems.push(String(line)),
    });

  beforeAll(async () => {
    started = await start();
    browser = await chromium.launch({ executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium' });
    const context = await browser.newContext();
    const page = watched(await context.newPage());
    await page.goto(started.address);
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    cookies = await context.cookies();
    await context.close();
  });

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(problems.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([started, ...others].map((one) => one?.close()));
  });

  /** Collects what the page reports as an error. */
  function watched(page: Page): Page {
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      // The browser reports every answer that is not 2xx. Which of them are wrong is decided below.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (!isAnswer && ['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
    });
    page.on('response', (response) => {
      const isRefusal = response.url().includes('/api/') && response.status() < 500;
      if (!response.ok() && !isRefusal) problems.push(`${response.status()} for ${response.url()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(started.origin)) problems.push(`a request to ${request.url()}`);
    });
    return page;
  }

  async function newPage(options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    contexts.push(context);
    return context.newPage();
  }

  return {
    ...stage,
    get origin() {
      return started.origin;
    },
    get address() {
      return started.address;
    },

    /** A page of somebody who opened the printed address. */
    async open(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
      const page = watched(await newPage(options));
      await page.context().addCookies(cookies);
      await page.goto(started.origin + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },

    /** Starts a second console, which nobody has opened. */
    async startAnother(): Promise<Console> {
      const other = await start();
      others.push(other);
      return other;
    },

    /** A page of somebody who knows only the origin. Nothing has been opened in it yet. */
    openNothing: (): Promise<Page> => newPage({}),
  };
}

/** Waits until a part of the page is visible, and fails with its description otherwise. */
export async function see(part: Locator): Promise<void> {
  await part.first().waitFor({ state: 'visible' });
}

/** Waits until a part of the page has gone. */
export async function seeNo(part: Locator): Promise<void> {
  await part.first().waitFor({ state: 'hidden' });
}

/** What axe finds wrong with the page: the rule and the elements. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as Found;
  return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}

type Found = { readonly violations: readonly { id: string; help: string; nodes: readonly { html: string }[] }[] };
