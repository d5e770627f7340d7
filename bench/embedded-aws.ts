import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/**
 * `node bench/embedded-aws.ts` measures how long the embedded AWS takes from `node` to its first answer, and its memory
 * after ten thousand things and a thousand updates have run to their ends over the wire. Exits with 1 above 3 seconds or
 * 300 MB.
 */
const THINGS = 10_000;
const UPDATES = 1_000;
const STARTS = 5;
const START_MILLISECONDS = 3_000;
const MEGABYTES = 300;

const folder = join(import.meta.dirname, '..', 'packages/embedded-aws/src');
const program = `
  const { startServices } = await import(${JSON.stringify(join(folder, 'services.ts'))});
  const { createRealClock } = await import(${JSON.stringify(join(folder, 'clock.ts'))});
  const { endpoint } = await startServices({ port: 0, worldClock: createRealClock({ factor: 600 }) });
  process.send({ endpoint });
  process.on('message', () => { globalThis.gc(); process.send({ bytes: process.memoryUsage() }); });
`;

type Started = { readonly endpoint: string; readonly milliseconds: number; memory(): Promise<NodeJS.MemoryUsage>; stop(): void };

async function start(): Promise<Started> {
  const from = performance.now();
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ endpoint }] = (await once(child, 'message')) as [{ endpoint: string }];
  await fetch(`${endpoint}/_ota/health`);
  return {
    endpoint,
    milliseconds: performance.now() - from,
    async memory() {
      child.send('memory');
      const [{ bytes }] = (await once(child, 'message')) as [{ bytes: NodeJS.MemoryUsage }];
      return bytes;
    },
    stop: () => child.kill(),
  };
}

async function ask(endpoint: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(endpoint + path, {
    method,
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=b/20260101/us-east-1/iot/aws4_request, SignedHeaders=host, Signature=0' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Runs `work` for each number below `count`, sixteen at a time. */
async function each(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

async function fill({ endpoint }: Started): Promise<void> {
  const arn = (group: string) => `arn:aws:iot:us-east-1:000000000000:thinggroup/${group}`;
  await ask(endpoint, 'POST', '/thing-groups/everybody', {});
  await each(THINGS / 100, (group) => ask(endpoint, 'POST', `/thing-groups/g${group}`, { parentGroupName: 'everybody' }));
  await each(THINGS, async (thing) => {
    await ask(endpoint, 'POST', `/things/t${thing}`, {});
    await ask(endpoint, 'PUT', '/thing-groups/addThingToThingGroup', { thingName: `t${thing}`, thingGroupName: `g${thing % 100}` });
  });
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'b', secretAccessKey: 'b' }, forcePathStyle: true });
  const image = { bucket: 'firmware', key: 'app.bin' };
  await s3.send(new CreateBucketCommand({ Bucket: image.bucket }));
  await s3.send(new PutObjectCommand({ Bucket: image.bucket, Key: image.key, Body: 'the image' }));
  s3.destroy();
  const roleArn = 'arn:aws:iam::000000000000:role/ota';
  await ask(endpoint, 'POST', '/streams/made-before', { files: [{ fileId: 0, s3Location: image }], roleArn });
  const files = [{ fileName: 'app', fileLocation: { stream: { streamId: 'made-before', fileId: 0 } } }];
  await each(UPDATES, (update) =>
    ask(endpoint, 'POST', `/otaUpdates/u${update}`, {
      targets: [arn(update === 0 ? 'everybody' : `g${update % 100}`)],
      files,
      roleArn,
    }),
  );
  for (;;) {
    const { job } = (await ask(endpoint, 'GET', '/jobs/AFR_OTA-u0').catch(() => ({ job: {} }))) as { job: { status?: string } };
    if (job.status === 'COMPLETED') break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const failed = (await ask(endpoint, 'GET', '/otaUpdates?otaUpdateStatus=CREATE_FAILED')) as { otaUpdates: unknown[] };
  if (failed.otaUpdates.length > 0) throw new Error(`updates were not created: ${JSON.stringify(failed.otaUpdates[0])}`);
}

const times: number[] = [];
for (let run = 0; run < STARTS; run++) {
  const started = await start();
  times.push(started.milliseconds);
  started.stop();
}
const slowest = Math.max(...times);
console.log(`start-up        ${times.map((time) => time.toFixed(0)).join(', ')} ms (at most ${START_MILLISECONDS})`);

const started = await start();
await fill(started);
const { rss, heapUsed } = await started.memory();
started.stop();
const megabytes = rss / 1024 / 1024;
console.log(
  `memory          ${megabytes.toFixed(0)} MB resident, ${(heapUsed / 1024 / 1024).toFixed(0)} MB of it heap, with ${THINGS} things and ${UPDATES} updates (at most ${MEGABYTES})`,
);
process.exitCode = slowest <= START_MILLISECONDS && megabytes <= MEGABYTES ? 0 : 1;
