import { afterEach, describe, it } from 'vitest';
import { aConsole, see } from './support/console.ts';
import { newVersion } from './support/stage.ts';

describe('A person tries the service out in the browser', () => {
  const console = aConsole();
  afterEach(() => console.clearFaults());

  it('publishes an example', async () => {
    const page = await console.open('/local');
    const examples = page.getByRole('region', { name: 'Examples' });
    await examples.getByRole('button', { name: /^Publish broken-release/ }).click();
    await see(page.getByRole('status').filter({ hasText: /\S/ }));
  });

  it('arms a fault, sees that it struck, and clears it', async () => {
    const page = await console.open('/local');
    const faults = page.getByRole('region', { name: 'Faults' });
    await faults.getByRole('combobox', { name: 'Kind' }).selectOption('throttle');
    await faults.getByLabel('Service').fill('iot');
    await faults.getByLabel('Operation').fill('CreateJob');
    await faults.getByLabel('Times').fill('1');
    await faults.getByRole('button', { name: 'Arm', exact: true }).click();
    await see(faults.getByText(/throttle of iot CreateJob/));
    await console.publish('camera', newVersion());
    await see(faults.getByText(/struck 1|1 time/));
    await faults.getByRole('button', { name: 'Clear', exact: true }).click();
    await see(faults.getByText(/no faults/i));
  });
});
