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
const toldTypes = async () => (await stage.published()).map(({ detailType }) => detailType);
const rejectedCodes = async () =>
  (await stage.receive('rejected', 10)).map(({ MessageAttributes }) => MessageAttributes?.['code']?.StringValue);

/** The one row, or undefined. */
async function onlyRow() {
  const rows = await stage.rows();
  expect(rows.length).toBeLessThan(2);
  return rows[0];
}

describe('failure windows around a create', () => {
  it('W1: a crash between the create and its note adopts what was created', async () => {
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox(strike('die after', 'CreateOTAUpdate')));
    const { made } = await expectPromisesKept(stage);
    expect(made.map(({ id }) => id)).toEqual([`${(await onlyRow())?.rolloutId}-1`]);
  });

  it('W2: an invocation that ends mid-call locks its release no longer than it could have lived', async () => {
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

  it('W3: a create that lands after its sender died, and after the retry, changes nothing', async () => {
    await stage.publish(await thermostat(stage));
    const dead = stage.sandbox(strike('die before', 'CreateOTAUpdate'));
    await stage.poll('releases', dead);
    await stage.settle(stage.sandbox());
    const input = (await onlyRow())?.request as unknown as CreateOTAUpdateCommandInput;
    await expect(stage.observer.iot.send(new CreateOTAUpdateCommand(input))).rejects.toThrow(/already exists/i);
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W3: a create that lands after its sender died, and before the retry, is found and adopted', async () => {
    await stage.publish(await thermostat(stage));
    await stage.poll('releases', stage.sandbox(strike('die before', 'CreateOTAUpdate')));
    const input = (await onlyRow())?.request as unknown as CreateOTAUpdateCommandInput;
    await stage.observer.iot.send(new CreateOTAUpdateCommand(input));
    const next = stage.sandbox();
    await stage.settle(next);
    expect(callsOf(next, 'CreateOTAUpdate')).toBe(0);
    expect((await expectPromisesKept(stage)).rows).toMatchObject([{ state: 'CREATED' }]);
  });

  it('W7: a duplicate that comes when every lock has long expired makes nothing and is told so', async () => {
    const detail = await thermostat(stage);
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    stage.advance(2 * DAY);
    await stage.publish(detail);
    const late = stage.sandbox();
    await stage.settle(late);
    expect(callsOf(late, 'CreateOTAUpdate')).toBe(0);
    expect(await toldTypes()).toContain('OTA Release Duplicate');
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W7: what somebody else made under our id is never adopted', async () => {
    await stage.publish(await thermostat(stage));
    await stage.poll('releases', stage.sandbox(strike('die before', 'CreateOTAUpdate')));
    const input = (await onlyRow())?.request as unknown as CreateOTAUpdateCommandInput;
    await stage.observer.iot.send(new CreateOTAUpdateCommand({ ...input, additionalParameters: {} }));
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'NOT_ADOPTABLE' });
    expect(await toldTypes()).toContain('OTA Rollout Failed');
  });

  it('W8: a creation that fails late is made again under a new id when its cause can pass', async () => {
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

  it('W8: a creation that fails for good is told as failed, with what AWS said', async () => {
    const errorInfo = { code: 'AccessDeniedException', message: 'the role may not read the bucket' };
    stage.aws.faults.add({ service: 'iot', kind: 'createFailed', times: 9, errorInfo });
    await stage.publish(await thermostat(stage));
    const sandbox = stage.sandbox();
    await stage.settle(sandbox, hasEnded);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'CREATE_FAILED', attempt: 1, errorInfo });
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBe(1);
    expect(await toldTypes()).toContain('OTA Rollout Failed');
  });

  it('W8: a creation that is still under way when it is looked at is not told as created', async () => {
    await stage.stop();
    stage = await openStageInTime({ iotCore: { creationMilliseconds: [4 * 60_000, 4 * 60_000] } });
    stage.aws.faults.add({ service: 'iot', kind: 'createFailed', errorInfo: { code: 'AccessDeniedException', message: 'no' } });
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'CREATE_FAILED' });
    expect(await toldTypes()).toEqual(['OTA Rollout Failed']);
  });

  it('W9: a message is acknowledged while AWS still creates, and a follow-up confirms it', async () => {
    await stage.publish(await thermostat(stage));
    const sandbox = stage.sandbox();
    await stage.poll('releases', sandbox);
    expect(await stage.messagesIn('releases')).toBe(0);
    expect(await stage.messagesIn('follow-ups')).toBe(1);
    expect(await onlyRow()).toMatchObject({ state: 'CREATING' });
    expect(await toldTypes()).toEqual([]);
    await stage.settle(sandbox);
    expect(await toldTypes()).toEqual(['OTA Rollout Created']);
  });

  it('W33: a task whose create was never answered is found by its tags, and is never created twice', async () => {
    await stage.publish(await hub(stage));
    const sandbox = stage.sandbox(strike('break after', 'CreateOtaTask'));
    await stage.settle(sandbox);
    expect(callsOf(sandbox, 'CreateOtaTask')).toBe(1);
    const { rows, made } = await expectPromisesKept(stage);
    expect(made).toHaveLength(1);
    expect(rows).toMatchObject([{ state: 'CREATED', aws: { taskId: made[0]?.id } }]);
  });

  it('W33: a task that cannot be found for 20 minutes is uncertain: people are told, and nothing is sent again', async () => {
    await stage.publish(await hub(stage));
    const sandbox = stage.sandbox(strike('break before', 'CreateOtaTask'));
    const began = stage.now();
    await stage.settle(sandbox, hasEnded);
    expect(stage.now() - began).toBeGreaterThan(20 * 60_000);
    expect(callsOf(sandbox, 'CreateOtaTask')).toBe(1);
    expect(await onlyRow()).toMatchObject({ state: 'FAILED', code: 'UNCERTAIN' });
    expect(await toldTypes()).toContain('OTA Rollout Failed');
  });
});

describe('failure windows between copies of a message', () => {
  it('W4: a duplicate that meets a lock is never acknowledged before the ledger knows the release', async () => {
    const detail = await thermostat(stage);
    await stage.publish(detail);
    await stage.poll('releases', stage.sandbox(strike('die after', 'PutItem', { about: 'INPROGRESS' })));
    await stage.publish(detail);
    const [duplicate] = await stage.receive('releases', 1);
    if (!duplicate) throw new Error('no duplicate came');
    const second = stage.sandbox();
    expect(await second.consume('releases', [duplicate])).toEqual([duplicate.MessageId]);
    stage.advance(361_000);
    await stage.settle(stage.sandbox());
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W5: copies in one batch are answered in it: one dispatched, the others duplicates, none given back', async () => {
    const detail = await thermostat(stage);
    for (let copy = 0; copy < 4; copy += 1) await stage.publish(detail);
    const batch = await stage.receive('releases', 10);
    expect(batch).toHaveLength(4);
    const sandbox = stage.sandbox();
    expect(await sandbox.consume('releases', batch)).toEqual([]);
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBe(1);
    expect((await toldTypes()).filter((type) => type === 'OTA Release Duplicate')).toHaveLength(3);
  });

  it('W6: another content under an accepted identity is refused, and never in place of the accepted one', async () => {
    const detail = await thermostat(stage);
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    await stage.publish({ ...detail, artifacts: [await stage.artifact('other')] });
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    expect(await rejectedCodes()).toEqual(['RELEASE_CONFLICT']);
    expect((await toldTypes()).filter((type) => type.startsWith('OTA Release')).sort()).toEqual([
      'OTA Release Duplicate',
      'OTA Release Rejected',
    ]);
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W13: a message from a dead-letter queue, days later, cannot bring an old release back', async () => {
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

  it('W16: of a message with several channels all are dispatched, also when its sender died after the first and the message is gone', async () => {
    await stage.publish({ product: 'gateway', version: '3.0.0', channels: ['gateways', 'hubs'], artifacts: [await stage.artifact('g')] });
    await stage.poll('releases', stage.sandbox(strike('die after', 'PutItem', { about: 'CLAIMED' })));
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
  it('W10: a withdrawal that comes first blocks its release', async () => {
    await stage.withdraw({ product: 'thermostat', version: '2.4.1' });
    await stage.settle(stage.sandbox());
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox());
    expect(await rejectedCodes()).toEqual(['RELEASE_WITHDRAWN']);
    expect(await whatAwsHas(stage.observer)).toEqual([]);
    expect(await stage.rows()).toEqual([]);
  });

  it('W11: a withdrawal that races the create leaves nothing live, whichever lands first', async () => {
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

  it('W12: an older release that arrives after a newer one is superseded and makes nothing', async () => {
    await stage.publish(await thermostat(stage, '2.5.0'));
    await stage.settle(stage.sandbox());
    await stage.publish(await thermostat(stage, '2.4.1'));
    const sandbox = stage.sandbox();
    await stage.settle(sandbox);
    expect(callsOf(sandbox, 'CreateOTAUpdate')).toBe(0);
    expect((await stage.rows()).find(({ version }) => version === '2.4.1')).toMatchObject({
      state: 'SUPERSEDED',
      by: { version: '2.5.0' },
    });
  });

  it('W14: an hour of throttling costs no message a second receive, and drains afterwards', async () => {
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

  it('W17: outcomes that the bus does not take stay in the row until it does', async () => {
    await stage.publish(await thermostat(stage));
    stage.aws.faults.add({ service: 'events', operation: 'PutEvents', kind: 'error500', forMilliseconds: HOUR });
    const sandbox = stage.sandbox();
    await stage.settle(sandbox, (row) => row.state === 'CREATED');
    expect((await onlyRow())?.outbox.map(({ detailType }) => detailType)).toEqual(['OTA Rollout Created']);
    expect(await toldTypes()).toEqual([]);
    await stage.settle(sandbox);
    expect(await toldTypes()).toContain('OTA Rollout Created');
    expect(await onlyRow()).toMatchObject({ outbox: [] });
  });
});
