import { type DueRow, ledger, WORK_SHARDS, workKinds } from '../../../adapters/ledger/ledger.ts';
import { contentOf } from '../../../domain/release/digest.ts';
import type { Identity, Rollout, State } from '../../../domain/rollout/rollout.ts';
import type { Chance } from '../../random.ts';
import { aRollout } from '../../support/a-rollout.ts';
import { release as aRelease } from '../../support/fixtures.ts';
import { LEDGER } from '../aws/dynamodb.ts';
import { EPOCH } from '../world.ts';
import { INDEX_LAG, pageKinds, textOf } from './ledger-pages.ts';
import { asking, type Kinds, type Operation } from './side.ts';

const PRODUCT = 'alpha';
const VERSIONS = ['1.0.0', '1.0.0+build', '2.0.0-rc.1'];
const REVISIONS = [1, 10];
const CHANNELS = ['a', 'b'];
/** The second one has no rollout, and its name begins like that of the first. */
const PRODUCTS_OF_HOLDS = [PRODUCT, `${PRODUCT}-2`];
const DIGESTS = ['a'.repeat(64), 'b'.repeat(64)];
const STATES: readonly State[] = ['CLAIMED', 'CREATING', 'CREATED', 'FAILED'];

/**
 * Everything that the ledger does for the service, on few rows so that they collide, and its two queries page by page. Its
 * scan is left out, as only the command line sends it.
 */
export function ledgerKinds(chance: Chance): Kinds {
  const identity = (): Identity => ({
    product: PRODUCT,
    version: chance.pick('version', VERSIONS),
    revision: chance.pick('revision', REVISIONS),
    channel: chance.pick('channel', CHANNELS),
  });
  const rev = () => chance.whole('rev', 0, 2);
  // DynamoDB does not promise the order of rows that are due at the same instant, so their pages cannot be compared.
  const hasTies = chance.is('ties', 0.5);
  let dues = 0;
  const due = (): number => {
    dues += 1;
    return EPOCH + 1_000 * (hasTies ? chance.whole('due', 0, 3) : (dues * 7) % 101);
  };
  const row = (): Rollout => {
    const { dueAt: _, ...rest } = aRollout({
      ...identity(),
      itemRevision: rev() + 1,
      state: chance.pick('state', STATES),
      followUpNumber: chance.whole('no', 0, 9),
    });
    return { ...rest, ...(chance.is('with due', 0.7) && { dueAt: due() }) };
  };
  const now = () => EPOCH + 1_000 * chance.whole('now', 0, hasTies ? 4 : 101) + chance.pick('or just after', [0, 1]);
  return [
    [5, () => claiming(row())],
    [2, () => writing(row())],
    [5, () => bumping(identity(), chance.is('with due', 0.6) ? due() : undefined)],
    [1, () => reading(identity())],
    [2, () => loading(identity())],
    [2, () => lookingUp(chance, identity())],
    [2, () => writingHead(chance, rev())],
    [2, () => writingWithdrawals(chance, rev())],
    [2, () => writingApprovals(chance, rev())],
    [1, () => readingApprovals(chance.pick('version', VERSIONS))],
    [2, () => writingHolds(chance, rev())],
    [1, () => readingHolds(chance.pick('product of holds', PRODUCTS_OF_HOLDS))],
    [2, () => readingUpstreams(chance, identity())],
    [1, () => readingUnfinished(chance.pick('product', PRODUCTS_OF_HOLDS))],
    [5, () => accepting(chance, row())],
    [1, () => readingVersion(chance.pick('version', VERSIONS))],
    [1, () => readingRows(chance.pick('version', VERSIONS))],
    [2, () => readingDue(now())],
    ...pageKinds(chance, PRODUCT, !hasTies),
  ];
}

const nameOf = ({ version, revision, channel }: Identity): string => `${version} r${revision} ${channel}`;
/** DynamoDB does not promise the order of the rows of a batch. */
const sorted = (rows: readonly Rollout[]): Rollout[] => rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

function claiming(row: Rollout): Operation {
  return asking(`claim ${textOf(row)}`, ({ dynamodb }) => ledger(dynamodb, LEDGER).claim(row));
}

function writing(row: Rollout): Operation {
  return asking(`write ${textOf(row)}`, ({ dynamodb }) => ledger(dynamodb, LEDGER).write(row));
}

/** Writes like a step: the row that was read, with the next revision. */
function bumping(identity: Identity, due: number | undefined): Operation {
  return asking(`${nameOf(identity)} is read and written, due ${due ?? 'never'}`, async ({ dynamodb }) => {
    const table = ledger(dynamodb, LEDGER);
    const row = await table.read(identity);
    if (!row) return 'nothing there';
    const { dueAt: _, ...rest } = row;
    return table.write({ ...rest, itemRevision: row.itemRevision + 1, ...(due !== undefined && { dueAt: due }) });
  });
}

function reading(identity: Identity): Operation {
  return asking(`read ${nameOf(identity)}`, ({ dynamodb }) => ledger(dynamodb, LEDGER).read(identity));
}

function loading(identity: Identity): Operation {
  return asking(`load ${nameOf(identity)}`, ({ dynamodb }) => ledger(dynamodb, LEDGER).load(identity));
}

function lookingUp(chance: Chance, { product, version }: Identity): Operation {
  const revision = chance.pick('revision', REVISIONS);
  const more = Array.from({ length: chance.pick('more', [0, 0, 0, 120]) }, (_, index) => `more-${index}`);
  const channels = [...more, ...CHANNELS.slice(0, chance.whole('wanted', 0, CHANNELS.length))];
  return asking(`look up ${version} r${revision} on ${channels.length} channels`, async ({ dynamodb }) => {
    const { rows, withdrawals, accepted } = await ledger(dynamodb, LEDGER).lookUp({ product, version, revision, channels });
    return { rows: sorted(rows), withdrawals, accepted: accepted?.releaseDigest };
  });
}

/** A first claim, which also says what the revision stands for. */
function accepting(chance: Chance, row: Rollout): Operation {
  const releaseDigest = chance.pick('digest', DIGESTS);
  return asking(`accept ${textOf(row)} as ${releaseDigest.slice(0, 2)}`, async ({ dynamodb }) => {
    const { product, version, revision } = row;
    const release = { product, version, revision, releaseDigest, detail: contentOf({ ...aRelease, product, version, revision }) };
    const put = await ledger(dynamodb, LEDGER).accept({ ...row, releaseDigest }, release);
    return put.claimed || { version: put.accepted.version, releaseDigest: put.accepted.releaseDigest };
  });
}

function readingVersion(version: string): Operation {
  return asking(`everything about ${version}`, async ({ dynamodb }) => {
    const { accepted, rows, withdrawals } = await ledger(dynamodb, LEDGER).releaseOf(PRODUCT, version);
    return { accepted, rows: sorted(rows), withdrawals };
  });
}

function writingHead(chance: Chance, rev: number): Operation {
  const channel = chance.pick('channel', CHANNELS);
  const head = { itemRevision: rev, lastSequence: chance.whole('seq', 0, 9), taken: 0, entries: {} };
  return asking(`write the head of ${channel}, read at revision ${rev}, last sequence ${head.lastSequence}`, ({ dynamodb }) =>
    ledger(dynamodb, LEDGER).writeHead(PRODUCT, channel, head),
  );
}

function writingWithdrawals(chance: Chance, rev: number): Operation {
  const version = chance.pick('version', VERSIONS);
  const sender = { account: '000000000000', source: 'com.acme.ci' };
  const list = [{ version, force: chance.is('force', 0.5), at: chance.whole('at', 1, 9), ...sender }];
  return asking(`write the withdrawals of ${version}, read at revision ${rev}, at ${list[0]?.at}`, ({ dynamodb }) =>
    ledger(dynamodb, LEDGER).writeWithdrawals(PRODUCT, version, { itemRevision: rev, list }),
  );
}

function writingApprovals(chance: Chance, rev: number): Operation {
  const version = chance.pick('version', VERSIONS);
  const by = { account: '000000000000', source: chance.pick('approver', ['com.acme.board', 'com.acme.health']) };
  const list = [{ version, revision: 1, channels: ['a'], releaseDigest: 'a'.repeat(64), by, at: chance.whole('at', 1, 9) }];
  return asking(`write the approvals of ${version}, read at revision ${rev}, at ${list[0]?.at} by ${by.source}`, ({ dynamodb }) =>
    ledger(dynamodb, LEDGER).writeApprovals(PRODUCT, version, { itemRevision: rev, list }),
  );
}

function readingApprovals(version: string): Operation {
  return asking(`approvals of ${version}`, ({ dynamodb }) => ledger(dynamodb, LEDGER).approvals(PRODUCT, version));
}

function writingHolds(chance: Chance, rev: number): Operation {
  const product = chance.pick('product of holds', PRODUCTS_OF_HOLDS);
  const by = { account: '000000000000', source: 'com.acme.ci' };
  const holdId = chance.pick('hold', ['h1', 'h2']);
  const isEnded = chance.is('ended', 0.5);
  const holds = isEnded ? { held: [], ended: [{ holdId, by, at: 1 }] } : { held: [{ holdId, reason: 'r', by, at: 1 }], ended: [] };
  return asking(`write the holds of ${product}, read at revision ${rev}, ${isEnded ? 'ended' : 'held'} ${holdId}`, ({ dynamodb }) =>
    ledger(dynamodb, LEDGER).writeHolds(product, { itemRevision: rev, holds }),
  );
}

function readingHolds(product: string): Operation {
  return asking(`holds of ${product}`, ({ dynamodb }) => ledger(dynamodb, LEDGER).holds(product));
}

/** Also the rollouts that entered the channel later, if the head of the sequence has any. */
function readingUpstreams(chance: Chance, identity: Identity): Operation {
  const channels = chance.pick('channels before', [['a'], ['b'], ['a', 'b'], ['a', 'missing']]);
  return asking(`${nameOf(identity)} on ${channels.join(' and ')}`, ({ dynamodb }) =>
    ledger(dynamodb, LEDGER).upstreams(identity, channels),
  );
}

/** The index lags on one side, and names the rows in any order. */
function readingUnfinished(product: string): Operation {
  return {
    says: `what is unfinished of ${product}`,
    on: async (side) => {
      await side.advance(INDEX_LAG);
      return side.during(async () => sorted(await ledger(side.clients.dynamodb, LEDGER).unfinishedOf(product)).map(textOf));
    },
  };
}

function readingRows(version: string): Operation {
  return asking(`rows of ${version}`, ({ dynamodb }) => ledger(dynamodb, LEDGER).rowsOf(PRODUCT, version));
}

/** Pages end anywhere on both sides, so they are joined. Rows that are due at the same instant come in any order. */
function readingDue(now: number): Operation {
  return {
    says: `what is due before ${now}`,
    on: async (side) => {
      await side.advance(INDEX_LAG);
      return side.during(async () => {
        const rows: DueRow[][] = [];
        for (const kind of workKinds)
          for (let shard = 0; shard < WORK_SHARDS; shard += 1)
            rows.push((await Array.fromAsync(ledger(side.clients.dynamodb, LEDGER).due(kind, shard, now))).flat());
        return rows.map((shard) => ({
          dues: shard.map(({ dueAt }) => dueAt),
          rows: shard.map((row) => `${nameOf(row)} ${row.dueAt}`).sort(),
        }));
      });
    },
  };
}
