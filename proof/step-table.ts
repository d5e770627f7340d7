import { readFileSync, writeFileSync } from 'node:fs';
import { nextStep } from '../domain/rollout/next-step.ts';
import type { JobState, Sighting } from '../domain/rollout/observation.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import type { Seen } from '../domain/rollout/step.ts';
import { aRollout, minutes, onMi, seconds, sentAgo, someCounts } from './support/a-rollout.ts';
import { aView } from './support/a-view.ts';
import { lineOf } from './support/step-line.ts';

const page = new URL('../docs/explanation/life-of-a-rollout.md', import.meta.url);
const begin = '<!-- step table: npm exec -- node proof/step-table.ts -->\n';
const end = '<!-- end of step table -->';

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
  ['exists, canceled', { sighting: job('canceled') }],
  ['exists, its job deleted', { sighting: job('gone') }],
  ['CREATE_FAILED, the cause can pass', { sighting: failed('ThrottlingException', 'none') }],
  ['CREATE_FAILED, the cause stays', { sighting: failed('AccessDeniedException', 'none') }],
  ['CREATE_FAILED, its job live', { sighting: failed('ThrottlingException', 'live') }],
  ['CREATE_FAILED, its job ending', { sighting: failed('ThrottlingException', 'ending') }],
];

const supersededBy = { rolloutId: 'fw-newer', version: '3.0.0', revision: 1 };
const settled = sentAgo(minutes(21));
const columns: readonly (readonly [heading: string, Rollout])[] = [
  ['CREATING, sent 20 s ago', aRollout({ state: 'CREATING', ...sentAgo(seconds(20)) })],
  ['CREATING at MI, sent 20 s ago', aRollout({ state: 'CREATING', ...onMi, ...sentAgo(seconds(20)) })],
  ['CREATING at MI, sent 21 min ago', aRollout({ state: 'CREATING', ...onMi, ...settled })],
  ['CREATED', aRollout({ state: 'CREATED', ...settled })],
  ['SUPERSEDING, sent 20 s ago', aRollout({ state: 'SUPERSEDING', supersededBy, ...sentAgo(seconds(20)) })],
  ['SUPERSEDING, sent 21 min ago', aRollout({ state: 'SUPERSEDING', supersededBy, ...settled })],
  ['WITHDRAWING, sent 21 min ago', aRollout({ state: 'WITHDRAWING', ...settled })],
];

/** What `nextStep` returns for every sighting, as a table in Markdown. */
export function stepTable(): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rows = observations.map(([what, seen]) =>
    line([
      what,
      ...columns.map(([, row]) => {
        const view = aView(row, { seen });
        return lineOf(nextStep(view), view);
      }),
    ]),
  );
  const headings = ['what the loop has seen', ...columns.map(([heading]) => heading)];
  return [line(headings), line(headings.map(() => '---')), ...rows].join('');
}

/** `text` with a fresh table between its marks. Throws if the marks are missing. */
export function withStepTable(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/explanation/life-of-a-rollout.md has no place for the step table');
  return `${text.slice(0, from + begin.length)}\n${stepTable()}\n${text.slice(to)}`;
}

if (import.meta.main) writeFileSync(page, withStepTable(readFileSync(page, 'utf8')));
