import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateEventBusCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runExamples } from '../../local/examples.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';

const bus = 'firmware-local';
const queue = 'ota-dispatch-local-releases';
const COMPLETED = { 'detail-type': 'OTA Rollout Completed', detail: {} };
const DUPLICATE = { 'detail-type': 'OTA Release Duplicate', detail: {} };
const UNKNOWN = { 'detail-type': 'OTA Release Rejected', detail: { code: 'UNKNOWN_PRODUCT' } };

let aws: TestAws;
let folder: string;
beforeAll(async () => {
  aws = await startTestAws();
  await aws.events.send(new CreateEventBusCommand({ Name: bus }));
  await aws.sqs.send(new CreateQueueCommand({ QueueName: queue }));
});
afterAll(() => aws.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-examples-'));
  mkdirSync(join(folder, 'artifacts'));
  return () => rmSync(folder, { recursive: true });
});

type End = { readonly 'detail-type': string; readonly detail: Readonly<Record<string, unknown>> };

/** Runs one example with these ends and a service that answers it with these outcomes, one after another; a second time it is a duplicate. */
async function run({ ends, outcomes }: { ends: readonly End[]; outcomes: readonly End[] }) {
  const subject = { product: 'kettle', version: '1.0.0' };
  const example = { source: 'com.acme.ci', 'detail-type': 'Firmware Release Published', detail: subject, ends };
  writeFileSync(join(folder, 'kettle.json'), JSON.stringify(example));
  const told: string[] = [];
  let answered = Promise.resolve();
  const answer = async (outcomes: readonly End[]) => {
    for (const { 'detail-type': DetailType, detail } of outcomes) {
      const Detail = JSON.stringify({ ...subject, ...detail });
      await aws.events.send(new PutEventsCommand({ Entries: [{ EventBusName: bus, Source: 'ota-dispatch', DetailType, Detail }] }));
    }
  };
  const begun = Date.now();
  const ok = await runExamples({
    endpoint: aws.endpoint,
    folder,
    bus,
    queue,
    tell: (_, ...what) => {
      told.push(what.join(' '));
      if (what[0] === 'published') answered = answer(what[1]?.endsWith('once more') ? [DUPLICATE] : outcomes);
    },
    patience: 5_000,
    signal: new AbortController().signal,
  });
  await answered;
  return { ok, told, waited: Date.now() - begun };
}

it('an example that was refused, and should not have been, has failed at once', async () => {
  const { ok, told, waited } = await run({ ends: [COMPLETED], outcomes: [UNKNOWN] });
  expect(ok).toBe(false);
  expect(told).toEqual(['published examples/kettle.json', 'rejected UNKNOWN_PRODUCT', 'FAILED kettle.json was to end otherwise']);
  expect(waited).toBeLessThan(5_000);
});

it('a refusal that it declares is its end, and told again it is no other', async () => {
  const { ok, told } = await run({ ends: [UNKNOWN, COMPLETED], outcomes: [UNKNOWN, UNKNOWN, COMPLETED] });
  expect(told.slice(0, 4)).toEqual(['published examples/kettle.json', 'rejected UNKNOWN_PRODUCT', 'rejected UNKNOWN_PRODUCT', 'completed']);
  expect(ok).toBe(true);
});
