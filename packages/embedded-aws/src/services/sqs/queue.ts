import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../service.ts';

/** An attribute of a message, as the wire has it: binary values are base64. */
export type MessageAttribute = { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string };
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export type Message = {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader: string | undefined;
  /** Epoch milliseconds of the first send. A dead-letter queue keeps it, because retention counts from it. */
  readonly sent: number;
  /** Epoch milliseconds since when it is in this queue. Its age is counted from here. */
  readonly arrived: number;
  /** The ARN of the queue from which a redrive policy moved it here. */
  readonly deadLetterSource: string | undefined;
  visibleAt: number;
  receiveCount: number;
  firstReceived: number | undefined;
  receiptHandle: string | undefined;
};

export type Redrive = { readonly maxReceiveCount: number; deadLetter(message: Message): void };

/** The settings of a queue. They are read at each use, so that SetQueueAttributes takes effect at once. */
export type QueueSettings = {
  retentionMilliseconds(): number;
  redrive(): Redrive | undefined;
};

export type SendInput = {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader?: string | undefined;
  readonly delayMilliseconds: number;
  readonly sent?: number;
  readonly id?: string;
  readonly deadLetterSource?: string;
};

export type ReceiveInput = {
  readonly maximum: number;
  readonly visibilityMilliseconds: number;
  readonly waitMilliseconds: number;
  /** Aborted when the caller has hung up. It then gets nothing. */
  readonly signal?: AbortSignal | undefined;
};

export type Queue = {
  send(input: SendInput): Message;
  receive(input: ReceiveInput): Promise<Message[]>;
  /** Deletes by the handle of the latest receive. An older handle deletes nothing, without an error. A handle of another queue is 'invalid'. */
  delete(receiptHandle: string): 'ok' | 'invalid';
  changeVisibility(receiptHandle: string, milliseconds: number): 'ok' | 'invalid' | 'gone' | 'notInFlight';
  purge(): void;
  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number };
  /**
   * The metric ApproximateAgeOfOldestMessage, in whole seconds; 0 if no message counts. A message that was received three
   * times or more no longer counts, and in a dead-letter queue the age counts from the move (Developer Guide, "Available
   * CloudWatch metrics for Amazon SQS"). Assumed: delayed messages and those in flight count.
   */
  ageOfOldestSeconds(): number;
  /** Removes one visible message and returns it, for a move task. */
  take(): Message | undefined;
  /** Ends every long poll without a message, as if its time were over, and lets no new one begin. */
  endLongPolls(): void;
};

/** From this receive on, SQS moves a message to the back of the queue and leaves it out of the metric of the age. */
const RECEIVES_OF_A_POISON_PILL = 3;

type Waiter = { readonly input: ReceiveInput; readonly serve: (messages: Message[]) => void };

/** A standard queue in memory. A long poll loses no message if its caller hangs up. */
export function createQueue(clock: Clock, settings: QueueSettings): Queue {
  const messages = new Map<string, Message>();
  const queueId = randomUUID();
  let waiters: Waiter[] = [];
  let disarm: (() => void) | undefined;
  let ended = false;

  function dropExpired(): void {
    const oldest = clock.now() - settings.retentionMilliseconds();
    for (const message of messages.values()) if (message.sent <= oldest) messages.delete(message.id);
  }

  function take(input: ReceiveInput): Message[] {
    dropExpired();
    const now = clock.now();
    const redrive = settings.redrive();
    const taken: Message[] = [];
    for (const message of messages.values()) {
      if (taken.length === input.maximum) break;
      if (message.visibleAt > now) continue;
      if (redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount) {
        messages.delete(message.id);
        redrive.deadLetter(message);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceived ??= now;
      message.receiptHandle = Buffer.from(`${queueId} ${message.id} ${randomUUID()}`).toString('base64');
      message.visibleAt = now + input.visibilityMilliseconds;
      taken.push(message);
    }
    return taken;
  }

  function serveWaiters(): void {
    disarm?.();
    disarm = undefined;
    while (waiters[0] !== undefined) {
      const taken = take(waiters[0].input);
      if (taken.length === 0) break;
      waiters.shift()?.serve(taken);
    }
    if (waiters.length === 0) return;
    let due = Number.POSITIVE_INFINITY;
    for (const message of messages.values()) due = Math.min(due, message.visibleAt);
    if (Number.isFinite(due)) disarm = clock.after(Math.max(1, due - clock.now()), serveWaiters);
  }

  function find(receiptHandle: string): { readonly id: string; readonly message: Message | undefined } | undefined {
    const [owner, id, random, ...rest] = Buffer.from(receiptHandle, 'base64').toString('utf8').split(' ');
    if (owner !== queueId || id === undefined || random?.length !== 36 || rest.length > 0) return undefined;
    return { id, message: messages.get(id) };
  }

  return {
    send(input) {
      const message: Message = {
        id: input.id ?? randomUUID(),
        body: input.body,
        attributes: input.attributes,
        traceHeader: input.traceHeader,
        sent: input.sent ?? clock.now(),
        arrived: clock.now(),
        deadLetterSource: input.deadLetterSource,
        visibleAt: clock.now() + input.delayMilliseconds,
        receiveCount: 0,
        firstReceived: undefined,
        receiptHandle: undefined,
      };
      messages.set(message.id, message);
      if (waiters.length > 0) serveWaiters();
      return message;
    },
    async receive(input) {
      if (input.signal?.aborted) return [];
      const taken = take(input);
      if (taken.length > 0 || input.waitMilliseconds <= 0 || ended) return taken;
      return new Promise<Message[]>((resolve) => {
        const end = (given: Message[]) => {
          waiters = waiters.filter((other) => other !== waiter);
          cancelTimeout();
          input.signal?.removeEventListener('abort', hangUp);
          resolve(given);
        };
        const hangUp = () => end([]);
        const waiter: Waiter = { input, serve: end };
        const cancelTimeout = clock.after(input.waitMilliseconds, hangUp);
        input.signal?.addEventListener('abort', hangUp);
        waiters.push(waiter);
        serveWaiters();
      });
    },
    delete(receiptHandle) {
      const found = find(receiptHandle);
      if (found === undefined) return 'invalid';
      if (found.message?.receiptHandle === receiptHandle) messages.delete(found.id);
      return 'ok';
    },
    changeVisibility(receiptHandle, milliseconds) {
      const found = find(receiptHandle);
      if (found === undefined) return 'invalid';
      const { message } = found;
      if (message === undefined) return 'gone';
      if (message.receiptHandle !== receiptHandle || message.visibleAt <= clock.now()) return 'notInFlight';
      message.visibleAt = clock.now() + milliseconds;
      if (waiters.length > 0) serveWaiters();
      return 'ok';
    },
    purge: () => messages.clear(),
    endLongPolls() {
      ended = true;
      disarm?.();
      for (const waiter of waiters) waiter.serve([]);
    },
    counts() {
      dropExpired();
      const now = clock.now();
      const counts = { visible: 0, inFlight: 0, delayed: 0 };
      for (const message of messages.values()) {
        if (message.visibleAt <= now) counts.visible += 1;
        else if (message.receiveCount > 0) counts.inFlight += 1;
        else counts.delayed += 1;
      }
      return counts;
    },
    ageOfOldestSeconds() {
      dropExpired();
      const now = clock.now();
      let oldest = 0;
      for (const { arrived, receiveCount } of messages.values()) {
        if (receiveCount < RECEIVES_OF_A_POISON_PILL) oldest = Math.max(oldest, now - arrived);
      }
      return Math.floor(oldest / 1000);
    },
    take() {
      const now = clock.now();
      const message = [...messages.values()].find(({ visibleAt }) => visibleAt <= now);
      if (message !== undefined) messages.delete(message.id);
      return message;
    },
  };
}

/** The MD5 of a body in hex, which SDKs check. */
export function md5OfBody(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/** SQS's MD5 over message attributes: names in order, each part preceded by its length, a byte for the kind of value. */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (part: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    const binary = attribute.DataType.startsWith('Binary');
    hash.update(Buffer.from([binary ? 2 : 1]));
    add(binary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''));
  }
  return hash.digest('hex');
}

/** What counts against MaximumMessageSize: the body and every attribute's name, type and value, in bytes. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, attribute] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType);
    bytes +=
      attribute.BinaryValue === undefined
        ? Buffer.byteLength(attribute.StringValue ?? '')
        : Buffer.byteLength(attribute.BinaryValue, 'base64');
  }
  return bytes;
}
