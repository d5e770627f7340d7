/** How a task is pushed out, under the names of the API model. */
export type PushConfig = {
  readonly AbortConfig?: {
    readonly AbortConfigCriteriaList?: readonly {
      readonly FailureType?: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL';
      readonly ThresholdPercentage?: number;
      readonly MinNumberOfExecutedThings?: number;
    }[];
  };
  readonly RolloutConfig?: {
    readonly MaximumPerMinute?: number;
    readonly ExponentialRolloutRate?: {
      readonly BaseRatePerMinute?: number;
      readonly IncrementFactor?: number;
      readonly RateIncreaseCriteria?: { readonly numberOfNotifiedThings?: number; readonly numberOfSucceededThings?: number };
    };
  };
  readonly TimeoutConfig?: { readonly InProgressTimeoutInMinutes?: number };
};

/** A configuration that was created and may be named by tasks. */
export type TaskConfiguration = {
  readonly id: string;
  readonly sequence: number;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly push: PushConfig | undefined;
  readonly createdAt: number;
};
