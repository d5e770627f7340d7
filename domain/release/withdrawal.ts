/** Types agreed between the rooms; the schema they come from is being written. */
export type Withdrawal = {
  readonly schemaVersion: string;
  readonly product: string;
  readonly version: string;
  readonly revision?: number;
  readonly channels?: readonly string[];
  readonly reasonCode?: string;
  readonly comment?: string;
  readonly force: boolean;
  readonly correlationId?: string;
};
