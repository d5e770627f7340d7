import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { endedWell, putAndFollow, verdict } from '../../cli/publish.ts';
import { viewOf } from '../../cli/read-model.ts';
import { openStage, type Stage } from '../../cli/stage.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { aRollout, someCounts } from '../../proof/support/a-rollout.ts';

let aws: TestAws;
let stage: Stage;
let rejected = '';
beforeAll(async () => {
  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  await createTable(aws.dynamodb, ledgerTable('ota-dispatch-local-ledger'));
  await aws.events.send(new CreateEventBusCommand({ Name: stage.bus }));
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-rejected' }));
  rejected = QueueUrl;
});
afterAll(() => aws.stop());

const printed: string[] = [];
beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

const s3Location = { bucket: 'acme-firmware', key: 'app.bin', version: 'v' };
const detail = {
  product: 'thermostat',
  version: '2.0.0',
  channels: ['beta'],
  artifacts: [{ fileName: '/app.bin', fileLocation: { s3Location }, sha256: 'aa'.repeat(32) }],
  dryRun: true,
};
const dryRun = { source: 'com.acme.firmware-ci', detailType: 'Firmware Release Published', detail };

describe('ota publish of a dry run', () => {
  it('that nobody refuses in time ends with 0, and says where the answer is', async () => {
    expect(await putAndFollow(stage, dryRun, { wait: true, json: false, patience: 50 })).toBe(0);
    expect(printed.at(-1)).toBe('a dry run: the answer is the event OTA Release Planned on the bus');
  });

  it('has no more than the event for a program', async () => {
    expect(await putAndFollow(stage, dryRun, { wait: true, json: true, patience: 50 })).toBe(0);
    expect(printed.map((line) => Object.keys(JSON.parse(line)))).toEqual([['eventId']]);
  });

  it('that breaks a rule is waited for like any release: its refusal must come', async () => {
    const broken = { ...dryRun, detail: { ...detail, version: 'v2.0.0' } };
    await expect(putAndFollow(stage, broken, { wait: true, json: false, patience: 50 })).rejects.toThrow('nobody took the event up');
  });

  it('is refused only by a refusal of its own event', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { code: text('TOO_LARGE'), path: text('$'), reason: text('too many values') };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody: '{"id":"of-another"}', MessageAttributes }));
    expect(await putAndFollow(stage, dryRun, { wait: true, json: false, patience: 50 })).toBe(0);
  });
});

describe('the end of a release', () => {
  const ended = (changes: Partial<Rollout>) => viewOf(aRollout({ state: 'COMPLETED', ...changes }));
  const beta = ended({});
  const failed = viewOf(aRollout({ channel: 'stable', state: 'FAILED', code: 'AWS_REFUSED' }));
  const conflict = { code: 'RELEASE_CONFLICT', path: '$', message: 'another content', channel: 'stable' } as const;

  it.each([
    [
      'beta COMPLETED (9 succeeded, 1 failed)',
      true,
      { rollouts: [ended({ counts: someCounts({ succeeded: 9, failed: 1 }) })], duplicate: false },
    ],
    ['beta COMPLETED (10 failed)', false, { rollouts: [ended({ counts: someCounts({ failed: 10 }) })], duplicate: false }],
    ['beta CREATED (10 queued)', true, { rollouts: [ended({ state: 'CREATED', counts: someCounts({ queued: 10 }) })], duplicate: false }],
    ['beta SUPERSEDED', false, { rollouts: [ended({ state: 'SUPERSEDED' })], duplicate: false }],
    ['a duplicate, nothing was doubled: beta WITHDRAWN', false, { rollouts: [ended({ state: 'WITHDRAWN' })], duplicate: true }],
    ['beta COMPLETED', true, { rollouts: [beta], duplicate: false }],
    ['a duplicate, nothing was doubled: beta COMPLETED', true, { rollouts: [beta], duplicate: true }],
    ['beta COMPLETED, stable FAILED (AWS_REFUSED)', false, { rollouts: [beta, failed], duplicate: false }],
    [
      'beta COMPLETED, stable rejected: RELEASE_CONFLICT $: another content',
      false,
      { rollouts: [beta], duplicate: false, rejections: [conflict] },
    ],
  ])('reads: %s', (line, well, ending) => {
    expect([verdict(ending), endedWell(ending)]).toEqual([line, well]);
  });
});
