/** How long a call may take before it counts as lost; without this the SDK would wait as long as the function lives. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const;

/**
 * For the two services that create: one attempt for each call. A create that is sent again inside the SDK would be a
 * send that nobody noted, and the follow-up is the one owner of retries.
 */
export const controlPlaneOptions = { maxAttempts: 1, requestHandler } as const;

/** For all others: a hiccup is not worth a whole round through the queue. */
export const supportingOptions = { maxAttempts: 3, requestHandler } as const;
