/** Who sent an event: the AWS account and the source, as EventBridge states them. */
export type Sender = { readonly account: string; readonly source: string };
