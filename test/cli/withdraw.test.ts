import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedWithdrawal, Rollout } from '../../domain/rollout/rollout.ts';
import { NotProcessed } from '../../operator/actions/answer.ts';
import { type Scope, untilStopped } from '../../operator/actions/until-stopped.ts';
import { openStage } from '../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { aRecordedWithdrawal, aRollout } from '../../proof/support/a-rollout.ts';
import { otaInProcess } from './in-process.ts';

describe('ota withdraw', () => {
  it.each([
    ['an invalid version', ['thermostat', 'v2.4.1'], 'version'],
    ['an invalid channel name', ['thermostat', '2.4.1', '--channel', 'Beta!'], 'channels[0]'],
    ['a channel twice', ['thermostat', '2.4.1', '--channel', 'beta', '--channel', 'beta'], 'channels[1]'],
    ['a comment that is too long', ['thermostat', '2.4.1', '--comment', 'x'.repeat(2001)], 'comment'],
  ])('publishes nothing for %s', async (_what, args, path) => {
    const { status, stdout, stderr } = await otaInProcess('withdraw', ...args, '--endpoint', 'http://127.0.0.1:1');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`ota withdraw: ${path}: `);
  });
});

describe('waiting for a withdrawal', () => {
  let aws: TestAws;
  let rejected = '';
  beforeAll(async () => {
    aws = await startTestAws();
    const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-rejected' }));
    rejected = QueueUrl;
  });
  afterAll(() => aws.stop());

  /** Waits for the withdrawal of thermostat 2.0.0 on beta. The ledger has `list`, and the rows of each look in turn. */
  function waitedWhile(
    looks: Rollout[][],
    list: RecordedWithdrawal[],
    { eventId = 'e-1', ...changes }: Partial<Scope> & { eventId?: string } = {},
    limits: { timeout?: number } = {},
  ) {
    const stage = openStage({ stage: 'local', endpoint: aws.endpoint });
    const rows = () => (looks.length > 1 ? looks.shift() : looks[0]) ?? [];
    const ledger = { ...stage.ledger, releaseOf: async () => ({ accepted: [], rows: rows(), withdrawals: list }) };
    const withdrawn = { product: 'thermostat', version: '2.0.0', channels: ['beta'], force: false, ...changes };
    return untilStopped({ ...stage, ledger }, withdrawn, eventId, { patience: 50, ...limits });
  }
  const waited = (rows: Rollout[], list: RecordedWithdrawal[], changes = {}) => waitedWhile([rows], list, changes);
  const withdrawal = aRecordedWithdrawal({ channels: ['beta'] });

  it('ends when the ledger has it and no rollout in its scope is live', async () => {
    const rows = [aRollout({ state: 'WITHDRAWN' }), aRollout({ channel: 'stable', state: 'CREATED' })];
    expect((await waited(rows, [withdrawal])).rows.map((row) => row.channel)).toEqual(['beta']);
    expect(await waited([], [withdrawal])).toEqual({ rows: [] });
  });

  it.each<[string, Partial<RecordedWithdrawal>, object]>([
    ['of other channels', { channels: ['stable'] }, {}],
    ['of another revision', { revision: 2 }, {}],
    ['of another build of the version', { version: '2.0.0+b' }, {}],
    ['that does not stop devices in progress', {}, { force: true }],
  ])('does not end with a withdrawal %s', async (_what, changes, asked) => {
    await expect(waited([], [{ ...withdrawal, ...changes }], asked)).rejects.toThrow(NotProcessed);
  });

  it.each<[string, RecordedWithdrawal, object]>([
    ['of the whole version', aRecordedWithdrawal(), {}],
    ['of more channels', { ...withdrawal, channels: ['stable', 'beta'] }, {}],
    ['of its channels in another order', { ...withdrawal, channels: ['b', 'a'] }, { channels: ['a', 'b'] }],
    ['of every revision', withdrawal, { revision: 1 }],
    ['that stops devices in progress too', { ...withdrawal, force: true }, {}],
  ])('ends with a withdrawal %s, because the ledger does not keep one that another covers', async (_what, kept, asked) => {
    expect(await waited([], [kept], asked)).toEqual({ rows: [] });
  });

  it('waits while a rollout is UNCERTAIN, because the service searches for it once more', async () => {
    const uncertain = aRollout({ state: 'FAILED', code: 'UNCERTAIN' });
    const withdrawn = aRollout({ state: 'WITHDRAWN' });
    expect(await waitedWhile([[uncertain], [withdrawn]], [withdrawal])).toEqual({ rows: [withdrawn] });
    const refused = aRollout({ state: 'FAILED', code: 'AWS_REFUSED' });
    expect(await waitedWhile([[refused], [withdrawn]], [withdrawal])).toEqual({ rows: [refused] });
  });

  it('ends with what is still live if the time is over', async () => {
    const live = aRollout({ state: 'WITHDRAWING' });
    expect(await waitedWhile([[live]], [withdrawal], {}, { timeout: 1 })).toEqual({ rows: [live], timedOut: true });
  });

  it('throws with code and path if it was rejected', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { code: text('UNKNOWN_PRODUCT'), path: text('product'), reason: text('the reason') };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody: '{"id":"e-2"}', MessageAttributes }));
    await expect(waited([], [], { eventId: 'e-2' })).rejects.toThrow('UNKNOWN_PRODUCT product');
  });
});
