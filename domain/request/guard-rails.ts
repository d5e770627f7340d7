/**
 * The abort criteria of a channel without any: 20 % of at least ten devices fail in any way. Ten, because in a smaller
 * sample one bad cable aborts the rollout. In any way, because a device that rejects or hangs is as lost as one that fails.
 */
export const DEFAULT_ABORT_CRITERIA = [
  { failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 10 },
] as const;

/**
 * The timeout of a channel without any: one day, of the 7 days that AWS allows. Slow links need hours. Without a timeout, a
 * device that reports nothing for a day would download the same job for ever.
 */
export const DEFAULT_TIMEOUT_CONFIG = { inProgressTimeoutInMinutes: 1440 } as const;

/** The timeout of a channel, or the default. To AWS an empty timeout structure is no timeout. */
export function timeoutOrDefault(config: object | undefined): object {
  const timed = (config as { inProgressTimeoutInMinutes?: unknown } | undefined)?.inProgressTimeoutInMinutes !== undefined;
  return timed && config ? config : DEFAULT_TIMEOUT_CONFIG;
}
