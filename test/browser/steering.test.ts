import { describe, expect, it } from 'vitest';
import { aConsole, see, seeNo } from './support/console.ts';
import { channelCard, confirm, dialog, preview } from './support/parts.ts';
import { newVersion } from './support/stage.ts';

describe('A person steers rollouts in the browser', () => {
  const console = aConsole();

  it('holds a product with a reason, sees the hold, and resumes it', async () => {
    const page = await console.open();
    await page.getByRole('button', { name: 'Hold camera' }).click();
    await dialog(page)
      .getByRole('textbox', { name: /reason/i })
      .fill('The radio fails');
    await preview(page);
    await confirm(page, 'Hold');
    await page.keyboard.press('Escape');
    const camera = page.getByRole('region', { name: 'camera', exact: true });
    await see(camera.getByText('The radio fails'));
    await console.publish('camera', newVersion());
    await see(channelCard(page, 'camera', 'canary').getByText(/hold|held/i));
    await camera
      .getByRole('button', { name: /^Resume/ })
      .first()
      .click();
    await preview(page);
    await confirm(page, 'Resume');
    await page.keyboard.press('Escape');
    await seeNo(camera.getByText('The radio fails'));
    await see(channelCard(page, 'camera', 'canary').getByText('COMPLETED'));
  });

  it('approves a release that waits, and it opens', async () => {
    const version = newVersion();
    await console.publish('smart-lock', version);
    const page = await console.open();
    const stable = channelCard(page, 'smart-lock', 'stable');
    await see(stable.getByText(/waits/).first());
    await stable.getByRole('button', { name: 'Approve', exact: true }).first().click();
    await preview(page);
    await see(dialog(page).getByText(`smart-lock ${version}`));
    const title = `Approve smart-lock ${version} for stable`;
    const heights = await dialog(page)
      .getByRole('heading', { name: title })
      .evaluateAll((headings) => headings.map((heading) => heading.getBoundingClientRect().height));
    expect(heights.filter((height) => height > 1)).toHaveLength(1);
    await confirm(page, 'Approve');
    await page.keyboard.press('Escape');
    await see(stable.getByText('CREATED'));
  });

  it('denies a release that waits, and it is gone', async () => {
    const version = newVersion();
    await console.publish('smart-lock', version);
    const page = await console.open();
    const stable = channelCard(page, 'smart-lock', 'stable');
    await see(stable.getByRole('link', { name: `smart-lock ${version}` }));
    await stable.getByRole('button', { name: 'Deny', exact: true }).first().click();
    await preview(page);
    await confirm(page, 'Deny');
    await page.goto(`${console.origin}/releases/smart-lock/${version}/1/stable`);
    await see(page.getByText('WITHDRAWN'));
  });

  it('withdraws a release only after its version was typed', async () => {
    const version = newVersion();
    await console.publish('thermostat', version);
    const page = await console.open(`/releases/thermostat/${version}`);
    await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await preview(page);
    const button = dialog(page).getByRole('button', { name: 'Withdraw', exact: true });
    const typed = dialog(page).getByRole('textbox', { name: `Type ${version} to confirm` });
    await typed.fill(version.slice(0, -1));
    expect(await button.isEnabled()).toBe(false);
    await typed.fill(version);
    await confirm(page, 'Withdraw');
    await page.keyboard.press('Escape');
    await see(page.getByText('WITHDRAWN'));
  });
});
