import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Approval } from '../../../domain/gate/approvals.ts';
import { type Holds, noHolds } from '../../../domain/gate/holds.ts';
import { releaseDigest } from '../../../domain/release/digest.ts';
import { parseRelease } from '../../../domain/release/release.ts';
import type { RecordedWithdrawal, Rollout } from '../../../domain/rollout/rollout.ts';
import { resultLine, resultsOf } from '../../../operator/actions/redrive-results.ts';
import { openStage, type Stage } from '../../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../../packages/embedded-aws/test/support/endpoints.ts';
import { aRecordedWithdrawal, aRollout } from '../../../proof/support/a-rollout.ts';

const artifact = {
  fileName: '/app.bin',
  fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'app.bin', version: 'v1' } },
  sha256: 'aa'.repeat(32),
};
const detail = { product: 'thermostat', version: '2.0.0', channels: ['beta'], artifacts: [artifact] };
const event = { account: '000000000000', source: 'com.acme.ci', id: 'e-1' };
const published = JSON.stringify({ ...event, 'detail-type': 'Firmware Release Published', detail });
const withdrawn = JSON.stringify({
  ...event,
  'detail-type': 'Firmware Release Withdrawn',
  detail: { product: 'thermostat', version: '2.0.0' },
});
const parsed = parseRelease(detail);
const digest = parsed.ok ? releaseDigest(parsed.value) : '';

let aws: TestAws;
let stage: Stage;
let rejected = '';
beforeAll(async () => {
  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  rejected = (await aws.sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-rejected' }))).QueueUrl ?? '';
});
afterAll(() => aws.stop());

/** What became of a body, if the ledger has these rows and withdrawals. Without `patience` (ms) it waits for nothing. */
async function resultOf(
  body: string,
  rows: readonly Partial<Rollout>[] = [],
  withdrawals: readonly RecordedWithdrawal[] = [],
  {
    approvals = [],
    holds = noHolds,
    patience = 0,
    progress,
  }: { approvals?: readonly Approval[]; holds?: Holds; patience?: number; progress?: (line: string) => void } = {},
) {
  const known = { accepted: [], rows: rows.map((changes) => aRollout({ releaseDigest: digest, ...changes })), withdrawals };
  const ledger = {
    ...stage.ledger,
    releaseOf: async () => known,
    withdrawals: async () => ({ itemRevision: 1, list: withdrawals }),
    approvals: async () => ({ itemRevision: 1, list: approvals }),
    holds: async () => ({ itemRevision: 1, holds }),
  };
  const [result] = await resultsOf({ ...stage, ledger }, [{ messageId: 'm-1', copyId: 'm-2', body }], patience, progress);
  return result;
}

describe('what became of a redriven message', () => {
  it.each([
    ['accepted', published, [{ messageId: 'm-2' }]],
    ['duplicate', published, [{ messageId: 'm-0' }]],
    ['pending', published, []],
    ['pending', published, [{ releaseDigest: 'other' }]],
    ['pending', published, [{ channel: 'stable' }]],
    ['pending', published, [{ revision: 2 }]],
    ['pending', withdrawn, [{ messageId: 'm-0' }]],
    ['pending', 'no JSON', []],
  ] as const)('is %s: %s with the rows %j', async (result, body, rows) => {
    expect(await resultOf(body, rows)).toMatchObject({ messageId: 'm-1', newMessageId: 'm-2', result });
  });

  const by = { account: '000000000000', source: 'com.acme.ci' };
  const bodyOf = (type: string, of: object) => JSON.stringify({ ...event, 'detail-type': type, detail: { product: 'thermostat', ...of } });

  it('is recorded if the ledger has the approval of this event', async () => {
    const approval = { version: '2.0.0', revision: 1, channels: ['beta'], releaseDigest: digest, by, at: 1 };
    const body = bodyOf('Firmware Release Approved', { version: '2.0.0', channels: ['beta'] });
    expect(await resultOf(body, [], [], { approvals: [{ ...approval, eventId: 'e-1' }] })).toMatchObject({ result: 'recorded' });
    expect(await resultOf(body, [], [], { approvals: [{ ...approval, eventId: 'e-2' }] })).toMatchObject({ result: 'pending' });
  });

  it('is recorded if the ledger has the hold, or its end', async () => {
    const held = bodyOf('Firmware Channel Held', { holdId: 'radio', reason: 'why' });
    const resumed = bodyOf('Firmware Channel Resumed', { holdId: 'radio' });
    const active = { held: [{ holdId: 'radio', reason: 'why', by, at: 1 }], ended: [] };
    const ended = { held: [], ended: [{ holdId: 'radio', by, at: 1 }] };
    expect(await resultOf(held, [], [], { holds: active })).toMatchObject({ result: 'recorded' });
    expect(await resultOf(held, [], [], { holds: ended })).toMatchObject({ result: 'recorded' });
    expect(await resultOf(resumed, [], [], { holds: ended })).toMatchObject({ result: 'recorded' });
    expect(await resultOf(resumed, [], [], { holds: active })).toMatchObject({ result: 'pending' });
  });

  it('is withdrawn if the ledger has a withdrawal that covers it', async () => {
    expect(await resultOf(withdrawn, [], [aRecordedWithdrawal()])).toMatchObject({ product: 'thermostat', result: 'withdrawn' });
    expect(await resultOf(withdrawn, [], [aRecordedWithdrawal({ channels: ['beta'] })])).toMatchObject({ result: 'pending' });
  });

  it('is rejected although an earlier message has left the same in the ledger', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const held = bodyOf('Firmware Channel Held', { holdId: 'radio', reason: 'why' });
    const holds = { held: [], ended: [{ holdId: 'radio', by, at: 1, heldBy: ['e-0'] }] };
    const results = [
      resultOf(withdrawn, [], [aRecordedWithdrawal({ eventId: 'e-0' })], { patience: 4000 }),
      resultOf(held, [], [], { holds, patience: 4000 }),
    ];
    const MessageAttributes = { messageId: text('m-2'), code: text('SOURCE_NOT_ALLOWED'), path: text('source'), reason: text('why') };
    const { MessageId = '' } = await aws.sqs.send(
      new SendMessageCommand({ QueueUrl: rejected, MessageBody: withdrawn, MessageAttributes }),
    );
    expect(MessageId).not.toBe('');
    for (const result of await Promise.all(results)) expect(result).toMatchObject({ result: 'rejected', code: 'SOURCE_NOT_ALLOWED' });
    await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: rejected }));
  });

  it('is not waited for if the ledger names its own event', async () => {
    const held = bodyOf('Firmware Channel Held', { holdId: 'radio', reason: 'why' });
    const ofHold = { held: [{ holdId: 'radio', reason: 'why', by, at: 1, eventId: 'e-0', repeatedBy: ['e-1'] }], ended: [] };
    const waits: string[] = [];
    const watch = { patience: 60_000, progress: (line: string) => waits.push(line) };
    expect(await resultOf(held, [], [], { holds: ofHold, ...watch })).toMatchObject({ result: 'recorded' });
    expect(await resultOf(withdrawn, [], [aRecordedWithdrawal({ eventId: 'e-1' })], watch)).toMatchObject({ result: 'withdrawn' });
    expect(waits).toEqual([]);
  });

  it('is rejected, with code, path and message, if the rejected queue has its copy', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { messageId: text('m-2'), code: text('EXPIRED'), path: text('notAfter'), reason: text('the reason') };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody: published, MessageAttributes }));
    expect(await resultOf(published)).toEqual({
      messageId: 'm-1',
      newMessageId: 'm-2',
      product: 'thermostat',
      version: '2.0.0',
      channels: ['beta'],
      result: 'rejected',
      code: 'EXPIRED',
      path: 'notAfter',
      message: 'the reason',
    });
  });
});

describe('the line about a redriven message', () => {
  const ids = { messageId: 'm-1', newMessageId: 'm-2' };
  const named = { ...ids, product: 'thermostat', version: '2.0.0', channels: ['beta', 'lab'] };

  it.each([
    [{ ...named, result: 'accepted' }, 'thermostat 2.0.0 beta, lab (message m-1, now m-2): accepted: ota status shows its rollouts'],
    [
      { ...named, result: 'duplicate' },
      'thermostat 2.0.0 beta, lab (message m-1, now m-2): a duplicate of a release that was accepted before',
    ],
    [{ ...ids, product: 'thermostat', result: 'withdrawn' }, 'thermostat (message m-1, now m-2): the withdrawal is recorded'],
    [{ ...ids, result: 'pending' }, 'message m-1, now m-2: not processed yet: check ota rejected and ota status later'],
    [
      { ...ids, result: 'rejected', code: 'EXPIRED', path: 'notAfter', message: 'why' },
      'message m-1, now m-2: rejected again: EXPIRED notAfter: why',
    ],
  ] as const)('%j', (result, line) => {
    expect(resultLine(result)).toBe(line);
  });
});
