import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectPromisesKept } from '../../proof/stage/promises.ts';
import { type Fate, strike } from '../../proof/stage/sandbox.ts';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { whatAwsHas } from '../../proof/stage/what-aws-has.ts';
import { thermostat } from './crash-scenarios.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const hardware = ['T6-B'];

/** Channels with different targets, so that releases do not supersede each other. */
const manyChannels = (count: number) => `
artifactBuckets: [acme-firmware]
products:
  thermostat:
    sources: [com.acme.firmware-ci]
    channels:
${Array.from(
  { length: count },
  (_, index) => `      c${index}:
        createOTAUpdate:
          targets: ["arn:aws:iot:\${aws:region}:\${aws:accountId}:thinggroup/g${index}"]
          roleArn: arn:aws:iam::\${aws:accountId}:role/ota
          protocols: [MQTT]
          targetSelection: SNAPSHOT
        unsigned: allow`,
).join('\n')}
`;

let stage: StageInTime;
const fleet = { ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 1 } };
afterEach(() => stage.stop());

describe('a storm of duplicates', () => {
  it('of a thousand deliveries to four consumers creates one update for each of fifty releases', { timeout: 60_000 }, async () => {
    stage = await openStageInTime({ fleet, channels: manyChannels(50), settings: { OTA_CREATES_PER_SECOND: 1_000 } });
    const artifacts = [await stage.artifact('one')];
    const detail = (index: number) => ({ product: 'thermostat', version: `1.0.${index}`, channels: [`c${index}`], hardware, artifacts });
    for (let delivery = 0; delivery < 1_000; delivery += 1) await stage.publish(detail((delivery * 7) % 50));
    const consumers = [0, 1, 2, 3].map(() => stage.sandbox());
    for (let rounds = 0; rounds < 60 && (await stage.messagesIn('releases')) > 0; rounds += 1) {
      const came = await Promise.all(consumers.map((consumer) => stage.poll('releases', consumer)));
      if (came.every((count) => count === 0)) stage.advance(361_000);
    }
    await stage.settle(stage.sandbox());
    const { rows, made } = await expectPromisesKept(stage);
    expect([rows.length, made.length]).toEqual([50, 50]);
    const types = (await stage.published()).map(({ detailType }) => detailType);
    expect(types.filter((type) => type === 'OTA Rollout Created')).toHaveLength(50);
    expect(types.filter((type) => type === 'OTA Release Duplicate')).toHaveLength(950);
  });
});

describe('an outage', () => {
  beforeEach(async () => {
    stage = await openStageInTime({ fleet, channels: manyChannels(30), settings: { OTA_CREATES_PER_SECOND: 5 } });
  });

  const publish = async (index: number) =>
    stage.publish({
      product: 'thermostat',
      version: '1.0.0',
      channels: [`c${index}`],
      hardware,
      revision: index + 1,
      artifacts: [await stage.artifact('one')],
    });

  it('of the quota for an hour fills no dead-letter queue, and the backlog drains no faster than the quota', {
    timeout: 60_000,
  }, async () => {
    const creates: number[] = [];
    const watch: Fate = ({ operation }) => {
      if (operation === 'CreateOTAUpdate') creates.push(stage.now());
      return undefined;
    };
    stage.aws.faults.add({ service: 'iot', operation: 'CreateOTAUpdate', kind: 'throttle', forMilliseconds: HOUR });
    for (let index = 0; index < 30; index += 1) await publish(index);
    const sandbox = stage.sandbox(watch);
    const began = stage.now();
    while ((await stage.poll('releases', sandbox)) > 0) expect(await stage.messagesIn('releases-dlq')).toBe(0);
    expect(await stage.messagesIn('releases')).toBe(0);
    await stage.settle(sandbox);
    const { rows } = await expectPromisesKept(stage);
    expect(rows.filter(({ state }) => state === 'CREATED')).toHaveLength(30);
    expect(creates.length / 30, 'creates for each release').toBeLessThan(15);
    for (let index = 5; index < creates.length; index += 1) {
      expect((creates[index] ?? 0) - (creates[index - 5] ?? 0)).toBeGreaterThanOrEqual(999);
    }
    expect(stage.now() - began).toBeLessThan(2 * HOUR);
  });

  it('W18: of DynamoDB for 40 minutes costs at most seven of ten receives, and no message', async () => {
    stage.aws.faults.add({ service: 'dynamodb', kind: 'outage', forMilliseconds: 40 * MINUTE });
    for (let index = 0; index < 6; index += 1) await publish(index);
    const sandbox = stage.sandbox();
    await stage.poll('releases', sandbox);
    while ((await stage.messagesIn('releases')) > 0) {
      stage.advance(361_000);
      while ((await stage.poll('releases', sandbox)) > 0);
      expect(await stage.messagesIn('releases-dlq')).toBe(0);
    }
    await stage.settle(sandbox);
    expect((await expectPromisesKept(stage)).made).toHaveLength(6);
  });

  it('W17: of single entries on the bus is repaired: an entry counts as published only after the bus accepted it', async () => {
    const partly = stage.sandbox(strike('refuse entries', 'PutEvents', { times: 4 }));
    for (let index = 0; index < 3; index += 1) await publish(index);
    await stage.settle(partly);
    const published = (await stage.published()).filter(({ detailType }) => detailType === 'OTA Rollout Created');
    expect(new Set(published.map(({ detail }) => detail.outcomeId)).size).toBe(3);
    expect(partly.calls.filter(({ operation }) => operation === 'PutEvents').length).toBeGreaterThanOrEqual(7);
    await expectPromisesKept(stage);
  });
});

describe('a message that comes again', () => {
  beforeEach(async () => {
    stage = await openStageInTime({ fleet });
  });

  it('after the withdrawal of its release is rejected every time', async () => {
    await stage.withdraw({ product: 'thermostat', version: '2.4.1' });
    await stage.settle(stage.sandbox());
    for (let delivery = 0; delivery < 3; delivery += 1) await stage.publish(await thermostat(stage));
    await stage.settle(stage.sandbox());
    expect(await stage.messagesIn('rejected')).toBe(3);
    expect(await whatAwsHas(stage.observer)).toEqual([]);
  });

  it('with an older version in the same batch as a newer one does not roll out', async () => {
    await stage.publish(await thermostat(stage, '2.5.0'));
    await stage.publish(await thermostat(stage, '2.4.1'));
    await stage.publish(await thermostat(stage, '2.4.9'));
    await stage.settle(stage.sandbox(), (row) =>
      row.version === '2.5.0' ? row.state === 'CREATED' && row.outbox.length === 0 : row.dueAt === undefined,
    );
    const { made } = await expectPromisesKept(stage);
    const live = made.filter((one) => one.live);
    expect(live.map(({ id }) => id)).toEqual([expect.stringContaining('2-5-0')]);
  });

  it('corrected after a rejection is accepted, and a conflicting release rejects no other message', async () => {
    const detail = await thermostat(stage);
    await stage.publish({ ...detail, hardware: ['T5'] });
    await stage.settle(stage.sandbox());
    expect(await stage.messagesIn('rejected')).toBe(1);
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    await stage.publish({ ...detail, description: 'different' });
    await stage.publish(detail);
    await stage.settle(stage.sandbox());
    const types = (await stage.published()).map(({ detailType }) => detailType).filter((type) => type.startsWith('OTA Release'));
    expect(types).toEqual(['OTA Release Rejected', 'OTA Release Rejected', 'OTA Release Duplicate']);
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('from its dead-letter queue after almost 14 days is a duplicate if it was accepted before, and accepted if not', async () => {
    const [accepted, stranded] = [await thermostat(stage, '2.4.1'), await thermostat(stage, '2.5.0')];
    await stage.publish(accepted);
    await stage.settle(stage.sandbox());
    stage.advance(14 * DAY - HOUR);
    await stage.publish(accepted);
    await stage.publish(stranded);
    const sandbox = stage.sandbox();
    await stage.settle(sandbox, (row) =>
      row.version === '2.5.0' ? row.state === 'CREATED' && row.outbox.length === 0 : row.dueAt === undefined,
    );
    const types = (await stage.published()).map(({ detailType }) => detailType);
    expect(types.filter((type) => type === 'OTA Release Duplicate')).toHaveLength(1);
    expect(sandbox.calls.filter(({ operation }) => operation === 'CreateOTAUpdate')).toHaveLength(1);
    await expectPromisesKept(stage);
  });
});
