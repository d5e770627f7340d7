import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { IoTClient, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startCloud } from 'embedded-aws/src/cloud.ts';
import { build } from 'esbuild';
import { packageService } from '../scripts/compiled-template.ts';
import { channelsTextOf } from './in-process.ts';
import type { Benchmark, Figure, Result, Size } from './report.ts';
import { quantile } from './statistics.ts';

/** The 99th percentile of twenty would be the slowest of them, which tells only of a pause of the machine. */
const IDLE = { whole: 300, smallest: 1 } as const;
/** Before the first that counts, so that Node has compiled what each release runs. */
const WARM = { whole: 50, smallest: 1 } as const;
const BACKLOG = { whole: 1_000, smallest: 10 } as const;
/** Looking more often would take processor time from the service. */
const LOOK_MILLISECONDS = 500;
const LOOK_WHEN_IDLE_MILLISECONDS = 50;
const BUS = 'firmware-local';
const P99_GOAL = 3;

export const latency: Benchmark = {
  name: 'latency',
  answers: 'how long after PutEvents the create request reaches AWS IoT Core, warm, when nothing else waits and behind a backlog.',
  read: `Over the embedded AWS with real processes and sockets: ${IDLE.whole} releases one after another, then ${BACKLOG.whole.toLocaleString('en')} at once, each to its own channel. The floor is a function of the same template that sends the create at once: the same bus, queue, poller and process, without logic. The limit of creates is lifted for both.`,
  cannot:
    'the latencies of the real services, which are longer than all of this. On AWS the limit of creates decides how a backlog drains.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const { folder } = await packageService({ code: 'real', channels: channelsTextOf(WARM[size] + IDLE[size] + BACKLOG[size]) });
  const floorFolder = mkdtempSync(join(tmpdir(), 'ota-dispatch-bench-'));
  for (const name of ['releases', 'follow-ups', 'sweep']) await bundleFloor(floorFolder, name);
  try {
    const ours = await latencies(folder, folder, size);
    const floor = await latencies(folder, floorFolder, size);
    const figure = (what: string, part: 'idle' | 'backlog', share: 0.5 | 0.99): Figure => {
      const [value, least] = [quantile(ours[part], share), quantile(floor[part], share)];
      const ratio = value / least;
      const goal = share === 0.99 && { goal: `≤ ${P99_GOAL}`, met: ratio <= P99_GOAL };
      return { what, value: `${value.toFixed(0)} ms`, floor: `${least.toFixed(0)} ms`, ratio, ...goal };
    };
    return {
      figures: [
        figure('idle, p50', 'idle', 0.5),
        figure('idle, p99', 'idle', 0.99),
        figure(`backlog of ${BACKLOG[size].toLocaleString('en')}, p50`, 'backlog', 0.5),
        figure(`backlog of ${BACKLOG[size].toLocaleString('en')}, p99`, 'backlog', 0.99),
      ],
    };
  } finally {
    rmSync(floorFolder, { recursive: true });
  }
}

async function bundleFloor(folder: string, name: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'latency-floor-handler.ts')],
    outfile: join(folder, 'dist', name, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
}

async function latencies(folder: string, codeDirectory: string, size: Size): Promise<{ idle: number[]; backlog: number[] }> {
  const [idleCount, backlogCount] = [IDLE[size], BACKLOG[size]];
  const warm = WARM[size];
  const alone = warm + idleCount;
  const cloud = await startCloud({
    stackName: 'ota-dispatch-local',
    port: 0,
    templateFile: join(folder, '.serverless', 'cloudformation-template-update-stack.json'),
    codeDirectory,
    environment: { OTA_CREATES_PER_SECOND: '100000', LOG_LEVEL: 'CRITICAL' },
  });
  const config = { endpoint: cloud.endpoint, region: cloud.region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } };
  const [eventbridge, iot, s3] = [new EventBridgeClient(config), new IoTClient(config), new S3Client(config)];
  const Bucket = 'acme-firmware';
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'firmware', ChecksumAlgorithm: 'SHA256' }));
  const sha256 = Buffer.from(put.ChecksumSHA256 ?? '', 'base64').toString('hex');
  const artifacts = [{ fileName: '/app.bin', fileLocation: { s3Location: { bucket: Bucket, key: 'a', version: put.VersionId } }, sha256 }];
  const published = new Map<string, number>();

  async function publish(number: number): Promise<void> {
    const detail = { product: 'thermostat', version: `1.0.${number}`, channels: [`c${number}`], artifacts };
    published.set(String(number), Date.now());
    const Detail = JSON.stringify(detail);
    const entry = { EventBusName: BUS, Source: 'com.acme.ci', DetailType: 'Firmware Release Published', Detail };
    await eventbridge.send(new PutEventsCommand({ Entries: [entry] }));
  }

  /** Waits for a number of updates. Returns how long each took from its event to its creation date, in ms. */
  async function createdAfter(count: number, every: number): Promise<Map<string, number>> {
    for (;;) {
      const after = new Map<string, number>();
      let nextToken: string | undefined;
      do {
        const page = await iot.send(new ListOTAUpdatesCommand({ maxResults: 250, ...(nextToken !== undefined && { nextToken }) }));
        for (const { otaUpdateId = '', creationDate } of page.otaUpdates ?? []) {
          const number = /1-0-(\d+)/.exec(otaUpdateId)?.[1] ?? '';
          after.set(number, Number(creationDate) - (published.get(number) ?? Number.NaN));
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      if (after.size >= count) return after;
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  try {
    for (let number = 0; number < alone; number += 1) {
      await publish(number);
      await createdAfter(number + 1, LOOK_WHEN_IDLE_MILLISECONDS);
    }
    const idle = await createdAfter(alone, LOOK_WHEN_IDLE_MILLISECONDS);
    await Promise.all(Array.from({ length: backlogCount }, (_, index) => publish(alone + index)));
    const all = await createdAfter(alone + backlogCount, LOOK_MILLISECONDS);
    const pick = (from: Map<string, number>, keep: (number: number) => boolean) =>
      [...from].filter(([number]) => keep(Number(number))).map(([, time]) => time);
    return { idle: pick(idle, (number) => number >= warm), backlog: pick(all, (number) => number >= alone) };
  } finally {
    await cloud.stop();
  }
}
