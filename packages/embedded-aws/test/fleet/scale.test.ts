import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/clock.ts';
import { createIotCore } from '../../src/services/iot-core/iot-core.ts';
import type { ServiceRequest } from '../../src/services/service.ts';
import { ACCOUNT, createObjects, groupArn, REGION } from '../support/ota-stand-ins.ts';

/** `node bench/embedded-aws.ts` measures time and memory of ten times as many. */
const THINGS = 1_000;
const UPDATES = 100;
const GROUPS = 100;

describe('a thousand things and a hundred updates', () => {
  it('run to their ends, each update on ten things and one on all', async () => {
    const clock = createManualClock();
    const objects = createObjects();
    objects.put('firmware', 'app.bin', 'the image');
    const core = createIotCore({ clock, objects, accountId: ACCOUNT, region: REGION });
    const call = async (method: string, path: string, body: object) => {
      const request: ServiceRequest = {
        method,
        path,
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.from(JSON.stringify(body)),
        accountId: ACCOUNT,
        region: REGION,
        endpoint: 'http://127.0.0.1',
      };
      expect((await core.handle(request)).status).toBe(200);
    };
    await call('POST', '/thing-groups/everybody', {});
    for (let group = 0; group < GROUPS; group++) await call('POST', `/thing-groups/g${group}`, { parentGroupName: 'everybody' });
    for (let thing = 0; thing < THINGS; thing++) {
      await call('POST', `/things/t${thing}`, {});
      await call('PUT', '/thing-groups/addThingToThingGroup', { thingName: `t${thing}`, thingGroupName: `g${thing % GROUPS}` });
    }
    for (let update = 0; update < UPDATES; update++) {
      await call('POST', `/otaUpdates/u${update}`, {
        targets: [groupArn(update === 0 ? 'everybody' : `g${update % GROUPS}`)],
        files: [{ fileLocation: { s3Location: { bucket: 'firmware', key: 'app.bin' } } }],
        roleArn: `arn:aws:iam::${ACCOUNT}:role/ota`,
      });
    }
    clock.advance(15 * 60_000);
    const request = { method: 'GET', path: '/jobs/AFR_OTA-u0', query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) };
    const answer = await core.handle({ ...request, accountId: ACCOUNT, region: REGION, endpoint: '' });
    expect(JSON.parse(`${answer.body}`).job).toMatchObject({ status: 'COMPLETED', jobProcessDetails: { numberOfSucceededThings: THINGS } });
    expect(clock.pending()).toBeLessThan(UPDATES);
  }, 30_000);
});
