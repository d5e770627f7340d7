import { CreateJobCommand, DescribeJobCommand } from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { createRealClock } from '../../src/clock.ts';
import { answerOtaAdmin } from '../../src/fleet/admin.ts';
import { groupArn, type Ota, startOta } from '../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const ask = (method: string, path: string, body?: unknown, clock: Parameters<typeof answerOtaAdmin>[1]['clock'] = ota.clock) => {
  const request = { method, path, headers: {}, body: Buffer.from(body === undefined ? '' : JSON.stringify(body)) };
  const world = { clock, fleet: ota.fleet, iotCore: ota.core, managedIntegrations: ota.integrations };
  const answer = answerOtaAdmin(request, world);
  return answer && { status: answer.status, body: answer.body };
};
const details = async (jobId: string) => (await ota.iot.send(new DescribeJobCommand({ jobId }))).job?.jobProcessDetails;

describe('the admin routes of the fleet', () => {
  it('set ratios and single devices for what has not started yet', async () => {
    ota = await startOta();
    expect(ask('POST', '/_ota/fleet', { ratios: { failed: 1 }, devices: { 'ten-1': 'REJECTED', 'ten-2': 'SUCCEEDED' } })?.status).toBe(200);
    expect(ask('POST', '/_ota/fleet', { devices: { 'ten-2': null } })?.status).toBe(200);
    expect(JSON.parse(`${ask('GET', '/_ota/fleet')?.body}`)).toMatchObject({
      ratios: { failed: 1, offline: 0 },
      devices: { 'ten-1': 'REJECTED' },
    });
    await ota.iot.send(new CreateJobCommand({ jobId: 'j', targets: [groupArn('ten')], document: '{}' }));
    expect(ask('POST', '/_ota/clock', { advanceMilliseconds: 60_000 })?.status).toBe(200);
    expect(await details('j')).toMatchObject({ numberOfFailedThings: 9, numberOfRejectedThings: 1 });
  });

  it.each([
    [{ ratios: { failed: 2 } }, /ratios/],
    [{ ratios: { failed: 0.6, offline: 0.6 } }, /sum must not exceed 1/],
    [{ ratios: { succeeded: 1 } }, /ratios/],
    [{ devices: { a: 'EXPLODED' } }, /devices/],
    [{ startMilliseconds: [5, 1] }, /startMilliseconds/],
    [{ sead: 'x' }, /sead: unknown/],
    ['text', /JSON object/],
  ])('refuse %j and change nothing', async (change, message) => {
    ota = await startOta();
    const before = ota.fleet.settings();
    const answer = ask('POST', '/_ota/fleet', change);
    expect(answer?.status).toBe(400);
    expect(answer?.body).toMatch(message);
    expect(ota.fleet.settings()).toEqual(before);
  });

  it('set the factor of real time', async () => {
    ota = await startOta();
    const clock = createRealClock();
    expect(ask('POST', '/_ota/clock', { factor: 60 }, clock)?.body).toContain('"factor":60');
    for (const factor of [0, -1, 1e6, '60', null]) expect(ask('POST', '/_ota/clock', { factor }, clock)?.status).toBe(400);
    expect(clock.factor()).toBe(60);
    expect(JSON.parse(`${ask('GET', '/_ota/clock', undefined, clock)?.body}`)).toEqual({
      now: expect.stringMatching(/^\d{4}-.+Z$/),
      factor: 60,
    });
    expect(ask('POST', '/_ota/clock', { factor: 2 })?.status).toBe(400);
  });

  it('publish a message that no job has caused, and refuse any other body', async () => {
    ota = await startOta();
    const message = { topic: '$aws/events/job/fw-a-1/completed', payload: { jobId: 'fw-a-1' } };
    expect(ask('POST', '/_ota/events', message)?.status).toBe(204);
    expect(JSON.parse(`${ask('GET', '/_ota/events')?.body}`)).toEqual({ events: [message] });
    for (const wrong of [{}, { ...message, topic: 'a/b' }, { ...message, payload: 'text' }, { topic: message.topic }])
      expect(ask('POST', '/_ota/events', wrong)?.status).toBe(400);
    expect(ota.core.events()).toHaveLength(1);
  });

  it('accept a managed thing that a query matches, and return the signing key', async () => {
    ota = await startOta();
    expect(ask('POST', '/_ota/managed-things', { query: 'q', managedThingId: 'lamp' })?.status).toBe(204);
    expect(ask('POST', '/_ota/managed-things', { query: 'q' })?.status).toBe(400);
    expect(ask('GET', '/_ota/signing-key')?.body).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(ask('GET', '/_ota/faults')).toBeUndefined();
  });
});
