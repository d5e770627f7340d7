import type { Rollout } from '../../domain/rollout/rollout.ts';
import { finalCauses } from './aws/iot-core.ts';
import type { Known } from './known.ts';

const refusals = ['InvalidRequestException', 'InvalidJobDocumentException', 'InvalidRoleException', 'ValidationException'];

/** Judges that AWS's answers are the reason of another attempt, or of giving up. */
export function judgeFate(known: Known, last: Rollout, row: Rollout, violate: (rule: string, what: string) => void): void {
  if (row.attempt > 3) violate('attempts', `${row.rolloutId} makes attempt ${row.attempt}`);
  const cause = row.errorInfo?.code ?? '';
  if (row.attempt > last.attempt && last.attempt > 0 && finalCauses.includes(cause)) {
    violate('attempts', `${row.rolloutId} tries again after ${cause}`);
  }
  if (row.state === last.state || row.state !== 'FAILED') return;
  if (row.code === 'UNCERTAIN' && !mayHaveSent(known)) {
    violate('uncertain', `${row.rolloutId} is UNCERTAIN and none of its creates was ever sent`);
  }
  const isExpired = row.writtenAt > Math.min(row.notAfter ?? Number.POSITIVE_INFINITY, row.endAt ?? Number.POSITIVE_INFINITY);
  if (row.code === 'CREATE_FAILED' && row.attempt < 3 && !finalCauses.includes(cause) && !isExpired) {
    violate('attempts', `${row.rolloutId} gives up at attempt ${row.attempt} after ${cause}`);
  }
  if (row.code === 'AWS_REFUSED' && !known.sends.some(({ error }) => refusals.includes(error ?? ''))) {
    violate('refused', `${row.rolloutId} is AWS_REFUSED and AWS did not refuse it`);
  }
}

/**
 * Whether a create left that was not refused. The service cannot know that it did not if the invocation with the intent died
 * before it sent, never heard that the intent is written, or could not record the refusal.
 */
function mayHaveSent({ sends, intent, isRefusalLost }: Known): boolean {
  return sends.some(({ answer }) => answer !== 'no') || isRefusalLost || !intent?.isTold || intent.caller?.alive === false;
}
