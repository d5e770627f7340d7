import { type Chance, chanceOf } from '../random.ts';
import type { Action } from './action.ts';
import { channelKinds, gates, jobGates, jobKinds, others } from './configurations.ts';
import type { FaultMix } from './fault-mix.ts';
import type { ReleaseSpec, WithdrawalSpec } from './releases.ts';
import { steeringOf } from './steering.ts';
import { EPOCH } from './world.ts';

const MINUTE = 60_000;

/** The workload of a seed: releases, copies, conflicts, withdrawals of every scope, nonsense, deployments, and people who interfere. */
export function workloadOf(seed: number, mix: FaultMix): Action[] {
  const chance = chanceOf(seed ^ 0x0a11ce);
  const storm = mix.stormMinutes * MINUTE;
  const channels = mix.steering > 0 ? gatedChannelsOf(chance, mix) : channelsOf(chance, mix);
  const releases = releasesOf(chance, channels, storm);
  const actions: Action[] = [];
  const span = chance.number('span', 0.02, 0.9) * storm;
  const time = (name: string) => Math.round(chance.number(name, 0, span));

  for (const release of releases) actions.push({ at: time('publish'), do: 'publish', release });
  for (let count = chance.whole('copies', 0, 2 * mix.timesOfEachAction); count > 0; count -= 1) {
    const release = chance.pick('copied', releases);
    const original = actions.find((action) => action.do === 'publish' && action.release === release);
    const at = chance.is('copied at once', 0.5) ? (original?.at ?? 0) + chance.whole('copied after', 0, 3_000) : time('copy');
    const to = chance.is('copied to other channels', 0.3) ? { channels: someOf(chance, channels) } : {};
    actions.push({ at, do: 'publish', release: { ...release, ...to, correlationId: chance.pick('copy of', ['build-1', 'build-2']) } });
  }
  for (let count = chance.whole('conflicts', 0, mix.timesOfEachAction); count > 0; count -= 1) {
    const release = chance.pick('conflicting', releases);
    const other = chance.is('build metadata', 0.3) ? { version: `${release.version}+b2` } : { content: 'other' };
    const original = actions.find((action) => action.do === 'publish' && action.release === release)?.at ?? 0;
    const at = chance.is('conflict at once', 0.5) ? original + chance.whole('conflict after', 0, 1_500) : time('conflict');
    actions.push({ at, do: 'publish', release: { ...release, ...other, channels: someOf(chance, channels) } });
  }
  for (let count = chance.whole('withdrawals', 0, mix.timesOfEachAction); count > 0; count -= 1) {
    const release = chance.pick('withdrawn', releases);
    const withdrawal: WithdrawalSpec = {
      version: release.version,
      ...(chance.is('of a revision', 0.3) && { revision: release.revision }),
      ...(chance.is('of a channel', 0.3) && { channels: [chance.pick('withdrawn channel', channels)] }),
      ...(chance.is('forced', 0.2) && { force: true }),
      ...(chance.is('with a reason', 0.5) && { reasonCode: chance.pick('reason', ['BAD_CURVE', 'Größe #7']) }),
    };
    const at = chance.is('withdrawn at once', 0.4)
      ? (actions.find((action) => action.do === 'publish' && action.release === release)?.at ?? 0) +
        chance.whole('withdrawn after', 0, 20_000)
      : time('withdraw');
    actions.push({ at, do: 'withdraw', withdrawal });
    if (chance.is('withdrawn more', 0.25)) {
      const wider = { version: release.version, channels: [chance.pick('withdrawn channel', channels)] };
      actions.push({ at: at + chance.whole('more after', 0, 400), do: 'withdraw', withdrawal: wider });
    }
    if (chance.is('withdrawn twice', 0.2)) actions.push({ at: at + chance.whole('again after', 0, 600_000), do: 'withdraw', withdrawal });
  }
  if (chance.is('nonsense', 0.3)) actions.push({ at: time('nonsense'), do: 'nonsense', body: chance.pick('which nonsense', nonsense) });
  if (chance.is('dry run', 0.2)) {
    actions.push({ at: time('dry run'), do: 'publish', release: { ...chance.pick('tried', releases), dryRun: true } });
  }
  if (chance.is('deployments', 0.5)) {
    for (let count = chance.whole('how many deployments', 1, 3); count > 0; count -= 1) {
      const soon = (actions.find((action) => action.do === 'publish')?.at ?? 0) + chance.whole('deployed after', 100, 300_000);
      const at = chance.is('deployed soon', 0.5) ? soon : time('deploy');
      actions.push({ at, do: 'deploy', configuration: chance.whole('deployed', 0, others.length - 1) });
      actions.push({ at: time('deploy back'), do: 'deploy', configuration: 'usual' });
    }
  }
  for (let count = chance.is('meddling', 0.3) ? chance.whole('meddled', 1, 3) : 0; count > 0; count -= 1) {
    const how = chance.pick(
      'meddle how',
      mix.jobs > 0 ? (['abort', 'cancel', 'delete', 'change'] as const) : (['abort', 'cancel', 'delete'] as const),
    );
    actions.push({ at: chance.whole('meddle', 0, storm), do: 'meddle', how, which: chance.whole('meddle with', 0, 9) });
  }
  if (chance.is('foreign', mix.foreign)) {
    actions.push({ at: 0, do: 'foreign', release: chance.pick('foreign', releases), channel: chance.pick('foreign in', channels) });
  }
  for (let count = mix.jobEvents > 0 && chance.is('forged events', 0.3) ? 3 : 0; count > 0; count -= 1) {
    actions.push({ at: chance.whole('forged', 0, storm), do: 'forge', which: chance.whole('forged of', 0, 9) });
  }
  if (chance.is('early redrive', 0.3)) actions.push({ at: chance.whole('redrive', storm / 2, storm), do: 'redrive' });
  const published = actions.flatMap((action) => (action.do === 'publish' ? [action.at] : []));
  if (mix.steering > 0) actions.push(...steeringOf(chanceOf(seed ^ 0x57ee), releases, channels, storm, published));
  return actions.sort((a, b) => a.at - b.at);
}

const nonsense = [
  'not json never-log-this',
  '{"detail-type":"Firmware Release Published","source":"com.acme.firmware-ci","account":"000000000000","detail":{"product":"never-log-this!"}}',
  '{"detail-type":"Something else","source":"com.acme.firmware-ci","account":"000000000000","detail":{"x":"never-log-this"}}',
  '{"detail-type":"Firmware Release Published","source":"com.evil","account":"000000000000","detail":{"product":"alpha","version":"9.9.9","channels":["snap"],"artifacts":[{"fileLocation":{"s3Location":{"bucket":"acme-firmware","key":"k","version":"v"}},"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}],"description":"never-log-this"}}',
  '{"detail-type":"Firmware Release Withdrawn","source":"com.acme.firmware-ci","account":"000000000000","detail":{"product":"unknown","version":"1.0.0","comment":"never-log-this"}}',
  `${'['.repeat(40)}"never-log-this"${']'.repeat(40)}`,
];

/** A channel with a gate and the one before it, or one with a gate alone. Sometimes none has a gate, and holds are all that steers. */
function gatedChannelsOf(chance: Chance, mix: FaultMix): string[] {
  if (chance.is('only holds', 0.2)) return channelsOf(chance, mix);
  const [gated, { behind }] = chance.pick('gated channel', Object.entries(mix.jobs > 0 ? { ...gates, ...jobGates, ...jobGates } : gates));
  return [behind, gated];
}

function channelsOf(chance: Chance, mix: FaultMix): string[] {
  // Half of the histories with jobs have them on their first channel.
  const kinds: readonly string[] = mix.jobs > 0 ? [...channelKinds, ...jobKinds, ...jobKinds] : channelKinds;
  const first = chance.pick('channel', kinds);
  const rest = kinds.filter((kind) => kind !== first);
  return chance.is('two channels', 0.6) ? [first, chance.pick('other channel', rest)] : [first];
}

function releasesOf(chance: Chance, channels: readonly string[], storm: number): ReleaseSpec[] {
  const versions = ['1.0.0', '1.1.0', '2.0.0-rc.1', '2.0.0'].slice(0, chance.whole('versions', 2, 4));
  return versions.flatMap((version) => {
    const revisions = chance.is('two revisions', 0.25) ? [1, 2] : [1];
    return revisions.map((revision) => ({
      version,
      revision,
      channels: someOf(chance, channels),
      content: 'one',
      ...(chance.is('not after', 0.15) && { notAfter: new Date(EPOCH + chance.number('not after', 0, storm)).toISOString() }),
    }));
  });
}

function someOf(chance: Chance, channels: readonly string[]): string[] {
  const [first] = channels;
  return channels.length === 1 || first === undefined || chance.is('all channels', 0.6)
    ? [...channels]
    : [chance.pick('one channel', channels)];
}
