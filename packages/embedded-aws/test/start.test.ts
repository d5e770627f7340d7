import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateOTAUpdateCommand, DescribeJobCommand, GetOTAUpdateCommand, IoTClient } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock, createRealClock, type EmbeddedAws, type LogLine, startEmbeddedAws } from '../src/index.ts';
import { eventually } from './support/eventually.ts';

const started: { stop(): Promise<void> }[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const aws of started.splice(0)) await aws.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const start: typeof startEmbeddedAws = async (options) => {
  const aws = await startEmbeddedAws(options);
  started.push(aws);
  return aws;
};

/** An unsigned file for a group of ten simulated devices; `wait` lets a minute pass. Returns the job's status and how many succeeded. */
async function rollOut(aws: Pick<EmbeddedAws, 'client' | 'region' | 'accountId'>, wait: () => void) {
  const iot = new IoTClient(aws.client);
  const s3 = new S3Client(aws.client);
  await s3.send(new CreateBucketCommand({ Bucket: 'firmware' }));
  await s3.send(new PutObjectCommand({ Bucket: 'firmware', Key: 'app.bin', Body: 'the image' }));
  s3.destroy();
  const otaUpdateId = 'release-1';
  await iot.send(
    new CreateOTAUpdateCommand({
      otaUpdateId,
      targets: [`arn:aws:iot:${aws.region}:${aws.accountId}:thinggroup/beta`],
      roleArn: `arn:aws:iam::${aws.accountId}:role/ota`,
      files: [{ fileName: 'app.bin', fileLocation: { s3Location: { bucket: 'firmware', key: 'app.bin' } } }],
    }),
  );
  wait();
  const { otaUpdateInfo } = await iot.send(new GetOTAUpdateCommand({ otaUpdateId }));
  const { job } = await iot.send(new DescribeJobCommand({ jobId: otaUpdateInfo?.awsIotJobId }));
  iot.destroy();
  return { status: job?.status, succeeded: job?.jobProcessDetails?.numberOfSucceededThings };
}

describe('startEmbeddedAws', () => {
  it('starts on a free port with nothing in it, and stops', async () => {
    const aws = await start();
    const { services } = (await (await fetch(`${aws.endpoint}/_ota/health`)).json()) as { services: string[] };
    expect(services).toEqual(expect.arrayContaining(['sqs', 'dynamodb', 'events', 's3', 'iot', 'iotmanagedintegrations', 'sts']));
    expect(aws.stack).toBeUndefined();
    await aws.stop();
    await expect(fetch(aws.endpoint)).rejects.toThrow();
  });

  it('rejects if the port is taken', async () => {
    const aws = await start();
    const port = Number(new URL(aws.endpoint).port);
    await expect(startEmbeddedAws({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('rejects fleet ratios that are more than 1 together', async () => {
    const ratios = { failed: 0.6, rejected: 0.6, timedOut: 0, offline: 0 };
    await expect(startEmbeddedAws({ fleet: { ratios } })).rejects.toThrow(RangeError);
  });

  it('runs the fleet on the clock it is given, in the account and Region it is given', async () => {
    const aws = await start({
      clock: createManualClock(),
      accountId: '111111111111',
      region: 'eu-west-1',
      iotCore: { simulatedGroupSize: 3 },
    });
    expect(await rollOut(aws, () => aws.clock.advance(60_000))).toEqual({ status: 'COMPLETED', succeeded: 3 });
  });

  it('gives each device the outcome of the given ratios', async () => {
    const ratios = { failed: 1, rejected: 0, timedOut: 0, offline: 0 };
    const aws = await start({ clock: createManualClock(), fleet: { ratios } });
    expect(await rollOut(aws, () => aws.clock.advance(60_000))).toEqual({ status: 'COMPLETED', succeeded: 0 });
  });

  it('lets its clock be made faster', async () => {
    const aws = await start({ clock: createRealClock({ factor: 2 }) });
    expect(aws.clock.factor()).toBe(2);
    const answer = await fetch(`${aws.endpoint}/_ota/clock`, { method: 'POST', body: '{"factor": 60}' });
    expect(answer.status).toBe(200);
    expect(aws.clock.factor()).toBe(60);
  });

  it('makes the resources of a stack and runs its functions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'embedded-aws-'));
    folders.push(folder);
    writeFileSync(
      join(folder, 'app.mjs'),
      'export const handler = async (event) => { console.log(JSON.stringify(event.Records?.[0].body ?? event)); return { color: process.env.COLOR }; };',
    );
    const templateFile = join(folder, 'stack.json');
    const Resources = {
      Work: { Type: 'AWS::SQS::Queue', Properties: {} },
      App: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'app', Handler: 'app.handler' } },
      Feed: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] }, FunctionName: { Ref: 'App' } },
      },
    };
    writeFileSync(templateFile, JSON.stringify({ Resources }));
    const lines: LogLine[] = [];
    const aws = await start({
      stack: { templateFile, codeDirectory: folder, environment: { COLOR: 'green' }, onLog: (line) => lines.push(line) },
    });
    expect(await aws.stack?.invoke('app', { by: 'hand' })).toEqual({ ok: true, payload: { color: 'green' } });
    const sqs = new SQSClient(aws.client);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'embedded-Work' }));
    expect(QueueUrl).toBe(aws.stack?.resources['Work']);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'from the queue' }));
    sqs.destroy();
    await eventually(() => lines.map(({ line }) => line)).toEqual(['{"by":"hand"}', '"from the queue"']);
  });

  it('feeds one function from two queues, each with a concurrency of its own, so that neither waits behind the other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'embedded-aws-'));
    folders.push(folder);
    writeFileSync(
      join(folder, 'app.mjs'),
      `export const handler = async ({ Records: [{ body, eventSourceARN }] }) => {
        console.log(body + ' from ' + eventSourceARN.split(':').at(-1));
        if (body === 'slow') await new Promise((resolve) => setTimeout(resolve, 60_000));
      };`,
    );
    const templateFile = join(folder, 'stack.json');
    const feed = (queue: string) => ({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
        FunctionName: { Ref: 'App' },
        BatchSize: 1,
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    });
    const Resources = {
      Releases: { Type: 'AWS::SQS::Queue', Properties: {} },
      Steering: { Type: 'AWS::SQS::Queue', Properties: {} },
      App: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: 'app', Handler: 'app.handler', Timeout: 5, ReservedConcurrentExecutions: 4 },
      },
      FeedReleases: feed('Releases'),
      FeedSteering: feed('Steering'),
    };
    writeFileSync(templateFile, JSON.stringify({ Resources }));
    const lines: string[] = [];
    const aws = await start({ stack: { templateFile, codeDirectory: folder, onLog: ({ line }) => lines.push(line) } });
    const sqs = new SQSClient(aws.client);
    const send = (queue: string, MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: String(aws.stack?.resources[queue]), MessageBody }));
    for (const _ of [1, 2, 3]) await send('Releases', 'slow');
    await eventually(() => lines).toEqual(['slow from embedded-Releases', 'slow from embedded-Releases']);
    await send('Steering', 'quick');
    await eventually(() => lines).toEqual(['slow from embedded-Releases', 'slow from embedded-Releases', 'quick from embedded-Steering']);
    sqs.destroy();
  });
});
