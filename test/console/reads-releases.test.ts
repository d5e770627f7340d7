import type { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchedReads, ledger } from '../../adapters/ledger/ledger.ts';
import type { ChannelOverview, History, Overview, ReleaseStory, RolloutStory } from '../../console/api.ts';
import { SOURCE } from '../../proof/stage/stage-in-time.ts';
import { channelText, openReading, type Reading } from './reading.ts';

/*
 * What the console shows of releases, over the real handlers in virtual time: waiting, held, failed, withdrawn, superseded and continuous
 * rollouts. Time passes only between the requests.
 */

const BOARD = 'com.acme.release-board';
const gate = 'after: { channel: beta, soakMinutes: 60 }\n        approval: { required: 1, skip: [soakMinutes] }';
const channels = `
artifactBuckets: [acme-firmware]
products:
  lock:
    sources: [${SOURCE}]
    approvers: [${BOARD}]
    channels:${channelText('lock', 'beta')}${channelText('lock', 'stable', gate)}
  valve:
    sources: [${SOURCE}]
    channels:${channelText('valve', 'fleet', '', 'CONTINUOUS')}${channelText('valve', 'lab')}${channelText('valve', 'bench', '', 'CONTINUOUS')}
`;
const broken = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`valve-lab-${index + 1}`, 'FAILED' as const]));

let reading: Reading;
let console: ReturnType<Reading['console']>;
beforeAll(async () => {
  reading = await openReading({ channels, fleet: { devices: broken } });
  console = reading.console();
});
afterAll(() => reading.close());

async function channelNow(product: string, name: string, by = console): Promise<ChannelOverview> {
  const { products } = await by.get<Overview>('overview');
  const found = products.find((one) => one.product === product)?.channels.find((one) => one.channel === name);
  if (found === undefined) throw new Error(`no channel ${product} ${name}`);
  return found;
}
const states = async (product: string, name: string, by = console): Promise<string[]> =>
  (await channelNow(product, name, by)).rollouts.map(({ version, state }) => `${version} ${state}`);
async function storyOf(product: string, version: string, channel: string): Promise<RolloutStory> {
  const { rollouts } = await console.get<ReleaseStory>(`releases/${product}/${version}`);
  const found = rollouts.find((one) => one.channel === channel);
  if (found === undefined) throw new Error(`no rollout of ${product} ${version} on ${channel}`);
  return found;
}
const told = ({ timeline }: RolloutStory): string[] => timeline.map(({ kind, what }) => `${kind} ${what}`);

describe('GET /api/overview', () => {
  it('has the products and channels of channels.yml in the order of the file, before anything was published', async () => {
    const { products, ...rest } = await console.get<Overview>('overview');
    expect(products.map(({ product, channels: of }) => [product, of.map((one) => one.channel)])).toEqual([
      ['lock', ['beta', 'stable']],
      ['valve', ['fleet', 'lab', 'bench']],
    ]);
    expect(rest).toMatchObject({ elsewhere: [], remarks: [] });
  });

  it('has what the file says of a channel', async () => {
    expect(await channelNow('lock', 'stable')).toMatchObject({
      service: 'iot',
      operation: 'CreateOTAUpdate',
      isContinuous: false,
      gate: { after: [{ channel: 'beta', soakMinutes: 60 }], approval: { required: 1 } },
      gateInWords: [expect.stringMatching(/^after beta: .*, for 60 minutes$/), '1 approval, which may skip soakMinutes'],
      targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/lock-stable'],
      rollouts: [],
    });
    expect(await channelNow('valve', 'fleet')).toMatchObject({ isContinuous: true, gateInWords: [] });
  });

  it('has a rollout that waits, which no head names, with every reason', async () => {
    await reading.publish('lock', '1.0.0', ['beta', 'stable']);
    await reading.settle();
    expect(await states('lock', 'beta')).toEqual(['1.0.0 COMPLETED']);
    const [waiting, ...more] = (await channelNow('lock', 'stable')).rollouts;
    expect(more).toEqual([]);
    expect(waiting).toMatchObject({ state: 'WAITING', waitingFor: ['APPROVAL', 'SOAKING'] });
    expect(waiting?.waitsInWords).toMatch(/^soaking until \d\d:\d\d UTC \(beta 10 of 10, 0 failed\); 0 of 1 approvals$/);
    expect(waiting).not.toHaveProperty('history');
  });

  it('has the holds that are active, and a rollout that a hold keeps', async () => {
    const detail = { product: 'valve', holdId: 'radio', channels: ['bench'], reason: 'Loses its network' };
    await reading.stage.publish(detail, 'Firmware Channel Held');
    await reading.consume();
    await reading.publish('valve', '0.9.0', ['bench']);
    await reading.settle();
    const { products } = await console.get<Overview>('overview');
    expect(products.map(({ holds }) => holds.map(({ holdId, reason }) => `${holdId}: ${reason}`))).toEqual([
      [],
      ['radio: Loses its network'],
    ]);
    expect((await channelNow('valve', 'bench')).rollouts).toMatchObject([
      { version: '0.9.0', state: 'CLAIMED', waitingFor: ['HELD'], waitsInWords: 'held by radio (Loses its network)' },
    ]);
    await reading.stage.publish({ product: 'valve', holdIds: ['radio'] }, 'Firmware Channel Resumed');
    await reading.settle();
  });

  it('has the newest rollout of a channel before the one that it superseded', async () => {
    await reading.publish('valve', '1.0.0', ['fleet']);
    await reading.settle();
    expect((await channelNow('valve', 'fleet')).rollouts).toMatchObject([{ version: '1.0.0', state: 'CREATED', isContinuous: true }]);
    await reading.publish('valve', '1.1.0', ['fleet']);
    await reading.settle();
    expect(await states('valve', 'fleet')).toEqual(['1.1.0 CREATED', '1.0.0 SUPERSEDED']);
  });

  it('keeps showing a rollout that has failed, although it leaves its head', async () => {
    await reading.publish('valve', '2.0.0', ['lab']);
    await reading.consume();
    expect(await states('valve', 'lab')).toEqual(['2.0.0 CREATING']);
    await reading.settle();
    expect((await channelNow('valve', 'lab')).rollouts).toMatchObject([
      { version: '2.0.0', state: 'FAILED', code: 'ABORTED', counts: { failed: 10 } },
    ]);
  });

  it('says that there is more in the history if it has never seen it, and shows it once the history was read', async () => {
    const fresh = reading.console();
    const before = await channelNow('valve', 'lab', fresh);
    expect([before.rollouts, before.hasMoreInHistory]).toEqual([[], true]);
    await fresh.get<History>('history?product=valve');
    const after = await channelNow('valve', 'lab', fresh);
    expect([after.rollouts.map(({ state }) => state), after.hasMoreInHistory]).toEqual([['FAILED'], undefined]);
  });

  it('has who withdrew a rollout', async () => {
    await reading.stage.withdraw({ product: 'valve', version: '0.9.0', reasonCode: 'MOTOR_STALL', comment: 'stalls' });
    await reading.settle();
    expect((await channelNow('valve', 'bench')).rollouts).toMatchObject([
      { state: 'WITHDRAWN', withdrawnBy: { source: SOURCE, reasonCode: 'MOTOR_STALL', comment: 'stalls' } },
    ]);
  });
});

describe('GET /api/releases/PRODUCT/VERSION', () => {
  it('has the revisions and the rollouts in the order of channels.yml', async () => {
    const { revisions, rollouts, holds, withdrawals } = await console.get<ReleaseStory>('releases/lock/1.0.0');
    expect(revisions).toMatchObject([{ revision: 1, releaseDigest: rollouts[0]?.releaseDigest, detail: { product: 'lock' } }]);
    expect(rollouts.map(({ channel }) => channel)).toEqual(['beta', 'stable']);
    expect([holds, withdrawals]).toEqual([[], []]);
  });

  it('has the frozen request without the ids of an attempt, and its digests', async () => {
    const story = await storyOf('lock', '1.0.0', 'beta');
    expect(story.request).toMatchObject({ targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/lock-beta'] });
    expect(story.request).not.toHaveProperty('otaUpdateId');
    expect(story.requestDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(story.targetsInWords).toBe('to arn:aws:iot:us-east-1:000000000000:thinggroup/lock-beta');
  });

  it('has no links for a local stage', async () => {
    expect((await storyOf('lock', '1.0.0', 'beta')).links).toEqual([]);
  });

  it('reports a rollout from its event to its end, with the events of the service', async () => {
    expect(told(await storyOf('lock', '1.0.0', 'beta'))).toEqual([
      'event Firmware Release Published',
      'state CLAIMED',
      'state CREATING',
      'state CREATED',
      'outcome OTA Rollout Created',
      'state COMPLETED',
      'outcome OTA Rollout Completed',
    ]);
  });

  it('reports what was seen of the channel before while a rollout waits, and for what', async () => {
    const story = await storyOf('lock', '1.0.0', 'stable');
    expect(told(story)).toEqual([
      'event Firmware Release Published',
      'state WAITING',
      'gate beta meets its thresholds',
      'outcome OTA Rollout Waiting',
    ]);
    expect(story.waitsInWords).toMatch(/^soaking until /);
    expect(story.gateInWords.at(-1)).toBe('COMPLETED on beta 10 of 10, 0 failed');
  });

  it('reports why a gate opened and who approved, once it has', async () => {
    const approval = { product: 'lock', version: '1.0.0', channels: ['stable'], comment: 'measured', skip: ['soakMinutes'] };
    await reading.stage.publish(approval, 'Firmware Release Approved', BOARD);
    await reading.settle();
    const story = await storyOf('lock', '1.0.0', 'stable');
    expect(told(story)).toEqual([
      'event Firmware Release Published',
      'state WAITING',
      'gate beta meets its thresholds',
      'gate approved',
      'gate beta has soaked',
      'gate gate opened',
      'state CLAIMED',
      'outcome OTA Rollout Promoted',
      'state CREATING',
      'state CREATED',
      'outcome OTA Rollout Created',
      'state COMPLETED',
      'outcome OTA Rollout Completed',
    ]);
    expect(story.timeline.find(({ what }) => what === 'approved')).toMatchObject({
      who: expect.stringMatching(/^com\.acme\.release-board, account 000000000000, event /),
      why: 'measured',
      lines: ['to skip soakMinutes'],
    });
    expect(story).not.toHaveProperty('waitsInWords');
  });

  it('reports what superseded a rollout', async () => {
    expect(told(await storyOf('valve', '1.0.0', 'fleet')).slice(-4)).toEqual([
      'steering superseded by 1.1.0',
      'state SUPERSEDING',
      'state SUPERSEDED',
      'outcome OTA Rollout Superseded',
    ]);
  });

  it('reports who withdrew a rollout and why', async () => {
    const { timeline } = await storyOf('valve', '0.9.0', 'bench');
    expect(timeline.find(({ what }) => what === 'withdrawn')).toMatchObject({
      kind: 'steering',
      who: expect.stringContaining(SOURCE),
      why: 'MOTOR_STALL: stalls',
    });
    expect(timeline.at(-1)).toMatchObject({ kind: 'outcome', what: 'OTA Rollout Withdrawn' });
  });

  it('has a withdrawal of a release that never came', async () => {
    await reading.stage.withdraw({ product: 'valve', version: '9.0.0' });
    await reading.settle();
    const { rollouts, withdrawals } = await console.get<ReleaseStory>('releases/valve/9.0.0');
    expect([rollouts, withdrawals]).toEqual([[], [expect.objectContaining({ product: 'valve', version: '9.0.0', source: SOURCE })]]);
  });

  it('answers NOT_FOUND for a version that was never accepted', async () => {
    expect(await console.ask('releases/valve/7.7.7')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  });
});

describe('GET /api/history', () => {
  it('has every rollout of a product, the newest release first, and withdrawals of releases that never came', async () => {
    const { rollouts, withdrawals } = await console.get<History>('history?product=valve');
    expect(rollouts.map(({ version, channel, state }) => `${version} ${channel} ${state}`)).toEqual([
      '2.0.0 lab FAILED',
      '1.1.0 fleet CREATED',
      '1.0.0 fleet SUPERSEDED',
      '0.9.0 bench WITHDRAWN',
    ]);
    expect(withdrawals.map(({ version }) => version)).toEqual(['9.0.0']);
  });

  it('leaves out what only the story of a release shows', async () => {
    const { rollouts } = await console.get<History>('history?product=lock');
    const stable = rollouts.find(({ channel }) => channel === 'stable');
    expect(stable).toMatchObject({ state: 'COMPLETED' });
    for (const member of ['history', 'gate', 'opened']) expect(stable).not.toHaveProperty(member);
  });
});

describe('an overview of a deployed stage', () => {
  /** A console of the same stage that believes to be far from it, and the names of its requests to DynamoDB. */
  function deployed() {
    const asked: string[] = [];
    const send = (command: GetItemCommand) => {
      asked.push(command.constructor.name.replace(/Command$/, ''));
      return reading.stage.observer.dynamodb.send(command);
    };
    const client = { send } as unknown as DynamoDBClient;
    const [table, stage] = ['ota-dispatch-local-ledger', { isLocal: false }];
    const by = reading.console({ ...stage, ledger: { ...ledger(client, table), ...batchedReads(client, table) } });
    return { get: () => by.get<Overview>('overview'), asked: () => asked.splice(0).sort() };
  }

  it('takes one batch for heads and holds, one for rows, and eight queries of keys at first', async () => {
    const { get, asked } = deployed();
    const first = await get();
    expect(asked()).toEqual(['BatchGetItem', 'BatchGetItem', ...Array.from({ length: 8 }, () => 'Query')]);
    const again = await get();
    expect(asked()).toEqual(['BatchGetItem', 'BatchGetItem']);
    expect(again.products).toEqual(first.products);
  });

  it('asks for the keys of what waits every half minute, and of what starts every minute', async () => {
    const { get, asked } = deployed();
    const queries: number[] = [];
    for (let look = 0; look < 5; look += 1) {
      await get();
      queries.push(asked().filter((name) => name === 'Query').length);
      reading.stage.advance(15_000);
    }
    expect(queries).toEqual([8, 0, 4, 0, 8]);
  });

  it('takes one more batch for the approvals and the channels before of all that waits', async () => {
    for (const version of ['3.0.0', '3.1.0']) await reading.publish('lock', version, ['stable']);
    await reading.settle();
    const { get, asked } = deployed();
    const { products } = await get();
    expect(products[0]?.channels[1]?.rollouts.filter(({ state }) => state === 'WAITING')).toHaveLength(2);
    expect(asked().filter((name) => name !== 'Query')).toEqual(['BatchGetItem', 'BatchGetItem', 'BatchGetItem']);
  });
});
