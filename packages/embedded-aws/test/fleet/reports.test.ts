import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DescribeJobExecutionCommand,
  ListJobExecutionsForJobCommand,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import type { FleetSettings } from '../../src/fleet/plan.ts';
import { groupArn, type Ota, startOta } from '../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const none = { failed: 0, rejected: 0, timedOut: 0, offline: 0 };
const HOUR = 3_600_000;

/** The status and the status details of each of the ten devices of a group, after an hour of a job. */
async function reported(fleet: Partial<FleetSettings>, changes: Partial<CreateJobCommandInput> = {}) {
  ota = await startOta({ fleet });
  await ota.iot.send(new CreateJobCommand({ jobId: 'job', targets: [groupArn('ten')], document: '{}', ...changes }));
  ota.clock.advance(HOUR);
  const { executionSummaries = [] } = await ota.iot.send(new ListJobExecutionsForJobCommand({ jobId: 'job' }));
  const described = executionSummaries.map(async ({ thingArn = '' }) => {
    const thingName = thingArn.slice(thingArn.lastIndexOf('/') + 1);
    const { execution } = await ota.iot.send(new DescribeJobExecutionCommand({ jobId: 'job', thingName }));
    return { thingName, status: execution?.status, details: execution?.statusDetails?.detailsMap ?? {} };
  });
  return Promise.all(described);
}

const distinct = (devices: readonly { details: object }[]) => new Set(devices.map(({ details }) => JSON.stringify(details))).size;

describe('the status details of a simulated device', () => {
  it.each([
    ['FAILED', { ...none, failed: 1 }],
    ['REJECTED', { ...none, rejected: 1 }],
  ])('that %s has a reason, and devices have different ones', async (status, ratios) => {
    const devices = await reported({ ratios });
    expect(devices).toHaveLength(10);
    for (const device of devices) expect(device).toMatchObject({ status, details: { reason: expect.stringMatching(/^\w+ .+/) } });
    expect(distinct(devices)).toBeGreaterThan(1);
  });

  it('that fell silent names its last step, also after its time was over', async () => {
    const devices = await reported({ ratios: { ...none, timedOut: 1 } }, { timeoutConfig: { inProgressTimeoutInMinutes: 5 } });
    for (const device of devices) expect(device).toMatchObject({ status: 'TIMED_OUT', details: { step: expect.any(String) } });
    expect(distinct(devices)).toBeGreaterThan(1);
  });

  it('that succeeds or is offline are empty', async () => {
    const devices = await reported({ devices: { 'ten-1': 'OFFLINE' } });
    expect(devices.map(({ status, details }) => [status, details])).toContainEqual(['QUEUED', {}]);
    expect(distinct(devices)).toBe(1);
  });

  it('are the same in every run with the same seed, and others with another', async () => {
    const ratios = { ...none, failed: 0.3, rejected: 0.3, timedOut: 0.3 };
    const first = await reported({ ratios });
    await ota.stop();
    expect(await reported({ ratios })).toEqual(first);
    await ota.stop();
    expect(await reported({ ratios, seed: 'other' })).not.toEqual(first);
  });

  it('are those of the last attempt: none if that succeeded', async () => {
    const retries = { criteriaList: [{ failureType: 'FAILED' as const, numberOfRetries: 10 }] };
    const devices = await reported({ ratios: { ...none, failed: 0.5 } }, { jobExecutionsRetryConfig: retries });
    for (const device of devices) expect(device).toMatchObject({ status: 'SUCCEEDED', details: {} });
  });
});
