import { setTimeout as sleep } from 'node:timers/promises';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { UsageError } from '../../scripts/command.ts';
import { unreachable } from './stage.ts';

/** The time between two looks. */
const POLL_MILLISECONDS = 500;

/** Milliseconds. `patience` is how long AWS may be unreadable, and `timeout` how long to look altogether. */
type PollLimits = { readonly patience: number; readonly timeout: number };

/**
 * Looks twice a second until `look` answers something. `elapsed` are the milliseconds since the first look. While AWS cannot be
 * read, it goes on, and `progress` gets a line. Throws the error of `look` if waiting does not help, such as one about
 * permissions, or if the limits are over.
 */
export async function poll<T extends object>(
  look: (elapsed: () => number) => Promise<T | undefined>,
  { patience, timeout }: PollLimits,
  progress: (line: string) => void,
): Promise<T> {
  const began = Date.now();
  let readAt = began;
  for (;;) {
    try {
      const answer = await look(() => Date.now() - began);
      if (answer !== undefined) return answer;
      readAt = Date.now();
    } catch (error) {
      const isOver = Date.now() - readAt > patience || Date.now() - began > timeout;
      if (isOver || !(error instanceof Error) || !canPass(error)) throw error;
      progress(`AWS cannot be read, trying again: ${error.message}`);
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** Faults of AWS or the network, and throttles. If nothing listens at the endpoint, the local service has stopped. */
function canPass(error: Error): boolean {
  if (unreachable(error, undefined) instanceof UsageError) return false;
  return isTransientError(error as never) || isServerError(error as never) || isThrottlingError(error as never);
}
