import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevicePage, QueueDepth, Queues, Rejected } from '../../console/api.ts';
import { SOURCE } from '../../proof/stage/stage-in-time.ts';
import { channelText, openReading, type Reading } from './reading.ts';

/*
 * What the console shows of queues, rejected messages and devices, over the real handlers in virtual time. The stage has 260 devices in a
 * group, more than one page.
 */

const DEVICES = 260;
const channels = `
artifactBuckets: [acme-firmware]
products:
  sensor:
    sources: [${SOURCE}]
    channels:${channelText('sensor', 'beta')}
`;

let reading: Reading;
let console: ReturnType<Reading['console']>;
beforeAll(async () => {
  const devices = { 'sensor-beta-2': 'FAILED', 'sensor-beta-259': 'FAILED' } as const;
  reading = await openReading({ channels, fleet: { devices }, iotCore: { simulatedGroupSize: DEVICES } });
  console = reading.console();
  await reading.publish('sensor', '1.0.0', ['beta']);
  await reading.settle();
});
afterAll(() => reading.close());

const depthOf = async (queue: string): Promise<QueueDepth | undefined> =>
  (await console.get<Queues>('queues')).queues.find((one) => one.queue === queue);

describe('GET /api/queues', () => {
  it('has every queue of a stage, and how its messages are redriven', async () => {
    const { queues } = await console.get<Queues>('queues');
    expect(queues.map(({ queue, redrive }) => [queue, redrive])).toEqual([
      ['releases', undefined],
      ['releases-dlq', 'releases'],
      ['steering', undefined],
      ['steering-dlq', 'steering'],
      ['follow-ups', undefined],
      ['follow-ups-dlq', 'follow-ups'],
      ['rejected', 'rejected'],
      ['rule-dlq', 'rule'],
    ]);
  });

  it('has the depth of a queue', async () => {
    expect(await depthOf('releases-dlq')).toEqual({ queue: 'releases-dlq', redrive: 'releases', visible: 0, inFlight: 0, delayed: 0 });
    await reading.stage.send('releases-dlq', '{}');
    expect(await depthOf('releases-dlq')).toMatchObject({ visible: 1, inFlight: 0, delayed: 0 });
  });

  it('counts what a reader holds as in flight', async () => {
    await reading.stage.receive('releases-dlq', 1);
    expect(await depthOf('releases-dlq')).toMatchObject({ visible: 0, inFlight: 1 });
  });
});

describe('GET /api/devices', () => {
  const path = 'devices?product=sensor&version=1.0.0&channel=beta&revision=1';
  const page = (more = '') => console.get<DevicePage>(`${path}${more}`);

  it('has a page of devices, each with its state and since when, and why those that failed did', async () => {
    const { devices, name, counts, remarks } = await page();
    expect(devices).toHaveLength(100);
    expect(devices[0]).toMatchObject({ device: 'sensor-beta-1', state: 'SUCCEEDED', since: expect.stringMatching(/Z$/) });
    expect(devices[1]).toMatchObject({ device: 'sensor-beta-2', state: 'FAILED', reason: expect.any(String) });
    expect([name, counts?.failed, remarks]).toEqual([expect.stringMatching(/^job AFR_OTA-fw-sensor-/), 2, []]);
  });

  it('goes on where the page before ended, until there is no cursor', async () => {
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 3; pages += 1) {
      const { devices, next } = await page(after);
      seen.push(...devices.map(({ device }) => device));
      after = next === undefined ? 'none' : `&after=${encodeURIComponent(next)}`;
    }
    expect(after).toBe('none');
    expect(seen).toEqual(Array.from({ length: DEVICES }, (_, index) => `sensor-beta-${index + 1}`));
  });

  it('has only those in a state', async () => {
    const { devices } = await page('&state=FAILED');
    expect(devices.map(({ device }) => device)).toEqual(['sensor-beta-2', 'sensor-beta-259']);
  });

  it('says that no device is in the state', async () => {
    expect(await page('&state=REMOVED')).toMatchObject({ devices: [], remarks: ['AWS lists no device that is REMOVED'] });
  });

  it.each([
    ['devices?product=sensor&version=1.0.0', 400, 'INVALID'],
    [`${path}&state=BROKEN`, 400, 'INVALID'],
    ['devices?product=sensor&version=1.0.0&channel=beta&revision=0', 400, 'INVALID'],
    ['devices?product=sensor&version=1.0.0&channel=beta&revision=2', 404, 'NOT_FOUND'],
    ['devices?product=sensor&version=1.0.0%2Bb1&channel=beta', 404, 'NOT_FOUND'],
  ])('%s answers %i %s', async (wrong, status, code) => {
    expect(await console.ask(wrong)).toMatchObject({ status, body: { error: { code } } });
  });
});

describe('POST /api/rejected', () => {
  const body = JSON.stringify({ source: SOURCE, account: '000000000000', detail: { product: 'sensor', version: '2.0.0<b>' } });

  it('has what was rejected with code, path and sender, and leaves it in the queue', async () => {
    await reading.stage.send('releases', body);
    await reading.consume();
    for (let again = 0; again < 2; again += 1) {
      const { rejected } = (await console.post('rejected')).body as Rejected;
      expect(rejected).toMatchObject([{ code: expect.any(String), path: expect.any(String), source: SOURCE, account: '000000000000' }]);
      expect(JSON.stringify(rejected)).not.toContain('<b>"}');
    }
  });

  it('has the body of one message as it came', async () => {
    const { rejected } = (await console.post('rejected')).body as Rejected;
    const messageId = rejected[0]?.messageId;
    expect(await console.post('rejected/body', { messageId })).toEqual({ status: 200, body: { messageId, body } });
  });

  it.each([
    [{ messageId: 'none' }, 404, 'NOT_FOUND'],
    [{}, 400, 'INVALID'],
    [{ messageId: 7 }, 400, 'INVALID'],
  ])('for the body of %j answers %i %s', async (asked, status, code) => {
    expect(await console.post('rejected/body', asked)).toMatchObject({ status, body: { error: { code } } });
  });
});
