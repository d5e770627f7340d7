import { CreateOTAUpdateCommand, type CreateOTAUpdateCommandInput } from '@aws-sdk/client-iot';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectPromisesKept } from '../../proof/stage/promises.ts';
import { strike } from '../../proof/stage/sandbox.ts';
import { hasEnded, openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { whatAwsHas } from '../../proof/stage/what-aws-has.ts';
import { hub, thermostat } from './crash-scenarios.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let stage: StageInTime;
beforeEach(async () => {
  stage = await openStageInTime({ fleet: { ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 1 } } });
});
afterEach(() => stage.stop());

const callsOf = (sandbox: { calls: readonly { operation: string }[] }, operation: string) =>
  sandbox.calls.filter((call) => call.operation === operation).length;
const publishedTypes = async () => (await stage.published()).map(({ detailType }) => detailType);
const rejectedCodes = async () =>
  (await stage.receive('rejected', 10)).map(({ MessageAttributes }) => MessageAttributes?.['code']?.StringValue);

/** The only row, or undefined before there is a row. */
async function onlyRow() {
  const rows = await stage.rows();
  expect(rows.length).toBeLessThan(2);
  return rows[0];
}

describe('failure windows around a create', () => {
  it('W1: the process dies after a create and before its result is recorded, and the update is adopted', async () => {
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox(strike('die after', 'CreateOTAUpdate')));
    const { made } = await expectPromisesKept(stage);
    expect(made.map(({ id }) => id)).toEqual([`${(await onlyRow())?.rolloutId}-1`]);
  });

  it('W2: an invocation that is cut off locks its release no longer than it could have run', async () => {
    await stage.publish(await thermostat(stage));
    const first = stage.sandbox(strike('die after', 'PutItem', { about: 'INPROGRESS' }));
    await stage.poll('releases', first);
    expect(first.isDead()).toBe(true);
    expect(await stage.rows()).toEqual([]);
    stage.advance(361_000);
    const second = stage.sandbox();
    expect(await stage.poll('releases', second)).toBe(1);
    expect(await onlyRow()).toMatchObject({ state: 'CREATING' });
    expect(await stage.messagesIn('releases')).toBe(0);
  });

  it('W3: a late create that takes effect after the retry changes nothing', async () => {
    await stage.publish(await thermostat(stage));
    const dead = stage.sandbox(strike('die before', 'CreateOTAUpdate'));
    await stage.poll('releases', dead);
    await stage.settle(stage.sandbox());
    const input = (await onlyRow())?.request as unknown as CreateOTAUpdateCommandInput;
    await expect(stage.observer.iot.send(new CreateOTAUpdateCommand(input))).rejects.toThrow(/already exists/i);
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W3: a late create that takes effect before the retry is found and adopted', async () => {
    await stage.publish(await thermostat(stage));
    await stage.poll('releases', stage.sandbox(strike('die before', 'CreateOTAUpdate')));
    const input = (await onlyRow())?.request as unknown as CreateOTAUpdateCommandInput;
    await stage.observer.iot.send(new CreateOTAUpdateCommand(input));
    const next = stage.sandbox();
    await stage.settle(next);
    expect(callsOf(next, 'CreateOTAUpdate')).toBe(0);
    expect((await expectPromisesKept(stage)).rows).toMatchObject([{ state: 'CREATED' }]);
  });

  it('W7: a duplicate that comes after every lock has expired starts nothing and is published as a duplicate', async () => {
    const detail = await thermostat(stage);
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    stage.advance(2 * DAY);
    await stage.publish(detail);
    const late = stage.sandbox();
    await stage.settle(late);
    expect(callsOf(late, 'CreateOTAUpdate')).toBe(0);
    expect(await publishedTypes()).toContain('OTA Release Duplicate');
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W7: an update that somebody else created under the id of this service is never adopted', async () => {
    await stage.publish(await thermostat(stage));
    await stage.poll('releases', stage.sandbox(strike('die before', 'CreateOTAUpdate')));
    const input = (await onlyRow())?.request as unknown as CreateOTAUpdateCommandInput;
    await stage.observer.iot.send(new CreateOTAUpdateCommand({ ...input, additionalParameters: {} }));
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'NOT_ADOPTABLE' });
    expect(await publishedTypes()).toContain('OTA Rollout Failed');
  });

  it('W8: a creation that fails late is repeated under a new id if its cause can pass', async () => {
    const errorInfo = { code: 'ThrottlingException', message: 'Rate exceeded' };
    stage.aws.faults.add({ service: 'iot', kind: 'createFailed', times: 1, errorInfo });
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox());
    const { rows, made } = await expectPromisesKept(stage);
    expect(rows).toMatchObject([{ state: 'CREATED', attempt: 2 }]);
    expect(made.map(({ id, live }) => [id.slice(-2), live])).toEqual(
      expect.arrayContaining([
        ['-2', true],
        ['-1', false],
      ]),
    );
  });

  it('W8: a creation that fails for good is published as failed, with the error of AWS', async () => {
    const errorInfo = { code: 'AccessDeniedException', message: 'the role may not read the bucket' };
    stage.aws.faults.add({ service: 'iot', kind: 'createFailed', times: 9, errorInfo });
    await stage.publish(await thermostat(stage));
    const sandbox = stage.sandbox();
    await stage.settle(sandbox, hasEnded);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'CREATE_FAILED', attempt: 1, errorInfo });
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBe(1);
    expect(await publishedTypes()).toContain('OTA Rollout Failed');
  });

  it('W8: a creation that is still in progress is not published as created', async () => {
    await stage.stop();
    stage = await openStageInTime({ iotCore: { creationMilliseconds: [4 * 60_000, 4 * 60_000] } });
    stage.aws.faults.add({ service: 'iot', kind: 'createFailed', errorInfo: { code: 'AccessDeniedException', message: 'no' } });
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'CREATE_FAILED' });
    expect(await publishedTypes()).toEqual(['OTA Rollout Failed']);
  });

  it('W9: a message is acknowledged while AWS still creates, and a follow-up confirms the creation', async () => {
    await stage.publish(await thermostat(stage));
    const sandbox = stage.sandbox();
    await stage.poll('releases', sandbox);
    expect(await stage.messagesIn('releases')).toBe(0);
    expect(await stage.messagesIn('follow-ups')).toBe(1);
    expect(await onlyRow()).toMatchObject({ state: 'CREATING' });
    expect(await publishedTypes()).toEqual([]);
    await stage.settle(sandbox);
    expect(await publishedTypes()).toEqual(['OTA Rollout Created']);
  });

  it('W33: a task whose create was never answered is found by its tags and never created twice', async () => {
    await stage.publish(await hub(stage));
    const sandbox = stage.sandbox(strike('break after', 'CreateOtaTask'));
    await stage.settle(sandbox);
    expect(callsOf(sandbox, 'CreateOtaTask')).toBe(1);
    const { rows, made } = await expectPromisesKept(stage);
    expect(made).toHaveLength(1);
    expect(rows).toMatchObject([{ state: 'CREATED', aws: { taskId: made[0]?.id } }]);
  });

  it('W33: a task that is not found for 20 minutes is published as UNCERTAIN, and no second create is sent', async () => {
    await stage.publish(await hub(stage));
    const sandbox = stage.sandbox(strike('break before', 'CreateOtaTask'));
    const began = stage.now();
    await stage.settle(sandbox, hasEnded);
    expect(stage.now() - began).toBeGreaterThan(20 * 60_000);
    expect(callsOf(sandbox, 'CreateOtaTask')).toBe(1);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'UNCERTAIN' });
    expect(await publishedTypes()).toContain('OTA Rollout Failed');
  });
});

describe('failure windows between copies of a message', () => {
  it('W4: a duplicate that meets a lock is not acknowledged before the ledger has the release', async () => {
    const detail = await thermostat(stage);
    await stage.publish(detail);
    await stage.poll('releases', stage.sandbox(strike('die after', 'PutItem', { about: 'INPROGRESS' })));
    await stage.publish(detail);
    const [duplicate] = await stage.receive('releases', 1);
    if (!duplicate) throw new Error('the duplicate was not received');
    const second = stage.sandbox();
    expect(await second.consume('releases', [duplicate])).toEqual([duplicate.MessageId]);
    stage.advance(361_000);
    await stage.settle(stage.sandbox());
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W5: of the copies in one batch, one is dispatched and the others are duplicates; no copy is retried', async () => {
    const detail = await thermostat(stage);
    for (let copy = 0; copy < 4; copy += 1) await stage.publish(detail);
    const batch = await stage.receive('releases', 10);
    expect(batch).toHaveLength(4);
    const sandbox = stage.sandbox();
    expect(await sandbox.consume('releases', batch)).toEqual([]);
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBe(1);
    expect((await publishedTypes()).filter((type) => type === 'OTA Release Duplicate')).toHaveLength(3);
  });

  it('W6: different content under an accepted identity is rejected, and the accepted content stays', async () => {
    const detail = await thermostat(stage);
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    await stage.publish({ ...detail, artifacts: [await stage.artifact('other')] });
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    expect(await rejectedCodes()).toEqual(['RELEASE_CONFLICT']);
    expect((await publishedTypes()).filter((type) => type.startsWith('OTA Release')).sort()).toEqual([
      'OTA Release Duplicate',
      'OTA Release Rejected',
    ]);
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W13: a redriven message cannot bring an old release back days later', async () => {
    const [old, expired] = [await thermostat(stage), await thermostat(stage, '2.4.2')];
    await stage.publish(await thermostat(stage, '2.5.0'));
    await stage.settle(stage.sandbox());
    stage.advance(13 * DAY);
    await stage.publish(old);
    await stage.publish({ ...expired, notAfter: '2026-11-24T00:00:00Z' });
    const sandbox = stage.sandbox();
    await stage.settle(sandbox);
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBe(0);
    const states = Object.fromEntries((await stage.rows()).map(({ version, state }) => [version, state]));
    expect(states).toEqual({ '2.5.0': 'CREATED', '2.4.1': 'SUPERSEDED' });
    expect(await rejectedCodes()).toEqual(['EXPIRED']);
  });

  it('W16: every channel is dispatched, even if the process died after the first and the message is gone', async () => {
    await stage.publish({ product: 'gateway', version: '3.0.0', channels: ['gateways', 'hubs'], artifacts: [await stage.artifact('g')] });
    await stage.poll('releases', stage.sandbox(strike('die after', 'TransactWriteItems')));
    expect((await stage.rows()).map(({ channel }) => channel)).toEqual(['gateways']);
    stage.advance(361_000);
    const [message] = await stage.receive('releases', 1);
    await stage.remove('releases', message ?? {});
    await stage.settle(stage.sandbox());
    const { rows } = await expectPromisesKept(stage);
    expect(Object.fromEntries(rows.map(({ channel, state }) => [channel, state]))).toEqual({ gateways: 'CREATED', hubs: 'CREATED' });
  });
});

describe('failure windows between releases', () => {
  it('W10: a withdrawal that comes before its release blocks the release', async () => {
    await stage.withdraw({ product: 'thermostat', version: '2.4.1' });
    await stage.settle(stage.sandbox());
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox());
    expect(await rejectedCodes()).toEqual(['RELEASE_WITHDRAWN']);
    expect(await whatAwsHas(stage.observer)).toEqual([]);
    expect(await stage.rows()).toEqual([]);
  });

  it('W11: a withdrawal that races the create leaves nothing live, whichever takes effect first', async () => {
    for (const [version, verdict] of [
      ['2.4.1', 'die before'],
      ['2.4.2', 'die after'],
    ] as const) {
      await stage.publish(await thermostat(stage, version));
      await stage.poll('releases', stage.sandbox(strike(verdict, 'CreateOTAUpdate')));
      await stage.withdraw({ product: 'thermostat', version });
      await stage.settle(stage.sandbox(), hasEnded);
    }
    const { rows } = await expectPromisesKept(stage);
    expect(rows.map(({ state }) => state)).toEqual(['WITHDRAWN', 'WITHDRAWN']);
  });

  it('W12: an older release that comes after a newer one is superseded and creates nothing', async () => {
    await stage.publish(await thermostat(stage, '2.5.0'));
    await stage.settle(stage.sandbox());
    await stage.publish(await thermostat(stage, '2.4.1'));
    const sandbox = stage.sandbox();
    await stage.settle(sandbox);
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBe(0);
    expect((await stage.rows()).find(({ version }) => version === '2.4.1')).toMatchObject({
      state: 'SUPERSEDED',
      supersededBy: { version: '2.5.0' },
    });
  });

  it('W14: during an hour of throttling no message is received twice, and afterwards every release is created', async () => {
    stage.aws.faults.add({ service: 'iot', operation: 'CreateOTAUpdate', kind: 'throttle', forMilliseconds: HOUR });
    for (let count = 0; count < 5; count += 1) {
      await stage.publish({ ...(await thermostat(stage, `2.4.${count}`)), channels: [count % 2 === 0 ? 'beta' : 'stable'] });
    }
    const receives = new Set<string | undefined>();
    const sandbox = stage.sandbox();
    const { Messages = [] } = await stage.observer.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: stage.queueUrl('releases'), MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    for (const message of Messages) receives.add(message.Attributes?.ApproximateReceiveCount);
    expect(await sandbox.consume('releases', Messages)).toEqual([]);
    for (const message of Messages) await stage.remove('releases', message);
    expect([...receives]).toEqual(['1']);
    const began = stage.now();
    await stage.settle(sandbox);
    expect(stage.now() - began).toBeGreaterThan(HOUR);
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBeLessThan(60);
    await expectPromisesKept(stage);
    for (const channel of ['beta', 'stable']) {
      const created = (await stage.rows()).filter((row) => row.channel === channel && row.state === 'CREATED');
      expect(created).toHaveLength(1);
    }
  });

  it('W17: outcomes stay in the row until the bus accepts them', async () => {
    await stage.publish(await thermostat(stage));
    stage.aws.faults.add({ service: 'events', operation: 'PutEvents', kind: 'error500', forMilliseconds: HOUR });
    const sandbox = stage.sandbox();
    await stage.settle(sandbox, (row) => row.state === 'CREATED');
    expect((await onlyRow())?.outbox.map(({ detailType }) => detailType)).toEqual(['OTA Rollout Created']);
    expect(await publishedTypes()).toEqual([]);
    await stage.settle(sandbox);
    expect(await publishedTypes()).toContain('OTA Rollout Created');
    expect(await onlyRow()).toMatchObject({ outbox: [] });
  });
});
