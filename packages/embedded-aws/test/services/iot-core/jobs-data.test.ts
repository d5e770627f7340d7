import {
  CancelJobCommand,
  CreateJobCommand,
  CreateOTAUpdateCommand,
  DescribeJobCommand,
  IoTClient,
  UpdateJobCommand,
} from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
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
const presignedUrlConfig = { roleArn: 'arn:aws:iam::000000000000:role/ota-service' };
const withoutSignature = (url: string) => url.replace(/[?&]X-Amz-.*$/, '');
const v2 = (path: string) => `\${aws:iot:s3-presigned-url-v2:https://firmware.s3.us-east-1.amazonaws.com/${path}}`;
const dateOf = (text: string) => text.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
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
    await createJob('urls', { document: JSON.stringify({ url: `\${aws:iot:s3-presigned-url:${placeholder}}` }), presignedUrlConfig });
    const { body } = await device('PUT', '/$next', {});
    const { url } = JSON.parse(body.execution.jobDocument);
    expect(withoutSignature(url)).toBe(`${ota.endpoint}${path}`);
  });

  it('gets a URL that works from its request on, for as long as the job says, and a new one each time', async () => {
    ota = await startOta({ fleet: real });
    const document = JSON.stringify({ url: v2('app.bin%3FversionId%3Dv1') });
    await createJob('first', { document, presignedUrlConfig: { ...presignedUrlConfig, expiresInSec: 60 } });
    const urlOf = (answer: { body: { execution: { jobDocument: string } } }) => new URL(JSON.parse(answer.body.execution.jobDocument).url);
    const expires = async (path: string) => urlOf(await device('GET', path)).searchParams.get('X-Amz-Expires');
    expect(await expires('/$next')).toBe('60');
    await ota.iot.send(new UpdateJobCommand({ jobId: 'first', presignedUrlConfig: { ...presignedUrlConfig, expiresInSec: 61 } }));
    expect(await expires('/first')).toBe('61');
    await ota.iot.send(new CancelJobCommand({ jobId: 'first' }));
    await createJob('second', { document, presignedUrlConfig });
    expect(await expires('/$next')).toBe('3600');
    const age = Date.now() - Date.parse(dateOf(urlOf(await device('GET', '/$next')).searchParams.get('X-Amz-Date') ?? ''));
    expect(age).toBeLessThan(60_000);
    expect(age).toBeGreaterThan(-1_000);
  });

  it.each(['app.bin', 'a b/ü+%.bin', 'q?x#y&z.bin', 'per%20cent.bin', "brace}quote'.bin", 'k?versionId=1.bin'])(
    'fetches the very version of %s that a placeholder names',
    async (key) => {
      ota = await startOta();
      const aws = await startTestAws({ worldClock: createManualClock() });
      const iot = new IoTClient(aws.access);
      try {
        aws.services.fleet.change(real);
        await aws.s3.send(new CreateBucketCommand({ Bucket: 'firmware' }));
        await aws.s3.send(new PutBucketVersioningCommand({ Bucket: 'firmware', VersioningConfiguration: { Status: 'Enabled' } }));
        const { VersionId } = await aws.s3.send(new PutObjectCommand({ Bucket: 'firmware', Key: key, Body: `old ${key}` }));
        await aws.s3.send(new PutObjectCommand({ Bucket: 'firmware', Key: key, Body: `new ${key}` }));
        const encoded = key.split('/').map(encodeURIComponent).join('/');
        const document = JSON.stringify({ url: v2(`${encoded}%3FversionId%3D${VersionId}`) });
        await iot.send(new CreateJobCommand({ jobId: 'j', targets: [thingArn('thermostat-1')], document, presignedUrlConfig }));
        const next = await fetchAs('iot-jobs-data', aws.endpoint, 'PUT', '/things/thermostat-1/jobs/$next', {});
        const { url } = JSON.parse(next.body.execution.jobDocument);
        expect(await (await fetch(url)).text()).toBe(`old ${key}`);
      } finally {
        iot.destroy();
        await aws.stop();
      }
    },
  );

  it('can upload to a URL that names the thing, the job and the execution', async () => {
    ota = await startOta();
    const aws = await startTestAws({ worldClock: createManualClock() });
    const iot = new IoTClient(aws.access);
    try {
      aws.services.fleet.change(real);
      await aws.s3.send(new CreateBucketCommand({ Bucket: 'logs' }));
      const document = JSON.stringify({
        url: `\${aws:iot:s3-presigned-url-upload:https://logs.s3.us-east-1.amazonaws.com/\${thingName}/\${jobId}-\${executionNumber}.log}`,
      });
      await iot.send(new CreateJobCommand({ jobId: 'j', targets: [thingArn('thermostat-1')], document, presignedUrlConfig }));
      const next = await fetchAs('iot-jobs-data', aws.endpoint, 'PUT', '/things/thermostat-1/jobs/$next', {});
      expect((await fetch(JSON.parse(next.body.execution.jobDocument).url, { method: 'PUT', body: 'it worked' })).status).toBe(200);
      expect(aws.services.objects.get('logs', 'thermostat-1/j-1.log')?.toString()).toBe('it worked');
    } finally {
      iot.destroy();
      await aws.stop();
    }
  });

  it('keeps the other patterns of a document', async () => {
    ota = await startOta({ fleet: real });
    const document = JSON.stringify([`\${aws:iot:code-sign-signature:s3://r.b/k@v}`, `\${aws:iot:package:p:version:v:attributes}`]);
    await createJob('j', { document });
    expect((await device('GET', '/$next')).body.execution.jobDocument).toBe(document);
  });

  it.each([
    ['plus', '/firmware/a+b%2Bc.bin'],
    ['blank', '/firmware/a%20b%2Bc.bin'],
  ] as const)('reads a plus in a placeholder as a %s, if that is assumed', async (plusInPresignedV2, path) => {
    ota = await startOta({ fleet: real, iot: { plusInPresignedV2 } });
    await createJob('j', { document: JSON.stringify({ url: v2('a+b%2Bc.bin') }), presignedUrlConfig });
    const { url } = JSON.parse((await device('GET', '/$next')).body.execution.jobDocument);
    expect(withoutSignature(url)).toBe(`${ota.endpoint}${path}`);
  });

  it('sees what is in progress first, then the oldest queued, ten at most, and nothing of a namespace', async () => {
    ota = await startOta({ fleet: real });
    const retries = { jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] } };
    await createJob('retried', retries);
    await createJob('hidden', { namespaceId: 'elsewhere' });
    ota.clock.advance(1_000);
    for (let at = 0; at < 11; at++) await createJob(`j${at}`);
    ota.clock.advance(1_000);
    expect((await device('GET', '/$next')).body.execution.jobId).toBe('retried');
    await device('POST', '/retried', { status: 'FAILED' });
    expect((await device('GET', '/$next')).body.execution.jobId).toBe('j0');
    await device('POST', '/j7', { status: 'IN_PROGRESS' });
    const pending = await device('GET', '');
    const ids = (list: { jobId: string }[]) => list.map((one) => one.jobId);
    expect(ids(pending.body.inProgressJobs)).toEqual(['j7']);
    expect(ids(pending.body.queuedJobs)).toEqual(['j0', 'j1', 'j2', 'j3', 'j4', 'j5', 'j6', 'j8', 'j9', 'j10']);
    expect((await device('GET', '/$next')).body.execution.jobId).toBe('j7');
    expect(await device('GET', '/hidden')).toMatchObject({ status: 404 });
  });

  it('sees what is queued only while a maintenance window is open, and may end what it has started', async () => {
    ota = await startOta({ fleet: real });
    const window = (startTime: string) => ({
      targetSelection: 'CONTINUOUS',
      schedulingConfig: { maintenanceWindows: [{ startTime, durationInMinutes: 10 }] },
    });
    await createJob('started', window('cron(0 * * * ? *)'));
    await createJob('queued', window('cron(0 * * * ? *)'));
    await device('POST', '/started', { status: 'IN_PROGRESS' });
    expect((await device('GET', '')).body.queuedJobs).toHaveLength(1);
    ota.clock.advance(30 * 60_000);
    expect((await counts('queued'))?.status).toBe('SCHEDULED');
    expect((await device('GET', '')).body).toMatchObject({ queuedJobs: [], inProgressJobs: [{ jobId: 'started' }] });
    expect(await device('POST', '/queued', { status: 'IN_PROGRESS' })).toMatchObject({ status: 404 });
    expect((await device('POST', '/started', { status: 'SUCCEEDED' })).status).toBe(200);
    ota.clock.advance(30 * 60_000);
    expect((await device('GET', '/$next')).body.execution.jobId).toBe('queued');
  });

  it('goes on after a cancel without force, and cannot after one with force', async () => {
    ota = await startOta({ fleet: real });
    await createJob('plain');
    await createJob('forced');
    for (const jobId of ['plain', 'forced']) {
      await device('POST', `/${jobId}`, { status: 'IN_PROGRESS' });
      await ota.iot.send(new CancelJobCommand({ jobId, force: jobId === 'forced' }));
    }
    expect((await device('POST', '/plain', { status: 'SUCCEEDED' })).status).toBe(200);
    expect(await counts('plain')).toMatchObject({ status: 'CANCELED', jobProcessDetails: { numberOfSucceededThings: 1 } });
    expect(await device('POST', '/forced', { status: 'SUCCEEDED' })).toMatchObject({ status: 409 });
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
    expect(withoutSignature(file.update_data_url)).toBe(`${ota.endpoint}/firmware/app.bin?versionId=v1`);
    expect(new URL(file.update_data_url).searchParams.get('X-Amz-Expires')).toBe('1800');
  });
});
