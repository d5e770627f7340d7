/** What has to be decided here because CloudFormation does not document it. Each member is an option. */
export type CloudFormationAssumptions = {
  /**
   * How an `AWS::Events::EventBusPolicy` is identified. `account`: by its StatementId alone, so that a second stack or bus of
   * the account and Region cannot have it (aws-cdk issues 8010 and 29627). `bus`: by bus and StatementId, as the schema of
   * the resource says.
   */
  statementIds: 'account' | 'bus';
};

export const defaultCloudFormationAssumptions: CloudFormationAssumptions = { statementIds: 'account' };
