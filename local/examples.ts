import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { IoTClient, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Example } from './example-files.ts';
import { followExamples } from './follow-examples.ts';
import { subject } from './outcome-words.ts';
import { type ReceiveOutcomes, subscribeToOutcomes, waitUntilEmpty } from './outcomes.ts';
import type { Report } from './report.ts';
import { uploadArtifacts } from './upload-artifacts.ts';

type ExamplesOptions = {
  readonly endpoint: string;
  /** The folder with the artifacts, at BUCKET/KEY. */
  readonly artifacts: string;
  /** The examples as their files have them. */
  readonly examples: readonly Example[];
  readonly bus: string;
  /** The queues that the bus fills. */
  readonly queues: readonly string[];
  readonly report: Report;
  /** Real milliseconds after which an example that has not ended counts as failed. */
  readonly patience: number;
  /** Aborted when nobody waits any longer. */
  readonly signal: AbortSignal;
};

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * Does over the wire what a user would: uploads the artifacts, publishes every example in its turn and follows the outcomes on
 * the bus. Then publishes again the first example that started a rollout, and counts the OTA updates. Answers whether each example
 * ended as it declares and the repeat started nothing. Returns after the service has finished with every message.
 */
export async function runExamples({
  endpoint,
  artifacts,
  examples: files,
  bus,
  queues,
  report,
  patience,
  signal,
}: ExamplesOptions): Promise<boolean> {
  const config = { endpoint, region: 'us-east-1', credentials };
  const clients = {
    eventbridge: new EventBridgeClient(config),
    iot: new IoTClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
  };
  const examples = await uploadArtifacts(clients.s3, artifacts, files, report);
  const receive = await subscribeToOutcomes(clients, bus);
  const deadline = Date.now() + patience;
  const isOver = () => signal.aborted || Date.now() >= deadline;

  const { waiting, unpublished, failed } = await followExamples({
    receive,
    examples,
    publish: (example) => publish(clients.eventbridge, bus, example, report),
    isOver,
    report,
  });
  if (signal.aborted) return false;
  const seconds = patience / 1000;
  for (const example of waiting) report(subject(example), 'FAILED', `examples/${example.name}.json did not end within ${seconds} s`);
  for (const { example, missing } of unpublished) {
    const awaited = missing.map((earlier) => `${earlier['detail-type']} of examples/${earlier.example}.json`).join(', ');
    report(subject(example), 'FAILED', `examples/${example.name}.json waited ${seconds} s for ${awaited}`);
  }

  if (waiting.length + unpublished.length + failed.length > 0) return false;
  const started = examples.find((example) => example.ends.some((end) => end['detail-type'].startsWith('OTA Rollout ')));
  const isOnce = started === undefined || (await publishAgain(clients, bus, { started, examples }, receive, isOver, report));
  for (const queue of queues) await waitUntilEmpty(clients.sqs, queue, isOver);
  return isOnce;
}

/** Publishes the example `started` again, which has ended as all `examples` have. Answers whether the repeat was a duplicate and made no OTA update. */
async function publishAgain(
  clients: { eventbridge: EventBridgeClient; iot: IoTClient },
  bus: string,
  { started: example, examples }: { started: Example; examples: readonly Example[] },
  receive: ReceiveOutcomes,
  isOver: () => boolean,
  report: Report,
): Promise<boolean> {
  const before = await countUpdates(clients.iot);
  const { after: _published, ...again } = example;
  const { waiting, failed } = await followExamples({
    receive,
    examples: [{ ...again, ends: [{ 'detail-type': 'OTA Release Duplicate', detail: {} }] }],
    ended: examples,
    publish: () => publish(clients.eventbridge, bus, example, report, 'again'),
    isOver,
    report,
  });
  const after = await countUpdates(clients.iot);
  const isUnchanged = after === before;
  // Without an update on IoT Core there is nothing to count: managed integrations has the task.
  if (after > 0)
    report(subject(example), isUnchanged ? 'unchanged' : 'DOUBLED', `AWS IoT had ${before} OTA updates before, and has ${after} now`);
  return waiting.length + failed.length === 0 && isUnchanged;
}

async function publish(eventbridge: EventBridgeClient, bus: string, example: Example, report: Report, again?: 'again'): Promise<void> {
  const { source, 'detail-type': detailType, detail, shows } = example;
  const entry = { EventBusName: bus, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries } = await eventbridge.send(new PutEventsCommand({ Entries: [entry] }));
  if (!Entries?.[0]?.EventId) throw new Error(`the bus did not accept examples/${example.name}.json: ${Entries?.[0]?.ErrorMessage}`);
  const note = again === undefined ? shows && `: ${shows}` : ` ${again}`;
  report(subject(example), 'published', `examples/${example.name}.json${note ?? ''}`);
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
