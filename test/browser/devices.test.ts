import { afterEach, describe, expect, it } from 'vitest';
import { aConsole, see, seeNo } from './support/console.ts';
import { newVersion } from './support/stage.ts';

describe('A person looks at the devices of a rollout in the browser', () => {
  const console = aConsole();
  afterEach(() => console.changeFleet({ devices: { 'camera-canary-1': 'SUCCEEDED' } }));

  it('loads the devices that failed, with their reasons', async () => {
    await console.changeFleet({ devices: { 'camera-canary-1': 'FAILED' } });
    const version = newVersion();
    await console.publish('camera', version);
    const page = await console.open(`/releases/camera/${version}/1/canary`);
    await see(page.getByRole('img', { name: /10 devices: .*1 failed/ }));
    const devices = page.getByRole('region', { name: 'Devices' });
    await seeNo(devices.getByRole('table'));
    await devices.getByRole('combobox', { name: 'State' }).selectOption('FAILED');
    await devices.getByRole('button', { name: 'Load devices' }).click();
    const table = devices.getByRole('table', { name: 'Devices' });
    await see(table.getByRole('row', { name: /camera-canary-1.*FAILED/ }));
    await seeNo(table.getByText('SUCCEEDED'));
  });

  it('sees no devices of another state while those of a state are read', async () => {
    const version = newVersion();
    await console.publish('camera', version);
    const page = await console.open(`/releases/camera/${version}/1/canary`);
    const devices = page.getByRole('region', { name: 'Devices' });
    await devices.getByRole('button', { name: 'Load devices' }).click();
    await see(devices.getByRole('table', { name: 'Devices' }));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await page.route(/state=FAILED/, async (route) => {
      await released;
      await route.continue();
    });
    await devices.getByRole('combobox', { name: 'State' }).selectOption('FAILED');
    await see(devices.getByText('Reading the devices'));
    await seeNo(devices.getByRole('table'));
    release();
    await see(devices.getByText('0 devices, read at'));
  });

  it('reads the ledger once, however often a person clicks meanwhile', async () => {
    const page = await console.open('/history');
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let reads = 0;
    await page.route('**/api/history', async (route) => {
      reads += 1;
      await released;
      await route.continue();
    });
    const button = page.getByRole('button', { name: /Read the whole ledger/ });
    for (let click = 0; click < 3; click += 1) await button.click({ force: true });
    release();
    await see(page.getByText(/\d+ of \d+ rollouts/));
    expect(reads).toBe(1);
  });

  it('sees what happened to a rollout, the request that AWS got, and the firmware', async () => {
    const version = newVersion();
    await console.publish('camera', version);
    const page = await console.open(`/releases/camera/${version}/1/canary`);
    const timeline = page.getByRole('region', { name: 'Timeline' });
    for (const state of ['CLAIMED', 'CREATING', 'CREATED', 'COMPLETED']) await see(timeline.getByText(state));
    const request = page.getByRole('region', { name: 'Request' });
    await request.getByText('The frozen request').click();
    await see(request.getByText(/targetSelection/));
    await see(page.getByRole('region', { name: 'Release' }).getByText(`camera/${version}/firmware.bin`));
  });
});
