import { setTimeout as sleep } from 'node:timers/promises';
import { compareReleases } from '../../domain/release/version.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { waitsForItsTwentyMinutes } from '../kill/kill-run.ts';
import { type Random, randomOf } from '../random.ts';
import { findBroken, hasCome, type Sent } from '../stage/judge.ts';
import { whatAwsHas } from '../stage/what-aws-has.ts';
import type { Scene } from './dispatch.ts';
import { type Engine, end } from './engine.ts';
import { setVisibilityTimeout, VISIBILITY_SECONDS } from './functions.ts';
import { BUCKET, inForm, PUBLISHED, releaseOf, SOURCE } from './releases.ts';

const SEED = 14;
const BURST_VERSIONS = 40;
const KILL_VERSIONS = 20;
const KILLS = 10;
const BETWEEN_KILLS_MILLISECONDS = 400;
/** So long a message rests after its function was killed. A batch takes less, even on a machine that is busy with other work. */
const VISIBILITY_SECONDS_OF_KILLS = 20;
const REST_SECONDS = 180;

/** 40 versions of one product, three copies of each, in any order. The newest must win on both channels. */
export async function outOfOrder(scene: Scene): Promise<void> {
  const { account, stage } = scene;
  const artifact = await account.upload(BUCKET, 'thermostat/4/app.bin');
  const versions = Array.from({ length: BURST_VERSIONS }, (_item, index) => `4.${index}.0`);
  const channels = ['beta', 'stable'];
  const bodies = versions.flatMap((version) => [0, 1, 2].map((form) => inForm(form, releaseOf('thermostat', version, channels, artifact))));
  await stage.put(PUBLISHED, shuffled(bodies, randomOf(SEED, 'out of order')), SOURCE);
  await restAndJudge(
    scene,
    `${bodies.length} events out of order`,
    versions.map((version) => ({ product: 'thermostat', version, channels })),
  );
}

/** Releases for both control planes at once, while the processes of the functions are killed. */
export async function kills(scene: Scene, engine: Engine): Promise<void> {
  const { account, checks, stage } = scene;
  const [gateway, hub] = [await account.upload(BUCKET, 'gateway/4/app.bin'), await account.upload(BUCKET, 'hub/4/app.bin')];
  const versions = Array.from({ length: KILL_VERSIONS }, (_item, index) => `4.${index}.0`);
  const products = [
    { product: 'gateway', channels: ['gateways', 'hubs'], artifact: gateway },
    { product: 'hub', channels: ['stable'], artifact: hub },
  ];
  const releases = versions.flatMap((version) =>
    products.map(({ product, channels, artifact }) => releaseOf(product, version, channels, artifact)),
  );
  const bodies = releases.flatMap((release) => [0, 1].map((form) => inForm(form, release)));
  const random = randomOf(SEED, 'kills');
  await setVisibilityTimeout(account, stage, VISIBILITY_SECONDS_OF_KILLS);
  await stage.put(PUBLISHED, shuffled(bodies, random), SOURCE);
  let killed = 0;
  for (let looks = 0; killed < KILLS && looks < 5 * KILLS; looks += 1) {
    const sandboxes = await engine.sandboxes(stage.name);
    if (sandboxes.length > 0 && end(random.pick(sandboxes))) killed += 1;
    await sleep(BETWEEN_KILLS_MILLISECONDS);
  }
  checks.equal('processes of functions that were killed', killed, KILLS);
  await restAndJudge(scene, `${bodies.length} events, and ${KILLS} kills`, releases);
  await setVisibilityTimeout(account, stage, VISIBILITY_SECONDS);
}

/** Waits until every rollout of these releases rests. Then it compares ledger, AWS and what was told, as `npm run kill` does. */
async function restAndJudge({ account, stage, listener, checks }: Scene, what: string, sent: readonly Sent[]): Promise<void> {
  const own = async () =>
    (await stage.rows()).filter((row) => sent.some((one) => one.product === row.product && one.version === row.version));
  const wanted = sent.reduce((sum, { channels }) => sum + channels.length, 0);
  await checks.comes(
    `${what}: ${wanted} rollouts come to rest`,
    { rollouts: wanted, open: [] },
    async () => {
      const [rows, made] = [await own(), await whatAwsHas(account)];
      const open = rows.filter((row) => !hasCome(row) && !waitsForItsTwentyMinutes(row, made));
      return { rollouts: rows.length, open: open.map(nameOf) };
    },
    REST_SECONDS,
  );
  const rows = await own();
  const ids = new Set(rows.map(({ rolloutId }) => rolloutId));
  const made = (await whatAwsHas(account)).filter(({ rolloutId }) => rolloutId !== undefined && ids.has(rolloutId));
  checks.equal(
    `${what}: nothing is lost, doubled or wrong`,
    findBroken({ sent, rows, made, published: await published(listener), rejected: [] }),
    [],
  );
  for (const [channel, newest] of newestOf(rows))
    checks.equal(
      `${what}: the newest version wins on ${channel}`,
      ['CREATED', 'COMPLETED'].includes(newest.state) ? 'it does' : nameOf(newest),
      'it does',
    );
  for (const queue of ['releases-dlq', 'steering-dlq', 'follow-ups-dlq', 'rule-dlq'])
    checks.equal(`${what}: ${queue} is empty`, await stage.messagesIn(queue), 0);
}

async function published(listener: Scene['listener']): Promise<Map<string, Set<string>>> {
  const states = new Map<string, Set<string>>();
  for (const { detailType, detail } of await listener.told()) {
    const id = String(detail['rolloutId'] ?? '');
    states.set(id, (states.get(id) ?? new Set()).add(detailType.split(' ').at(-1)?.toUpperCase() ?? ''));
  }
  return states;
}

function newestOf(rows: readonly Rollout[]): Map<string, Rollout> {
  const newest = new Map<string, Rollout>();
  for (const row of rows) {
    const channel = `${row.product} ${row.channel}`;
    const known = newest.get(channel);
    if (known === undefined || compareReleases(row, known) > 0) newest.set(channel, row);
  }
  return newest;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)[0] as T);
}

const nameOf = ({ product, version, channel, state, code }: Rollout): string =>
  [product, version, channel, state, code].filter(Boolean).join(' ');
