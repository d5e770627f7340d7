/** What has to be decided here because Lambda does not document it. Each member is an option. */
export type LambdaAssumptions = {
  /**
   * Which message's lineage counts for an invocation with several messages. `oldest`: the one in which this function has
   * been invoked most often, so that no chain can hide behind a younger one. `first`: the first message of the batch.
   */
  lineageOfBatch: 'oldest' | 'first';
};

export const defaultLambdaAssumptions: LambdaAssumptions = { lineageOfBatch: 'oldest' };
