import { CreateEventBusCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runExamples } from '../../local/examples.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';

const bus = 'firmware-local';
const queue = 'ota-dispatch-local-releases';
const PATIENCE_MILLISECONDS = 5_000;
const COMPLETED = { 'detail-type': 'OTA Rollout Completed', detail: {} };
const DUPLICATE = { 'detail-type': 'OTA Release Duplicate', detail: {} };
const UNKNOWN = { 'detail-type': 'OTA Release Rejected', detail: { code: 'UNKNOWN_PRODUCT' } };

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  await aws.events.send(new CreateEventBusCommand({ Name: bus }));
  await aws.sqs.send(new CreateQueueCommand({ QueueName: queue }));
});
afterAll(() => aws.stop());
type End = { readonly 'detail-type': string; readonly detail: Readonly<Record<string, unknown>> };

/** Runs one example that declares `ends`. The service answers it with `outcomes` in this order, and its repeat with a duplicate. */
async function run({
  ends,
  outcomes,
  patience = PATIENCE_MILLISECONDS,
}: {
  ends: readonly End[];
  outcomes: readonly End[];
  patience?: number;
}) {
  const subject = { product: 'kettle', version: '1.0.0' };
  const example = { name: 'kettle', source: 'com.acme.ci', 'detail-type': 'Firmware Release Published', detail: subject, ends };
  const reported: string[] = [];
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
    artifacts: '/nowhere',
    examples: [example],
    bus,
    queues: [queue],
    report: (_, ...what) => {
      reported.push(what.join(' '));
      if (what[0] === 'published') answered = answer(what[1]?.endsWith(' again') ? [DUPLICATE] : outcomes);
    },
    patience,
    signal: new AbortController().signal,
  });
  await answered;
  return { ok, reported, waited: Date.now() - begun };
}

it('an example that is rejected fails at once, unless it declares the rejection', async () => {
  const { ok, reported, waited } = await run({ ends: [COMPLETED], outcomes: [UNKNOWN] });
  expect(ok).toBe(false);
  expect(reported).toEqual([
    'published examples/kettle.json',
    'rejected UNKNOWN_PRODUCT',
    'FAILED examples/kettle.json does not declare that it is rejected',
  ]);
  expect(waited).toBeLessThan(PATIENCE_MILLISECONDS);
});

it('an example that declares its rejection ends with it, even if the rejection arrives twice', async () => {
  const { ok, reported } = await run({ ends: [UNKNOWN, COMPLETED], outcomes: [UNKNOWN, UNKNOWN, COMPLETED] });
  expect(reported).toEqual([
    'published examples/kettle.json',
    'rejected as meant: UNKNOWN_PRODUCT',
    'rejected as meant: UNKNOWN_PRODUCT',
    'completed',
    'published examples/kettle.json again',
    'duplicate accepted before, so nothing is started again',
  ]);
  expect(ok).toBe(true);
});

it('an outcome that is delivered twice is reported once', async () => {
  const once = { ...COMPLETED, detail: { outcomeId: 'a' } };
  const { reported } = await run({
    ends: [UNKNOWN, COMPLETED],
    outcomes: [once, once, { ...UNKNOWN, detail: { code: 'UNKNOWN_PRODUCT', outcomeId: 'b' } }],
  });
  expect(reported.slice(1, 3)).toEqual(['completed', 'rejected as meant: UNKNOWN_PRODUCT']);
});

it('what a person publishes meanwhile is reported, except for its progress', async () => {
  const own = { product: 'toaster', version: '2.0.0', channel: 'beta' };
  const reasons = [{ reason: 'APPROVAL', message: '0 of 1 approval' }];
  const { ok, reported } = await run({
    ends: [COMPLETED],
    outcomes: [
      { 'detail-type': 'OTA Rollout Waiting', detail: { ...own, reasons } },
      { 'detail-type': 'OTA Rollout Progressed', detail: { ...own, counts: { succeeded: 1 } } },
      COMPLETED,
    ],
  });
  expect(ok).toBe(true);
  expect(reported.slice(1, 3)).toEqual(['waiting 1 reason: 0 of 1 approval', 'completed']);
});

it('an example whose rollout fails ends at once, unless it declares the failure', async () => {
  const failed = { 'detail-type': 'OTA Rollout Failed', detail: { code: 'CREATE_FAILED', message: 'because', channel: 'beta' } };
  const { ok, reported, waited } = await run({ ends: [COMPLETED], outcomes: [failed] });
  expect(ok).toBe(false);
  expect(reported.slice(1)).toEqual(['failed CREATE_FAILED: because', 'FAILED examples/kettle.json does not declare that it fails']);
  expect(waited).toBeLessThan(PATIENCE_MILLISECONDS);
  expect((await run({ ends: [failed], outcomes: [failed] })).ok).toBe(true);
});

it('the withdrawal of a version that never came says what it does', async () => {
  const withdrawn = { 'detail-type': 'OTA Release Withdrawn', detail: { rollouts: [] } };
  const { ok, reported } = await run({ ends: [{ ...withdrawn, detail: {} }], outcomes: [withdrawn] });
  expect(reported).toEqual([
    'published examples/kettle.json',
    'withdrawn as meant: this version never came, and is rejected if it comes now',
  ]);
  expect(ok).toBe(true);
});

it('an example that does not end in time fails', async () => {
  const { ok, reported } = await run({ ends: [COMPLETED], outcomes: [], patience: 1_000 });
  expect(ok).toBe(false);
  expect(reported.at(-1)).toBe('FAILED examples/kettle.json did not end within 1 s');
});

it('a continuous rollout ends its example when it is created', async () => {
  const created = { 'detail-type': 'OTA Rollout Created', detail: {} };
  const { reported } = await run({ ends: [created], outcomes: [created] });
  expect(reported).toContain('created as meant: a continuous rollout stays Created');
});

/** Runs the examples with the service's answers by the name of the example. An answer comes when the example is published. */
async function runAll(
  examples: readonly { name: string; shows?: string; after?: readonly (End & { example: string })[]; ends: readonly End[] }[],
  answers: Readonly<Record<string, readonly End[]>>,
  patience = PATIENCE_MILLISECONDS,
) {
  const reported: string[] = [];
  const answered: Promise<unknown>[] = [];
  const answer = async (name: string, outcomes: readonly End[]) => {
    for (const { 'detail-type': DetailType, detail } of outcomes) {
      const Detail = JSON.stringify({ product: 'kettle', version: '1.0.0', correlationId: name, ...detail });
      await aws.events.send(new PutEventsCommand({ Entries: [{ EventBusName: bus, Source: 'ota-dispatch', DetailType, Detail }] }));
    }
  };
  const ok = await runExamples({
    endpoint: aws.endpoint,
    artifacts: '/nowhere',
    examples: examples.map((example) => ({
      ...example,
      source: 'com.acme.ci',
      'detail-type': 'Firmware Release Published',
      detail: { product: 'kettle', version: '1.0.0', correlationId: example.name },
    })),
    bus,
    queues: [queue],
    report: (_, ...what) => {
      reported.push(what.join(' '));
      const [, name = '', again] = /^published examples\/(\w+)\.json( again)?/.exec(what.join(' ')) ?? [];
      if (name !== '') answered.push(answer(name, again === undefined ? (answers[name] ?? []) : [DUPLICATE]));
    },
    patience,
    signal: new AbortController().signal,
  });
  await Promise.all(answered);
  return { ok, reported };
}

const WAITING = { 'detail-type': 'OTA Rollout Waiting', detail: { channel: 'stable', onlyWaitingFor: 'APPROVAL' } };

const APPROVED = { 'detail-type': 'OTA Release Approved', detail: {} };
const approval = { name: 'approval', after: [{ example: 'release', ...WAITING }], ends: [APPROVED] };
const release = { name: 'release', shows: 'a release', ends: [WAITING] };

it('an example that comes after an outcome of another one is published when that has come', async () => {
  const soaking = { ...WAITING, detail: { channel: 'stable' } };
  const counted = { ...APPROVED, detail: { rollouts: [{ channel: 'stable', counted: true, why: 'x' }] } };
  const { ok, reported } = await runAll([approval, release], { release: [soaking, WAITING], approval: [counted] });
  expect(reported.map((line) => line.replace(/:.*/, ''))).toEqual([
    'published examples/release.json',
    'waiting 0 reasons',
    'waiting 0 reasons',
    'published examples/approval.json',
    'approved counts for stable',
    'published examples/release.json again',
    'duplicate accepted before, so nothing is started again',
  ]);
  expect(reported[0]).toBe('published examples/release.json: a release');
  expect(ok).toBe(true);
});

it('an example does not come after the same outcome of a third one', async () => {
  const other = { name: 'other', ends: [WAITING] };
  const { ok, reported } = await runAll([approval, release, other], { other: [WAITING] }, 1_000);
  expect(ok).toBe(false);
  expect(reported).not.toContain('published examples/approval.json');
});

it('an example that comes after a failed one fails with it, and so on', async () => {
  const later = { name: 'later', after: [{ example: 'approval', ...APPROVED }], ends: [APPROVED] };
  const { ok, reported } = await runAll([approval, release, later], { release: [UNKNOWN] });
  expect(reported.slice(2)).toEqual([
    'FAILED examples/release.json does not declare that it is rejected',
    'FAILED examples/approval.json is not published, because it comes after examples/release.json',
    'FAILED examples/later.json is not published, because it comes after examples/approval.json',
  ]);
  expect(ok).toBe(false);
});

it('an example whose turn does not come in time fails', async () => {
  const { ok, reported } = await runAll([approval, { ...release, ends: [COMPLETED] }], { release: [COMPLETED] }, 1_000);
  expect(reported.at(-1)).toBe('FAILED examples/approval.json waited 1 s for OTA Rollout Waiting of examples/release.json');
  expect(ok).toBe(false);
});
