import { describe, expect, it } from 'vitest';
import { aConsole, see, seeNo } from './support/console.ts';
import { channelCard, chooseFile, dialog, preview, publishFile } from './support/parts.ts';
import { newVersion } from './support/stage.ts';

describe('A person publishes a release in the browser', () => {
  const console = aConsole();

  it('chooses a file, sees the plan and its devices, publishes, and watches it complete without a reload', async () => {
    const version = newVersion();
    const page = await console.open();
    await page.evaluate('window.isTheSamePage = true');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await chooseFile(page, await console.release('thermostat', version));
    await preview(page);
    await see(dialog(page).getByText('10 devices'));
    await dialog(page).getByRole('button', { name: 'Publish', exact: true }).click();
    await see(page.getByRole('status').filter({ hasText: `thermostat ${version}` }));
    await page.keyboard.press('Escape');
    const card = channelCard(page, 'thermostat', 'beta');
    await see(card.getByRole('link', { name: `thermostat ${version}` }));
    await see(card.getByText('COMPLETED'));
    await see(card.getByRole('img', { name: /10 devices: .*10 succeeded/ }));
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
  });

  it('learns that the same file again is a duplicate, and starts nothing', async () => {
    const detail = await console.release('thermostat', newVersion());
    const page = await console.open();
    await publishFile(page, detail);
    await page.keyboard.press('Escape');
    const result = await publishFile(page, detail);
    await see(result.filter({ hasText: /duplicate|accepted before|already/i }));
  });

  it('cannot publish what the plan refuses, and reads where the file is wrong', async () => {
    const page = await console.open();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await chooseFile(page, await console.release('thermostat', 'v3.2'));
    await preview(page);
    await see(dialog(page).getByText(/INVALID_RELEASE/));
    await see(dialog(page).getByText(/version/));
    await seeNo(dialog(page).getByRole('button', { name: 'Publish', exact: true }));
  });

  it('reads where a file is not JSON', async () => {
    const page = await console.open();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await chooseFile(page, '{ "product": "thermostat", }');
    await preview(page);
    await see(dialog(page).getByText(/JSON/).last());
    await seeNo(dialog(page).getByRole('button', { name: 'Publish', exact: true }));
  });
});
