import type { AcceptedRelease, RecordedWithdrawal, Rollout } from '../domain/rollout/rollout.ts';
import { isFinal, isWaitingForAws, waitingSince } from '../domain/rollout/rollout.ts';
import { instant, type KnownRollout, sharesLine, viewOf } from '../operator/reads/read-model.ts';
import { gateLines, outlookWords } from '../operator/words/outlook-words.ts';
import { artifactLines, senderWords } from '../operator/words/release-words.ts';
import { scheduleWords } from '../operator/words/schedule-words.ts';
import { whySuperseded } from '../operator/words/why-superseded.ts';
import { oneLine } from '../scripts/layout.ts';
import { spanOf } from '../scripts/progress.ts';

/**
 * A rollout as `ota status` shows it to people: one line, and indented ones with devices, ids and times, and what superseded or
 * withdrew it. Each id stands on a line of its own, so that no width of a terminal divides it. `now` in epoch ms.
 */
export function linesOf({ row, withdrawal, outlook, steering }: KnownRollout, now: number): string[] {
  const { channel, state, attempt, code, message, aws } = viewOf(row);
  const why = code === undefined ? '' : `  ${code}: ${oneLine(message ?? '')}`;
  const waits = steering === undefined ? '' : outlookWords(row, outlook, steering, now);
  const first = `${nameOf(row)} ${channel}  ${state}${attempt > 1 ? ` attempt ${attempt}` : ''}${why}${waits && `  ${waits}`}`;
  const superseded = whySuperseded(row);
  const rest = [
    devicesLine(row, now),
    ...[aws.otaUpdateId, aws.jobId, aws.taskId],
    isFinal(row.state) ? undefined : scheduleWords(row),
    driftLine(row),
    sinceLine(row, now),
    ...throttledLines(row, now),
    superseded && `superseded: ${superseded}`,
    ...errorLines(row),
    ...(withdrawal === undefined ? [] : withdrawnLines(row, withdrawal)),
  ];
  return [first, ...indented(rest)];
}

/**
 * Where the release of a rollout came from, what its content is, what its gate asks for or why it opened, and every change of state: when,
 * why, and by which invocation.
 */
export function detailLines({ row, steering }: Pick<KnownRollout, 'row' | 'steering'>): string[] {
  const { publishedBy, eventId, releaseDigest, history } = row;
  const changes = history.map(({ at, from, to, why, who }) => `${instant(at)}  ${from ?? 'new'} → ${to}  ${oneLine(why)}  (${who})`);
  return indented([
    `published by ${senderWords({ ...publishedBy, eventId })}`,
    `digest ${releaseDigest}`,
    ...gateLines(row, steering),
    ...changes,
  ]);
}

/** What a version and revision stands for, on whatever channel: the digest of the release, and its artifacts. */
export function contentLines(accepted: AcceptedRelease): string[] {
  const artifacts = accepted.detail.artifacts.flatMap(artifactLines);
  return [`${nameOf(accepted)}  accepted content`, ...indented([`digest ${accepted.releaseDigest}`, ...artifacts])];
}

/** A withdrawal of a release that never came, why it was sent, and by whom. */
export function aheadLines(product: string, withdrawal: RecordedWithdrawal): string[] {
  const first = `${product} ${withdrawal.version}  withdrawn before it came, so ${scopeOf(withdrawal)} will be rejected`;
  return [first, ...indented([`withdrawn ${instant(withdrawal.at)}${reasonOf(withdrawal)}`, `withdrawn by ${senderWords(withdrawal)}`])];
}

function devicesLine({ counts, countsChangedAt, state }: Rollout, now: number): string {
  const devices = sharesLine(counts);
  if (devices === '' || countsChangedAt === undefined) return devices;
  const ago = isFinal(state) ? '' : `, ${spanOf(Math.max(0, now - countsChangedAt))} ago`;
  return `${devices}; last moved ${instant(countsChangedAt)}${ago}`;
}

function sinceLine(row: Rollout, now: number): string {
  const last = row.history.at(-1);
  const since = `since ${instant(waitingSince(row))}`;
  if (!isWaitingForAws(row.state)) return since;
  // The history says why the service may ask AWS. A person wants to know what it waits for.
  const why = row.state === 'CREATING' && last?.from === 'CLAIMED' ? 'asking AWS' : last?.why;
  return `${since}, waiting ${spanOf(Math.max(0, now - waitingSince(row)))}${why === undefined ? '' : `: ${oneLine(why)}`}`;
}

/** The members that somebody has changed at AWS. What the service would send again is not what runs there. */
function driftLine({ drift = [] }: Rollout): string | undefined {
  if (drift.length === 0) return undefined;
  return `changed at AWS since it was created: ${drift.join(', ')}; the service leaves that as it is`;
}

function throttledLines(row: Rollout, now: number): string[] {
  const { throttledSince } = viewOf(row);
  if (throttledSince === undefined) return [];
  const next = row.dueAt === undefined || row.dueAt <= now ? '' : `, at the latest at ${instant(row.dueAt)}`;
  const span = spanOf(Math.max(0, now - Date.parse(throttledSince)));
  return [`throttled since ${throttledSince}, ${span}: AWS refuses the create for now, and the service tries again${next}`];
}

/** The error of AWS, if the first line does not already show it. */
function errorLines({ errorInfo, message }: Rollout): string[] {
  if (errorInfo === undefined) return [];
  const parts = [errorInfo.code, errorInfo.message === message ? undefined : errorInfo.message];
  const known = parts.filter((part) => part !== undefined).map(oneLine);
  return known.length === 0 ? [] : [`error of AWS: ${known.join(': ')}`];
}

function withdrawnLines({ state, counts, history }: Rollout, withdrawal: RecordedWithdrawal): string[] {
  const hadCompleted = state === 'WITHDRAWN' && history.at(-1)?.from === 'COMPLETED';
  const succeeded = counts?.succeeded ?? 0;
  const keeps = succeeded === 1 ? '1 device has the update and keeps it' : `${succeeded} devices have the update and keep it`;
  const completed = 'it had completed before it was withdrawn';
  const after = [hadCompleted && completed, succeeded > 0 && keeps].filter((part) => part !== false).join(', so ');
  return [
    `withdrawn ${instant(withdrawal.at)}, ${scopeOf(withdrawal)}${reasonOf(withdrawal)}`,
    `withdrawn by ${senderWords(withdrawal)}`,
    after,
  ];
}

/** `, with force: motor_stall: the comment`. Empty if nothing of it was given. */
function reasonOf({ reasonCode, comment, force }: RecordedWithdrawal): string {
  const why = [reasonCode, comment].filter((part) => part !== undefined).map((part) => `: ${oneLine(part)}`);
  return `${force ? ', with force' : ''}${why.join('')}`;
}

function scopeOf({ revision, channels }: RecordedWithdrawal): string {
  const channel = channels === undefined ? 'every channel' : `${channels.length === 1 ? 'channel' : 'channels'} ${channels.join(', ')}`;
  return `${revision === undefined ? 'every revision' : `revision ${revision}`} on ${channel}`;
}

function nameOf({ product, version, revision }: { product: string; version: string; revision: number }): string {
  return `${product} ${version}${revision === 1 ? '' : ` revision ${revision}`}`;
}

const indented = (lines: readonly (string | undefined)[]): string[] =>
  lines.filter((line) => line !== undefined && line !== '').map((line) => `    ${line}`);
