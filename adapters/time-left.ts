import type { TimeLeft } from '../domain/rollout/ports.ts';

/** A rollout whose look failed rests. The loop begins that with 8 s left: a write, and a message to the queue. */
const LEFT_AFTER_A_CALL = 9_000;

/** The loop begins a look or a stop with at least 8 s left. So it always has this much, even if no time to rest is left. */
const CALL_MILLISECONDS_MIN = 5_000;

/** What `send` of an SDK client takes beside the command. */
export type SendOptions = { readonly abortSignal: AbortSignal };

/**
 * Does `work`, whose requests end early enough that the loop can record the failure. The time includes all attempts of the SDK.
 * Throws what `work` throws, or an error that names the time left as the reason.
 */
export async function inTheTimeLeft<T>({ millisecondsLeft }: TimeLeft, work: (options: SendOptions) => Promise<T>): Promise<T> {
  const milliseconds = Math.max(CALL_MILLISECONDS_MIN, Math.floor(millisecondsLeft()) - LEFT_AFTER_A_CALL);
  const abortSignal = AbortSignal.timeout(milliseconds);
  try {
    return await work({ abortSignal });
  } catch (error) {
    if (!abortSignal.aborted) throw error;
    throw new Error(`AWS did not answer in the time left, which was ${milliseconds} ms`, { cause: error });
  }
}

/** Throws an error with this message if there is too little time left for one call more. */
export function requireTimeLeft({ millisecondsLeft }: TimeLeft, message: string): void {
  if (millisecondsLeft() < LEFT_AFTER_A_CALL) throw new Error(message);
}
