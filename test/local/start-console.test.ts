import { afterEach, expect, it } from 'vitest';
import { pageAssets } from '../../console/server/assets.ts';
import { listenOnLoopback } from '../../console/server/listen.ts';
import { consoleLines, startLocalConsole } from '../../local/start-console.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const at = (port: number, isChosen: boolean) =>
  startLocalConsole({ port, isChosen, page: pageAssets(), endpoint: 'http://127.0.0.1:9', channels: EXAMPLE_CHANNELS });

it('gets a free port if the usual one is in use', async () => {
  const other = await listenOnLoopback(0);
  stops.push(other.close);
  const started = await at(other.port, false);
  stops.push(started.close);
  expect(started.origin).not.toBe(`http://127.0.0.1:${other.port}`);
  expect((await fetch(started.origin)).status).toBe(200);
});

it('gets no other port than the one that a person chose', async () => {
  const other = await listenOnLoopback(0);
  stops.push(other.close);
  await expect(at(other.port, true)).rejects.toThrow(`port ${other.port} is in use: choose a free one`);
});

it('is printed with the address that opens it, until a browser has opened it', () => {
  const console = { origin: 'http://127.0.0.1:4567', address: 'http://127.0.0.1:4567/#token=t' };
  expect(consoleLines({ ...console, isOpened: () => false }).join('\n')).toContain(console.address);
  const later = consoleLines({ ...console, isOpened: () => true }).join('\n');
  expect(later).toContain(console.origin);
  expect(later).not.toContain('token');
  expect(consoleLines(undefined)).toEqual([]);
});
