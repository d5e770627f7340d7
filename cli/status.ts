import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { activeHolds } from '../domain/gate/holds.ts';
import { compact } from '../domain/json/compact.ts';
import { nearest } from '../domain/json/nearest.ts';
import { parseInstant } from '../domain/release/instant.ts';
import { withoutBuild } from '../domain/release/version.ts';
import { isFinal, type Rollout, waitingSince } from '../domain/rollout/rollout.ts';
import { holdView, type KnownRollout, knownView, withdrawalView } from '../operator/reads/read-model.ts';
import { type Found, readReleases } from '../operator/reads/read-releases.ts';
import { withOutlooks } from '../operator/reads/with-outlooks.ts';
import { missing, openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { holdLines } from '../operator/words/outlook-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { print, printHelp } from '../scripts/layout.ts';
import { printJson } from './json-output.ts';
import { stageHelp, stageOptions } from './stage-options.ts';
import { aheadLines, contentLines, detailLines, linesOf } from './status-words.ts';

const help = `Usage: ${ota} status [PRODUCT [VERSION]] [OPTIONS]

Shows rollouts: state, device counts, AWS ids, since when, and why. A rollout
that waits for AWS or for another rollout is shown with how long it has waited.
One that a gate or a hold keeps is shown with every reason. Active holds and
withdrawals of releases that never came are shown too. With PRODUCT and VERSION
it shows the content of the release, who published and approved it, why its gate
opened, and the history.

  --live         only rollouts that have not ended
  --failed       only rollouts that failed, or on which a device failed,
                 rejected the update or timed out
  --since TIME   only what changed its state since then, or has devices that
                 moved. TIME is a span such as 30m, 6h or 2d, or an RFC 3339
                 instant
${stageHelp}

Exit status:
  0    done, even if there are no rollouts
  1    AWS answered with an error
  2    wrong usage`;

const filters = {
  live: { type: 'boolean', default: false },
  failed: { type: 'boolean', default: false },
  since: { type: 'string' },
} as const;

/** `ota status`. Answers 0, even if there are no rollouts. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { ...stageOptions, ...filters } });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [product, version, ...more] = positionals;
  if (more.length > 0) throw new UsageError('give at most a product and a version');
  const since = values.since === undefined ? 0 : instantOf(values.since, Date.now());
  const stage = openStage(values);
  const found = await readReleases(stage.ledger, product, version).catch((error: unknown) => {
    if (!(error instanceof ResourceNotFoundException)) throw unreachable(error, stage.endpoint);
    throw missing(stage.name, 'ledger', error);
  });
  const isWanted = ({ row }: KnownRollout): boolean =>
    (!values.live || !isFinal(row.state)) && (!values.failed || hasFailed(row)) && changedAt(row) >= since;
  const now = Date.now();
  const rollouts = await withOutlooks(stage, found.rollouts.filter(isWanted), now).catch((error: unknown) => {
    throw unreachable(error, stage.endpoint);
  });
  const ahead = values.live || values.failed ? [] : found.ahead.filter(({ withdrawal }) => withdrawal.at >= since);
  const holds = found.holds.flatMap(({ product: of, holds: known }) => activeHolds(known, now).map((hold) => ({ product: of, hold })));
  if (values.json) {
    const withdrawals = ahead.map((one) => withdrawalView(one.product, one.withdrawal));
    const active = holds.length === 0 ? undefined : holds.map((one) => holdView(one.product, one.hold));
    printJson(compact({ rollouts: rollouts.map(knownView), withdrawals, holds: active }));
  } else {
    const isEmpty = rollouts.length + ahead.length === 0;
    if (isEmpty) print(await nothingFound(stage, product, version, found));
    const lines = isEmpty ? [] : linesOfAll({ ...found, rollouts, ahead }, version !== undefined, now);
    for (const line of [...lines, ...holds.flatMap((one) => holdLines(one.product, one.hold, now))]) print(line);
  }
  return exit.ok;
}

function linesOfAll({ accepted, rollouts, ahead }: Found, isDetailed: boolean, now: number): string[] {
  return [
    ...accepted.flatMap(contentLines),
    ...rollouts.flatMap((known) => [...linesOf(known, now), ...(isDetailed ? detailLines(known) : [])]),
    ...ahead.flatMap(({ product, withdrawal }) => aheadLines(product, withdrawal)),
  ];
}

/** Why there is nothing to show. Names the product or the version that was probably meant. */
async function nothingFound(stage: Stage, product: string | undefined, version: string | undefined, found: Found): Promise<string> {
  if (found.rollouts.length + found.ahead.length > 0) return 'no rollouts match: leave out --live, --failed or --since to see all';
  if (product === undefined) return 'no rollouts';
  const known = new Map<string, string[]>();
  for await (const entry of stage.ledger.everything()) {
    if (entry.kind === 'holds') continue;
    const of = entry.kind === 'row' ? entry.row : entry;
    const versions = entry.kind === 'row' ? [entry.row.version] : entry.list.map((withdrawal) => withdrawal.version);
    known.set(of.product, [...(known.get(of.product) ?? []), ...versions]);
  }
  const versions = known.get(product);
  const what = version === undefined || versions === undefined ? product : `${product} ${version}`;
  const meant = versions === undefined ? nearest(product, [...known.keys()]) : nearestVersion(version, versions);
  return `no rollouts of ${what}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

function nearestVersion(version: string | undefined, known: readonly string[]): string | undefined {
  if (version === undefined) return undefined;
  return known.find((one) => withoutBuild(one) === withoutBuild(version)) ?? nearest(version, known);
}

/** The epoch milliseconds of a span before `now`, or of an instant. Throws UsageError for every other text. */
function instantOf(text: string, now: number): number {
  const [, count, unit] = text.match(/^(\d{1,6})([mhd])$/) ?? [];
  if (count !== undefined && unit !== undefined) return now - Number(count) * (MILLISECONDS[unit] ?? 0);
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  throw new UsageError(`--since takes a span such as 30m, 6h or 2d, or an instant such as 2026-11-30T08:00:00Z, not ${text || 'nothing'}`);
}

const MILLISECONDS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** When the state of a rollout last changed, or its devices last moved. */
function changedAt(row: Rollout): number {
  return Math.max(waitingSince(row), row.countsChangedAt ?? 0);
}

/** Whether a rollout failed, or a device on it. */
function hasFailed({ state, counts }: Rollout): boolean {
  return state === 'FAILED' || (counts !== undefined && counts.failed + counts.rejected + counts.timedOut > 0);
}
