import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type RunningServices, startServices } from 'embedded-aws/src/services.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { noHolds } from '../../domain/gate/holds.ts';
import { rolloutIdOf } from '../../domain/request/identity.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { aRollout, now } from '../../proof/support/a-rollout.ts';

let services: RunningServices;
let client: DynamoDBClient;
let tables = 0;
let open: () => ReturnType<typeof ledger>;

beforeAll(async () => {
  services = await startServices({ port: 0 });
  const credentials = { accessKeyId: 'made', secretAccessKey: 'up' };
  client = new DynamoDBClient({ endpoint: services.endpoint, region: services.region, credentials });
});
beforeEach(async () => {
  tables += 1;
  const name = `steering-${tables}`;
  await createTable(client, ledgerTable(name));
  open = () => ledger(client, name);
});
afterAll(async () => {
  client.destroy();
  await services.stop();
});

const product = 'thermostat';
const by = { account: '000000000000', source: 'com.acme.release-board' };
const anApproval = { version: '2.0.0', revision: 1, channels: ['beta'], releaseDigest: 'd'.repeat(64), by, at: 1 };
const row = (changes: Partial<Rollout>) => aRollout({ ...changes, rolloutId: rolloutIdOf(aRollout(changes), 'local') });

describe('the approvals of a version', () => {
  it('are an empty list at revision 0 until somebody writes them, whatever its build metadata', async () => {
    expect(await open().approvals(product, '2.0.0')).toEqual({ itemRevision: 0, list: [] });
    expect(await open().writeApprovals(product, '2.0.0+b1', { itemRevision: 0, list: [anApproval] })).toBe(true);
    expect(await open().approvals(product, '2.0.0')).toEqual({ itemRevision: 1, list: [anApproval] });
  });

  it('are written only by who has read the last of them', async () => {
    const write = (itemRevision: number) => open().writeApprovals(product, '2.0.0', { itemRevision, list: [anApproval] });
    expect([await write(0), await write(0), await write(1), await write(1)]).toEqual([true, false, true, false]);
  });
});

describe('the holds of a product', () => {
  it('are empty sets at revision 0 until somebody writes them', async () => {
    const holds = { held: [{ holdId: 'h', reason: 'r', by, at: 1 }], ended: [{ holdId: 'e', by, at: 2 }] };
    expect(await open().holds(product)).toEqual({ itemRevision: 0, holds: noHolds });
    expect(await open().writeHolds(product, { itemRevision: 0, holds })).toBe(true);
    expect(await open().holds(product)).toEqual({ itemRevision: 1, holds });
    expect(await open().holds('camera')).toEqual({ itemRevision: 0, holds: noHolds });
  });

  it('are written only by who has read the last of them', async () => {
    const write = (itemRevision: number) => open().writeHolds(product, { itemRevision, holds: noHolds });
    expect([await write(0), await write(0), await write(1), await write(1)]).toEqual([true, false, true, false]);
  });
});

describe('the unfinished rollouts of a product', () => {
  it('are those that are due at some time, of all shards, versions and channels, and of no other product', async () => {
    const { dueAt: _, ...done } = row({ version: '1.0.0', state: 'COMPLETED' });
    const own = Array.from({ length: 20 }, (_, index) =>
      row({ version: `2.0.${index}-rc.1+b${index}`, channel: index % 2 ? 'beta' : 'stable', dueAt: now + index }),
    );
    const others = [row({ product: 'thermostat-2' }), row({ product: 'thermo' }), done];
    for (const one of [...own, ...others]) await open().claim(one);
    const found = await open().unfinishedOf(product);
    expect(found.map(({ version }) => version).sort()).toEqual(own.map(({ version }) => version).sort());
    expect(found.find(({ version }) => version === own[7]?.version)).toEqual(own[7]);
  });

  it('are an empty list for a product without rollouts', async () => {
    expect(await open().unfinishedOf(product)).toEqual([]);
  });
});
