const executionStatuses = ['QUEUED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'REMOVED', 'CANCELED'] as const;

export type ExecutionStatus = (typeof executionStatuses)[number];

export type Execution = {
  readonly index: number;
  readonly device: number;
  readonly status: ExecutionStatus;
  /** The number of retries so far. */
  readonly attempt: number;
  /** 1, or more if its thing had left and came back. */
  readonly number: number;
  /** Grows with each update. */
  readonly version: number;
  readonly queuedAt: number;
  readonly startedAt: number | undefined;
  readonly lastUpdatedAt: number;
  readonly details: Readonly<Record<string, string>> | undefined;
};

/** All executions of one job, in the order in which their things came in. Each takes a few dozen bytes. */
export type Executions = {
  size(): number;
  count(status: ExecutionStatus): number;
  /** Adds a QUEUED execution and returns its index. */
  add(device: number, at: number, number?: number): number;
  /** The index of a device's execution, -1 if there is no execution. Of several, it is the newest, or the one with that number. */
  find(device: number, number?: number): number;
  deviceOf(index: number): number;
  statusOf(index: number): ExecutionStatus;
  attemptOf(index: number): number;
  get(index: number): Execution;
  /** Sets the next status. The version grows. Details stay unless new ones are given. */
  move(index: number, status: ExecutionStatus, at: number, details?: Readonly<Record<string, string>>): void;
  /** Makes it QUEUED again for another attempt, without the details of the last one. */
  retry(index: number, at: number): void;
};

/** No executions yet, with room for `expected`. `onMove` is called with every status that an execution gets after QUEUED. */
export function createExecutions(expected: number, onMove: (index: number, status: ExecutionStatus) => void = () => undefined): Executions {
  let room = Math.max(expected, 1);
  let devices = new Uint32Array(room);
  let statuses = new Uint8Array(room);
  let attempts = new Uint8Array(room);
  let versions = new Uint16Array(room);
  let queued = new Float64Array(room);
  let started = new Float64Array(room);
  let updated = new Float64Array(room);
  /** The numbers of the executions whose number is not 1. */
  const numbers = new Map<number, number>();
  const details = new Map<number, Readonly<Record<string, string>>>();
  const counts = new Uint32Array(executionStatuses.length);
  let size = 0;

  const grow = () => {
    room *= 2;
    devices = wider(devices, new Uint32Array(room));
    statuses = wider(statuses, new Uint8Array(room));
    attempts = wider(attempts, new Uint8Array(room));
    versions = wider(versions, new Uint16Array(room));
    queued = wider(queued, new Float64Array(room));
    started = wider(started, new Float64Array(room));
    updated = wider(updated, new Float64Array(room));
  };
  const setStatus = (index: number, status: ExecutionStatus, at: number) => {
    const before = statuses[index] ?? 0;
    const after = executionStatuses.indexOf(status);
    counts[before] = (counts[before] ?? 0) - 1;
    counts[after] = (counts[after] ?? 0) + 1;
    statuses[index] = after;
    versions[index] = (versions[index] ?? 0) + 1;
    updated[index] = at;
    if (status === 'IN_PROGRESS' && !started[index]) started[index] = at;
  };
  const statusOf = (index: number): ExecutionStatus => executionStatuses[statuses[index] ?? 0] ?? 'QUEUED';

  return {
    size: () => size,
    count: (status) => counts[executionStatuses.indexOf(status)] ?? 0,
    add(device, at, number = 1) {
      if (size === room) grow();
      devices[size] = device;
      if (number !== 1) numbers.set(size, number);
      versions[size] = 1;
      queued[size] = at;
      updated[size] = at;
      counts[0] = (counts[0] ?? 0) + 1;
      return size++;
    },
    find(device, number) {
      for (let at = devices.subarray(0, size).lastIndexOf(device); at >= 0; at = devices.subarray(0, at).lastIndexOf(device)) {
        if (number === undefined || (numbers.get(at) ?? 1) === number) return at;
      }
      return -1;
    },
    deviceOf: (index) => devices[index] ?? 0,
    statusOf,
    attemptOf: (index) => attempts[index] ?? 0,
    get: (index) => ({
      index,
      device: devices[index] ?? 0,
      status: statusOf(index),
      attempt: attempts[index] ?? 0,
      number: numbers.get(index) ?? 1,
      version: versions[index] ?? 0,
      queuedAt: queued[index] ?? 0,
      startedAt: started[index] || undefined,
      lastUpdatedAt: updated[index] ?? 0,
      details: details.get(index),
    }),
    move(index, status, at, given) {
      setStatus(index, status, at);
      if (given !== undefined) details.set(index, given);
      onMove(index, status);
    },
    retry(index, at) {
      setStatus(index, 'QUEUED', at);
      attempts[index] = (attempts[index] ?? 0) + 1;
      queued[index] = at;
      started[index] = 0;
      details.delete(index);
    },
  };
}

function wider<A extends { set(values: A): void }>(narrow: A, wide: A): A {
  wide.set(narrow);
  return wide;
}
