/** How long a client of the command line waits. */
export type Patience = { readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number } };

const patienceOf = (socketTimeout: number): Patience => ({ requestHandler: { connectionTimeout: 5_000, socketTimeout } });

/**
 * Options of the SDK clients of the command line, in milliseconds. Without them, a command would wait for ever if AWS stops in the
 * middle of an answer. `long` is for SQS, which waits up to 20 s for messages, and for S3, which answers an upload at its end.
 */
export const patience = { short: patienceOf(10_000), long: patienceOf(30_000) } as const;
