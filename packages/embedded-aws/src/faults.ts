import { setTimeout as delay } from 'node:timers/promises';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import type { Clock } from './services/service.ts';

const FAULT_KINDS = [
  'throttle',
  'error500',
  'error503',
  'lateError500',
  'lateError503',
  'quota410',
  'lostReply',
  'stalledBody',
  'staleConnection',
  'slow',
  'outage',
  'createFailed',
  'eventLost',
  'eventTwice',
  'eventLate',
] as const;

/** What can happen to a job event. */
const EVENT_KINDS = ['eventLost', 'eventTwice', 'eventLate'] as const;

type EventKind = (typeof EVENT_KINDS)[number];

export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * A failure that is injected. It hits the requests to `service`, or only those for `operation`. It lets the first `after`
 * of them through, hits at most `times` of them, and ends `forMilliseconds` of the clock after it was added. With
 * `probability` it hits by chance, drawn from `seed`. With `abovePerSecond` it hits only what exceeds that rate, as a quota
 * does. Its bucket holds one second's worth and is refilled at that rate. `staleConnection` hits and counts only
 * requests on a connection that has carried an earlier request. `lateError500` and `lateError503` carry the request out and answer
 * an error all the same. The gateway ignores `createFailed`. The service that creates something takes it, and its creation fails
 * later with `errorInfo`. It counts creations, not requests.
 * The gateway also ignores `eventLost`, `eventTwice` and `eventLate`. They count job events, and `operation` is that of the event, such
 * as `completed`. A late event comes `delayMilliseconds` later, after those that follow it. Without `times` and `forMilliseconds` a fault
 * hits until it is cleared.
 */
export type Fault = {
  readonly service: string;
  readonly operation?: string;
  readonly kind: FaultKind;
  readonly times?: number;
  readonly after?: number;
  readonly probability?: number;
  readonly seed?: number;
  readonly abovePerSecond?: number;
  readonly forMilliseconds?: number;
  /** How long `slow` holds a request back, in real time, and `eventLate` a job event, on the clock of the control planes. Default: 1000. */
  readonly delayMilliseconds?: number;
  /** What `createFailed` reports. */
  readonly errorInfo?: { readonly code: string; readonly message: string };
};

/** What happens to a request: how long it is held back, and the one fault that hits it. */
export type Strike = { readonly slowMilliseconds: number; readonly kind?: FaultKind };

type Armed = {
  readonly id: number;
  readonly fault: Fault;
  readonly until: number;
  seen: number;
  struck: number;
  /** With `abovePerSecond`: what passes. */
  readonly rate: RateLimit | undefined;
  readonly draw: () => number;
};

/**
 * A fault as it was added, with its number and how many requests it has hit. `armed`: it can hit more. `used up`: it has hit as
 * many as it may. `expired`: its time is over.
 */
export type FaultReport = Fault & { readonly id: number; readonly struck: number; readonly state: 'armed' | 'used up' | 'expired' };

export type Faults = {
  /** Adds a fault and returns its number. */
  add(fault: Fault): number;
  /** Removes one fault, or all. */
  clear(id?: number): void;
  list(): FaultReport[];
  /** What happens to this request. Counts it. Without `connection`, the request is the first one on its connection. */
  strike(service: string, operation: string | undefined, connection?: 'new' | 'used'): Strike;
  /** What a `createFailed` fault does to this creation: the failure that it reports. Counts the creation. `undefined` if it goes well. */
  takeCreateFailed(service: string): { readonly code: string; readonly message: string } | undefined;
  /** What happens to this job event. Counts it. `undefined` if nothing does. */
  takeEventFault(service: string, operation: string): { readonly kind: EventKind; readonly delayMilliseconds: number } | undefined;
};

/** A generator of numbers in [0, 1) that only the seed decides (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** No faults yet. Faults act in the order they were added, and the same requests in the same order meet the same faults. */
export function createFaults({ clock }: { readonly clock: Pick<Clock, 'now'> }): Faults {
  let armed: Armed[] = [];
  let lastId = 0;

  function stateOf({ fault, until, struck }: Armed): FaultReport['state'] {
    if (clock.now() >= until) return 'expired';
    return fault.times !== undefined && struck >= fault.times ? 'used up' : 'armed';
  }

  function hits(entry: Armed): boolean {
    const { fault } = entry;
    if (stateOf(entry) !== 'armed') return false;
    entry.seen += 1;
    if (entry.seen <= (fault.after ?? 0)) return false;
    if (fault.probability !== undefined && entry.draw() >= fault.probability) return false;
    if (entry.rate?.take()) return false;
    entry.struck += 1;
    return true;
  }

  return {
    add(fault) {
      lastId += 1;
      const until = fault.forMilliseconds === undefined ? Number.POSITIVE_INFINITY : clock.now() + fault.forMilliseconds;
      const rate = fault.abovePerSecond === undefined ? undefined : createRateLimit(clock.now, fault.abovePerSecond);
      armed.push({ id: lastId, fault, until, seen: 0, struck: 0, rate, draw: seeded(fault.seed ?? 1) });
      return lastId;
    },
    clear(id) {
      armed = id === undefined ? [] : armed.filter((entry) => entry.id !== id);
    },
    list: () => armed.map((entry) => ({ ...entry.fault, id: entry.id, struck: entry.struck, state: stateOf(entry) })),
    strike(service, operation, connection = 'new') {
      let slowMilliseconds = 0;
      for (const entry of armed) {
        const { fault } = entry;
        if (fault.kind === 'createFailed' || isEventKind(fault.kind) || fault.service !== service) continue;
        if (fault.operation !== undefined && fault.operation !== operation) continue;
        if (fault.kind === 'staleConnection' && connection === 'new') continue;
        if (!hits(entry)) continue;
        if (fault.kind !== 'slow') return { slowMilliseconds, kind: fault.kind };
        slowMilliseconds += fault.delayMilliseconds ?? 1000;
      }
      return { slowMilliseconds };
    },
    takeCreateFailed(service) {
      for (const candidate of armed) {
        if (candidate.fault.kind !== 'createFailed' || candidate.fault.service !== service || !hits(candidate)) continue;
        return candidate.fault.errorInfo ?? { code: 'InternalFailure', message: 'An injected failure of the creation.' };
      }
      return undefined;
    },
    takeEventFault(service, operation) {
      for (const candidate of armed) {
        const { fault } = candidate;
        if (!isEventKind(fault.kind) || fault.service !== service) continue;
        if ((fault.operation ?? operation) !== operation || !hits(candidate)) continue;
        return { kind: fault.kind, delayMilliseconds: fault.delayMilliseconds ?? 1000 };
      }
      return undefined;
    },
  };
}

/** Whether a fault hits job events and no requests. */
export function isEventKind(kind: FaultKind): kind is EventKind {
  return (EVENT_KINDS as readonly FaultKind[]).includes(kind);
}

/** Holds a request back. Ends early if the caller has hung up. */
export async function holdBack(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return;
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

type Form = { readonly status: number; readonly exception: string; readonly message: string };
type StatusKind = 'throttle' | 'error500' | 'error503' | 'quota410';

const JSON_DEFAULTS: Readonly<Record<StatusKind, Form>> = {
  throttle: { status: 400, exception: 'ThrottlingException', message: 'Rate exceeded' },
  error500: { status: 500, exception: 'InternalFailure', message: 'An internal error has occurred.' },
  error503: { status: 503, exception: 'ServiceUnavailable', message: 'The service is temporarily unavailable.' },
  quota410: { status: 400, exception: 'LimitExceededException', message: 'A limit has been exceeded.' },
};

/** Of the IoT Jobs data plane, API model 2017-09-29. */
const JOBS_DATA: Partial<Record<StatusKind, Form>> = {
  throttle: { status: 429, exception: 'ThrottlingException', message: 'The rate exceeds the limit.' },
  error500: { status: 500, exception: 'InternalServerException', message: 'An internal server error occurred.' },
  error503: { status: 503, exception: 'ServiceUnavailableException', message: 'The service is temporarily unavailable.' },
  quota410: { status: 402, exception: 'ServiceQuotaExceededException', message: 'The service quota has been exceeded.' },
};

const FORMS: Readonly<Record<string, Partial<Record<StatusKind, Form>>>> = {
  'iot-jobs-data': JOBS_DATA,
  iotjobsdata: JOBS_DATA,
  iot: {
    error500: { status: 500, exception: 'InternalFailureException', message: 'An unexpected error has occurred.' },
    error503: { status: 503, exception: 'ServiceUnavailableException', message: 'The service is temporarily unavailable.' },
    quota410: { status: 410, exception: 'LimitExceededException', message: 'A limit has been exceeded.' },
  },
  iotmanagedintegrations: {
    throttle: { status: 429, exception: 'ThrottlingException', message: 'Rate exceeded' },
    error500: { status: 500, exception: 'InternalServerException', message: 'Internal error from the service.' },
    error503: { status: 503, exception: 'ServiceUnavailableException', message: 'The service is temporarily unavailable.' },
    quota410: { status: 402, exception: 'ServiceQuotaExceededException', message: 'A service quota was exceeded.' },
  },
  sqs: {
    throttle: { status: 400, exception: 'RequestThrottled', message: 'The request was denied due to request throttling.' },
    quota410: { status: 400, exception: 'OverLimit', message: 'The maximum number of in flight messages is reached.' },
  },
  dynamodb: {
    throttle: {
      status: 400,
      exception: 'ProvisionedThroughputExceededException',
      message: 'The level of configured provisioned throughput for the table was exceeded.',
    },
    error500: { status: 500, exception: 'InternalServerError', message: 'Internal server error' },
  },
  events: { error500: { status: 500, exception: 'InternalException', message: 'An internal error has occurred.' } },
  s3: {
    throttle: { status: 503, exception: 'SlowDown', message: 'Please reduce your request rate.' },
    error500: { status: 500, exception: 'InternalError', message: 'We encountered an internal error. Please try again.' },
    quota410: { status: 400, exception: 'TooManyBuckets', message: 'You have attempted to create more buckets than allowed.' },
  },
};

/** The error that answers a request which was carried out; `undefined` for a kind of fault without one. */
export function lateErrorForm(service: string, kind: FaultKind | undefined): Form | undefined {
  if (kind === 'lateError500') return errorForm(service, 'error500');
  return kind === 'lateError503' ? errorForm(service, 'error503') : undefined;
}

/** An injected error in the form of its service: the status and the exception name that its SDK knows. */
export function errorForm(service: string, kind: StatusKind): Form {
  return FORMS[service]?.[kind] ?? JSON_DEFAULTS[kind];
}

/** The longest delay of a timer, 24 days. No other number of a fault needs to be larger. */
const MAXIMUM_NUMBER = 2_147_483_647;

/** Why a fault is refused. If a name does not exist, `given` is that name and `names` are those that exist. */
export type Refusal = { readonly message: string; readonly given?: string; readonly names?: readonly string[] };

/** Reads a fault from JSON, or returns what is wrong with it. */
export function readFault(value: unknown): Fault | Refusal {
  const message = whatIsWrong(value);
  if (message !== undefined) return { message };
  const fault = value as Omit<Fault, 'kind'> & { readonly kind: unknown };
  if (FAULT_KINDS.includes(fault.kind as FaultKind)) return fault as Fault;
  const given = typeof fault.kind === 'string' ? { given: fault.kind } : {};
  return { message: `kind: must be one of ${FAULT_KINDS.join(', ')}`, ...given, names: FAULT_KINDS };
}

/** What is wrong with a fault, its kind apart. */
function whatIsWrong(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a fault is a JSON object';
  const fault = value as Record<string, unknown>;
  if (typeof fault['service'] !== 'string') return 'service: required, the name that requests are signed for, such as iot';
  if (fault['operation'] !== undefined && typeof fault['operation'] !== 'string') return 'operation: a string';
  for (const name of ['times', 'after', 'probability', 'seed', 'abovePerSecond', 'forMilliseconds', 'delayMilliseconds']) {
    const number = fault[name];
    if (number !== undefined && (typeof number !== 'number' || !(number >= 0 && number <= MAXIMUM_NUMBER)))
      return `${name}: a number, 0 to ${MAXIMUM_NUMBER}`;
  }
  const info = fault['errorInfo'] as { code?: unknown; message?: unknown } | undefined;
  if (info !== undefined && (typeof info?.code !== 'string' || typeof info.message !== 'string')) return 'errorInfo: {code, message}';
  const known = [
    'service',
    'operation',
    'kind',
    'times',
    'after',
    'probability',
    'seed',
    'abovePerSecond',
    'forMilliseconds',
    'delayMilliseconds',
    'errorInfo',
  ];
  const unknown = Object.keys(fault).find((name) => !known.includes(name));
  return unknown === undefined ? undefined : `${unknown}: unknown; a fault has ${known.join(', ')}`;
}
