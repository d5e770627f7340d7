import type { Rollout } from '../../domain/rollout/rollout.ts';
import { countsLine } from '../reads/read-model.ts';
import { whySuperseded } from './why-superseded.ts';

/** A rollout in a few words: `beta CREATED (3 queued, 7 succeeded)`, `beta SUPERSEDED: 2.0.0 is newer by SemVer`. */
export function stateLine(row: Rollout): string {
  return `${row.channel} ${stateWords(row)}`;
}

/** The state of a rollout, and what belongs to it: `FAILED (ABORTED: 3 succeeded, 5 failed)`. */
export function stateWords(row: Rollout): string {
  const { state, code, counts } = row;
  const by = state === 'SUPERSEDED' ? whySuperseded(row) : undefined;
  const details = [code, countsLine(counts)].filter(Boolean).join(': ');
  return `${state}${details && ` (${details})`}${by === undefined ? '' : `: ${by}`}`;
}
