/** What has to be decided here because EventBridge does not document it. Each member is an option. */
export type EventBridgeAssumptions = {
  /**
   * PutPermission and RemovePermission with a StatementId read the policy of the bus, change it, and write it back this many
   * milliseconds later, without a revision. Of two calls in this time, both succeed and one has no effect. 0: each call
   * is done at once, and none is lost.
   */
  policyMergeMilliseconds: number;
};

export const defaultEventBridgeAssumptions: EventBridgeAssumptions = { policyMergeMilliseconds: 0 };
