import type { RolloutSummary } from '../../api.ts';
import { devicesOf } from './counts-words.ts';

export const historyColumns = ['release', 'channel', 'state', 'devices', 'since'] as const;

export type HistoryColumn = (typeof historyColumns)[number];

/** How a history is narrowed and sorted. An empty text fits everything. */
export type HistoryQuery = {
  /** A part of the product, version, channel or an id, in whatever case. Each word must be found. */
  readonly text: string;
  readonly product: string;
  readonly state: string;
  /** Without it the order stays: the newest release first. */
  readonly sort?: { readonly column: HistoryColumn; readonly isDescending: boolean };
};

/** The rollouts that a query asks for, in its order. Equal ones keep their order. */
export function historyRows(rollouts: readonly RolloutSummary[], { text, product, state, sort }: HistoryQuery): readonly RolloutSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = rollouts.filter(
    (rollout) =>
      (product === '' || rollout.product === product) &&
      (state === '' || rollout.state === state) &&
      (words.length === 0 || hasWords(rollout, words)),
  );
  if (sort === undefined) return fitting;
  const compare = comparisons[sort.column];
  return fitting.toSorted(sort.isDescending ? (a, b) => compare(b, a) : compare);
}

/** The different values of a member, sorted, to choose from. */
export function choicesOf(rollouts: readonly RolloutSummary[], member: 'product' | 'state'): readonly string[] {
  return [...new Set(rollouts.map((rollout) => rollout[member]))].sort();
}

function hasWords({ product, version, channel, rolloutId, aws }: RolloutSummary, words: readonly string[]): boolean {
  const all = [product, version, channel, rolloutId, ...Object.values(aws)].join(' ').toLowerCase();
  return words.every((word) => all.includes(word));
}

const collator = new Intl.Collator('en', { numeric: true });

type Comparison = (a: RolloutSummary, b: RolloutSummary) => number;

const comparisons: Readonly<Record<HistoryColumn, Comparison>> = {
  release: (a, b) => collator.compare(a.product, b.product) || collator.compare(a.version, b.version) || a.revision - b.revision,
  channel: (a, b) => collator.compare(a.channel, b.channel),
  state: (a, b) => collator.compare(a.state, b.state),
  devices: (a, b) => countedDevices(a) - countedDevices(b),
  since: (a, b) => Date.parse(a.since) - Date.parse(b.since),
};

/** A rollout whose devices nobody has counted comes before one without devices. */
function countedDevices({ counts }: RolloutSummary): number {
  return counts === undefined ? -1 : devicesOf(counts);
}
