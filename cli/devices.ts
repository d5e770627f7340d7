import { compact } from '../domain/json/compact.ts';
import { nearest } from '../domain/json/nearest.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { clientsOf, type Devices, devicesOf } from '../operator/devices/devices-of.ts';
import { type Execution, type ExecutionState, executionStates, failedStates, type Wanted } from '../operator/devices/execution.ts';
import { remarksOn } from '../operator/devices/remarks.ts';
import { overviewOf, versionsOf } from '../operator/reads/known-releases.ts';
import { instant } from '../operator/reads/read-model.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { unknownName } from '../operator/words/unknown-name.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { oneLine, print, printError, printHelp } from '../scripts/layout.ts';
import { printJson } from './json-output.ts';
import { stageHelp, stageOptions } from './stage-options.ts';

const help = `Usage: ${ota} devices PRODUCT VERSION [CHANNEL] [OPTIONS]

Shows the devices of a release, as AWS lists them now: the state of each, since
when, and the reason that it reported if it failed, rejected the update or timed
out. Every revision is shown, and without CHANNEL every channel.

  --state S      only devices in this state: ${executionStates.slice(0, 3).join(', ')},
                 ${executionStates.slice(3, -1).join(', ')} or ${executionStates.at(-1)}
  --no-reasons   do not ask for reasons. Each reason takes a request of its own
${stageHelp}

Exit status:
  0    the devices are shown, even if there are none
  1    there is no such rollout, or AWS did not list its devices
  2    wrong usage, or an unknown state`;

/**
 * `ota devices`. Answers 0 after it has shown the devices of every rollout that was asked for. Throws UsageError for an unknown state,
 * and Error if there is no such rollout.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: { ...stageOptions, state: { type: 'string' }, 'no-reasons': { type: 'boolean', default: false } },
    },
    { channel: 'write the channel after the version' },
  );
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [product, version, channel, ...more] = positionals;
  if (product === undefined || version === undefined || more.length > 0)
    throw new UsageError('exactly a product and a version are required, and at most one channel');
  const wanted: Wanted = compact({ state: readState(values.state), withReasons: !values['no-reasons'] });
  const stage = openStage(values);
  try {
    const rows = await rolloutsOf(stage, { product, version, channel });
    const clients = clientsOf(stage);
    const show = values.json ? showForPrograms : showForPeople;
    await show(
      rows.map((row) => ({ row, devices: devicesOf(clients, row, wanted) })),
      wanted,
      await stage.wallTime(),
    );
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
  return exit.ok;
}

function readState(text: string | undefined): ExecutionState | undefined {
  if (text === undefined) return undefined;
  const known = executionStates.find((state) => state === text);
  if (known !== undefined) return known;
  const meant = nearest(text.toUpperCase(), executionStates);
  const hint = meant === undefined ? '' : `: did you mean ${meant}?`;
  throw new UsageError(`--state takes ${executionStates.join(', ')}, not ${text || 'nothing'}${hint}`);
}

type Asked = { readonly product: string; readonly version: string; readonly channel: string | undefined };

/** The rollouts of a version, by revision and channel. Throws Error with the names that exist if there are none. */
async function rolloutsOf(stage: Stage, { product, version, channel }: Asked): Promise<Rollout[]> {
  const { rows } = await overviewOf(stage, product, version);
  const ofVersion = rows.filter((row) => row.version === version);
  const found = ofVersion.filter((row) => channel === undefined || row.channel === channel);
  if (found.length > 0) return found.sort((a, b) => a.revision - b.revision || a.channel.localeCompare(b.channel));
  if (channel !== undefined && ofVersion.length > 0) {
    const channels = [...new Set(ofVersion.map((row) => row.channel))].sort();
    throw new Error(`${product} ${version} has no rollout on channel ${unknownName(channel, channels)}`);
  }
  const versions = await versionsOf(stage, product);
  if (versions.length > 0) throw new Error(`${product} has no rollout of version ${unknownName(version, versions)}`);
  throw new Error(`${product} has no rollouts: ${ota} status shows all products that have any`);
}

type OfRollout = { readonly row: Rollout; readonly devices: Devices };

/** An instant of a control plane, on the clock here. */
type WallTime = (instant: number) => number;

async function showForPrograms(rollouts: readonly OfRollout[], wanted: Wanted, wallTime: WallTime): Promise<void> {
  const shown: object[] = [];
  for (const { row, devices } of rollouts) {
    const { channel, rolloutId } = row;
    for await (const { device, state, since, reason } of devices.executions)
      shown.push(compact({ channel, rolloutId, device, state, since: since === undefined ? undefined : instant(wallTime(since)), reason }));
    if (devices.isLost()) for (const line of remarksOn({ ...devices, isLost: true }, wanted, { devices: 0, failed: 0 })) printError(line);
  }
  printJson({ devices: shown });
}

async function showForPeople(rollouts: readonly OfRollout[], wanted: Wanted, wallTime: WallTime): Promise<void> {
  for (const { row, devices } of rollouts) {
    print(`${releaseName(row)} ${row.channel}  ${row.state}`);
    const seen = { devices: 0, failed: 0 };
    for await (const execution of devices.executions) {
      seen.devices += 1;
      if (failedStates.includes(execution.state)) seen.failed += 1;
      print(`    ${lineOf(execution, wallTime)}`);
    }
    for (const line of remarksOn({ ...devices, isLost: devices.isLost() }, wanted, seen)) print(`    ${line}`);
  }
}

function lineOf({ device, state, since, reason }: Execution, wallTime: WallTime): string {
  const parts = [device, state, since !== undefined && `since ${instant(wallTime(since))}`, reason !== undefined && oneLine(reason)];
  return parts.filter((part) => part !== false).join('  ');
}
