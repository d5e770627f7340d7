import { type Approval, countingApprovals } from '../../domain/gate/approvals.ts';
import { compact } from '../../domain/json/compact.ts';
import type { OutcomeType } from '../../domain/rollout/outcome-schema.ts';
import { type HistoryEntry, isThrottled, type RecordedWithdrawal, type Rollout, waitingSince } from '../../domain/rollout/rollout.ts';
import { devicesWords } from '../words/outlook-words.ts';
import { senderWords } from '../words/release-words.ts';
import { countsLine, instant } from './read-model.ts';

/** Something that happened to a rollout. `at` is RFC 3339 in UTC. */
export type Happening = {
  readonly at: string;
  /**
   * `event` came in, `state` changed, `gate` opened, `outcome`: the service reported it. `steering`: it was withdrawn or superseded.
   * `remark`: what the ledger no longer has.
   */
  readonly kind: 'event' | 'state' | 'gate' | 'steering' | 'outcome' | 'remark';
  /** What happened, such as `CREATING`, `gate opened` or `OTA Rollout Created`. */
  readonly what: string;
} & About;

type About = {
  /** More about it, one text for each part, such as the evidence of a gate. */
  readonly lines?: readonly string[];
  readonly from?: string;
  readonly who?: string;
  readonly why?: string;
  /** An outcome that is not on the bus yet. */
  readonly isPending?: true;
};

type Timed = Omit<Happening, 'at'> & { readonly at: number };

/** What the row itself does not have: the withdrawal that covers it, and the approvals of its version. */
export type Beside = { readonly withdrawal?: RecordedWithdrawal | undefined; readonly approvals?: readonly Approval[] };

/**
 * The story of a rollout, from its event to its last outcome, the oldest first. Times are those of the service's clock. The row keeps the
 * last changes of state, and the last event about counts and about reasons. A remark says what is not kept.
 */
export function timelineOf(row: Rollout, { withdrawal = row.withdrawnBy, approvals = [] }: Beside = {}): Happening[] {
  // The sort is stable. So at the same instant, causes stand before changes, and changes before reports about devices.
  return [...eventOf(row), ...gateOf(row, approvals), ...steeringOf(row, withdrawal), ...changesOf(row), ...withoutChange(row)]
    .sort((a, b) => a.at - b.at)
    .map(({ at, ...rest }) => ({ at: instant(at), ...rest }));
}

/** A member of `about` that is undefined is left out. */
function entry(
  kind: Happening['kind'],
  at: number,
  what: string,
  about: { readonly [K in keyof About]: About[K] | undefined } = {},
): Timed {
  return { kind, at, what, ...compact(about) };
}

function eventOf(row: Rollout): Timed[] {
  const { claimedAt, publishedBy, eventId, messageId, correlationId, history } = row;
  const lines = [`message ${messageId}`, ...(correlationId === undefined ? [] : [`correlation id ${correlationId}`])];
  const event = entry('event', claimedAt, 'Firmware Release Published', { who: senderWords({ ...publishedBy, eventId }), lines });
  const [first] = history;
  if (first?.from === undefined) return [event];
  const why = `the ledger keeps the last ${history.length} changes of a rollout`;
  return [event, entry('remark', first.at, 'earlier changes are not kept', { why })];
}

/** The channels before, the approvals and the opening. As long as the gate is shut: what was seen so far. */
function gateOf(row: Rollout, approvals: readonly Approval[]): Timed[] {
  const { gate, opened, waits } = row;
  const seen = opened?.after ?? Object.entries(waits?.upstreams ?? {}).map(([channel, record]) => ({ channel, ...record }));
  const given = opened?.approvals ?? (gate?.approval ? countingApprovals(row, approvals) : []);
  const why = opened && opened.skipped.length > 0 ? `without ${opened.skipped.join(', ')}` : undefined;
  return [
    ...given.map(approved),
    ...seen.flatMap(({ channel, metAt, soakedAt, counts }) => {
      const devices = { why: devicesWords(channel, counts) };
      return [
        ...(metAt === undefined ? [] : [entry('gate', metAt, `${channel} meets its thresholds`, devices)]),
        ...(soakedAt === undefined ? [] : [entry('gate', soakedAt, `${channel} has soaked`, devices)]),
      ];
    }),
    ...(opened ? [entry('gate', opened.at, 'gate opened', { why })] : []),
  ];
}

function approved({ at, by, eventId, approvedBy, comment, skip = [] }: Approval): Timed {
  const said = approvedBy === undefined ? [] : [`said to be ${approvedBy}`];
  const lines = [...said, ...(skip.length === 0 ? [] : [`to skip ${skip.join(', ')}`])];
  return entry('gate', at, 'approved', {
    who: senderWords({ ...by, eventId }),
    why: comment,
    lines: lines.length === 0 ? undefined : lines,
  });
}

function steeringOf(row: Rollout, withdrawal: RecordedWithdrawal | undefined): Timed[] {
  const { supersededBy: by, throttledSince, history } = row;
  const gaveWay = history.find(({ to }) => to === 'SUPERSEDING' || to === 'SUPERSEDED')?.at ?? waitingSince(row);
  const revision = by === undefined || by.revision === 1 ? '' : ` revision ${by.revision}`;
  return [
    ...(withdrawal ? [withdrawn(withdrawal)] : []),
    ...(by ? [entry('steering', gaveWay, `superseded by ${by.version}${revision}`, { lines: [by.rolloutId] })] : []),
    ...(throttledSince !== undefined && isThrottled(row)
      ? [entry('remark', throttledSince, 'AWS refuses the create for now', { why: 'the service tries again' })]
      : []),
  ];
}

function withdrawn({ at, reasonCode, comment, force, ...by }: RecordedWithdrawal): Timed {
  const why = [reasonCode, comment].filter((part) => part !== undefined).join(': ') || undefined;
  return entry('steering', at, force ? 'withdrawn with force' : 'withdrawn', { who: senderWords(by), why });
}

/** The changes of state, each with the event that the service publishes about it. */
function changesOf(row: Rollout): Timed[] {
  const told = row.history.map((change) => ({ change, outcome: outcomeOf(change, row) }));
  return told.flatMap(({ change: { at, from, to, why, who }, outcome }, index) => {
    const state = entry('state', at, to, { from, who, why });
    if (outcome === undefined) return [state];
    const isLast = told.findLastIndex((one) => one.outcome === outcome) === index;
    return [state, entry('outcome', at, outcome, { isPending: isLast && isInOutbox(row, outcome) ? true : undefined })];
  });
}

/** The event that the service publishes about a change of state. Undefined if it publishes none. */
function outcomeOf({ from, to }: HistoryEntry, { opened }: Rollout): OutcomeType | undefined {
  if (to === from) return undefined;
  if (to === 'CLAIMED') return from === 'WAITING' && opened ? 'OTA Rollout Promoted' : undefined;
  return outcomes[to];
}

const outcomes: Readonly<Partial<Record<Rollout['state'], OutcomeType>>> = {
  CREATED: 'OTA Rollout Created',
  COMPLETED: 'OTA Rollout Completed',
  SUPERSEDED: 'OTA Rollout Superseded',
  WITHDRAWN: 'OTA Rollout Withdrawn',
  FAILED: 'OTA Rollout Failed',
};

function isInOutbox({ outbox }: Rollout, type: OutcomeType): boolean {
  return outbox.some(({ detailType }) => detailType === type);
}

/** The events about reasons to wait and about counts. Of those that the bus has taken, the row knows the last one. */
function withoutChange(row: Rollout): Timed[] {
  const { outbox, waits, countsChangedAt, counts, history, claimedAt } = row;
  const reasons = waits?.told ?? [];
  const lines = ['the last of these events; the ledger does not keep earlier ones'];
  const toldAt = Math.max(claimedAt, ...reasons.map((reason) => waits?.since[reason] ?? claimedAt));
  const hasProgressed = countsChangedAt !== undefined && !history.some(({ at }) => at === countsChangedAt);
  return [
    ...(reasons.length > 0 && !isInOutbox(row, 'OTA Rollout Waiting')
      ? [entry('outcome', toldAt, 'OTA Rollout Waiting', { why: reasons.join(', '), lines })]
      : []),
    ...(hasProgressed && !isInOutbox(row, 'OTA Rollout Progressed')
      ? [entry('outcome', countsChangedAt, 'OTA Rollout Progressed', { why: countsLine(counts), lines })]
      : []),
    ...outbox.flatMap((event) => {
      const at = Date.parse(event.detail.at);
      if (event.detailType === 'OTA Rollout Progressed')
        return [entry('outcome', at, event.detailType, { why: countsLine(event.detail.counts), isPending: true })];
      if (event.detailType === 'OTA Rollout Waiting')
        return [entry('outcome', at, event.detailType, { why: event.detail.waitingFor.join(', '), isPending: true })];
      return [];
    }),
  ];
}
