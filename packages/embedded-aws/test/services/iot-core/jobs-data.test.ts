import { CreateJobCommand, CreateOTAUpdateCommand, DescribeJobCommand, IoTClient } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/clock.ts';
import { startTestAws } from '../../support/endpoints.ts';
import { type Ota, otaUpdate, startOta, thingArn } from '../../support/ota-stand-ins.ts';
import { fetchAs } from '../../support/signed-fetch.ts';

let ota: Ota;
afterEach(() => ota.stop());

const real = { devices: { 'thermostat-1': 'DEVICE' } } as const;
const device = (method: string, path: string, body?: unknown) =>
  fetchAs('iot-jobs-data', ota.endpoint, method, `/things/thermostat-1/jobs${path}`, body);
const createJob = (jobId: string, changes: object = {}) =>
  ota.iot.send(new CreateJobCommand({ jobId, targets: [thingArn('thermostat-1')], document: '{"do":"it"}', ...changes }));
const counts = async (jobId: string) => (await ota.iot.send(new DescribeJobCommand({ jobId }))).job;

describe('a real device on the jobs data plane', () => {
  it('sees what is pending, takes the next, reports progress and the end', async () => {
    ota = await startOta({ fleet: real });
    await createJob('first');
    await createJob('second');
    const pending = await device('GET', '');
    expect(pending.body.queuedJobs.map((one: { jobId: string }) => one.jobId)).toEqual(['first', 'second']);
    expect(pending.body.inProgressJobs).toEqual([]);

    const next = await device('PUT', '/$next', { statusDetails: { step: 'download' } });
    expect(next.body.execution).toMatchObject({ jobId: 'first', status: 'IN_PROGRESS', jobDocument: '{"do":"it"}', versionNumber: 2 });
    expect((await device('PUT', '/$next', {})).body.execution.jobId).toBe('first');

    const update = { status: 'SUCCEEDED', expectedVersion: 2, statusDetails: { step: 'done' }, includeJobExecutionState: true };
    const done = await device('POST', '/first', update);
    expect(done).toMatchObject({
      status: 200,
      body: { executionState: { status: 'SUCCEEDED', versionNumber: 3, statusDetails: { step: 'done' } } },
    });
    expect(await counts('first')).toMatchObject({ status: 'COMPLETED', jobProcessDetails: { numberOfSucceededThings: 1 } });
    expect((await device('GET', '/$next')).body.execution.jobId).toBe('second');
  });

  it.each(['app.bin', 'a b/ü+%.bin', 'q?x#y&z.bin', 'per%20cent.bin', "brace}quote'.bin"])(
    'fetches the object %s by the URL in the job document of an update over HTTP',
    async (key) => {
      const worldClock = createManualClock();
      const aws = await startTestAws({ worldClock });
      ota = await startOta();
      const iot = new IoTClient(aws.access);
      try {
        aws.services.fleet.change(real);
        await aws.s3.send(new CreateBucketCommand({ Bucket: 'firmware' }));
        await aws.s3.send(new PutObjectCommand({ Bucket: 'firmware', Key: key, Body: `image ${key}` }));
        const files = [{ fileName: 'app', fileLocation: { s3Location: { bucket: 'firmware', key } } }];
        await iot.send(new CreateOTAUpdateCommand(otaUpdate('http', { protocols: ['HTTP' as const], files })));
        worldClock.advance(10_000);
        const next = await fetchAs('iot-jobs-data', aws.endpoint, 'PUT', '/things/thermostat-1/jobs/$next', {});
        const { afr_ota } = JSON.parse(next.body.execution.jobDocument);
        const image = await fetch(afr_ota.files[0].update_data_url);
        expect([image.status, await image.text()]).toEqual([200, `image ${key}`]);
      } finally {
        iot.destroy();
        await aws.stop();
      }
    },
  );

  it.each([
    ['https://s3.us-east-1.amazonaws.com/firmware/a.bin', '/firmware/a.bin'],
    ['https://s3.amazonaws.com/firmware/a.bin', '/firmware/a.bin'],
    ['https://firmware.s3.us-east-1.amazonaws.com/a.bin', '/firmware/a.bin'],
    ['https://my.firmware.s3.amazonaws.com/a b.bin', '/my.firmware/a%20b.bin'],
  ])('gets %s as a URL of the endpoint', async (placeholder, path) => {
    ota = await startOta({ fleet: real });
    await createJob('urls', { document: JSON.stringify({ url: `\${aws:iot:s3-presigned-url:${placeholder}}` }) });
    const { body } = await device('PUT', '/$next', {});
    expect(JSON.parse(body.execution.jobDocument)).toEqual({ url: `${ota.endpoint}${path}` });
  });

  it('is left alone by the simulation from its first call on', async () => {
    ota = await startOta();
    await createJob('j');
    await device('GET', '');
    ota.clock.advance(60 * 60_000);
    expect((await counts('j'))?.jobProcessDetails?.numberOfQueuedThings).toBe(1);
  });

  it('times out when it falls silent, and cannot change that', async () => {
    ota = await startOta({ fleet: real });
    await createJob('j', { timeoutConfig: { inProgressTimeoutInMinutes: 2 } });
    await device('PUT', '/$next', {});
    ota.clock.advance(2 * 60_000);
    expect((await counts('j'))?.jobProcessDetails?.numberOfTimedOutThings).toBe(1);
    expect(await device('POST', '/j', { status: 'SUCCEEDED' })).toMatchObject({
      status: 409,
      exception: 'InvalidStateTransitionException',
    });
    expect(await device('GET', '/j')).toMatchObject({ status: 410, exception: 'TerminalStateException' });
  });

  it('takes over what the simulation has started, and the timeout still runs', async () => {
    ota = await startOta({ fleet: { startMilliseconds: [0, 0], updateMilliseconds: [5_000, 5_000] } });
    await createJob('j', { timeoutConfig: { inProgressTimeoutInMinutes: 1 } });
    ota.clock.advance(1_000);
    expect((await device('GET', '')).body.inProgressJobs).toHaveLength(1);
    ota.clock.advance(58_999);
    expect((await counts('j'))?.jobProcessDetails?.numberOfInProgressThings).toBe(1);
    ota.clock.advance(1);
    expect((await counts('j'))?.jobProcessDetails?.numberOfTimedOutThings).toBe(1);
  });

  it('gets an error for a version that it did not expect and for a job that is not for it', async () => {
    ota = await startOta({ fleet: real });
    await createJob('j');
    expect(await device('POST', '/j', { status: 'FAILED', expectedVersion: 7 })).toMatchObject({
      status: 409,
      exception: 'ConflictException',
    });
    expect(await device('POST', '/none', { status: 'FAILED' })).toMatchObject({ status: 404, exception: 'ResourceNotFoundException' });
    expect(await device('POST', '/j', { status: 'CANCELED' })).toMatchObject({ status: 400, exception: 'InvalidRequestException' });
    expect(await device('POST', '/j', { status: 'DONE' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("'status'") },
    });
  });

  it('finds its execution under number 1 only', async () => {
    ota = await startOta({ fleet: real });
    await createJob('j');
    const none = { status: 404, exception: 'ResourceNotFoundException' };
    for (const path of ['/j', '/$next']) {
      expect(await device('GET', `${path}?executionNumber=2`)).toMatchObject(none);
      expect(await device('GET', `${path}?executionNumber=1`)).toMatchObject({ status: 200, body: { execution: { executionNumber: 1 } } });
    }
    expect(await device('POST', '/j', { status: 'SUCCEEDED', executionNumber: 2 })).toMatchObject(none);
    expect((await counts('j'))?.jobProcessDetails?.numberOfQueuedThings).toBe(1);
    expect((await device('POST', '/j', { status: 'SUCCEEDED', executionNumber: 1 })).status).toBe(200);
    expect(await device('GET', '/j?executionNumber=2')).toMatchObject(none);
    expect(await device('POST', '/j', { status: 'FAILED', executionNumber: 2 })).toMatchObject(none);
  });

  it('gets the document of an OTA update with URLs that it can read', async () => {
    ota = await startOta({ fleet: real });
    await ota.iot.send(new CreateOTAUpdateCommand(otaUpdate('fw', { protocols: ['HTTP'] })));
    ota.clock.advance(3_000);
    const next = await device('PUT', '/$next', {});
    const [file] = JSON.parse(next.body.execution.jobDocument).afr_ota.files;
    expect(file.update_data_url).toBe(`${ota.endpoint}/firmware/app.bin?versionId=v1`);
  });
});
