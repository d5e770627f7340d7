import { type BatchGetItemCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type RunningServices, startServices } from 'embedded-aws/src/services.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchedReads, type Ledger, ledger, WORK_SHARDS } from '../../adapters/ledger/ledger.ts';
import { noHolds } from '../../domain/gate/holds.ts';
import { emptyHead, type Rollout } from '../../domain/rollout/rollout.ts';
import { endpointOf } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { aHead, anApproval, aRollout, now, ownEntry } from '../../proof/support/a-rollout.ts';

const TABLE = 'ledger-batches';
let services: RunningServices;
let client: DynamoDBClient;
let table: Ledger;
const beta = aRollout({ state: 'CREATED', attempt: 1, sequence: 1 });
const stable = aRollout({ channel: 'stable', state: 'WAITING', waits: { since: {}, told: [], upstreams: {} }, dueAt: now });
const newer = aRollout({ version: '2.1.0', state: 'CREATED', attempt: 1, sequence: 2 });
beforeAll(async () => {
  services = await startServices({ port: 0 });
  client = new DynamoDBClient({
    endpoint: endpointOf('DYNAMODB', services),
    region: services.region,
    credentials: { accessKeyId: 'made', secretAccessKey: 'up' },
  });
  await createTable(client, ledgerTable(TABLE));
  table = ledger(client, TABLE);
  for (const row of [beta, stable, newer]) await table.claim(row);
  const head = aHead(ownEntry(beta, { sequence: 1 }), ownEntry(newer, { sequence: 2 }));
  await table.writeHead('thermostat', 'beta', { ...head, itemRevision: 0 });
  await table.writeApprovals('thermostat', '2.0.0', { itemRevision: 0, list: [anApproval()] });
});
afterAll(async () => {
  client.destroy();
  await services.stop();
});

/** A reader that notes its calls with the number of keys, and may change what DynamoDB answers. */
function watched(change: (input: BatchGetItemCommandInput) => Promise<unknown> | undefined = () => undefined) {
  const calls: string[] = [];
  const send = (command: { readonly constructor: { readonly name: string }; readonly input: BatchGetItemCommandInput }) => {
    const keys = Object.values(command.input.RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys);
    calls.push(`${command.constructor.name.replace(/Command$/, '')} ${keys.length}`);
    return change(command.input) ?? client.send(command as never);
  };
  return { calls, ...batchedReads({ send } as unknown as DynamoDBClient, TABLE) };
}

describe('reads in batches', () => {
  it('take one call for all that is asked for at the same time, and answer what the single reads do', async () => {
    const { calls, inBatches } = watched();
    const reads = inBatches();
    const [head, row, holds, approvals] = await Promise.all([
      reads.head('thermostat', 'beta'),
      reads.row(stable),
      reads.holds('thermostat'),
      reads.approvals('thermostat', '2.0.0'),
    ]);
    expect(calls).toEqual(['BatchGetItem 4']);
    expect(head).toEqual((await table.load(beta)).head);
    expect(row).toEqual(stable);
    expect(holds.holds).toEqual(noHolds);
    expect(approvals).toEqual(await table.approvals('thermostat', '2.0.0'));
  });

  it('read each item once', async () => {
    const { calls, inBatches } = watched();
    const reads = inBatches();
    await Promise.all([reads.row(beta), reads.row(beta)]);
    await reads.row(beta);
    expect(calls).toEqual(['BatchGetItem 1']);
  });

  it('divide what is asked for into calls of 100', async () => {
    const { calls, inBatches } = watched();
    const reads = inBatches();
    const names = Array.from({ length: 150 }, (_, index) => `c${index}`);
    expect(await Promise.all(names.map((name) => reads.head('thermostat', name)))).toEqual(names.map(() => emptyHead));
    expect(calls).toEqual(['BatchGetItem 100', 'BatchGetItem 50']);
  });

  it('answer undefined for a rollout that is not there', async () => {
    expect(
      await watched()
        .inBatches()
        .row(aRollout({ version: '9.0.0' })),
    ).toBeUndefined();
  });

  it('have the channels before with those that entered later, as the ledger has them, and share what was read', async () => {
    const { calls, inBatches } = watched();
    const reads = inBatches();
    await reads.head('thermostat', 'beta');
    expect(await reads.upstreams(stable, ['beta'])).toEqual(await table.upstreams(stable, ['beta']));
    expect(calls).toEqual(['BatchGetItem 1', 'BatchGetItem 1', 'BatchGetItem 1']);
  });

  it('throw what DynamoDB throws, for each that asked', async () => {
    const reads = watched(() => Promise.reject(new Error('throttled'))).inBatches();
    const asked = await Promise.allSettled([reads.row(beta), reads.holds('thermostat')]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('all rollouts that are due', () => {
  it('are those of the kinds that are asked for, with their keys, by a query for each shard', async () => {
    const { calls, allDue } = watched();
    const { rows, isWhole } = await allDue(['gate'], 10);
    expect(rows).toEqual([{ product: 'thermostat', version: '2.0.0', revision: 1, channel: 'stable', dueAt: now }]);
    expect([isWhole, calls.length]).toEqual([true, WORK_SHARDS]);
  });

  it('are cut at a number of each shard, those that are due first before the others', async () => {
    const inShard: Rollout[] = [];
    for (let minor = 0; inShard.length < 3; minor += 1) {
      const row = aRollout({
        version: `3.${minor}.0`,
        state: 'WAITING',
        waits: { since: {}, told: [], upstreams: {} },
        dueAt: now - minor,
      });
      if (Number.parseInt(row.rolloutId.slice(-1), 16) % WORK_SHARDS === 0) inShard.push(row);
    }
    for (const row of inShard) await table.claim(row);
    const { rows, isWhole } = await watched().allDue(['gate'], 1);
    expect(isWhole).toBe(false);
    expect(rows[0]?.version).toBe(inShard.at(-1)?.version);
  });
});
