import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AttributeValue, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Message } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMAT_VERSION } from '../../domain/rollout/format-version.ts';
import { hasEnded, hasSettled, openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { camera, thermostat } from './crash-scenarios.ts';

type Item = Record<string, AttributeValue>;
/** What a version of the service left behind: the items of its ledger, its follow-ups, and the time. */
type Stored = { readonly at: number; readonly items: readonly Item[]; readonly followUps: readonly string[] };

const MINUTE = 60_000;
const LEDGER = 'ota-dispatch-local-ledger';
const BOARD = 'com.acme.release-board';
const files = new URL('stored/', import.meta.url);
const recordings = readdirSync(files).filter((name) => name.endsWith('.json'));

let stage: StageInTime;
beforeEach(async () => {
  stage = await openStageInTime();
});
afterEach(() => stage.stop());

async function smartLock(version = '1.7.0') {
  const artifacts = [await stage.artifact(`smart-lock/${version}`)];
  return { product: 'smart-lock', version, channels: ['beta', 'stable'], artifacts };
}

const everyItem = async () => ((await stage.observer.dynamodb.send(new ScanCommand({ TableName: LEDGER }))).Items ?? []) as Item[];
const put = (item: Item) => stage.observer.dynamodb.send(new PutItemCommand({ TableName: LEDGER, Item: item }));
const stateOf = async (product: string, version: string, channel: string) => {
  const row = (await stage.rows()).find((one) => one.product === product && one.version === version && one.channel === channel);
  return row?.code ? `${row.state} (${row.code})` : row?.state;
};

/** A stage with an item of each kind: a rollout that has ended, two whose creates AWS throttles, and one that waits. */
async function leaveBehind(): Promise<Stored> {
  const by = stage.sandbox();
  await stage.publish(await camera(stage));
  await stage.settle(by, hasEnded);
  stage.aws.faults.add({ service: 'iot', kind: 'throttle', forMilliseconds: MINUTE });
  await stage.publish(await thermostat(stage));
  await stage.publish(await smartLock());
  await stage.publish({ product: 'thermostat', channels: ['stable'], holdId: 'h-1', reason: 'two devices' }, 'Firmware Channel Held');
  await stage.publish(
    { product: 'thermostat', version: '9.9.9', reasonCode: 'BAD', comment: 'a key leaked' },
    'Firmware Release Withdrawn',
  );
  await stage.publish({ product: 'smart-lock', version: '1.7.0', channels: ['stable'] }, 'Firmware Release Approved', BOARD);
  while ((await stage.poll('releases', by)) + (await stage.poll('steering', by)) > 0);
  const items = await everyItem();
  const at = stage.now();
  stage.advance(MINUTE);
  const followUps: Message[] = [];
  for (let some = await stage.receive('follow-ups', 10); some.length > 0; some = await stage.receive('follow-ups', 10))
    followUps.push(...some);
  return { at, items, followUps: followUps.map(({ Body = '' }) => Body) };
}

/** Gives a stage what another one left behind. It uploads the artifacts, and names their new versions in what was stored. */
async function takeOver({ at, items, followUps }: Stored): Promise<void> {
  stage.advance(at - stage.now());
  let text = JSON.stringify(items);
  for (const { artifacts } of [await thermostat(stage), await smartLock()]) {
    for (const { key, version } of artifacts.map(({ fileLocation }) => fileLocation.s3Location)) {
      const [, stored = ''] = new RegExp(String.raw`\\"key\\":\\"${key}\\",\\"version\\":\\"([^\\]+)`).exec(text) ?? [];
      text = text.replaceAll(stored, version);
    }
  }
  for (const item of JSON.parse(text) as readonly Item[]) await put(item);
  for (const body of followUps) await stage.send('follow-ups', body);
}

/** The kind of an item, and the path of every value in it: what other versions of the service may read. */
function namesIn(items: readonly Item[]): Set<string> {
  const names = new Set<string>();
  const walk = (path: string, value: unknown): void => {
    names.add(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) walk(Array.isArray(value) ? `${path}[]` : `${path}.${name}`, member);
  };
  for (const item of items) {
    const kind = item['sk']?.S?.split('#')[0];
    for (const [name, { S: text, N: number }] of Object.entries(item)) {
      walk(`${kind}.${name}`, text?.startsWith('{') || text?.startsWith('[') ? JSON.parse(text) : (text ?? number));
    }
  }
  return names;
}

it('has a recording of the format that this version writes', async () => {
  const file = new URL(`format-${FORMAT_VERSION}.json`, files);
  if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(await leaveBehind(), null, 2)}\n`);
  expect(recordings).toContain(`format-${FORMAT_VERSION}.json`);
});

describe.each(recordings)('what was stored in %s', (recording) => {
  const stored = JSON.parse(readFileSync(new URL(recording, files), 'utf8')) as Stored;

  it('has each kind of item and follow-ups, and each names its format', () => {
    const kinds = new Set(stored.items.map(({ sk }) => sk?.S?.split('#')[0]));
    expect([...kinds].sort()).toEqual(['ACCEPTED', 'APPROVALS', 'HEAD', 'HOLDS', 'ROLLOUT', 'WITHDRAWALS']);
    expect(stored.followUps.length).toBeGreaterThan(1);
    const format = Number(/\d+/.exec(recording)?.[0]);
    expect(stored.items.map(({ formatVersion }) => Number(formatVersion?.N))).toEqual(stored.items.map(() => format));
    expect(stored.followUps.map((body) => JSON.parse(body).formatVersion)).toEqual(stored.followUps.map(() => format));
    const rollouts = stored.items.flatMap(({ rollout }) => (rollout?.S ? [JSON.parse(rollout.S)] : []));
    expect(rollouts.map(({ formatVersion }) => formatVersion)).toEqual(rollouts.map(() => format));
  });

  it('is continued: creates that AWS throttled are sent, and gates, holds, approvals and withdrawals count', async () => {
    await takeOver(stored);
    const by = await stage.settle(stage.sandbox(), (row) => hasSettled(row) && row.state !== 'CREATING');
    expect(await stateOf('camera', '5.0.0', 'canary')).toBe('COMPLETED');
    expect(await stateOf('thermostat', '2.4.1', 'beta')).toMatch(/^(CREATED|COMPLETED)$/);
    expect(await stateOf('smart-lock', '1.7.0', 'beta')).toBe('COMPLETED');
    expect(await stateOf('smart-lock', '1.7.0', 'stable')).toBe('CREATED');

    await stage.publish({ ...(await thermostat(stage, '2.5.0')), channels: ['stable'] });
    await stage.publish({ ...(await thermostat(stage, '9.9.9')), channels: ['beta'] });
    while ((await stage.poll('releases', by)) > 0);
    expect(await stateOf('thermostat', '2.5.0', 'stable')).toBe('CLAIMED');
    expect(await stateOf('thermostat', '9.9.9', 'beta')).toBeUndefined();
  });

  it('has no name that this version has changed or left out', async () => {
    const today = namesIn((await leaveBehind()).items);
    expect([...namesIn(stored.items)].filter((name) => !today.has(name))).toEqual([]);
  });
});

describe('what a newer version of the service has stored', () => {
  it('is left as it is, and its messages are delivered again until that version is back', async () => {
    await stage.publish(await thermostat(stage));
    stage.aws.faults.add({ service: 'iot', kind: 'throttle', forMilliseconds: MINUTE });
    const by = stage.sandbox();
    await stage.poll('releases', by);
    const newer = (await everyItem()).map((item) => ({ ...item, formatVersion: { N: String(FORMAT_VERSION + 1) } }));
    for (const item of newer) await put(item);

    await stage.publish(await thermostat(stage));
    await stage.publish({ product: 'thermostat', version: '2.4.1', reasonCode: 'BAD' }, 'Firmware Release Withdrawn');
    stage.advance(MINUTE);
    for (const queue of ['releases', 'steering', 'follow-ups'] as const) {
      expect([queue, await stage.poll(queue, by), await stage.messagesIn(queue)]).toEqual([queue, 1, 1]);
    }
    const after = await everyItem();
    expect(after.filter(({ sk }) => sk?.S !== 'WITHDRAWALS')).toEqual(newer);

    for (const item of newer) await put({ ...item, formatVersion: { N: String(FORMAT_VERSION) } });
    await stage.settle(by);
    expect(await stateOf('thermostat', '2.4.1', 'beta')).toBe('WITHDRAWN');
  });

  it('includes follow-ups', async () => {
    await stage.send('follow-ups', JSON.stringify({ formatVersion: FORMAT_VERSION + 1, anything: 'else' }));
    await stage.poll('follow-ups', stage.sandbox());
    expect(await stage.messagesIn('follow-ups')).toBe(1);
  });
});
