export type RateLimit = {
  /** Whether a request is within the rate. Counts it if it is. */
  take(): boolean;
};

/** A rate as AWS limits requests: a bucket that holds one second's worth and is refilled at that rate. */
export function createRateLimit(now: () => number, perSecond: number): RateLimit {
  // At a rate below one a second the bucket must still hold a whole request.
  const most = Math.max(1, perSecond);
  let tokens = most;
  let at = now();
  return {
    take() {
      const time = now();
      tokens = Math.min(most, tokens + ((time - at) / 1_000) * perSecond);
      at = time;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
