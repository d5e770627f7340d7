import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { aConsole, see, seeNo } from './support/console.ts';

const SECOND = 1_000;

describe('An open page', () => {
  const console = aConsole();

  /** The overview in a tab whose timers wait for the test. It reads every 2 s. `reads` counts what it has asked the server for. */
  async function overview(): Promise<{ readonly page: Page; readonly reads: () => number }> {
    let count = 0;
    const page = await console.open('/history');
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + SECOND);
    page.on('request', (request) => {
      if (request.url().endsWith('/api/overview')) count += 1;
    });
    await arrivedAfter(page, async () => {
      await page.getByRole('link', { name: 'Channels', exact: true }).click();
      // A new view is drawn by timers, too.
      await page.clock.runFor(0.5 * SECOND);
    });
    await see(page.getByRole('article'));
    return { page, reads: () => count };
  }

  /** Does something that makes the page read, and waits for the answer. */
  async function arrivedAfter(page: Page, act: () => Promise<unknown>): Promise<void> {
    const [response] = await Promise.all([page.waitForResponse((one) => one.url().endsWith('/api/overview')), act()]);
    await response.finished();
    await page.evaluate(
      'new Promise((settled) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = settled; port2.postMessage(0); })',
    );
  }

  const show = (page: Page, isHidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
      document.dispatchEvent(new Event('visibilitychange'))`);

  it('reads the overview every 2 s on a local stage', async () => {
    const { page, reads } = await overview();
    await page.clock.runFor(1.9 * SECOND);
    expect(reads()).toBe(1);
    await arrivedAfter(page, () => page.clock.runFor(0.2 * SECOND));
    expect(reads()).toBe(2);
  });

  it('reads nothing while its tab is hidden, and reads at once when it is shown again', async () => {
    const { page, reads } = await overview();
    await show(page, true);
    await page.clock.runFor(60 * SECOND);
    expect(reads()).toBe(1);
    await arrivedAfter(page, () => show(page, false));
    expect(reads()).toBe(2);
  });

  it('asks less and less often while AWS throttles, and keeps what it showed', async () => {
    const { page, reads } = await overview();
    const error = { code: 'THROTTLED', message: 'AWS throttles DynamoDB BatchGetItem', retryAfterMilliseconds: 5 * SECOND };
    await page.route('**/api/overview', (route) => route.fulfill({ status: 429, json: { error } }));
    await arrivedAfter(page, () => page.clock.runFor(2 * SECOND));
    await see(page.getByRole('alert').getByText('AWS throttles'));
    await see(page.getByRole('article'));
    for (const [index, wait] of [5, 8, 16].entries()) {
      await page.clock.runFor((wait - 0.1) * SECOND);
      expect(reads()).toBe(index + 2);
      await arrivedAfter(page, () => page.clock.runFor(0.2 * SECOND));
    }
    await page.unroute('**/api/overview');
    await arrivedAfter(page, () => page.clock.runFor(32 * SECOND));
    await seeNo(page.getByRole('alert').getByText('AWS throttles'));
  });
});

describe('The page of a deployed stage', () => {
  const console = aConsole();
  const facts = { account: '111122223333', region: 'eu-west-1', caller: 'arn:aws:sts::111122223333:assumed-role/operator/kim' };

  it('shows the account, region, stage and caller in its header, and nothing that only a local stage has', async () => {
    const page = await console.open();
    await page.route('**/api/session', async (route) => {
      const { endpoint: _local, ...session } = await (await route.fetch()).json();
      await route.fulfill({ json: { ...session, ...facts, stage: 'prod', isLocal: false } });
    });
    await page.reload();
    const header = page.getByRole('banner');
    for (const text of ['deployed: prod', ...Object.values(facts)]) await see(header.getByText(text, { exact: true }));
    await seeNo(header.getByRole('link', { name: 'Local' }));
  });
});
