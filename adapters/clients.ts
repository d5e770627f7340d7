/** A call that takes longer counts as lost. Without these limits the SDK would wait for as long as the function lives. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const;

/**
 * For the clients of the two control planes: one attempt per call. If the SDK repeated a create, the ledger would not have
 * the second attempt. The next follow-up repeats it instead.
 */
export const controlPlaneOptions = { maxAttempts: 1, requestHandler } as const;

/** For all other clients. A retry in the SDK is cheaper than a redelivery from the queue. */
export const supportingOptions = { maxAttempts: 3, requestHandler } as const;
