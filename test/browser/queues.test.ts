import { describe, it } from 'vitest';
import { aConsole, see, seeNo } from './support/console.ts';
import { confirm, preview } from './support/parts.ts';
import { newVersion } from './support/stage.ts';

describe('A person looks at the queues in the browser', () => {
  const console = aConsole();

  it('sees every queue with its depth', async () => {
    const page = await console.open('/queues');
    const table = page.getByRole('table', { name: 'Queues' });
    for (const queue of ['releases', 'steering', 'follow-ups', 'rejected', 'releases-dlq'])
      await see(table.getByRole('rowheader', { name: queue, exact: true }).or(table.getByRole('cell', { name: queue, exact: true })));
  });

  it('reads a rejected message: its code, path, reason and body, and redrives it', async () => {
    await console.put(await console.release('thermostat', newVersion(), { channels: ['nowhere'] }));
    const page = await console.open('/queues');
    const row = page.getByRole('table', { name: 'Queues' }).getByRole('row', { name: /^rejected / });
    await see(row.getByRole('cell', { name: /^[1-9]/ }));
    const rejected = page.getByRole('region', { name: 'Rejected' });
    await see(rejected.getByText(/other readers/));
    await rejected.getByRole('button', { name: 'Read rejected messages' }).click();
    await see(rejected.getByText('UNKNOWN_CHANNEL'));
    await see(rejected.getByText('channels[0]'));
    await see(rejected.getByText(/nowhere/));
    const message = rejected.getByRole('listitem').filter({ hasText: 'UNKNOWN_CHANNEL' }).first();
    await message.getByRole('button', { name: 'Show body' }).click();
    await see(message.getByText(/Firmware Release Published/));
    await message.getByRole('button', { name: 'Redrive', exact: true }).click();
    await preview(page);
    await confirm(page, 'Redrive');
  });

  it('reads nothing before it is asked to, because reading hides the messages from others', async () => {
    const page = await console.open('/queues');
    await see(page.getByRole('button', { name: 'Read rejected messages' }));
    await seeNo(page.getByText('UNKNOWN_CHANNEL'));
  });
});
