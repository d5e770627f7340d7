/** Where a template is made: what its pseudo parameters and ARNs are filled with. */
export type Surroundings = {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  /** The start of queue URLs. */
  readonly endpoint: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
};
