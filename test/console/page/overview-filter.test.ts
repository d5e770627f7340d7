import { describe, expect, it } from 'vitest';
import type { ChannelOverview, ProductOverview } from '../../../console/api.ts';
import { filterProducts } from '../../../console/page/parts/overview-filter.ts';

const channel = (name: string, ...states: string[]) =>
  ({ channel: name, rollouts: states.map((state) => ({ state })) }) as unknown as ChannelOverview;
const product = (name: string, ...channels: ChannelOverview[]) => ({ product: name, channels }) as unknown as ProductOverview;

const lock = product('smart-lock', channel('beta', 'COMPLETED'), channel('stable', 'COMPLETED', 'WAITING'));
const hub = product('Hub', channel('stable', 'CREATED'));
const camera = product('camera', channel('canary', 'COMPLETED', 'FAILED', 'SUPERSEDED', 'WITHDRAWN'), channel('lab'));
const products = [lock, hub, camera];

describe('the products of the overview', () => {
  it('are all there without a filter', () => {
    expect(filterProducts(products, { text: ' ', isLiveOnly: false })).toEqual(products);
  });

  it('are narrowed by a part of their names, in whatever case', () => {
    expect(filterProducts(products, { text: 'HUB', isLiveOnly: false })).toEqual([hub]);
    expect(filterProducts(products, { text: 'lock ', isLiveOnly: false })).toEqual([lock]);
  });

  it('are narrowed to the channels on which something is live or waits', () => {
    const shown = filterProducts(products, { text: '', isLiveOnly: true });
    expect(shown.map((each) => [each.product, each.channels.map((one) => one.channel)])).toEqual([
      ['smart-lock', ['stable']],
      ['Hub', ['stable']],
    ]);
  });

  it('stay the same objects if nothing is taken away, so that they are not drawn again', () => {
    expect(filterProducts(products, { text: '', isLiveOnly: true })[1]).toBe(hub);
  });
});
