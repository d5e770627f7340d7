import { countingApprovals } from '../../domain/gate/approvals.ts';
import type { Gate } from '../../domain/gate/gate.ts';
import { type Hold, holdsOn } from '../../domain/gate/holds.ts';
import type { Counts } from '../../domain/rollout/outcome-schema.ts';
import type { Reason } from '../../domain/rollout/reasons-now.ts';
import type { Opened, Rollout } from '../../domain/rollout/rollout.ts';
import { oneLine } from '../../scripts/layout.ts';
import type { Outlook, Steering } from '../reads/outlook.ts';
import { instant } from '../reads/read-model.ts';
import { gateInWords } from './gate-words.ts';
import { senderWords } from './release-words.ts';

const MINUTE = 60_000;

type Approval = Opened['approvals'][number];

/**
 * What a rollout waits for, other than AWS, on one line: `soaking until 14:20 UTC (beta 412 of 500, 4 failed); 0 of 1 approvals`. Empty if
 * it waits for nothing else. `now` in epoch ms.
 */
export function outlookWords(row: Rollout, outlook: Outlook | undefined, steering: Steering, now: number): string {
  switch (outlook?.kind) {
    case undefined:
      return '';
    case 'open':
      return 'nothing is missing: it starts when the service looks next';
    case 'shut':
      return `fails when the service looks next: ${oneLine(outlook.message)}`;
    case 'superseded':
      return `is superseded when the service looks next: ${outlook.by.version} came to the channel before`;
    case 'wait':
      return outlook.reasons.map((reason) => reasonWords(row, reason, steering, now)).join('; ');
  }
}

function reasonWords(row: Rollout, { reason, message, until, channel }: Reason, { holds, upstreams }: Steering, now: number): string {
  if (reason === 'HELD') return `held by ${holdsOn(row.channel, holds, now).map(holdWords(now)).join(', ')}`;
  if (reason !== 'SOAKING' || until === undefined || channel === undefined) return oneLine(message);
  return `soaking until ${timeWords(until, now)} (${devicesWords(channel, upstreams[channel]?.row?.counts)})`;
}

const holdWords =
  (now: number) =>
  ({ holdId, reason, until }: Hold): string =>
    `${holdId} (${oneLine(reason)})${until === undefined ? '' : ` until ${timeWords(until, now)}`}`;

/** `beta 412 of 500, 4 failed`. Devices from which the update was taken back do not count. */
export function devicesWords(channel: string, counts: Counts | undefined): string {
  if (counts === undefined) return channel;
  const { queued, inProgress, succeeded, failed, rejected, timedOut } = counts;
  const bad = failed + rejected + timedOut;
  return `${channel} ${succeeded} of ${queued + inProgress + succeeded + bad}, ${bad} failed`;
}

/** An instant, rounded up to the minute: `14:20 UTC` if it is today in UTC, or else `2026-12-01 09:00 UTC`. Both in epoch ms. */
export function timeWords(epochMilliseconds: number, now: number): string {
  const [day = '', time = ''] = instant(Math.ceil(epochMilliseconds / MINUTE) * MINUTE).split('T');
  return `${instant(now).startsWith(day) ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}

/** What a gate asks for, and what it has seen: the channels before, the approvals that were given, and why it opened. */
export function gateLines(row: Rollout, steering: Steering | undefined): string[] {
  if (row.opened) return openedLines(row.opened);
  if (row.gate === undefined || row.state !== 'WAITING') return [];
  const approvals = countingApprovals(row, steering?.approvals ?? []);
  return [
    ...gateInWords(row.gate).map((words) => `gate: ${oneLine(words)}`),
    ...approvals.map(approvalLine),
    ...upstreamLines(row.gate, steering),
  ];
}

function upstreamLines({ after }: Gate, steering: Steering | undefined): string[] {
  return (after ?? []).flatMap(({ channel }) => {
    const row = steering?.upstreams[channel]?.row;
    return row === undefined ? [`${channel}: not published there`] : [`${row.state} on ${devicesWords(channel, row.counts)}`];
  });
}

function openedLines({ at, after, approvals, skipped }: Opened): string[] {
  return [
    `gate opened ${instant(at)}${skipped.length === 0 ? '' : `, without ${skipped.join(', ')}`}`,
    ...after.map(({ channel, counts, metAt }) => `${devicesWords(channel, counts)}; enough since ${instant(metAt)}`),
    ...approvals.map(approvalLine),
  ];
}

/** Who approved. The name of the person is only what the sender says. */
function approvalLine({ by, eventId, at, approvedBy, comment, skip }: Approval): string {
  const said = approvedBy === undefined ? '' : `, said to be ${oneLine(approvedBy)}`;
  const skips = skip === undefined || skip.length === 0 ? '' : `, to skip ${skip.join(', ')}`;
  const why = comment === undefined ? '' : `: ${oneLine(comment)}`;
  return `approved ${instant(at)} by ${senderWords({ ...by, eventId })}${said}${skips}${why}`;
}

/** Where a request would go: `to arn:…`, or the query of MI. */
export function targetWords({ request }: Pick<Rollout, 'request'>): string {
  const { targets, Target, OtaTargetQueryString } = request;
  const named = [targets, Target].flat().filter((one) => one !== undefined);
  if (named.length > 0) return `to ${named.map(String).join(', ')}`;
  return `to what matches ${oneLine(String(OtaTargetQueryString))}`;
}

/** An active hold, or one that is yet to begin: what it covers, why, since when, and who set it. `now` in epoch ms. */
export function holdLines(product: string, { holdId, channels, reason, from, until, by, eventId, at }: Hold, now: number): string[] {
  const isYetToBegin = from !== undefined && from > now;
  const begin = isYetToBegin ? `from ${instant(from)}` : `since ${instant(Math.max(at, from ?? at))}`;
  return [
    `${product} ${scopeWords(channels)}  ${isYetToBegin ? 'will be HELD' : 'HELD'} by ${holdId}: ${oneLine(reason)}`,
    `    ${begin}${until === undefined ? '' : `, until ${instant(until)}`}`,
    `    held by ${senderWords({ ...by, eventId })}`,
  ];
}

/** The channels of a hold: `beta, stable`, or `every channel`. */
export function scopeWords(channels: readonly string[] | undefined): string {
  return channels === undefined ? 'every channel' : channels.join(', ');
}
