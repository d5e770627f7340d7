import type { FaultMix } from '../fault-mix.ts';
import { AwsError, type Caller, type Input, type SimulatedService } from '../transport.ts';
import type { World } from '../world.ts';
import { checkBatch, checkTypes, refusalOf, type Sent } from './sqs-limits.ts';

export type Message = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
  /** How many invocations of `follow-ups` came before it in its chain of messages. */
  readonly chain: number;
  firstReceivedAt?: number;
  visibleAt: number;
  receives: number;
};

export type Queue = {
  readonly name: string;
  readonly messages: Map<string, Message>;
  readonly deadLetters: Queue | undefined;
  readonly arrived: () => void;
};

export const RELEASES = 'releases';
export const STEERING = 'steering';
export const FOLLOW_UPS = 'follow-ups';
export const REJECTED = 'rejected';
/** What the template says of the queues that functions consume. proof/stage/a-stage.test.ts compares it. */
export const VISIBILITY_MS = 360_000;
export const RECEIVES_MAX = 10;
export const BYTES_MAX: Readonly<Record<string, number>> = { [RELEASES]: 262_144, [STEERING]: 262_144, [FOLLOW_UPS]: 16_384 };
/** The other queues have the defaults of SQS. */
export const VISIBILITY_MS_ELSEWHERE = 30_000;
export const BYTES_MAX_ELSEWHERE = 1_048_576;

export type Sqs = SimulatedService & {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly put: (queue: string, body: string, delay?: number) => string;
  /** Takes up to `most` visible messages in any order. A message that was received too often moves to the dead-letter queue. */
  readonly take: (queue: Queue, most: number) => Message[];
  readonly remove: (queue: Queue, messageId: string) => void;
  readonly redrive: (queue: Queue) => number;
  readonly nextVisible: (queue: Queue) => number | undefined;
  /** How many messages have moved to a dead-letter queue. */
  readonly givenUp: () => number;
  readonly onArrival: (listener: (queue: Queue) => void) => void;
};

/** Standard queues: at least once, in any order, invisible while in flight, to the dead-letter queue after ten receives. */
export function sqs(world: World, mix: FaultMix, onSend: (queue: string, message: Message, caller: Caller | undefined) => void): Sqs {
  let listener: (queue: Queue) => void = () => {};
  let ids = 0;
  let givenUp = 0;
  const queues = new Map<string, Queue>();
  const create = (name: string, deadLetters?: Queue): Queue => {
    const queue: Queue = { name, messages: new Map(), deadLetters, arrived: () => listener(queue) };
    queues.set(name, queue);
    return queue;
  };
  create(RELEASES, create(`${RELEASES}-dlq`));
  create(STEERING, create(`${STEERING}-dlq`));
  create(FOLLOW_UPS, create(`${FOLLOW_UPS}-dlq`));
  create(REJECTED);

  const enqueue = (name: string, body: string, delay: number, attributes: Readonly<Record<string, string>>, caller?: Caller): string => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`no queue ${name}`);
    ids += 1;
    const messageId = `m${ids}`;
    const sentAt = world.now();
    const message: Message = { messageId, body, attributes, sentAt, chain: caller?.chain ?? 0, visibleAt: sentAt + delay, receives: 0 };
    queue.messages.set(messageId, message);
    onSend(name, message, caller);
    queue.arrived();
    return messageId;
  };

  const accept = (name: string, { MessageBody = '', DelaySeconds = 0, MessageAttributes = {} }: Sent, caller: Caller): string => {
    const attributes = Object.entries(MessageAttributes).map(([key, { StringValue = '' }]) => [key, StringValue] as const);
    return enqueue(name, MessageBody, DelaySeconds * 1000, Object.fromEntries(attributes), caller);
  };

  const handle = (operation: string, input: Input, caller: Caller): unknown => {
    const name = String(input['QueueUrl']).split('/').at(-1) ?? '';
    const entries = (input['Entries'] ?? [input]) as readonly Sent[];
    checkTypes(entries);
    const bytesMax = BYTES_MAX[name] ?? BYTES_MAX_ELSEWHERE;
    if (!queues.has(name)) throw new AwsError('QueueDoesNotExist', `no queue ${name}`);
    if (operation === 'SendMessage') {
      const sent = input as Sent;
      const refusal = refusalOf(sent, bytesMax);
      if (refusal !== undefined) throw new AwsError(refusal, 'not this message');
      return { MessageId: accept(name, sent, caller) };
    }
    if (operation !== 'SendMessageBatch') throw new Error(`SQS is not simulated for ${operation}`);
    checkBatch(entries);
    const failed: unknown[] = [];
    for (const entry of entries) {
      const { Id } = entry;
      const refusal = refusalOf(entry, bytesMax);
      if (refusal !== undefined) {
        failed.push({ Id, Code: refusal, SenderFault: true });
      } else if (world.deviates('partial', 'sqs.SendMessageBatch', mix.partial * 0.3)) {
        failed.push({ Id, Code: 'InternalError', SenderFault: false });
      } else if (!world.deviates('lost message', name, mix.lostMessage)) {
        accept(name, entry, caller);
      }
    }
    return failed.length > 0 ? { Failed: failed } : {};
  };

  return {
    name: 'sqs',
    handle,
    queues,
    put: (name, body, delay = 0) => enqueue(name, body, delay, {}),
    take: (queue, most) => {
      const visible = [...queue.messages.values()].filter((message) => message.visibleAt <= world.now());
      const taken: Message[] = [];
      while (taken.length < most && visible.length > 0) {
        const [message] = visible.splice(world.chance.whole(`order ${queue.name}`, 0, visible.length - 1), 1);
        if (!message) break;
        message.receives += 1;
        message.firstReceivedAt ??= world.now();
        if (queue.deadLetters && message.receives > RECEIVES_MAX) {
          queue.messages.delete(message.messageId);
          givenUp += 1;
          queue.deadLetters.messages.set(message.messageId, { ...message, receives: 0, visibleAt: world.now() });
          world.log(`${message.messageId} goes to ${queue.deadLetters.name}`);
          continue;
        }
        const early = world.deviates('early redelivery', queue.name, mix.redelivery);
        message.visibleAt = world.now() + (early ? world.chance.number('early redelivery', 10, 40_000) : visibilityOf(queue));
        taken.push(message);
      }
      return taken;
    },
    remove: (queue, messageId) => {
      if (world.deviates('lost delete', queue.name, mix.lostDelete)) return;
      queue.messages.delete(messageId);
    },
    redrive: (queue) => {
      const { deadLetters } = queue;
      if (!deadLetters) return 0;
      const visible = [...deadLetters.messages.values()].filter((message) => message.visibleAt <= world.now());
      for (const { messageId, body, attributes } of visible) {
        deadLetters.messages.delete(messageId);
        enqueue(queue.name, body, 0, attributes);
      }
      return visible.length;
    },
    nextVisible: (queue) => {
      let next: number | undefined;
      for (const { visibleAt } of queue.messages.values()) if (next === undefined || visibleAt < next) next = visibleAt;
      return next;
    },
    givenUp: () => givenUp,
    onArrival: (next) => {
      listener = next;
    },
  };
}

function visibilityOf({ name }: Queue): number {
  return BYTES_MAX[name] === undefined ? VISIBILITY_MS_ELSEWHERE : VISIBILITY_MS;
}
