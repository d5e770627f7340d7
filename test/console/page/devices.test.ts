import { describe, expect, it } from 'vitest';
import { devicesPath, withPage } from '../../../console/page/device-states.ts';

const rollout = { product: 'thermostat', version: '2.4.1+build', revision: 2, channel: 'beta' };

describe('the devices of a rollout', () => {
  it('have a path with the rollout, and with state and cursor if there are any', () => {
    expect(devicesPath(rollout, '')).toBe('/api/devices?product=thermostat&version=2.4.1%2Bbuild&revision=2&channel=beta');
    expect(devicesPath(rollout, 'FAILED', 'a/b=')).toMatch(/&state=FAILED&after=a%2Fb%3D$/);
  });

  it('stay when a page is added, and a line that comes again is there once', () => {
    const [one, two, three] = ['t1', 't2', 't3'].map((device) => ({ device, state: 'SUCCEEDED', since: '2026-11-30T08:04:11Z' }));
    if (!one || !two || !three) throw new Error('three devices');
    expect(withPage([one, two], [two, three])).toEqual([one, two, three]);
  });
});
