import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { CALL_MILLISECONDS_MAX, CREATE_MILLISECONDS_MAX } from '../../adapters/clients.ts';
import type { FaultMix } from './fault-mix.ts';
import type { Actor, World } from './world.ts';

export type Input = Readonly<Record<string, unknown>>;

/**
 * The sender: the sandbox, its function, when its current invocation began, and how many invocations of `follow-ups` its chain of
 * messages has had.
 */
export type Caller = Actor & { readonly functionName: string; began: number; chain: number; readonly kill: (why: string) => void };

/** A simulated service: the effect of one request at one instant, or an AWS error thrown. A read may be as old as `since`. */
export type SimulatedService = {
  readonly name: 'dynamodb' | 'eventbridge' | 'iot' | 'mi' | 's3' | 'sqs';
  readonly handle: (operation: string, input: Input, caller: Caller, since: number) => unknown;
  /** A request left the sandbox. It may not arrive. */
  readonly sent?: (operation: string, input: Input, caller: Caller) => void;
  /** The sender got this answer to a request. A lost answer is not reported. */
  readonly answered?: (operation: string, input: Input, error: unknown, caller: Caller) => void;
};

/** A window in which a service does not answer. */
export type Outage = {
  readonly service: string;
  readonly from: number;
  readonly to: number;
  readonly kind: 'down' | 'throttled' | 'denied';
};

export class AwsError extends Error {
  readonly $metadata = { attempts: 1 };
  readonly $fault: 'client' | 'server';
  constructor(name: string, message: string, fault: 'client' | 'server' = 'client') {
    super(message);
    this.name = name;
    this.$fault = fault;
  }
}

const REQUEST_TIMEOUT = 5_000;
/** The most milliseconds between a create and its effect. The design allows 20 minutes, and reads and lists may lag 5 more. */
const LATEST_CREATE = 10 * 60_000;
const LATEST_OTHER = 60_000;

const retried = new Set([
  'InternalServerError',
  'InternalFailureException',
  'ServiceUnavailable',
  'ThrottlingException',
  'TimeoutError',
  'SlowDown',
]);
const creates = new Set(['CreateOTAUpdate', 'CreateJob', 'CreateOtaTask']);

/**
 * An SDK client with a network that can fail at every await. It does what the real one does between `send` and the wire
 * (attempts, backoff, request timeout), so that a second attempt can meet the effect of the first.
 */
export function clientOf(service: SimulatedService, caller: Caller, mix: FaultMix, outages: readonly Outage[], world: World) {
  const labels = labelsOf(`${service.name} ${caller.functionName}`);
  const send = (command: { readonly constructor: { readonly name: string }; readonly input: Input }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { operation, label } = labels(command.constructor.name);
      const attemptsMax = creates.has(operation) ? 1 : 3;
      const attempt = (number: number): void => {
        const settle = (error: unknown, value?: unknown) => {
          if (error === undefined) {
            service.answered?.(operation, command.input, undefined, caller);
            return resolve(value);
          }
          if (number < attemptsMax && error instanceof Error && retried.has(error.name)) {
            return world.after(world.chance.number('backoff', 20, 400) * number, () => attempt(number + 1), caller);
          }
          (error as { $metadata?: unknown }).$metadata = { attempts: number };
          service.answered?.(operation, command.input, error, caller);
          reject(error);
        };
        request(service, operation, command.input, label, caller, mix, outages, world, settle);
      };
      attempt(1);
    });
  return {
    config: { serviceId: service.name },
    middlewareStack: { identify: () => ['addPowertoolsToUserAgent'], addRelativeTo: () => undefined, use: () => undefined },
    send,
  };
}

const knownLabels = new Map<string, (command: string) => { readonly operation: string; readonly label: string }>();

/** The operation of a command and the label of its faults, for a service and a function. The same text each time, so that look-ups are fast. */
function labelsOf(sender: string) {
  let labels = knownLabels.get(sender);
  if (!labels) {
    const [service = '', functionName = ''] = sender.split(' ');
    const known = new Map<string, { readonly operation: string; readonly label: string }>();
    labels = (command) => {
      let found = known.get(command);
      if (!found) {
        const operation = command.replace(/Command$/, '');
        found = { operation, label: `${service}.${operation} ${functionName}` };
        known.set(command, found);
      }
      return found;
    };
    knownLabels.set(sender, labels);
  }
  return labels;
}

/** Calls that few histories make. Their faults are this many times as frequent, so that they occur at all. */
const seldom: ReadonlyMap<string, number> = new Map([
  ['dynamodb.DeleteItem releases', 3],
  ['iot.CancelJob releases', 3],
  ['iot.DescribeJob releases', 3],
  ['mi.CreateOtaTask follow-ups', 3],
  ['mi.DeleteOtaTask follow-ups', 3],
  ['mi.DeleteOtaTask releases', 3],
  ['mi.ListOtaTasks releases', 3],
  ['mi.ListTagsForResource releases', 10],
]);

function request(
  service: SimulatedService,
  operation: string,
  input: Input,
  label: string,
  caller: Caller,
  mix: FaultMix,
  outages: readonly Outage[],
  world: World,
  settle: (error: unknown, value?: unknown) => void,
) {
  const { chance } = world;
  const times = seldom.get(label) ?? 1;
  const deviates = (kind: string, share: number) => world.deviates(kind, label, share * (times > 1 && kind === 'deny' ? 12 : times));
  const { began: sentIn, chain: sentInChain } = caller;
  const sentAt = world.now();
  const isTorn = operation === 'BatchGetItem' && deviates('torn read', mix.tornRead);
  const effect = (): { value: unknown } | { error: unknown } => {
    const { began, chain } = caller;
    // A late effect still belongs to the invocation that sent the request.
    Object.assign(caller, { began: sentIn, chain: sentInChain });
    try {
      const value = service.handle(operation, input, caller, isTorn ? sentAt : world.now());
      world.log(() => `${caller.name} ${label}${about(input)}`);
      return { value };
    } catch (error) {
      if (!(error instanceof Error) || !('$fault' in error)) throw error;
      world.log(() => `${caller.name} ${label}${about(input)} → ${error.name}`);
      return { error };
    } finally {
      Object.assign(caller, { began, chain });
    }
  };
  const replyAfter = (milliseconds: number, result: { value: unknown } | { error: unknown }): void =>
    world.after(milliseconds, () => ('error' in result ? settle(result.error) : settle(undefined, result.value)), caller);
  const fail = (milliseconds: number, error: Error): void => {
    world.after(milliseconds, () => settle(error), caller);
  };
  const latency = chance.number('latency', 2, 40);

  if (deviates('crash before', mix.crashBefore)) return caller.kill(`before ${label}`);
  service.sent?.(operation, input, caller);
  const outage = outages.find(({ service: name, from, to }) => name === service.name && world.now() >= from && world.now() < to);
  if (outage && !world.isCalm()) {
    if (outage.kind === 'throttled') return fail(latency, throttled(service));
    if (outage.kind === 'denied') return fail(latency, new AwsError('AccessDeniedException', 'no permission'));
    return chance.is('outage answers', 0.5) ? fail(latency, broken(service)) : fail(REQUEST_TIMEOUT, timeout());
  }
  if (deviates('throttle', mix.throttle)) return fail(latency, throttled(service));
  if (deviates('error', mix.error)) return fail(latency, broken(service));
  if (deviates('deny', mix.deny * 0.2)) return fail(latency, new AwsError('AccessDeniedException', 'no permission'));
  if (creates.has(operation) && deviates('refuse', mix.refuse)) {
    return fail(latency, new AwsError(refusalOf(operation, input), 'not like this'));
  }
  const isOfLedger = operation === 'TransactWriteItems' || (operation === 'PutItem' && 'itemRevision' in (input['Item'] as object));
  if (isOfLedger && deviates('conflict', mix.conflict)) return fail(latency, inTransaction(operation));
  if (deviates('late effect', creates.has(operation) ? mix.lateEffect * 2 : mix.lateEffect * 0.5)) {
    const late = chance.number('late effect', REQUEST_TIMEOUT, creates.has(operation) ? LATEST_CREATE : LATEST_OTHER);
    world.after(late, () => void effect());
    return fail(REQUEST_TIMEOUT, timeout());
  }
  if (deviates('hang', mix.hang)) {
    // The response trickles, byte by byte. The effect may have happened. A call to S3 has no limit but the function's timeout.
    if (chance.is('hang with effect', 0.5)) world.after(latency, () => void effect());
    if (service.name === 's3') return;
    return fail(creates.has(operation) ? CREATE_MILLISECONDS_MAX : CALL_MILLISECONDS_MAX, aborted());
  }
  const isLost = deviates('lost reply', creates.has(operation) ? mix.lostReply * 2 : mix.lostReply);
  const isSlow = !isLost && (isTorn || deviates('slow', mix.slow));
  const isLast = !isLost && deviates('crash after', mix.crashAfter);
  const whole = isSlow ? chance.number('slow', 200, REQUEST_TIMEOUT - 100) : latency;
  // The effect belongs to the service: it happens even if the sandbox has died by then.
  const effectAfter = isTorn ? whole : isSlow ? whole * chance.number('effect within', 0, 1) : whole / 2;
  world.after(effectAfter, () => {
    const result = effect();
    if (isLost) fail(REQUEST_TIMEOUT, timeout());
    else if (isLast) caller.kill(`after ${label}`);
    else replyAfter(whole / 2, result);
  });
}

/** A transaction of somebody else holds one of the items. */
const inTransaction = (operation: string) =>
  operation === 'PutItem'
    ? new TransactionConflictException({ message: 'Transaction is ongoing for the item', $metadata: {} })
    : new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
      });
/** AWS documents some refusals of CreateJob beside its service model. */
const refusalOf = (operation: string, input: Input): string => {
  if (operation === 'CreateOtaTask') return 'ValidationException';
  if (operation === 'CreateOTAUpdate') return 'InvalidRequestException';
  return (
    ['InvalidRequestException', 'InvalidJobDocumentException', 'InvalidRoleException'][String(input['jobId']).charCodeAt(20) % 3] ?? ''
  );
};
const aborted = () => new AwsError('AbortError', 'Request aborted');
const timeout = () => Object.assign(new AwsError('TimeoutError', 'socket hang up', 'server'), {});
const broken = (service: SimulatedService) =>
  new AwsError(service.name === 'iot' ? 'InternalFailureException' : 'InternalServerError', 'something went wrong', 'server');
const throttled = (service: SimulatedService) => new AwsError(service.name === 's3' ? 'SlowDown' : 'ThrottlingException', 'too fast');

/** The names in a request, for the story. */
function about(input: Input): string {
  const [, second] = (input['TransactItems'] ?? []) as { Put: Input }[];
  const key = input['Item'] ?? input['Key'] ?? second?.Put['Item'];
  if (typeof key === 'object' && key !== null) {
    const { pk, sk, id, state, itemRevision } = key as Record<string, { S?: string; N?: string } | undefined>;
    return ` ${[pk?.S, sk?.S, id?.S?.slice(0, 30), state?.S, itemRevision && `revision ${itemRevision.N}`].filter((part) => part !== undefined).join(' ')}`;
  }
  for (const name of ['otaUpdateId', 'jobId', 'ClientToken', 'Identifier', 'QueueUrl']) {
    if (typeof input[name] === 'string') return ` ${String(input[name]).split('/').at(-1)}`;
  }
  if (Array.isArray(input['Entries']))
    return ` ${input['Entries'].map((entry: Record<string, string>) => entry['DetailType'] ?? '').join(', ')}`;
  return '';
}
