import { it } from 'vitest';
import { aConsole, see } from './support/console.ts';
import { channelCard, confirm, dialog, preview } from './support/parts.ts';

const console = aConsole();

it('The steps of docs/tutorial/first-rollout.md lead from an example to a withdrawn release', async () => {
  const page = await console.open();
  const views = page.getByRole('navigation', { name: 'Views' });
  const beta = channelCard(page, 'smart-lock', 'beta');
  const stable = channelCard(page, 'smart-lock', 'stable');
  const release = { name: 'smart-lock 1.7.0' };

  await views.getByRole('link', { name: 'Local', exact: true }).click();
  await page.getByRole('button', { name: 'Publish gated-release', exact: true }).click();

  await views.getByRole('link', { name: 'Channels', exact: true }).click();
  await see(beta.getByRole('link', release));
  await see(beta.getByText('COMPLETED'));
  await see(stable.getByText('WAITING'));

  await beta.getByRole('link', release).click();
  await page.getByRole('button', { name: 'Load devices' }).click();
  await see(page.getByRole('table', { name: 'Devices' }));

  await views.getByRole('link', { name: 'Channels', exact: true }).click();
  await stable.getByRole('button', { name: 'Approve', exact: true }).first().click();
  await preview(page);
  await confirm(page, 'Approve');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await see(stable.getByText('CREATED'));

  await stable.getByRole('link', release).first().click();
  await page.getByRole('navigation', { name: 'Place' }).getByRole('link', { name: '1.7.0', exact: true }).click();
  await page.getByRole('button', { name: 'Withdraw', exact: true }).first().click();
  await preview(page);
  await dialog(page).getByRole('textbox', { name: 'Type 1.7.0 to confirm' }).fill('1.7.0');
  await confirm(page, 'Withdraw');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await see(page.getByText('WITHDRAWN'));
});
