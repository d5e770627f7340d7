import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { aConsole, see, violations } from './support/console.ts';
import { channelCard, chooseFile, dialog, preview } from './support/parts.ts';
import { newVersion } from './support/stage.ts';

/** The release that the views show. */
const version = newVersion();

const views = [
  ['overview', '/'],
  ['history', '/history'],
  ['queues', '/queues'],
  ['local', '/local'],
  ['release', `/releases/smart-lock/${version}`],
  ['rollout', `/releases/smart-lock/${version}/1/beta`],
  ['unknown release', '/releases/smart-lock/0.0.1'],
] as const;

describe('Everybody can use the console', () => {
  const console = aConsole();

  beforeAll(async () => {
    await console.publish('smart-lock', version);
    const page = await console.open();
    await see(channelCard(page, 'smart-lock', 'stable').getByRole('link', { name: `smart-lock ${version}` }));
  });

  const settled = async (page: Page) => {
    await page.waitForLoadState('networkidle');
    await see(page.getByRole('heading', { level: 1 }));
  };

  /** What axe finds wrong with what is open, in both themes. */
  async function violationsInBothThemes(page: Page): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violations(page)).map((violation) => `${colorScheme}: ${violation}`));
    }
    return found;
  }

  it.each(views)('axe finds nothing wrong with the view %s, in light and dark', async (_name, path) => {
    const page = await console.open(path);
    await settled(page);
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it.each([
    ['Publish', '/', 'Publish'],
    ['Hold', '/', 'Hold smart-lock'],
    ['Approve', '/', 'Approve'],
    ['Deny', '/', 'Deny'],
    ['Withdraw', `/releases/smart-lock/${version}`, 'Withdraw'],
    ['Withdraw of a rollout', `/releases/smart-lock/${version}/1/beta`, 'Withdraw'],
  ])('axe finds nothing wrong with the dialog %s, in light and dark', async (_name, path, button) => {
    const page = await console.open(path);
    await page.getByRole('button', { name: button, exact: true }).first().click();
    await see(dialog(page));
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it.each(['Approve', 'Deny'])('axe finds nothing wrong with the preview of %s, in light and dark', async (button) => {
    const page = await console.open();
    await page.getByRole('button', { name: button, exact: true }).first().click();
    await preview(page);
    await see(dialog(page).getByText(`smart-lock ${version}`));
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('axe finds nothing wrong with a plan, and with one that is refused, in light and dark', async () => {
    const page = await console.open();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await chooseFile(page, await console.release('thermostat', newVersion()));
    await preview(page);
    await see(dialog(page).getByRole('button', { name: 'Publish', exact: true }));
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await chooseFile(page, await console.release('thermostat', 'v10'));
    await preview(page);
    await see(dialog(page).getByText(/INVALID_RELEASE/));
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it.each(views)('the view %s fits a phone without scrolling sideways', async (_name, path) => {
    const page = await console.open(path, { viewport: { width: 360, height: 740 } });
    await settled(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('with the keyboard alone, a person holds a product and comes back to where they were', async () => {
    const page = await console.open();
    const hold = page.getByRole('button', { name: 'Hold gateway' });
    await see(hold);
    await tabTo(page, 'Hold gateway');
    await page.keyboard.press('Enter');
    await see(dialog(page));
    await tabTo(page, /reason/i);
    await page.keyboard.type('Typed by hand');
    await tabTo(page, 'Preview');
    await page.keyboard.press('Enter');
    await see(dialog(page).getByRole('button', { name: 'Hold', exact: true }));
    await tabTo(page, 'Hold');
    await page.keyboard.press('Enter');
    await see(page.getByRole('status').filter({ hasText: /\S/ }));
    await page.keyboard.press('Escape');
    await see(page.getByRole('region', { name: 'gateway', exact: true }).getByText('Typed by hand'));
    expect(await focused(page)).toBe('Hold gateway');
  });

  it('shows a time in the zone of the viewer, with UTC beside it', async () => {
    const texts = [];
    for (const timezoneId of ['Asia/Tokyo', 'America/Lima']) {
      const page = await console.open(`/releases/smart-lock/${version}/1/beta`, { timezoneId });
      const time = page.getByRole('region', { name: 'Timeline' }).getByRole('time').first();
      await see(time);
      expect(await time.getAttribute('datetime')).toMatch(/Z$/);
      expect(await time.getAttribute('title')).toMatch(/UTC$/);
      texts.push((await time.textContent()) ?? '');
    }
    expect(texts[0]).not.toBe(texts[1]);
  });
});

/** The name of the element that has the focus. */
async function focused(page: Page): Promise<string> {
  const name = `(({ activeElement: e }) => e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '')(document)`;
  return String(await page.evaluate(name)).trim();
}

/** Presses Tab until the focus is on an element with this name. Fails after a round through the page. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let pressed = 0; pressed < 200; pressed += 1) {
    const text = await focused(page);
    if (typeof name === 'string' ? text === name : name.test(text)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${name}`);
}
