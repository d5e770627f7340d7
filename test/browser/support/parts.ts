import type { Locator, Page } from 'playwright-core';
import { see } from './console.ts';

/** The card of a channel on the overview. */
export const channelCard = (page: Page, product: string, channel: string): Locator =>
  page
    .getByRole('region', { name: product, exact: true })
    .getByRole('article')
    .filter({ has: page.getByRole('heading', { level: 3, name: channel, exact: true }) });

export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Chooses a file with this text in the open dialog. */
export async function chooseFile(page: Page, detail: object | string, name = 'release.json'): Promise<void> {
  const text = typeof detail === 'string' ? detail : JSON.stringify(detail, null, 2);
  await dialog(page)
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
}

/** Looks at what the action in the open dialog will do. */
export async function preview(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Preview', exact: true }).click();
}

/** Confirms the action in the open dialog, and waits for its result. */
export async function confirm(page: Page, action: string): Promise<Locator> {
  await dialog(page).getByRole('button', { name: action, exact: true }).click();
  const result = dialog(page)
    .getByRole('status')
    .filter({ has: page.locator('h1, h2, h3, p:not(.muted), ul, a') });
  await see(result);
  return result;
}

/** Publishes a file as a person does: the button in the header, the file, the plan, the confirmation. */
export async function publishFile(page: Page, detail: object): Promise<Locator> {
  await page.getByRole('button', { name: 'Publish', exact: true }).first().click();
  await chooseFile(page, detail);
  await preview(page);
  return confirm(page, 'Publish');
}
