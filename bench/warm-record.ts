import { Session } from 'node:inspector/promises';
import { BatchGetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetOTAUpdateCommand } from '@aws-sdk/client-iot';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { channelsOf, openInProcess } from './in-process.ts';
import type { Benchmark, Figure, Result, Size } from './report.ts';
import { median, spread } from './statistics.ts';

const BATCH = 5;
const BATCHES = { whole: 12, smallest: 1 } as const;
const WARM_UP = { whole: 8, smallest: 1 } as const;
const OWN_GOAL = 0.15;
const OWN = ['domain', 'handlers', 'adapters'];

export const warmRecord: Benchmark = {
  name: 'warm-record',
  answers: 'how much processor time one new release on IoT Core takes in a warm function, and whose code takes it.',
  read: `Thread time of batches of ${BATCH}, each release of a batch to its own channel, alternating with the floor: the same ten calls by the same SDK clients with fixed requests. The shares are those of a sampling profile, without the stand-ins of AWS. A sample counts for the innermost package on its stack.`,
  cannot:
    'what TLS and sockets cost. The calls end in stand-ins in this process. Their time is in both sides of the ratio and makes it smaller.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  // Releases of one batch on one channel would wait for each other, and make more calls than the floor.
  const stage = await openInProcess({ channels: channelsOf(BATCH) });
  const sandbox = stage.sandbox();
  let number = 0;
  const ours = async (): Promise<void> => {
    const records = Array.from({ length: BATCH }, () => {
      number += 1;
      return stage.release(number, { channels: [`c${number % BATCH}`] });
    });
    const failed = await sandbox.consume('releases', records);
    if (failed.length > 0) throw new Error(`records failed: ${failed}`);
  };
  const floor = () => sendFloor(stage, BATCH);
  for (let batch = 0; batch < WARM_UP[size]; batch += 1) {
    await ours();
    await floor();
  }
  const times: (readonly [ours: number, floor: number])[] = [];
  for (let batch = 0; batch < BATCHES[size]; batch += 1) times.push([await threadMilliseconds(ours), await threadMilliseconds(floor)]);
  const shares = await profile(async () => {
    for (let batch = 0; batch < BATCHES[size]; batch += 1) await ours();
  });
  await stage.stop();
  const ratios = times.map(([a, b]) => a / b);
  const perRecord = (index: 0 | 1) => `${(median(times.map((time) => time[index])) / BATCH).toFixed(2)} ms`;
  const own = OWN.reduce((sum, name) => sum + (shares.get(name) ?? 0), 0);
  const figures: Figure[] = [
    { what: 'processor time of a new release', value: perRecord(0), floor: perRecord(1), ratio: median(ratios), spread: spread(ratios) },
    { what: 'share of own code (domain, handlers, adapters)', value: percent(own), goal: `≤ ${percent(OWN_GOAL)}`, met: own <= OWN_GOAL },
    ...[...shares]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 10)
      .map(([name, share]) => ({ what: `share of ${name}`, value: percent(share) })),
  ];
  return { figures };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

async function threadMilliseconds(work: () => Promise<void>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** The calls of a new release, in the same order, without decisions between them. */
async function sendFloor({ observer, settings }: Awaited<ReturnType<typeof openInProcess>>, records: number): Promise<void> {
  const TableName = settings.OTA_LEDGER_TABLE;
  const one = async (record: number): Promise<void> => {
    const key = { pk: { S: `floor#${record}` }, sk: { S: 'a' } };
    const read = () =>
      observer.dynamodb.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key], ConsistentRead: true } } }));
    const write = () => observer.dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, row: { S: 'x'.repeat(2_000) } } }));
    await read();
    await observer.s3.send(new HeadObjectCommand({ Bucket: 'acme-firmware', Key: 'a', ChecksumMode: 'ENABLED' }));
    await write();
    await write();
    await read();
    await write();
    await write();
    await observer.iot.send(new GetOTAUpdateCommand({ otaUpdateId: 'fw-floor' })).catch(() => undefined);
    const Entries = [{ Id: '0', MessageBody: 'floor', DelaySeconds: 15 }];
    await observer.sqs.send(new SendMessageBatchCommand({ QueueUrl: settings.OTA_FOLLOW_UPS_QUEUE_URL, Entries }));
    const update = {
      UpdateExpression: 'SET #a = :a',
      ExpressionAttributeNames: { '#a': 'a' },
      ExpressionAttributeValues: { ':a': { S: 'b' } },
    };
    await observer.dynamodb.send(new UpdateItemCommand({ TableName, Key: key, ...update }));
  };
  await Promise.all(Array.from({ length: records }, (_, record) => one(record)));
}

type Node = { id: number; callFrame: { url: string; functionName: string }; children?: number[] };

/** The shares of time by package or room, without the stand-ins. */
async function profile(work: () => Promise<void>): Promise<Map<string, number>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  await work();
  const { profile: taken } = await session.post('Profiler.stop');
  session.disconnect();
  const nodes = new Map((taken.nodes as Node[]).map((node) => [node.id, node]));
  const parents = new Map([...nodes.values()].flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const ownerOf = (id: number | undefined): string => {
    const node = id === undefined ? undefined : nodes.get(id);
    if (!node) return 'Node and V8';
    return node.callFrame.functionName === '(idle)' ? 'stand-ins' : (packageOf(node.callFrame.url) ?? ownerOf(parents.get(node.id)));
  };
  const times = new Map<string, number>();
  for (const [index, id] of (taken.samples ?? []).entries()) {
    const owner = ownerOf(id);
    if (owner !== 'stand-ins') times.set(owner, (times.get(owner) ?? 0) + (taken.timeDeltas?.[index] ?? 0));
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return new Map([...times].map(([name, time]) => [name, time / all]));
}

const STAND_INS =
  /\/(?:local|test|bench)\/|\/node_modules\/(?:dynalite|levelup|memory-level|abstract-level|fauxqs|lock|async|big\.js|lazy|once|level[\w-]*)\//;

function packageOf(url: string): string | undefined {
  if (url.startsWith('node:') || url === '') return undefined;
  if (STAND_INS.test(url)) return 'stand-ins';
  const inPackage = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage.startsWith('@') ? inPackage.split('/')[0] : inPackage;
  return /\/(domain|handlers|adapters)\//.exec(url)?.[1] ?? 'stand-ins';
}
