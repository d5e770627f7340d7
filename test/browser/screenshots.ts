import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../scripts/installation.ts';
import { aConsole, see, seeNo } from './support/console.ts';
import { channelCard } from './support/parts.ts';

/** A README with larger pictures would load slowly. */
const LARGEST_BYTES = 200_000;

/** Not a test of `npm run browser`: its option `--screenshots` runs this file, which makes the pictures of the README anew. */
const console = aConsole();
const viewport = { width: 1280, height: 860 };
/** The pipeline of one product fits in. */
const lowViewport = { width: 1280, height: 640 };

it('the overview, in the light theme', async () => {
  await console.changeFleet({ ratios: { failed: 0.1 } });
  await console.publish('thermostat', '2.4.1', { channels: ['beta', 'stable'] });
  await console.publish('camera', '3.0.2', { description: 'Fixes the night mode' });
  await console.changeFleet({ ratios: { failed: 0 } });
  await console.publish('smart-lock', '1.7.0', { description: 'Opens faster in the cold' });
  const page = await console.open('/', { viewport: lowViewport, colorScheme: 'light' });
  await see(channelCard(page, 'smart-lock', 'beta').getByText('COMPLETED'));
  await see(channelCard(page, 'smart-lock', 'stable').getByRole('button', { name: 'Approve', exact: true }));
  await see(channelCard(page, 'thermostat', 'stable').getByRole('img', { name: /10 devices/ }));
  await page.getByRole('searchbox', { name: 'Product' }).fill('smart-lock');
  await seeNo(page.getByRole('region', { name: 'hub', exact: true }));
  await take('console-overview', (path) => page.screenshot({ path }));
});

it('a rollout, in the dark theme', async () => {
  const page = await console.open('/releases/smart-lock/1.7.0/1/beta', { viewport, colorScheme: 'dark' });
  await see(page.getByRole('region', { name: 'Timeline' }).getByText('COMPLETED'));
  await take('console-rollout', (path) => page.screenshot({ path }));
});

async function take(name: string, screenshot: (path: string) => Promise<unknown>): Promise<void> {
  const path = join(root, 'docs', 'images', `${name}.png`);
  await screenshot(path);
  expect(statSync(path).size).toBeLessThan(LARGEST_BYTES);
}
