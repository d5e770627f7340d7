import { readFileSync, writeFileSync } from 'node:fs';
import type { Holds } from '../domain/gate/holds.ts';
import { nextStep } from '../domain/rollout/next-step.ts';
import type { JobState, Sighting, UpstreamLook } from '../domain/rollout/observation.ts';
import type { RecordedWithdrawal, Rollout } from '../domain/rollout/rollout.ts';
import type { Seen } from '../domain/rollout/step.ts';
import {
  aHead,
  anApproval,
  aRecordedWithdrawal,
  aRollout,
  aRule,
  aWaiting,
  held,
  minutes,
  now,
  onJobs,
  onMi,
  ownEntry,
  rivalOf,
  seconds,
  sentAgo,
  someCounts,
} from './support/a-rollout.ts';
import { aView } from './support/a-view.ts';
import { lineOf } from './support/step-line.ts';

const page = new URL('../docs/explanation/life-of-a-rollout.md', import.meta.url);
const begin = (name: string) => `<!-- ${name} table: npm exec --no -- node proof/step-table.ts -->\n`;
const end = (name: string) => `<!-- end of ${name} table -->`;

const job = (state: JobState, more: object = {}): Sighting => ({ kind: 'exists', job: state, aws: {}, ...more });
const failed = (code: string, left: 'none' | JobState): Sighting => ({ kind: 'createFailed', errorInfo: { code }, job: left });

const observations: readonly (readonly [seen: string, Partial<Seen>])[] = [
  ['nothing yet', {}],
  ['the look failed', { resting: true }],
  ['not found', { sighting: { kind: 'notFound' } }],
  ['a different update or task under this id', { sighting: { kind: 'foreign' } }],
  ['being created', { sighting: { kind: 'pending' } }],
  ['exists, live, no device moved', { sighting: job('live') }],
  ['exists, live, devices moved', { sighting: job('live', { counts: someCounts({ inProgress: 1 }) }) }],
  ['exists, live, asked to stop', { sighting: job('live'), stopSent: true }],
  ['exists, ending', { sighting: job('ending') }],
  ['exists, completed', { sighting: job('completed') }],
  ['exists, canceled a minute ago', { sighting: job('canceled', { canceledAt: now - minutes(1) }) }],
  ['exists, canceled now, as a schedule ends', { sighting: job('canceled', { canceledAt: now }) }],
  ['exists, live, with the tags of nobody', { sighting: job('live', { untagged: true }) }],
  ['exists, live, somebody has changed it', { sighting: job('live', { drift: ['description'] }) }],
  ['exists, its job deleted', { sighting: job('gone') }],
  ['CREATE_FAILED, the cause can pass', { sighting: failed('ThrottlingException', 'none') }],
  ['CREATE_FAILED, the cause stays', { sighting: failed('AccessDeniedException', 'none') }],
  ['CREATE_FAILED, its job live', { sighting: failed('ThrottlingException', 'live') }],
  ['CREATE_FAILED, its job ending', { sighting: failed('ThrottlingException', 'ending') }],
];

const supersededBy = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
const settled = sentAgo(minutes(21));
const schedulingConfig = { endTime: '2026-11-23T12:00', endBehavior: 'CANCEL' };
const ending = aRollout({ state: 'CREATED', ...onJobs({ schedulingConfig }), endAt: now, dueAt: now + minutes(50), ...settled });
const columns: readonly (readonly [heading: string, row: Rollout, afterJobEvent?: boolean])[] = [
  ['CREATING, sent 20 s ago', aRollout({ state: 'CREATING', ...sentAgo(seconds(20)) })],
  ['CREATING at MI, sent 20 s ago', aRollout({ state: 'CREATING', ...onMi, ...sentAgo(seconds(20)) })],
  ['CREATING at MI, sent 21 min ago', aRollout({ state: 'CREATING', ...onMi, ...settled })],
  ['CREATING a job, sent 20 s ago', aRollout({ state: 'CREATING', ...onJobs(), ...sentAgo(seconds(20)) })],
  ['CREATED', aRollout({ state: 'CREATED', ...settled })],
  ['CREATED, a job that ends by CANCEL', ending],
  ['the same, after a job event', ending, true],
  ['SUPERSEDING, sent 20 s ago', aRollout({ state: 'SUPERSEDING', supersededBy, ...sentAgo(seconds(20)) })],
  ['SUPERSEDING, sent 21 min ago', aRollout({ state: 'SUPERSEDING', supersededBy, ...settled })],
  ['WITHDRAWING, sent 21 min ago', aRollout({ state: 'WITHDRAWING', ...settled })],
];

/** What a rollout on `stable` meets: what is on `beta`, and what is beside it in the ledger. */
type Met = {
  readonly beta?: Rollout;
  readonly newer?: readonly Rollout[];
  readonly look?: UpstreamLook;
  readonly holds?: Holds;
  readonly withdrawals?: readonly RecordedWithdrawal[];
  readonly unapproved?: true;
  readonly row?: Partial<Rollout>;
};

const healthy = someCounts({ succeeded: 10 });
const beta = (changes: Partial<Rollout> = {}) =>
  aRollout({ state: 'CREATED', attempt: 1, sequence: 1, aws: { jobId: 'j' }, counts: healthy, ...changes });
const live = job('live', { counts: healthy });
const good: Met = { beta: beta(), look: live };
const soaked = (ago: number, more: Partial<Rollout> = {}): Met => {
  const upstreams = { beta: { metAt: now - minutes(ago), counts: healthy } };
  return { row: { waits: { since: { SOAKING: now }, told: ['SOAKING'], upstreams }, ...more } };
};
const newerOnBeta = aRollout({ version: '3.0.0', state: 'CREATED', attempt: 1, aws: { jobId: 'k' } });

const meetings: readonly (readonly [what: string, Met])[] = [
  ['nothing keeps it', { ...good, ...soaked(60) }],
  ['a hold', { ...good, ...soaked(60), holds: held({}) }],
  ['it is withdrawn, with or without a hold', { ...good, ...soaked(60), withdrawals: [aRecordedWithdrawal()], holds: held({}) }],
  ['`notAfter` has passed', { ...good, ...soaked(60, { notAfter: now - 1 }) }],
  ['an approval is missing', { ...good, ...soaked(60), unapproved: true }],
  ['`beta` has no rollout of the release', {}],
  ['`beta` is being created', { beta: beta({ state: 'CREATING' }) }],
  ['`beta`: the thresholds are not met', { beta: beta({ counts: someCounts({ queued: 5, succeeded: 5 }) }) }],
  ['`beta` soaks for 30 of 60 minutes', { ...good, ...soaked(30) }],
  ['`beta` has soaked for 60 minutes, AWS was not asked yet', { beta: beta(), ...soaked(60) }],
  ['`beta` has soaked, AWS does not answer the look', { beta: beta(), ...soaked(60), look: { kind: 'unread' } }],
  ['`beta` has soaked, AWS reports failures', { beta: beta(), ...soaked(60), look: job('live', { counts: someCounts({ failed: 9 }) }) }],
  ['`beta` has a newer release, during the soak', { ...good, ...soaked(30), newer: [newerOnBeta] }],
  ['`beta` has failed or was withdrawn', { beta: beta({ state: 'FAILED', code: 'ABORTED' }) }],
];

const gate = { after: [aRule({ soakMinutes: 60 })], approval: { required: 1, skip: [] } };
const openedAgo = (ago: number) => ({ opened: { at: now - minutes(ago), after: [], approvals: [], skipped: [] } });
const intended = { count: 1, firstSentAt: now, lastSentAt: now, beforeLast: { count: 0 } };
/** `waits` is that of WAITING rollouts only. */
const steered: readonly (readonly [heading: string, row: (met: Partial<Rollout>) => Rollout, seen?: Partial<Seen>])[] = [
  ['WAITING', (met) => aWaiting(gate, met)],
  ['CLAIMED, opened a minute ago', ({ waits: _of, ...met }) => aWaiting(gate, { state: 'CLAIMED', ...openedAgo(1), ...met })],
  ['CLAIMED, opened an hour ago', ({ waits: _of, ...met }) => aWaiting(gate, { state: 'CLAIMED', ...openedAgo(60), ...met })],
  [
    'CREATING, all refused, opened an hour ago',
    ({ waits: _of, ...met }) => aWaiting(gate, { state: 'CREATING', attempt: 1, ...openedAgo(60), ...met }),
  ],
  [
    'CREATING, intent written, holds read again',
    ({ waits: _of, ...met }) => aWaiting(gate, { state: 'CREATING', attempt: 1, unansweredCreates: intended, ...openedAgo(1), ...met }),
    { intent: true, holdsReadAgain: true },
  ],
];

function steeredCell(
  { beta: row, newer = [], look, holds, withdrawals, unapproved, row: met = {} }: Met,
  column: (typeof steered)[number],
) {
  const [, rowOf, more] = column;
  const own = row ? [ownEntry(row, { sequence: 1, created: true })] : [];
  const later = newer.map(({ version }) => rivalOf(version, { sequence: 2, created: true }));
  const seen: Partial<Seen> = {
    upstreams: { beta: { row, head: aHead(...own, ...later), newer } },
    ...(look && { looks: { beta: look } }),
    ...more,
  };
  const approvals = unapproved ? [] : [anApproval()];
  const view = aView(rowOf(met), { seen, approvals, ...(holds && { holds }), ...(withdrawals && { withdrawals }) });
  return lineOf(nextStep(view), view);
}

/** The tables of the page, by name: what `nextStep` returns for every sighting, and to everything that keeps a rollout back. */
function tables(): Readonly<Record<string, string>> {
  const stepRows = observations.map(([what, seen]) => [
    what,
    ...columns.map(([, row, afterJobEvent = false]) => {
      const view = aView(row, { seen, afterJobEvent });
      return lineOf(nextStep(view), view);
    }),
  ]);
  const waitRows = meetings.map(([what, met]) => [what, ...steered.map((column) => steeredCell(met, column))]);
  return {
    step: markdown(['what the loop has seen', ...columns.map(([heading]) => heading)], stepRows),
    wait: markdown(['what the rollout on `stable` meets', ...steered.map(([heading]) => heading)], waitRows),
  };
}

function markdown(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** `text` with fresh tables between their marks. Throws if the marks are missing. */
export function withStepTables(text: string): string {
  return Object.entries(tables()).reduce((page_, [name, table]) => {
    const [from, to] = [page_.indexOf(begin(name)), page_.indexOf(end(name))];
    if (from < 0 || to < from) throw new Error(`docs/explanation/life-of-a-rollout.md has no place for the ${name} table`);
    return `${page_.slice(0, from + begin(name).length)}\n${table}\n${page_.slice(to)}`;
  }, text);
}

if (import.meta.main) writeFileSync(page, withStepTables(readFileSync(page, 'utf8')));
