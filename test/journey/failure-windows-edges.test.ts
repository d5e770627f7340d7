import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { IoTClient } from '@aws-sdk/client-iot';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOptions } from '../../adapters/clients.ts';
import { iotCore } from '../../adapters/iot-core.ts';
import { emptyHead } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { consume } from '../../handlers/consume.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { expectPromisesKept } from '../../proof/stage/promises.ts';
import { type Fate, type Sandbox, strike } from '../../proof/stage/sandbox.ts';
import { openStageInTime, SOURCE, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { ACCOUNT } from '../../proof/stage/stand-ins.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';
import { anInvocation, servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { hub, thermostat } from './crash-scenarios.ts';

let stage: StageInTime;
beforeEach(async () => {
  stage = await openStageInTime({ fleet: { ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 1 } } });
});
afterEach(() => stage.stop());

const envelope = (detail: unknown, more: object = {}) =>
  JSON.stringify({
    version: '0',
    id: 'e-1',
    account: ACCOUNT,
    source: SOURCE,
    'detail-type': 'Firmware Release Published',
    detail,
    ...more,
  });

/** Sends a body straight to the queue and returns why it was refused at its first receive. */
async function rejectionOf(body: string) {
  await stage.send('releases', body);
  const sandbox = stage.sandbox();
  await stage.poll('releases', sandbox);
  expect(await stage.messagesIn('releases')).toBe(0);
  return rejectionBy(sandbox, body);
}

async function rejectionBy(sandbox: Sandbox, body: string) {
  const [refused] = await stage.receive('rejected', 1);
  expect(refused?.Body).toBe(body);
  expect((await stage.published()).map(({ detailType }) => detailType)).toContain('OTA Release Rejected');
  return { code: refused?.MessageAttributes?.['code']?.StringValue, calls: sandbox.calls.map(({ service }) => service) };
}

describe('failure windows of the services below', () => {
  it('W15: a create on a hanging socket ends before the function does, with an unknown result', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const creates = new IoTClient({ ...clientSettings({ endpoint }), ...createOptions });
      const plane = iotCore({ creates, others: creates }, { createMilliseconds: 100 });
      const create = plane.create({ otaUpdateId: 'fw-a-1', targets: [], files: [], roleArn: 'r' });
      await expect(create).resolves.toMatchObject({ kind: 'unknown' });
      creates.destroy();
    } finally {
      silent.close();
    }
  });

  it('W18: an hour without DynamoDB loses nothing, before the claim and after the create', async () => {
    await stage.publish(await thermostat(stage, '2.4.1'));
    await stage.poll('releases', stage.sandbox());
    await stage.publish(await thermostat(stage, '2.5.0'));
    stage.aws.faults.add({ service: 'dynamodb', kind: 'error500', forMilliseconds: 50 * 60_000 });
    await stage.settle(stage.sandbox());
    const { rows } = await expectPromisesKept(stage);
    expect(Object.fromEntries(rows.map(({ version, state }) => [version, state]))).toMatchObject({ '2.5.0': 'CREATED' });
    expect(await stage.messagesIn('rejected')).toBe(0);
  });

  it('W19: if a lock cannot be completed, the record is received again and is a duplicate', async () => {
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox(strike('break before', 'UpdateItem', { times: 3 })));
    const types = (await stage.published()).map(({ detailType }) => detailType);
    expect(types).toContain('OTA Release Duplicate');
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W26: two concurrent invocations in one process do not report the failures of each other', async () => {
    await stage.publish(await thermostat(stage, '2.4.1'));
    const good = await stage.receive('releases', 1);
    await stage.publish(await thermostat(stage, '2.5.0'));
    const bad = await stage.receive('releases', 1);
    const sandbox = stage.sandbox(strike('break before', 'BatchGetItem', { about: '2.5.0', times: 1_000 }));
    const [failedOfBad, failedOfGood] = await Promise.all([sandbox.consume('releases', bad), sandbox.consume('releases', good)]);
    expect([failedOfBad, failedOfGood]).toEqual([bad.map(({ MessageId }) => MessageId), []]);
  });

  it('W27: a batch that fails as a whole is reported record by record, even if no Error was thrown', async () => {
    const event = { Records: ['m-1', 'm-2'].map((messageId) => ({ messageId, body: '', eventSource: 'aws:sqs' })) } as unknown as SQSEvent;
    const answer = await consume(event, { getRemainingTimeInMillis: () => 60_000 } as Context, async () => {
      throw null;
    });
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-2' }]);
  });

  it('W28: an object that was overwritten is not released', async () => {
    const detail = await thermostat(stage);
    const Bucket = 'acme-firmware';
    await stage.observer.s3.send(
      new PutObjectCommand({ Bucket, Key: 'thermostat/2.4.1', Body: 'something else', ChecksumAlgorithm: 'SHA256' }),
    );
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    const [row] = await stage.rows();
    expect(row?.request).toMatchObject({ files: [{ fileLocation: detail.artifacts[0]?.fileLocation }] });
    const [artifact] = (await thermostat(stage, '2.5.0')).artifacts;
    const swapped = { ...artifact, sha256: '0'.repeat(64) };
    expect((await rejectionOf(envelope({ ...(await thermostat(stage, '2.5.0')), artifacts: [swapped] }))).code).toBe('ARTIFACT_MISMATCH');
  });

  it('W29: sandboxes whose clocks differ by minutes create one update for the copies that they share', async () => {
    const detail = await thermostat(stage);
    for (let copy = 0; copy < 6; copy += 1) await stage.publish(detail);
    const sandboxes = [-120_000, 0, 120_000].map((skew) => stage.sandbox(undefined, skew));
    const batches = await Promise.all(sandboxes.map(async (sandbox) => ({ sandbox, batch: await stage.receive('releases', 2) })));
    await Promise.all(batches.map(({ sandbox, batch }) => sandbox.consume('releases', batch)));
    stage.advance(361_000);
    await stage.settle(stage.sandbox());
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W31: there is no filter between queue and function, because it would delete messages unseen', async () => {
    const { Resources } = await compiledTemplate();
    const mappings = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(3);
    for (const { Properties } of mappings) expect(Properties).not.toHaveProperty('FilterCriteria');
  });

  it('W32: a dead-letter queue keeps messages ten days longer than its source, and its first message raises an alarm', async () => {
    const { Resources } = await compiledTemplate();
    const queues = Object.values(Resources).filter(({ Type }) => Type === 'AWS::SQS::Queue');
    const retention = (suffix: string) =>
      queues.find(({ Properties }) => String(Properties['QueueName']).endsWith(suffix))?.Properties['MessageRetentionPeriod'];
    for (const name of ['releases', 'steering', 'follow-ups'])
      expect([retention(`-${name}`), retention(`-${name}-dlq`)]).toEqual([345_600, 1_209_600]);
    const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    const watched = JSON.stringify(alarms.map(({ Properties }) => Properties));
    for (const name of ['ReleasesDeadLetterQueue', 'SteeringDeadLetterQueue', 'FollowUpsDeadLetterQueue', 'RuleDeadLetterQueue'])
      expect(watched).toContain(name);
  });
});

describe('failure windows of a real account', () => {
  it('W34: a write whose response was lost counts as written, so the task of its intent is requested', async () => {
    await stage.publish(await hub(stage));
    let puts = 0;
    // DynamoDB applies every write, but the response to its first attempt is lost.
    const fate: Fate = ({ operation, body }) => {
      if (operation !== 'PutItem' || !body.includes('ota-dispatch-local-ledger')) return undefined;
      puts += 1;
      return puts % 2 === 1 ? 'break after' : undefined;
    };
    await stage.poll('releases', stage.sandbox(fate));
    expect(await stage.rows()).toMatchObject([{ state: 'CREATED', unansweredCreates: { count: 0 } }]);
  });

  it('W35: an intent is not written by the head as it was before the rollout entered it', async () => {
    const row = aRollout({ state: 'CREATING', attempt: 1, itemRevision: 5 });
    const world = servicesInMemory();
    world.put(row, { sequence: 1, version: row.version, revision: row.revision });
    world.put(aRollout({ version: '3.0.0', state: 'CREATED' }), { sequence: 2, version: '3.0.0', revision: 1, created: true });
    const { ledger } = world.services;
    let loads = 0;
    // The first batch read sees the row as it is, and the head as it was before both entered it.
    const load: typeof ledger.load = async (identity) => {
      loads += 1;
      const items = await ledger.load(identity);
      return loads === 1 ? { ...items, head: emptyHead } : items;
    };
    await advance(row, anInvocation(), { ...world.services, ledger: { ...ledger, load } });
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    expect(world.rowAt(row)).toMatchObject({ state: 'SUPERSEDING', supersededBy: { version: '3.0.0' } });
  });

  it('W36: a rollout that AWS refuses for hours never meets the limit of Lambda for loops', async () => {
    await stage.publish(await thermostat(stage));
    stage.aws.faults.add({ service: 'iot', operation: 'CreateOTAUpdate', kind: 'quota410', forMilliseconds: 4 * 60 * 60_000 });
    await stage.settle(stage.sandbox(), ({ state }) => state === 'CREATED');
    expect(await stage.messagesIn('follow-ups-dlq')).toBe(0);
  });
});

describe('failure windows of a single message', () => {
  it('W20: a malformed message is rejected at its first receive, published as rejected, and kept verbatim', async () => {
    expect((await rejectionOf('{"detail-type": "Firmware Release Published", "detail": ')).code).toBe('MALFORMED_JSON');
  });

  it('W21: a body nested deep enough to overflow a stack is rejected before ledger and lock', async () => {
    const bomb = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const { code, calls } = await rejectionOf(bomb);
    expect(code).toBe('TOO_DEEP');
    expect(calls).not.toContain('dynamodb');
  });

  it('W22: a body with the key __proto__ is rejected', async () => {
    const detail = JSON.stringify(await thermostat(stage)).replace('{', '{"__proto__":{"channels":["stable"]},');
    const body = envelope('DETAIL').replace('"DETAIL"', detail);
    expect((await rejectionOf(body)).code).toBe('INVALID_RELEASE');
    expect(({} as { channels?: unknown }).channels).toBeUndefined();
  });

  it('W23: a release without a part of its identity is rejected, and no other release becomes its duplicate', async () => {
    for (const version of [null, undefined, '']) {
      expect((await rejectionOf(envelope({ ...(await thermostat(stage)), version }))).code).toBe('INVALID_RELEASE');
    }
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox());
    expect((await expectPromisesKept(stage)).rows).toHaveLength(1);
  });

  it('W24: a frozen event is dispatched like any other, because no handler changes its input', async () => {
    await stage.publish(await thermostat(stage));
    const batch = (await stage.receive('releases', 1)).map((message) => deepFreeze(message));
    expect(await stage.sandbox().consume('releases', batch)).toEqual([]);
    expect(await stage.rows()).toHaveLength(1);
  });

  it('W25: the lock of a release completes under the key under which it was taken', async () => {
    await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox());
    const { Items } = await stage.aws.ask<{ Items: { id: { S: string }; status: { S: string } }[] }>('dynamodb', 'Scan', {
      TableName: 'ota-dispatch-local-lock',
    });
    expect(Items.map(({ id, status }) => [id.S.split('#')[0], status.S])).toEqual([['ota-dispatch', 'COMPLETED']]);
  });

  it('W30: a body above 256 KiB is refused by the queue, and by the function before it is parsed', async () => {
    const body = envelope({ ...(await thermostat(stage)), description: 'x'.repeat(262_144) });
    await expect(stage.send('releases', body)).rejects.toThrow('Message must be shorter than 262144 bytes');
    const sandbox = stage.sandbox();
    expect(await sandbox.consume('releases', [{ MessageId: 'm-1', ReceiptHandle: 'r-1', Body: body }])).toEqual([]);
    const { code, calls } = await rejectionBy(sandbox, body);
    expect(code).toBe('TOO_LARGE');
    expect(calls).toEqual(['sqs', 'events']);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
