import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { IoTClient, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { listen, type Outcome, type Outcomes, untilEmpty } from './outcomes.ts';
import type { Tell } from './tell.ts';

/** An example as its file has it: an event, and the outcomes that end it. */
type Example = {
  readonly name: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly ends: readonly { readonly 'detail-type': string; readonly detail: Readonly<Record<string, unknown>> }[];
};

export type ExamplesOptions = {
  readonly endpoint: string;
  readonly folder: string;
  readonly bus: string;
  /** The queue that the bus fills. */
  readonly queue: string;
  readonly tell: Tell;
  /** Real milliseconds until what has not ended counts as failed. */
  readonly patience: number;
  /** Aborted when nobody waits any longer. */
  readonly signal: AbortSignal;
};

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * Does what a user would, over the wire: uploads the artifacts, publishes every example, hears the outcomes on the
 * bus, then publishes one again and counts what AWS has. Answers whether each reached the end it declares, once the
 * service has done with every message.
 */
export async function runExamples({ endpoint, folder, bus, queue, tell, patience, signal }: ExamplesOptions): Promise<boolean> {
  const config = { endpoint, region: 'us-east-1', credentials };
  const clients = {
    eventbridge: new EventBridgeClient(config),
    iot: new IoTClient(config),
    s3: new S3Client(config),
    sqs: new SQSClient(config),
  };
  const versions = await upload(clients.s3, join(folder, 'artifacts'), tell);
  const examples = readExamples(folder, versions);
  const outcomes = await listen(clients, bus);
  const deadline = Date.now() + patience;
  const isOver = () => signal.aborted || Date.now() >= deadline;

  for (const example of examples) await publish(clients.eventbridge, bus, example, tell);
  const { open, refused } = await hear(outcomes, examples, isOver, tell);
  if (signal.aborted) return false;
  for (const example of open) tell(subject(example), 'FAILED', `${example.name}.json did not reach its end in ${patience / 1000} s`);

  const [again] = examples.filter((example) => example.ends.some((end) => end['detail-type'] === 'OTA Rollout Completed'));
  if (open.length + refused.length > 0 || !again) return false;
  const isOnce = await publishAgain(clients, bus, again, outcomes, isOver, tell);
  await untilEmpty(clients.sqs, queue, isOver);
  return isOnce;
}

async function publishAgain(
  clients: { eventbridge: EventBridgeClient; iot: IoTClient },
  bus: string,
  example: Example,
  outcomes: Outcomes,
  isOver: () => boolean,
  tell: Tell,
): Promise<boolean> {
  const before = await countUpdates(clients.iot);
  await publish(clients.eventbridge, bus, example, tell, 'once more');
  const duplicate = { ...example, ends: [{ 'detail-type': 'OTA Release Duplicate', detail: {} }] };
  const { open, refused } = await hear(outcomes, [duplicate], isOver, tell);
  const after = await countUpdates(clients.iot);
  tell(subject(example), after === before ? 'not twice' : 'DOUBLED', `${before} OTA updates before, ${after} after`);
  return open.length + refused.length === 0 && after === before;
}

/** Uploads ARTIFACTS/BUCKET/KEY; answers the version that S3 gave each, by `BUCKET/KEY`. */
async function upload(s3: S3Client, folder: string, tell: Tell): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const Bucket of readdirSync(folder)) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    for (const entry of readdirSync(join(folder, Bucket), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const Key = file.slice(join(folder, Bucket).length + 1).replaceAll('\\', '/');
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: readFileSync(file), ChecksumAlgorithm: 'SHA256' }));
      versions.set(`${Bucket}/${Key}`, VersionId ?? '');
      tell('', 'uploaded', `s3://${Bucket}/${Key}`);
    }
  }
  return versions;
}

/** Every `*.json` of the folder, in order of its name, with the versions of its artifacts filled in. */
function readExamples(folder: string, versions: ReadonlyMap<string, string>): Example[] {
  const fill = (_: string, value: unknown): unknown => {
    const location = value as { bucket?: unknown; key?: unknown; version?: unknown } | null;
    if (typeof location !== 'object' || location?.version !== 'set-at-upload') return value;
    return { ...location, version: versions.get(`${location.bucket}/${location.key}`) };
  };
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: file.replace(/\.json$/, ''), ...JSON.parse(readFileSync(join(folder, file), 'utf8'), fill) }));
}

async function publish(eventbridge: EventBridgeClient, bus: string, example: Example, tell: Tell, again?: string): Promise<void> {
  const { source, 'detail-type': detailType, detail } = example;
  const entry = { EventBusName: bus, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries } = await eventbridge.send(new PutEventsCommand({ Entries: [entry] }));
  if (!Entries?.[0]?.EventId) throw new Error(`the bus did not take ${example.name}: ${Entries?.[0]?.ErrorMessage}`);
  tell(subject(example), 'published', `examples/${example.name}.json${again === undefined ? '' : ` ${again}`}`);
}

/** What an event is about: product, version and, of an outcome, channel. */
function subject({ detail }: { readonly detail: Readonly<Record<string, unknown>> }): string {
  return [detail['product'], detail['version'], detail['channel']].filter((part) => part !== undefined).join(' ');
}

/** What has not met all its ends: what still might, and what was refused and so never will. */
type Unmet = { readonly open: readonly Example[]; readonly refused: readonly Example[] };

/** Hears outcomes and says a line for each, until every example has met all its ends or was refused; answers those that have not. */
async function hear(outcomes: Outcomes, examples: readonly Example[], isOver: () => boolean, tell: Tell): Promise<Unmet> {
  const open = new Map(examples.map((example) => [example, new Set(example.ends)]));
  const refused: Example[] = [];
  while (open.size > 0 && !isOver()) {
    for (const outcome of await outcomes()) {
      for (const [example, ends] of open) {
        if (!isAbout(outcome, example)) continue;
        const met = [...ends].filter((end) => matches(end, outcome));
        // Created looks like a beginning; of a continuous rollout it is the end.
        const isEnd = met.some((end) => end['detail-type'] === 'OTA Rollout Created');
        tell(subject(outcome), ...describe(outcome), ...(isEnd ? ['which is its end: a continuous rollout stays created'] : []));
        for (const end of met) ends.delete(end);
        const isRefused = isRefusal(outcome, example);
        if (isRefused) {
          tell(subject(example), 'FAILED', `${example.name}.json was to end otherwise`);
          refused.push(example);
        }
        if (isRefused || ends.size === 0) open.delete(example);
      }
    }
  }
  return { open: [...open.keys()], refused };
}

/** Whether this ends an example otherwise than it declares. A repeat of an end that was met is none. */
function isRefusal(outcome: Outcome, { ends }: Example): boolean {
  return outcome['detail-type'] === 'OTA Release Rejected' && !ends.some((end) => matches(end, outcome));
}

function isAbout(outcome: Outcome, { detail }: Example): boolean {
  const { product, version, correlationId } = outcome.detail;
  return detail['correlationId'] === undefined
    ? product === detail['product'] && version === detail['version']
    : correlationId === detail['correlationId'];
}

function matches(end: Outcome, outcome: Outcome): boolean {
  return (
    end['detail-type'] === outcome['detail-type'] && Object.entries(end.detail).every(([name, value]) => outcome.detail[name] === value)
  );
}

/** What an outcome tells: what happened, why, how many devices, AWS's ids. */
function describe({ 'detail-type': type, detail }: Outcome): [string, ...string[]] {
  const { code, path, message, result, by } = detail;
  const counts = Object.entries((detail['counts'] ?? {}) as Record<string, number>);
  const devices = counts.flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : [])).join(', ');
  const aws = (detail['aws'] ?? {}) as Record<string, string>;
  const why = [code, path, message].filter((part) => part !== undefined).join(' ');
  const winner = (by as { version?: string } | undefined)?.version;
  const happened = type.replace(/^OTA (Rollout|Release) /, '').toLowerCase();
  const job = aws['jobId'] && `job ${aws['jobId']}`;
  const details = [why, result, winner && `by ${winner}`, devices].filter((part) => part !== undefined && part !== '').join(': ');
  return [happened, ...[details, aws['otaUpdateId'] ?? aws['taskId'], job].filter((part) => part !== undefined && part !== '').map(String)];
}

async function countUpdates(iot: IoTClient): Promise<number> {
  let count = 0;
  let nextToken: string | undefined;
  do {
    const page = await iot.send(new ListOTAUpdatesCommand({ maxResults: 250, ...(nextToken !== undefined && { nextToken }) }));
    count += page.otaUpdates?.length ?? 0;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return count;
}
