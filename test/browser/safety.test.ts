import { describe, expect, it } from 'vitest';
import { aConsole, see } from './support/console.ts';
import { newVersion } from './support/stage.ts';

const views = ['/', '/history', '/queues', '/local', '/releases/thermostat/9.0.0', '/releases/thermostat/9.0.0/1/beta'];

describe('The console', () => {
  const console = aConsole();

  it('shows nothing to a browser that has not opened the printed address', async () => {
    const page = await console.openNothing();
    await page.goto(console.origin);
    await see(page.getByRole('alert'));
    expect(await page.locator('body').textContent()).not.toMatch(/thermostat|smart-lock/);
    expect(await page.getByRole('navigation').count()).toBe(0);
  });

  it('lets the printed address open it only once', async () => {
    const page = await console.openNothing();
    await page.goto(console.address);
    await see(page.getByRole('alert'));
    expect(page.url()).not.toContain('token');
  });

  it('is opened by the address of a console that was started again at the same port, in the tab of before', async () => {
    const [page, again] = [await console.openNothing(), await console.startAnother()];
    await page.goto(again.origin);
    await see(page.getByRole('alert'));
    await page.goto(again.address);
    await see(page.getByRole('navigation', { name: 'Views' }));
    expect(page.url()).not.toContain('token');
  });

  it('says so if another server answers in its place', async () => {
    const page = await console.open('/queues');
    await page.route('**/api/overview', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>another</h1>' }));
    await page.getByRole('link', { name: 'Channels' }).click();
    await see(page.getByRole('alert').filter({ hasText: 'is not the console' }));
  });

  it.each([
    ['//', 'Channels'],
    ['/releases/%/1.0.0', 'There is no such view'],
    ['/releases/%E0%A4%A/1.0.0/1/beta', 'There is no such view'],
  ])('shows at the address %s: %s', async (path, heading) => {
    await see((await console.open(path)).getByRole('heading', { level: 1, name: heading }));
  });

  it('keeps the key of the session away from scripts', async () => {
    const page = await console.open();
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toMatch(/token|secret|csrf/i);
  });

  it('shows texts of an event as text, whatever they look like', async () => {
    const html = '<img src=x onerror="window.isBroken = true"><script>window.isBroken = true</script>';
    const version = newVersion();
    await console.publish('thermostat', version, { description: html });
    await console.put({ product: 'hub', holdId: `hold-${version}`, reason: html }, 'Firmware Channel Held');
    const refused = `${version}-refused`;
    await console.put(await console.release('thermostat', refused, { channels: ['nowhere'], description: html }));
    const page = await console.open();
    await see(page.getByRole('region', { name: 'hub', exact: true }).getByText('onerror'));
    await page.goto(`${console.origin}/releases/thermostat/${version}/1/beta`);
    const release = page.getByRole('region', { name: 'Release' });
    await release.getByText('The accepted detail').click();
    await see(release.getByText('onerror'));
    await page.goto(`${console.origin}/queues`);
    await page.getByRole('button', { name: 'Read rejected messages' }).click();
    const message = page.getByRole('region', { name: 'Rejected' }).getByRole('listitem').filter({ hasText: refused }).first();
    await message.getByRole('button', { name: 'Show body' }).click();
    await see(message.getByText('onerror'));
    expect(await page.evaluate('window.isBroken')).toBeUndefined();
  });
});

describe('The console with --read-only', () => {
  const console = aConsole({ isReadOnly: true });

  it('shows everything and no action', async () => {
    const actions = /^(Publish|Hold|Resume|Approve|Deny|Withdraw|Redrive|Arm|Clear|Change|Preview)/;
    for (const view of views) {
      const page = await console.open(view);
      await page.waitForLoadState('networkidle');
      expect(await page.getByRole('button', { name: actions }).count(), view).toBe(0);
    }
  });
});
