import { join } from 'node:path';
import { ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { type RejectionCode, rejectionCodes } from '../../domain/release/rejection.ts';
import { root } from '../../scripts/installation.ts';
import { TEST_PARAMETERS } from '../../scripts/service-copy.ts';
import type { Account, Listener, Stage } from './account.ts';
import type { Checks } from './checks.ts';
import { run, tailOf } from './commands.ts';
import { refusalsFor, type Steered, unreachable } from './refusals.ts';
import { type Artifact, BUCKET, inForm, PUBLISHED, releaseOf, SOURCE } from './releases.ts';

const COPIES = 20;

/** What every part of the run works with. */
export type Scene = {
  readonly account: Account;
  readonly stage: Stage;
  readonly listener: Listener;
  readonly checks: Checks;
  readonly env: NodeJS.ProcessEnv;
};

/** Runs `npm run ota` as a person would, with the environment of the foreign engine. */
export const ota = (env: NodeJS.ProcessEnv, ...args: readonly string[]) =>
  run(process.execPath, [join(root, 'cli', 'main.ts'), ...args], {
    cwd: root,
    env: { ...env, OTA_SERVERLESS_FILE: join(root, TEST_PARAMETERS) },
  });

/** Publishes a release on each control plane through the command line, and follows each to its end. */
export async function releaseOnEach({ stage, checks, env }: Scene): Promise<void> {
  const artifacts = join(root, 'examples', 'artifacts', BUCKET);
  const examples = [
    ['iot-release.json', 'thermostat/2.4.1/app.bin', 'IoT Core', /^beta COMPLETED \(10 succeeded\)/m],
    ['job-release.json', 'camera/5.2.0/camera.img', 'IoT Jobs', /^canary COMPLETED \(10 succeeded\)/m],
    ['mi-release.json', 'hub/1.8.0/hub.bin', 'managed integrations', /^stable CREATED/m],
    [
      'both-release.json',
      'gateway/3.0.0-rc.1/gateway.bin',
      'IoT Core and managed integrations together',
      /^gateways COMPLETED \(10 succeeded\), hubs COMPLETED \(3 succeeded\)/m,
    ],
  ] as const;
  await Promise.all(
    examples.map(async ([file, object, planes, ending]) => {
      const options = ['--upload', join(artifacts, object), '--stage', stage.name];
      const ended = await ota(env, 'publish', join(root, 'examples', file), ...options);
      checks.equal(
        `a release on ${planes} comes to its end through ota publish`,
        ended.status === 0 && ending.test(ended.stdout) ? 'it does' : tailOf(ended),
        'it does',
      );
    }),
  );
}

/** Sends one release 20 times in three forms. It must lead to one update. */
export async function duplicates({ account, stage, listener, checks }: Scene): Promise<void> {
  const artifact = await account.upload(BUCKET, 'thermostat/3.0.0/app.bin');
  const release = releaseOf('thermostat', '3.0.0', ['beta'], artifact);
  await stage.put(
    PUBLISHED,
    Array.from({ length: COPIES }, (_item, form) => inForm(form, release)),
    SOURCE,
  );
  await checks.comes(`${COPIES} copies in three forms are one release and ${COPIES - 1} duplicates`, COPIES - 1, async () => {
    const told = await listener.told();
    return told.filter(({ detailType, detail }) => detailType === 'OTA Release Duplicate' && JSON.stringify(detail).includes('"3.0.0"'))
      .length;
  });
  await checks.comes('they lead to one rollout, which completes', ['beta COMPLETED'], () => stage.states('thermostat', '3.0.0'));
  const [row] = (await stage.rows()).filter(({ version }) => version === '3.0.0');
  const { otaUpdates = [] } = await account.iot.send(new ListOTAUpdatesCommand({ maxResults: 100 }));
  checks.equal(
    'and to one update at AWS',
    otaUpdates.filter(({ otaUpdateId }) => otaUpdateId?.startsWith(row?.rolloutId ?? '?')).length,
    1,
  );
}

/** Sends one message for each reason to refuse it. Each must be kept in the queue of rejected messages, and told. */
export async function refusals(scene: Scene): Promise<void> {
  const { account, stage, listener, checks, env } = scene;
  const [right, other] = [await account.upload(BUCKET, 'thermostat/9/app.bin'), await account.upload(BUCKET, 'thermostat/9/other.bin')];
  const accepted = (await stage.rows()).find(({ version }) => version === '3.0.0');
  if (accepted === undefined) throw new Error('the release 3.0.0 is not in the ledger');
  const first = await account.upload(BUCKET, 'thermostat/3.0.0/app.bin');
  const withdrawn = releaseOf('thermostat', '9.99.0', ['beta'], right);
  const stopped = await ota(env, 'withdraw', 'thermostat', '9.99.0', '--ahead', '--yes', '--stage', stage.name);
  checks.equal('a version is withdrawn before it is published', stopped.status, 0);
  const steered = await steer(scene, right);
  const all = refusalsFor({ right, other }, releaseOf('thermostat', '3.0.0', ['beta'], first), withdrawn, steered);
  const before = (await listener.told()).filter(({ detailType }) => detailType === 'OTA Release Rejected').length;
  const kept = await stage.messagesIn('rejected');
  for (const refusal of all) {
    if (refusal.way === 'queue') await stage.send(refusal.body);
    else await stage.put(refusal.detailType, [refusal.detail], refusal.source);
  }
  const told = async () => {
    const rejected = (await listener.told()).filter(({ detailType }) => detailType === 'OTA Release Rejected').slice(before);
    return rejected.map(({ detail }) => `${detail['code']} ${detail['path']}`).sort();
  };
  await checks.comes(`${all.length} messages are refused, each told once`, all.length, async () => (await told()).length, 120);
  const seen = await told();
  for (const { code, path, what } of all) {
    const right = `${code} ${path}`;
    checks.equal(`refused as ${code}: ${what}`, seen.includes(right) ? right : seen.filter((one) => one.startsWith(code)), right);
  }
  checks.equal('each refused message is kept in the queue', (await stage.messagesIn('rejected')) - kept, all.length);
  const missing = (Object.keys(rejectionCodes) as RejectionCode[]).filter(
    (code) => unreachable[code] === undefined && !all.some((one) => one.code === code),
  );
  checks.equal('every code that a message can have was tried', missing, []);
  const rows = (await stage.rows()).filter(({ version }) => version.startsWith('9.'));
  checks.equal('the ledger has no row of a refused version', rows, []);
  const ended = await ota(env, 'withdraw', steered.waiting.product, steered.waiting.version, '--yes', '--stage', stage.name);
  checks.equal('the release that waited is withdrawn', ended.status, 0);
}

/** Publishes a release that waits for its gate, and sets and ends a hold, all through the command line or the bus. */
async function steer({ stage, checks, env }: Scene, artifact: Artifact): Promise<Steered> {
  const waiting = releaseOf('smart-lock', '3.1.0', ['stable'], artifact);
  await stage.put(PUBLISHED, [JSON.stringify(waiting)], SOURCE);
  await checks.comes('a release waits for the channel before its own', ['stable WAITING'], () => stage.states('smart-lock', '3.1.0'));
  const endedHold = 'a-test';
  const held = await ota(env, 'hold', 'smart-lock', '--reason', 'A test', '--id', endedHold, '--stage', stage.name);
  checks.equal('a hold is set', held.status === 0 ? 'it is' : tailOf(held), 'it is');
  const resumed = await ota(env, 'resume', 'smart-lock', '--id', endedHold, '--yes', '--stage', stage.name);
  checks.equal('and ended by an approver', resumed.status === 0 ? 'it is' : tailOf(resumed), 'it is');
  return { waiting, endedHold };
}
