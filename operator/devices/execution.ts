/** The statuses of an execution, in the order of a device's life. AWS IoT and managed integrations have the same ones. */
export const executionStates = ['QUEUED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'REMOVED', 'CANCELED'] as const;

export type ExecutionState = (typeof executionStates)[number];

/** States in which a device may have reported what went wrong. */
export const failedStates: readonly string[] = ['FAILED', 'TIMED_OUT', 'REJECTED'] satisfies readonly ExecutionState[];

/** One device of a rollout, as AWS lists it. */
export type Execution = {
  /** The thing name, or the id of the managed thing. */
  readonly device: string;
  /** The status of AWS, even one that is unknown here. */
  readonly state: string;
  /** Since when it is in this state, in epoch ms. Absent if AWS does not say. */
  readonly since?: number;
  /** What the device reported, if it failed. */
  readonly reason?: string;
};

/** Which devices to list. */
export type Wanted = {
  /** Only those in this state. */
  readonly state?: ExecutionState;
  /** Whether to ask why a device failed, which takes one request for each. */
  readonly withReasons: boolean;
};

/** One page of the devices of a rollout. `next` reads the page after it. It is absent on the last one. */
export type ExecutionPage = { readonly executions: readonly Execution[]; readonly next?: string };

/** Which page to read: the one after `after`, or else the first, with at most `size` devices. */
export type WantedPage = Wanted & { readonly after?: string; readonly size: number };

type Times = { readonly queued?: Date | undefined; readonly started?: Date | undefined; readonly updated?: Date | undefined };

/** Since when a device is in a state, in epoch ms. A report of progress updates an execution, so that is not when it started. */
export function sinceOf(state: string, { queued, started, updated }: Times): number | undefined {
  const entered = { QUEUED: queued, IN_PROGRESS: started }[state];
  return (entered ?? updated)?.getTime();
}
