import { page } from '../../scripts/installation.ts';
import { type Check, type CheckId, warning } from './check.ts';

/** What AWS answered to one read: a value, that it does not exist, or nothing that could be used. */
export type Answer<T> = { readonly kind: 'found'; readonly value: T } | { readonly kind: 'absent' } | Unread;

/** A read that failed. `action` is the IAM action that it needs, and `why` is what came instead of an answer. */
export type Unread = { readonly kind: 'unread'; readonly action: string; readonly reason: 'denied' | 'failed'; readonly why: string };

export const found = <T>(value: T): Answer<T> => ({ kind: 'found', value });
export const absent: Answer<never> = { kind: 'absent' };

/** The warning for a read that failed. `subject` is what was to be read. */
export function unread(id: CheckId, subject: string, { action, reason, why }: Unread): Check {
  const remedy =
    reason === 'denied'
      ? `allow ${action} to the credentials of doctor, see ${page('reference/doctor.md')}`
      : `run doctor again. If it fails again, check the network and the state of the service`;
  return warning(id, `${subject} could not be read with ${action}: ${why}`, remedy);
}

/** The value of an answer, or undefined. */
export function ifFound<T>(answer: Answer<T>): T | undefined {
  return answer.kind === 'found' ? answer.value : undefined;
}

/** An answer with another value, which `of` makes of its value. */
export function mapFound<T, U>(answer: Answer<T>, of: (value: T) => U): Answer<U> {
  return answer.kind === 'found' ? found(of(answer.value)) : answer;
}
