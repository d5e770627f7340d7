import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { type RunningServices, startServices } from '../../src/services.ts';

let services: RunningServices;
afterEach(() => services.stop());

describe('the endpoint of the embedded AWS', () => {
  it('serves the routes of the fleet and the clock', async () => {
    services = await startServices({ port: 0, worldClock: createManualClock() });
    const post = (path: string, body: unknown) => fetch(`${services.endpoint}${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect((await post('/_ota/fleet', { ratios: { failed: 0.5 } })).status).toBe(200);
    expect(services.fleet.settings().ratios.failed).toBe(0.5);
    const before = services.worldClock.now();
    expect((await post('/_ota/clock', { advanceMilliseconds: 5_000 })).status).toBe(200);
    expect(services.worldClock.now() - before).toBe(5_000);
    expect((await fetch(`${services.endpoint}/_ota/health`)).status).toBe(200);
    expect((await fetch(`${services.endpoint}/_ota/fleet`, { headers: { origin: 'https://example.com' } })).status).toBe(403);
    expect((await fetch(`${services.endpoint}/_ota/nothing`)).status).toBe(404);
  });
});
