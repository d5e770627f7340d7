import { randomUUID } from 'node:crypto';
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type RunningServices, startServices } from 'embedded-aws/src/services.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ledger, ledger, WORK_SHARDS, type WorkKind, workKinds } from '../../adapters/ledger/ledger.ts';
import { noHolds } from '../../domain/gate/holds.ts';
import { contentOf } from '../../domain/release/digest.ts';
import { rolloutIdOf } from '../../domain/request/identity.ts';
import { type AcceptedRelease, emptyHead, type Rollout } from '../../domain/rollout/rollout.ts';
import { endpointOf } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { anApproval, aRecordedWithdrawal, aRollout, held, now } from '../../proof/support/a-rollout.ts';
import { release as aRelease } from '../../proof/support/fixtures.ts';

let services: RunningServices;
let client: DynamoDBClient;
let tableName: string;
let tables = 0;
const run = randomUUID().slice(0, 8);

beforeAll(async () => {
  services = await startServices({ port: 0 });
  client = newClient();
});
beforeEach(async () => {
  tables += 1;
  tableName = `ledger-${run}-${tables}`;
  await createTable(client, ledgerTable(tableName));
});
afterAll(async () => {
  client.destroy();
  await services.stop();
});

const newClient = () =>
  new DynamoDBClient({
    endpoint: endpointOf('DYNAMODB', services),
    region: services.region,
    credentials: { accessKeyId: 'made', secretAccessKey: 'up' },
  });
const open = () => ledger(client, tableName);

/** A ledger that notes the name of every call and how long it would wait, and may change what DynamoDB answers. */
function watched(change: (name: string, input: object) => Promise<unknown> | undefined = () => undefined, waited: number[] = []) {
  const calls: string[] = [];
  const send = (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    calls.push(name);
    return change(name, command.input) ?? client.send(command as unknown as GetItemCommand);
  };
  const pause = async (milliseconds: number) => {
    waited.push(milliseconds);
  };
  return { calls, table: ledger({ send } as unknown as DynamoDBClient, tableName, pause) };
}

const identity = ({ product, version, revision, channel }: Rollout) => ({ product, version, revision, channel });
const next = (row: Rollout, changes: Partial<Rollout> = {}): Rollout => ({ ...row, ...changes, itemRevision: row.itemRevision + 1 });

async function itemOf(row: Rollout) {
  const Key = { pk: { S: `RELEASE#${row.product}#${row.version}` }, sk: { S: `ROLLOUT#${row.revision}#${row.channel}` } };
  return (await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
}

describe('a claim', () => {
  it('puts the row where there is none, in one call', async () => {
    const { table, calls } = watched();
    const row = aRollout();
    await expect(table.claim(row)).resolves.toBe(true);
    expect(calls).toEqual(['PutItem']);
    expect(await open().read(row)).toEqual(row);
  });

  it('leaves a row that is there as it was, in one call', async () => {
    const row = aRollout();
    await open().claim(row);
    const { table, calls } = watched();
    await expect(table.claim(aRollout({ messageId: 'm-2' }))).resolves.toBe(false);
    expect(calls).toEqual(['PutItem']);
    expect(await open().read(row)).toEqual(row);
  });

  it('is won by exactly one of many at the same instant', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => open().claim(aRollout({ messageId: `m-${index}` }))));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('meets the row of a version that differs only in build metadata', async () => {
    const row = aRollout({ version: '1.0.0+a' });
    await open().claim(row);
    await expect(open().claim(aRollout({ version: '1.0.0+b' }))).resolves.toBe(false);
    expect(await open().rowsOf('thermostat', '1.0.0')).toEqual([row]);
    expect(await open().rowsOf('thermostat', '1.0.0+b')).toEqual([row]);
  });

  it('of another revision, channel, prerelease or product meets nothing', async () => {
    await open().claim(aRollout());
    for (const other of [{ revision: 2 }, { channel: 'stable' }, { version: '2.0.0-rc.1' }, { product: 'hub' }]) {
      await expect(open().claim(aRollout(other))).resolves.toBe(true);
    }
  });
});

/** The release of a row, with the content that its digest stands for. */
const releaseOf = (row: Rollout): AcceptedRelease => {
  const { product, version, revision, releaseDigest } = row;
  return { product, version, revision, releaseDigest, detail: { ...contentOf(aRelease), product, version, revision } };
};
const other = 'ff'.repeat(32);

describe('the first claim of a message', () => {
  it('puts the row and what its revision stands for, in one call', async () => {
    const { table, calls } = watched();
    const row = aRollout();
    await expect(table.accept(row, releaseOf(row))).resolves.toEqual({ claimed: true });
    expect(calls).toEqual(['TransactWriteItems']);
    expect(await open().releaseOf(row.product, row.version)).toEqual({ accepted: [releaseOf(row)], rows: [row], withdrawals: [] });
  });

  it('puts neither if the revision stands for other content, although no row is on its channel', async () => {
    const [lab, beta] = [aRollout({ channel: 'lab' }), aRollout({ channel: 'beta', releaseDigest: other })];
    await open().accept(lab, releaseOf(lab));
    await expect(open().accept(beta, releaseOf(beta))).resolves.toEqual({ claimed: false, accepted: releaseOf(lab) });
    expect(await open().releaseOf('thermostat', '2.0.0')).toMatchObject({ accepted: [releaseOf(lab)], rows: [lab] });
  });

  it('meets a version that differs only in build metadata, on whatever channel', async () => {
    const [lab, beta] = [aRollout({ channel: 'lab', version: '2.0.0+a' }), aRollout({ version: '2.0.0+b', releaseDigest: other })];
    await open().accept(lab, releaseOf(lab));
    await expect(open().accept(beta, releaseOf(beta))).resolves.toMatchObject({ accepted: { version: '2.0.0+a' } });
  });

  it('of the same content on a further channel puts its row', async () => {
    const [lab, beta] = [aRollout({ channel: 'lab' }), aRollout()];
    await open().accept(lab, releaseOf(lab));
    await expect(open().accept(beta, releaseOf(beta))).resolves.toEqual({ claimed: true });
    expect((await open().releaseOf('thermostat', '2.0.0')).rows).toHaveLength(2);
  });

  it('of the same content on the same channel leaves the row as it was', async () => {
    const row = aRollout();
    await open().accept(row, releaseOf(row));
    const second = aRollout({ messageId: 'm-2' });
    await expect(open().accept(second, releaseOf(second))).resolves.toMatchObject({ claimed: false, accepted: { messageId: 'm-1' } });
    expect(await open().read(row)).toEqual(row);
  });

  it('of another revision meets nothing', async () => {
    const [first, second] = [aRollout(), aRollout({ revision: 2, releaseDigest: other })];
    await open().accept(first, releaseOf(first));
    await expect(open().accept(second, releaseOf(second))).resolves.toEqual({ claimed: true });
  });

  it('is won by one content of many at the same instant', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => aRollout({ channel: `c${index}`, releaseDigest: `${index % 2}`.repeat(64) }));
    const puts = await Promise.all(rows.map((row) => open().accept(row, releaseOf(row))));
    const { accepted, rows: put } = await open().releaseOf('thermostat', '2.0.0');
    expect(new Set(put.map(({ releaseDigest }) => releaseDigest))).toEqual(new Set([accepted[0]?.releaseDigest]));
    expect(puts.filter(({ claimed }) => claimed)).toHaveLength(put.length);
    expect(put).toHaveLength(10);
  });

  it('recognises its own row if DynamoDB has forgotten its token and refuses the repeated transaction', async () => {
    const row = aRollout();
    let sent: TransactWriteItemsCommandInput | undefined;
    const { table } = watched(async (_name, input) => {
      sent = input as TransactWriteItemsCommandInput;
      const item = sent.TransactItems?.[1]?.Put?.Item;
      throw new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', ...(item && { Item: item }) }],
      });
    });
    await expect(table.accept(row, releaseOf(row))).resolves.toEqual({ claimed: true });
    expect(sent?.ClientRequestToken).toBe(sent?.TransactItems?.[1]?.Put?.Item?.['writeId']?.S);
  });
});

describe('a write that meets a transaction of somebody else', () => {
  const conflict = { message: 'Transaction is ongoing for the item', $metadata: {} };
  const canceled = new TransactionCanceledException({
    ...conflict,
    CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
  });
  const row = aRollout();
  const ways: readonly (readonly [string, Error, (table: Ledger) => Promise<unknown>, unknown])[] = [
    ['a first claim', canceled, (table) => table.accept(row, releaseOf(row)), { claimed: true }],
    ['a claim', new TransactionConflictException(conflict), (table) => table.claim(row), true],
  ];

  it.each(ways)('is sent again after a moment: %s', async (_name, error, write, answer) => {
    const waited: number[] = [];
    const { table, calls } = watched(() => (calls.length < 3 ? Promise.reject(error) : undefined), waited);
    await expect(write(table)).resolves.toEqual(answer);
    expect(calls).toHaveLength(3);
    expect(waited).toEqual([20, 40]);
  });

  it.each(ways)('is thrown after five tries: %s', async (_name, error, write) => {
    const { table, calls } = watched(() => Promise.reject(error), []);
    await expect(write(table)).rejects.toBe(error);
    expect(calls).toHaveLength(5);
  });
});

/** A real client that loses the response to its first request. DynamoDB has applied that request by then, and the SDK repeats it. */
function losingTheFirstResponse() {
  const losing = newClient();
  let attempts = 0;
  losing.middlewareStack.add(
    (send) => async (request) => {
      const response = await send(request);
      attempts += 1;
      if (attempts === 1) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      return response;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return { table: ledger(losing, tableName), attempts: () => attempts };
}

describe('a write whose response was lost', () => {
  const row = aRollout();
  const ways: readonly (readonly [string, (table: Ledger) => Promise<unknown>, unknown])[] = [
    ['a first claim', (table) => table.accept(row, releaseOf(row)), { claimed: true }],
    ['a claim', (table) => table.claim(row), true],
    ['a row', async (table) => [await open().claim(row), await table.write(next(row))][1], true],
    ['a head', (table) => table.writeHead('thermostat', 'beta', emptyHead), true],
    ['the withdrawals', (table) => table.writeWithdrawals('thermostat', '1.0.0', { itemRevision: 0, list: [aRecordedWithdrawal()] }), true],
    ['the approvals', (table) => table.writeApprovals('thermostat', '1.0.0', { itemRevision: 0, list: [anApproval()] }), true],
    ['the holds', (table) => table.writeHolds('thermostat', { itemRevision: 0, holds: held({}) }), true],
  ];
  it.each(ways)('is done when the SDK repeats it: %s', async (_name, write, answer) => {
    const { table, attempts } = losingTheFirstResponse();
    await expect(write(table)).resolves.toEqual(answer);
    expect(attempts()).toBe(2);
  });

  it('is not mistaken for an equal write of somebody else', async () => {
    await open().claim(row);
    await expect(open().write(next(row))).resolves.toBe(true);
    await expect(open().write(next(row))).resolves.toBe(false);
  });
});

describe('a write of a row', () => {
  it('succeeds on the revision that was read, once', async () => {
    const row = aRollout();
    await open().claim(row);
    const written = next(row, { state: 'CREATING', attempt: 1 });
    await expect(open().write(written)).resolves.toBe(true);
    await expect(open().write(written)).resolves.toBe(false);
    expect(await open().read(row)).toEqual(written);
  });

  it('answers false when somebody else was faster, and changes nothing', async () => {
    const row = aRollout();
    await open().claim(row);
    const faster = next(row, { state: 'WITHDRAWING' });
    await open().write(faster);
    await expect(open().write(next(row, { state: 'CREATED' }))).resolves.toBe(false);
    await expect(open().write(next(next(faster), { state: 'CREATED' }))).resolves.toBe(false);
    expect(await open().read(row)).toEqual(faster);
  });

  it('answers false where there is no row at all', async () => {
    await expect(open().write(aRollout({ itemRevision: 2 }))).resolves.toBe(false);
    expect(await open().read(aRollout())).toBeUndefined();
  });

  it('is won by exactly one of many at the same instant', async () => {
    const row = aRollout();
    await open().claim(row);
    const wins = await Promise.all(Array.from({ length: 20 }, (_, index) => open().write(next(row, { followUpNumber: index }))));
    expect(wins.filter(Boolean)).toHaveLength(1);
  });

  it('throws what is not a lost condition', async () => {
    const away = Object.assign(new Error('Requested resource not found'), { name: 'ResourceNotFoundException' });
    const { table } = watched(() => Promise.reject(away));
    await expect(table.write(aRollout())).rejects.toBe(away);
    await expect(table.claim(aRollout())).rejects.toBe(away);
    await expect(table.writeHead('thermostat', 'beta', emptyHead)).rejects.toBe(away);
  });
});

describe('heads and withdrawals', () => {
  const entries = { a: { sequence: 1, version: '2.0.0', revision: 1 } };

  it('are empty at revision 0 until somebody writes them', async () => {
    await expect(open().load(aRollout())).resolves.toEqual({
      row: undefined,
      head: emptyHead,
      withdrawals: [],
      approvals: [],
      holds: noHolds,
    });
    await expect(open().withdrawals('thermostat', '2.0.0')).resolves.toEqual({ itemRevision: 0, list: [] });
  });

  it('are written from revision 0 by the first only, then by who read the last revision', async () => {
    const table = open();
    await expect(table.writeHead('thermostat', 'beta', { itemRevision: 0, lastSequence: 1, taken: 0, entries })).resolves.toBe(true);
    await expect(table.writeHead('thermostat', 'beta', { itemRevision: 0, lastSequence: 9, taken: 0, entries: {} })).resolves.toBe(false);
    const { head } = await table.load(aRollout());
    expect(head).toEqual({ itemRevision: 1, lastSequence: 1, taken: 0, entries });
    await expect(table.writeHead('thermostat', 'beta', { ...head, lastSequence: 2 })).resolves.toBe(true);
    await expect(table.writeHead('thermostat', 'beta', { ...head, lastSequence: 3 })).resolves.toBe(false);
    expect((await table.load(aRollout())).head).toEqual({ itemRevision: 2, lastSequence: 2, taken: 0, entries });
  });

  it('of a version are only added to by who read the last of them', async () => {
    const table = open();
    const [first, second] = [aRecordedWithdrawal(), aRecordedWithdrawal({ revision: 2 })];
    await expect(table.writeWithdrawals('thermostat', '2.0.0', { itemRevision: 0, list: [first] })).resolves.toBe(true);
    await expect(table.writeWithdrawals('thermostat', '2.0.0', { itemRevision: 0, list: [second] })).resolves.toBe(false);
    await expect(table.writeWithdrawals('thermostat', '2.0.0', { itemRevision: 1, list: [first, second] })).resolves.toBe(true);
    expect((await table.load(aRollout())).withdrawals).toEqual([first, second]);
    expect((await table.load(aRollout({ version: '2.0.0+build' }))).withdrawals).toHaveLength(2);
    expect((await table.load(aRollout({ version: '2.0.1' }))).withdrawals).toEqual([]);
  });
});

describe('approvals and holds', () => {
  it('are empty at revision 0 until somebody writes them', async () => {
    await expect(open().approvals('thermostat', '2.0.0')).resolves.toEqual({ itemRevision: 0, list: [] });
    await expect(open().holds('thermostat')).resolves.toEqual({ itemRevision: 0, holds: noHolds });
  });

  it('are written from revision 0 by the first only, then by who read the last revision', async () => {
    const table = open();
    const approve = (itemRevision: number) =>
      table.writeApprovals('thermostat', '2.0.0', { itemRevision, list: [anApproval({ at: itemRevision })] });
    expect([await approve(0), await approve(0), await approve(1), await approve(1)]).toEqual([true, false, true, false]);
    expect(await table.approvals('thermostat', '2.0.0')).toEqual({ itemRevision: 2, list: [anApproval({ at: 1 })] });
    const hold = (itemRevision: number) => table.writeHolds('thermostat', { itemRevision, holds: held({ at: itemRevision }) });
    expect([await hold(0), await hold(0), await hold(1), await hold(1)]).toEqual([true, false, true, false]);
    expect(await table.holds('thermostat')).toEqual({ itemRevision: 2, holds: held({ at: 1 }) });
  });

  it('of versions that differ only in build metadata are beside each other, like their rows', async () => {
    await open().writeApprovals('thermostat', '2.0.0+a', { itemRevision: 0, list: [anApproval({ version: '2.0.0+a' })] });
    expect(await open().approvals('thermostat', '2.0.0+b')).toMatchObject({ list: [{ version: '2.0.0+a' }] });
    expect((await open().load(aRollout({ version: '2.0.0+b' }))).approvals).toHaveLength(1);
  });

  it('of one product are not those of another, nor those of one version those of another', async () => {
    await open().writeHolds('thermostat', { itemRevision: 0, holds: held({}) });
    await open().writeApprovals('thermostat', '2.0.0', { itemRevision: 0, list: [anApproval()] });
    expect((await open().holds('hub')).holds).toEqual(noHolds);
    expect((await open().approvals('thermostat', '2.0.1')).list).toEqual([]);
    expect((await open().load(aRollout({ product: 'hub' }))).holds).toEqual(noHolds);
  });

  it('are consistent reads, because a hold that was answered must be seen by the next create', async () => {
    const consistent: unknown[] = [];
    const { table } = watched((_name, input) => {
      consistent.push((input as { ConsistentRead?: boolean }).ConsistentRead);
      return undefined;
    });
    await table.holds('thermostat');
    await table.approvals('thermostat', '2.0.0');
    expect(consistent).toEqual([true, true]);
  });
});

describe('the channels before', () => {
  const identityOfRelease = { product: 'thermostat', version: '2.0.0', revision: 1, channel: 'stable' };
  const entry = (version: string, sequence: number) => ({ sequence, version, revision: 1 });
  /** Puts rollouts on `beta`, in this order, and their head. */
  async function putOnBeta(...rows: readonly Rollout[]) {
    for (const row of rows) await open().claim(row);
    const entries = Object.fromEntries(rows.map((row, index) => [row.rolloutId, entry(row.version, index + 1)]));
    const head = { itemRevision: 0, lastSequence: rows.length, taken: 0, entries };
    await open().writeHead('thermostat', 'beta', head);
    return { ...head, itemRevision: 1 };
  }

  it('that have no rollout of the release are there without a row', async () => {
    const { table, calls } = watched();
    const none = { row: undefined, head: emptyHead, newer: [] };
    expect(await table.upstreams(identityOfRelease, ['beta', 'lab'])).toEqual({ beta: none, lab: none });
    expect(calls).toEqual(['BatchGetItem']);
  });

  it('come with the row of the same release and the head of the channel, in one call', async () => {
    const [older, row] = [aRollout({ version: '1.0.0' }), aRollout()];
    const head = await putOnBeta(older, row);
    await open().claim(aRollout({ channel: 'lab' }));
    const { table, calls } = watched();
    const { beta, lab } = await table.upstreams(identityOfRelease, ['beta', 'lab']);
    expect([beta, lab?.row?.channel]).toEqual([{ row, head, newer: [] }, 'lab']);
    expect(calls).toEqual(['BatchGetItem']);
  });

  it('come with the rollouts that entered the channel later, the last first, by a second call', async () => {
    const [row, newer, newest] = [aRollout(), aRollout({ version: '3.0.0' }), aRollout({ version: '2.5.0' })];
    await putOnBeta(row, newer, newest);
    const { table, calls } = watched();
    expect((await table.upstreams(identityOfRelease, ['beta']))['beta']?.newer).toEqual([newest, newer]);
    expect(calls).toEqual(['BatchGetItem', 'BatchGetItem']);
  });

  it('find what came later by the place that the row remembers, if its entry has left the head', async () => {
    const [older, row, later] = [aRollout({ version: '1.0.0' }), aRollout({ sequence: 2 }), aRollout({ version: '3.0.0' })];
    for (const one of [older, row, later]) await open().claim(one);
    const entries = { [older.rolloutId]: entry('1.0.0', 1), [later.rolloutId]: entry('3.0.0', 3) };
    await open().writeHead('thermostat', 'beta', { itemRevision: 0, lastSequence: 3, taken: 3, entries });
    expect((await open().upstreams(identityOfRelease, ['beta']))['beta']?.newer).toEqual([later]);
  });

  it('read ten of many that came later', async () => {
    const many = Array.from({ length: 14 }, (_, index) => aRollout({ version: `3.0.${index}` }));
    await putOnBeta(aRollout(), ...many);
    const newer = (await open().upstreams(identityOfRelease, ['beta']))['beta']?.newer.map(({ version }) => version);
    expect(newer).toEqual(Array.from({ length: 10 }, (_, index) => `3.0.${13 - index}`));
  });

  it('read nobody later if the release has no rollout there', async () => {
    const later = aRollout({ version: '3.0.0' });
    await putOnBeta(later);
    const { table, calls } = watched();
    expect((await table.upstreams(identityOfRelease, ['beta']))['beta']).toMatchObject({ row: undefined, newer: [] });
    expect(calls).toEqual(['BatchGetItem']);
  });
});

describe('a look-up', () => {
  it('reads row, head, withdrawals, approvals and holds in one call', async () => {
    const row = aRollout();
    await open().claim(row);
    await open().writeWithdrawals('thermostat', '2.0.0', { itemRevision: 0, list: [aRecordedWithdrawal()] });
    await open().writeApprovals('thermostat', '2.0.0', { itemRevision: 0, list: [anApproval()] });
    await open().writeHolds('thermostat', { itemRevision: 0, holds: held({}) });
    const { table, calls } = watched();
    const beside = { withdrawals: [aRecordedWithdrawal()], approvals: [anApproval()], holds: held({}) };
    await expect(table.load(row)).resolves.toEqual({ row, head: emptyHead, ...beside });
    expect(calls).toEqual(['BatchGetItem']);
  });

  it.each<[string, (table: Ledger, row: Rollout) => Promise<unknown>]>([
    ['a rollout with its head and withdrawals', (table, row) => table.load(row)],
    ['the same release on other channels', (table, row) => table.upstreams(row, [row.channel])],
    ['the rollouts of a release', (table, row) => table.lookUp({ ...row, channels: [row.channel] })],
    ['everything about a version, page by page', (table, row) => table.releaseOf(row.product, row.version)],
    ['one row', (table, row) => table.read(row)],
    ['every row of a version, page by page', (table, row) => table.rowsOf(row.product, row.version)],
  ])('of %s is consistent: what is decided by it must not be of the past', async (_, look) => {
    const row = aRollout();
    await open().claim(row);
    const refusal = Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });
    const reads: unknown[] = [];
    const { table } = watched((name, input) => {
      if (name === 'PutItem') return Promise.reject(refusal);
      const { RequestItems, ConsistentRead } = input as {
        RequestItems?: BatchGetItemCommandInput['RequestItems'];
        ConsistentRead?: boolean;
      };
      reads.push(RequestItems ? RequestItems[tableName]?.ConsistentRead : ConsistentRead);
      const isFirstPage = name === 'Query' && reads.length === 1;
      return isFirstPage
        ? Promise.resolve({ Items: [], LastEvaluatedKey: { pk: { S: 'RELEASE#thermostat#2.0.0' }, sk: { S: 'ROLLOUT#0' } } })
        : undefined;
    });
    expect(JSON.stringify(await look(table, row))).toContain(row.rolloutId);
    expect(new Set(reads)).toEqual(new Set([true]));
  });

  it('asks again for keys that DynamoDB left unprocessed, until it has them all', async () => {
    const rows = ['a', 'b'].map((channel) => aRollout({ channel }));
    for (const row of rows) await open().claim(row);
    const { table, calls } = watched((_name, input) => oneAtATime(input as BatchGetItemCommandInput));
    const found = await table.lookUp({ ...aRollout(), channels: ['a', 'b'] });
    expect(found.rows.map(({ channel }) => channel).sort()).toEqual(['a', 'b']);
    expect(calls).toHaveLength(4);
  });

  it('asks as often as it takes, as long as each call reads something', async () => {
    const rows = Array.from({ length: 8 }, (_, index) => aRollout({ channel: `c${index}` }));
    for (const row of rows) await open().claim(row);
    const { table, calls } = watched((_name, input) => oneAtATime(input as BatchGetItemCommandInput));
    const found = await table.lookUp({ ...aRollout(), channels: rows.map(({ channel }) => channel) });
    expect(found.rows).toHaveLength(8);
    expect(calls).toHaveLength(10);
  });

  it('throws rather than answer with half of it', async () => {
    const { table, calls } = watched(async (_name, input) => ({ UnprocessedKeys: (input as BatchGetItemCommandInput).RequestItems }));
    await expect(table.load(aRollout())).rejects.toThrow('left 5 keys of a BatchGetItem unread');
    expect(calls).toHaveLength(4);
  });

  it('of more than a hundred channels takes as many calls as it needs', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => aRollout({ channel: `c${index}` }));
    await Promise.all(rows.map((row) => open().claim(row)));
    const { table, calls } = watched();
    const { rows: found } = await table.lookUp({ ...aRollout(), channels: rows.map(({ channel }) => channel) });
    expect(found).toHaveLength(120);
    expect(calls).toEqual(['BatchGetItem', 'BatchGetItem']);
  });

  it('of a version finds every revision and channel, and no other version', async () => {
    const rows = [aRollout(), aRollout({ revision: 2 }), aRollout({ channel: 'stable' })];
    for (const row of [...rows, aRollout({ version: '2.0.1' }), aRollout({ product: 'hub' })]) await open().claim(row);
    await open().writeWithdrawals('thermostat', '2.0.0', { itemRevision: 0, list: [aRecordedWithdrawal()] });
    const found = await open().rowsOf('thermostat', '2.0.0');
    expect(found.map(identity)).toEqual(expect.arrayContaining(rows.map(identity)));
    expect(found).toHaveLength(3);
  });

  it('finds what the revision stands for, even if a batch read saw only the row', async () => {
    const row = aRollout();
    const asked = { ...row, channels: ['beta', 'stable'] };
    await open().accept(row, releaseOf(row));
    expect((await open().lookUp(asked)).accepted).toEqual(releaseOf(row));
    await open().claim(aRollout({ revision: 2 }));
    expect((await open().lookUp({ ...asked, revision: 2 })).accepted).toMatchObject({ releaseDigest: row.releaseDigest });
    expect((await open().lookUp({ ...asked, revision: 3 })).accepted).toBeUndefined();
  });

  it('of everything gives rows, withdrawals and holds, past the end of a page', async () => {
    const filler = 'x'.repeat(90_000);
    const rows = Array.from({ length: 24 }, (_, index) => aRollout({ channel: `c${index}`, message: filler }));
    await Promise.all(rows.map((row) => open().claim(row)));
    await open().writeHead('thermostat', 'beta', emptyHead);
    const { table, calls } = watched();
    const channels: string[] = [];
    await open().writeWithdrawals('hub', '1.0.0', { itemRevision: 0, list: [aRecordedWithdrawal()] });
    const hold = { holdId: 'h-1', reason: 'the reason', by: { account: '000000000000', source: 'com.acme.ci' }, at: 1 };
    await open().writeHolds('gateway', { itemRevision: 0, holds: { held: [hold], ended: [] } });
    const others: string[] = [];
    for await (const entry of table.everything()) {
      if (entry.kind === 'row') channels.push(entry.row.channel);
      else if (entry.kind === 'holds') others.push(`${entry.product} ${entry.holds.held.map(({ holdId }) => holdId)}`);
      else others.push(`${entry.product} ${entry.version} ${entry.list.length}`);
    }
    expect(others.sort()).toEqual(['gateway h-1', 'hub 1.0.0 1']);
    expect(channels.sort()).toEqual(rows.map(({ channel }) => channel).sort());
    expect(calls.length).toBeGreaterThan(1);
    expect(await open().rowsOf('thermostat', '2.0.0')).toHaveLength(24);
  });

  async function oneAtATime({ RequestItems = {} }: BatchGetItemCommandInput) {
    const [first, ...later] = RequestItems[tableName]?.Keys ?? [];
    const asked = { [tableName]: { Keys: first ? [first] : [], ConsistentRead: true } };
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: asked }));
    return { ...answer, UnprocessedKeys: later.length === 0 ? {} : { [tableName]: { Keys: later } } };
  }
});

describe('the index of ids', () => {
  it('finds the rollout of an id, by its identity without build metadata', async () => {
    const row = aRollout({ version: '2.0.0-rc.1+build.7', revision: 2 });
    await open().claim(row);
    await open().claim(aRollout({ channel: 'stable' }));
    await expect(open().identityOf(row.rolloutId)).resolves.toEqual({ ...identity(row), version: '2.0.0-rc.1' });
  });

  it('finds nothing for an id that no rollout has', async () => {
    await open().claim(aRollout());
    await expect(open().identityOf('fw-somebody-else')).resolves.toBeUndefined();
  });
});

describe('the index of work', () => {
  it('holds a row exactly while it is due', async () => {
    const row = aRollout({ dueAt: now });
    await open().claim(row);
    expect(await dueAt(now + 1)).toEqual([{ ...identity(row), dueAt: now }]);
    const later = next(row, { dueAt: now + 60_000 });
    await open().write(later);
    expect(await dueAt(now + 1)).toEqual([]);
    expect(await dueAt(now + 60_001)).toEqual([{ ...identity(row), dueAt: now + 60_000 }]);
    const { dueAt: _ended, ...ended } = next(later, { state: 'COMPLETED' });
    await open().write(ended);
    expect(await dueAt(now + 10 * 60_000)).toEqual([]);
    expect(await itemOf(row)).not.toHaveProperty('workShard');
  });

  it('holds neither heads nor withdrawals', async () => {
    await open().writeHead('thermostat', 'beta', emptyHead);
    await open().writeWithdrawals('thermostat', '2.0.0', { itemRevision: 0, list: [aRecordedWithdrawal()] });
    expect(await dueAt(Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  it('names a due row by its whole identity, with prerelease, but without build metadata', async () => {
    await open().claim(aRollout({ version: '2.0.0-rc.1+build.7', revision: 12, channel: 'field-trial_2', dueAt: now }));
    const [found] = await dueAt(now + 1);
    expect(found).toEqual({ product: 'thermostat', version: '2.0.0-rc.1', revision: 12, channel: 'field-trial_2', dueAt: now });
    await expect(open().read(found ?? aRollout())).resolves.toMatchObject({ version: '2.0.0-rc.1+build.7' });
  });

  it('gives the longest due first, so that no rollout waits for ever behind others', async () => {
    const inOneShard = Array.from({ length: 200 }, (_, index) => aRollout({ version: `1.0.${index}` })).filter(
      ({ rolloutId }) => Number.parseInt(rolloutId.slice(-1), 16) % WORK_SHARDS === 2,
    );
    const rows = inOneShard.slice(0, 5).map((row, index) => ({ ...row, dueAt: now - index * 1_000 }));
    for (const row of rows) await open().claim(row);
    const found = await pagesOf('service', 2, now + 1);
    expect(found.map(({ dueAt: due }) => due)).toEqual([now - 4_000, now - 3_000, now - 2_000, now - 1_000, now]);
  });

  it('spreads rollouts evenly over its shards', () => {
    const counts = new Array<number>(WORK_SHARDS).fill(0);
    for (let index = 0; index < 4_000; index += 1) {
      const rolloutId = rolloutIdOf({ product: 'thermostat', version: `1.${index}.0`, revision: 1, channel: 'beta' }, 'prod');
      const shard = Number.parseInt(rolloutId.slice(-1), 16) % WORK_SHARDS;
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });

  it('holds what waits for devices, for people and for AWS apart, and moves a row when that changes', async () => {
    const created = aRollout({ version: '1.0.0', state: 'CREATED', dueAt: now });
    const waiting = aRollout({
      version: '2.0.0',
      state: 'WAITING',
      dueAt: now,
      waits: { since: { APPROVAL: now }, told: [], upstreams: {} },
    });
    const creating = aRollout({ version: '3.0.0', state: 'CREATING', dueAt: now });
    for (const row of [created, waiting, creating]) await open().claim(row);
    const versions = async () =>
      Object.fromEntries(
        await Promise.all(workKinds.map(async (kind) => [kind, (await dueOf(kind, now + 1)).map(({ version }) => version)])),
      );
    expect(await versions()).toEqual({ devices: ['1.0.0'], gate: ['2.0.0'], service: ['3.0.0'] });
    await open().write(next(created, { state: 'SUPERSEDING', dueAt: now }));
    expect(await versions()).toMatchObject({ devices: [], service: expect.arrayContaining(['1.0.0', '3.0.0']) });
  });

  it('finds each of many due rows in exactly one shard', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => aRollout({ version: `1.${index}.0`, dueAt: now }));
    await Promise.all(rows.map((row) => open().claim(row)));
    const found = (await dueAt(now + 1)).map(({ version }) => version);
    expect(found.sort()).toEqual(rows.map(({ version }) => version).sort());
  });

  async function dueAt(time: number) {
    const found = await Promise.all(workKinds.map((kind) => dueOf(kind, time)));
    return found.flat();
  }

  async function dueOf(kind: WorkKind, time: number) {
    const shards = await Promise.all(Array.from({ length: WORK_SHARDS }, (_, shard) => pagesOf(kind, shard, time)));
    return shards.flat();
  }

  async function pagesOf(kind: WorkKind, shard: number, time: number) {
    const pages = await Array.fromAsync(open().due(kind, shard, time));
    return pages.flat();
  }
});
