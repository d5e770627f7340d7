import type { HistoryEntry, Rollout } from '../domain/rollout/rollout.ts';
import { scheduleWords } from '../operator/words/schedule-words.ts';
import { whySuperseded } from '../operator/words/why-superseded.ts';

/** One change of a rollout for a person who follows it: `beta: asking AWS`. */
export function changeLine(row: Rollout, { from, to, why }: HistoryEntry): string {
  return `${row.channel}: ${wordsOf(row, from, to, why)}`;
}

/** What AWS calls the rollout: `update fw-a-1, job AFR_OTA-fw-a-1`. */
function idsOf({ otaUpdateId, jobId, taskId }: Rollout['aws']): string {
  const named = Object.entries({ update: otaUpdateId, job: jobId, task: taskId });
  return named.flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${id}`])).join(', ');
}

function wordsOf(row: Rollout, from: HistoryEntry['from'], to: HistoryEntry['to'], why: string): string {
  switch (to) {
    case 'WAITING':
      return 'accepted, and waits for its gate';
    case 'CLAIMED':
      return from === 'WAITING' ? 'its gate has opened' : 'accepted';
    case 'CREATING':
      return from === 'CLAIMED' ? 'asking AWS' : `asking AWS again: ${why}`;
    case 'CREATED':
      return [`created: ${[why, idsOf(row.aws)].filter(Boolean).join(', ')}`, scheduleWords(row)].filter(Boolean).join('; ');
    case 'SUPERSEDING':
      return `superseding: ${whySuperseded(row) ?? why}`;
    case 'SUPERSEDED':
      return `superseded: ${whySuperseded(row) ?? why}`;
    default:
      return `${to.toLowerCase()}: ${why}`;
  }
}
