import type { Withdrawal } from '../../domain/release/withdrawal.ts';
import { isFinal, type Rollout } from '../../domain/rollout/rollout.ts';
import { stateLine } from './state-words.ts';

/** How a withdrawal ended, with a line for each rollout in its scope. A withdrawal never takes an update back from a device. */
export function withdrawalLines(rows: readonly Rollout[]): string[] {
  return rows.length === 0 ? ['no rollout matched; future releases that match will be rejected'] : rows.map(rolloutLine);
}

function rolloutLine({ channel, state, code, counts }: Rollout): string {
  const end = `${channel}: ${state}${code === undefined ? '' : ` (${code})`}`;
  const succeeded = counts?.succeeded ?? 0;
  if (succeeded === 0) return end;
  return `${end}; ${succeeded === 1 ? '1 device already has the update and keeps it' : `${succeeded} devices already have the update and keep it`}`;
}

/** What a withdrawal will do to each rollout in its scope, one line each, for a person who has not decided yet. */
export function intentLines(rows: readonly Rollout[]): string[] {
  return rows.map((row) => `${stateLine(row)}: ${intentOf(row)}`);
}

function intentOf(row: Rollout): string {
  if (hasStopped(row)) return 'stays as it is';
  if (isFinal(row.state) && row.state !== 'FAILED') return 'has ended, becomes WITHDRAWN';
  return row.state === 'WAITING' ? 'never starts' : 'is stopped';
}

/** What becomes of the devices of a rollout that is withdrawn without force, in sentences. */
export function deviceSentences({ channel, counts }: Rollout): string[] {
  const { queued = 0, inProgress = 0, succeeded = 0 } = counts ?? {};
  return [
    ...(succeeded === 0
      ? []
      : [
          `On ${channel}, ${plural(succeeded, 'device already has the update and keeps it', 'devices already have the update and keep it')}.`,
        ]),
    ...(inProgress === 0 ? [] : [`On ${channel}, ${plural(inProgress, 'device has', 'devices have')} begun the update and may finish it.`]),
    ...(queued === 0 ? [] : [`On ${channel}, ${plural(queued, 'device waits', 'devices wait')} for the update and will not get it.`]),
  ];
}

const plural = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

/**
 * Whether a withdrawal has nothing left to stop. A rollout that failed as UNCERTAIN may still be live. After a withdrawal, the service
 * searches for it once more.
 */
export function hasStopped({ state, code }: Rollout): boolean {
  return state === 'WITHDRAWN' || (state === 'FAILED' && code !== 'UNCERTAIN');
}

/** What a withdrawal covers: `thermostat 2.4.1 in every revision from beta`. */
export function scopeName({ channels, ...release }: Withdrawal): string {
  const revisions = release.revision === undefined ? ' in every revision' : ` revision ${release.revision}`;
  return `${release.product} ${release.version}${revisions} from ${channels === undefined ? 'every channel' : channels.join(', ')}`;
}
