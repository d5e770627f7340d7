import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { queues } from '../../../adapters/queues.ts';
import type { Chance } from '../../random.ts';
import type { Clients } from '../../stage/compose.ts';
import { anyTerms, asking, type Operation, operationsOf, passing, type Received, type Sequence, type Side } from './side.ts';

const SOURCES = ['releases', 'follow-ups'];
const WRITTEN = [...SOURCES, 'rejected'];
const ALL = [...WRITTEN, 'releases-dlq', 'follow-ups-dlq'];
const urlOf = (queue: string): string => `https://sqs/000000000000/${queue}`;
/** The visibility timeout of the sources in the template, in ms. Other queues have the default of SQS. */
const VISIBILITY = 360_000;
const PASSING = [1, 999, 1_000, 15_000, VISIBILITY - 1, VISIBILITY, 900_000];

const TEXTS = ['$.detail', '', ' spaces ', 'line\nbreak', 'nul \u0000 in it', 'half \ud800 of a pair', '🚀'.repeat(600), 'é'.repeat(1_025)];

/** What the adapter of the queues sends, and what the event source mapping and people do: receive, delete, redrive. */
export function sqs(chance: Chance): Sequence {
  const bodies: string[] = [];
  const body = (): string => {
    bodies.push(`b${bodies.length + 1}`);
    return bodies.at(-1) ?? '';
  };
  const operations = operationsOf(chance, 10, 40, [
    [3, () => sending(chance.pick('queue', WRITTEN), body())],
    [2, () => sendingFollowUps(chance, body)],
    [2, () => sendingRejected(chance, chance.pick('queue', WRITTEN), body())],
    [1, () => sendingAny(chance, body())],
    [1, () => sendingBatch(chance, body)],
    [3, () => receiving(chance.pick('queue', ALL), chance.whole('most', 1, 10))],
    [2, () => receiving(chance.pick('queue', SOURCES), 10)],
    [2, () => givingUp(chance.pick('queue', SOURCES), chance.whole('receives', 1, 11))],
    [2, () => removing(chance.pick('queue', ALL), chance.whole('which', 0, 5))],
    [2, () => redriving(chance.pick('queue', SOURCES))],
    [4, () => passing(chance.pick('time', PASSING))],
    [1, () => counting(chance.pick('queue', ALL))],
  ]);
  return { terms: anyTerms, operations: [...operations, ...ALL.map(counting)] };
}

function sending(queue: string, body: string): Operation {
  return { says: `${body} is sent to ${queue}`, on: ({ outside }) => outside.send(queue, body) };
}

function queuesOf(client: Clients['sqs'], rejected: string) {
  return queues(client, { followUpsUrl: urlOf('follow-ups'), rejectedUrl: urlOf(rejected) });
}

function sendingFollowUps(chance: Chance, body: () => string): Operation {
  const messages = Array.from({ length: chance.pick('how many', [1, 2, 10, 11, 23]) }, () => ({
    body: body(),
    delaySeconds: chance.pick('delay', [-5, 0, 0.2, 1, 15, 359.5, 360, 900, 2_000]),
  }));
  const texts = messages.map(({ body: text, delaySeconds }) => `${text} after ${delaySeconds} s`);
  return asking(`follow-ups: ${texts.join(', ')}`, ({ sqs: client }) => queuesOf(client, 'rejected').sendFollowUps(messages));
}

/** Sends to other queues too. A message must keep its attributes in a dead-letter queue and after a redrive. */
function sendingRejected(chance: Chance, queue: string, body: string): Operation {
  const refusal = { code: 'NOT_AN_EVENT', path: chance.pick('path', TEXTS), reason: chance.pick('reason', TEXTS), messageId: 'm-1' };
  return asking(`${body} is rejected to ${queue}: ${JSON.stringify(refusal)}`, ({ sqs: client }) =>
    queuesOf(client, queue).sendRejected(body, refusal),
  );
}

/** What the adapter never sends: bodies and attributes that a queue may refuse. */
function entryOf(chance: Chance, body: string) {
  const text = chance.pick('text', ['', ' ', 'nul \u0000', '\ufffe', 'tab\t', 'x'.repeat(16_384), 'é'.repeat(140_000)]);
  const value = chance.pick('value', ['', 'a', 'é'.repeat(140_000)]);
  return {
    MessageBody: chance.is('odd', 0.6) ? text : body,
    ...(chance.is('with delay', 0.5) && { DelaySeconds: chance.pick('delay seconds', [-1, 0, 0.5, 900, 901]) }),
    ...(chance.is('with attribute', 0.4) && { MessageAttributes: { a: { DataType: 'String', StringValue: value } } }),
  };
}

const shortened = (input: object): string => JSON.stringify(input).replaceAll(/(.)\1{20,}/g, (run, one) => `${one}…×${run.length}`);

function sendingAny(chance: Chance, body: string): Operation {
  const input = { QueueUrl: urlOf(chance.pick('queue', [...WRITTEN, 'no-such-queue'])), ...entryOf(chance, body) };
  return asking(`SendMessage ${shortened(input)}`, async ({ sqs: client }) => {
    await client.send(new SendMessageCommand(input));
  });
}

/** What the adapter reads of a batch: the refused entries and their codes. */
function sendingBatch(chance: Chance, body: () => string): Operation {
  const count = chance.pick('entries', [0, 1, 3, 10, 11]);
  const id = (position: number) => (position > 0 && chance.is('an id twice', 0.05) ? 'e0' : `e${position}`);
  const Entries = Array.from({ length: count }, (_, position) => ({ ...entryOf(chance, body()), Id: id(position) }));
  return asking(`SendMessageBatch ${shortened(Entries)}`, async ({ sqs: client }) => {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: urlOf('follow-ups'), Entries }));
    return Failed.map(({ Id, Code }) => ({ Id, Code }));
  });
}

function receiving(queue: string, most: number): Operation {
  return { says: `at most ${most} are received from ${queue}`, on: (side) => receive(side, queue, most) };
}

/** Receives and lets the visibility timeout pass, often enough that some messages move to the dead-letter queue. */
function givingUp(queue: string, receives: number): Operation {
  return {
    says: `all of ${queue} are received ${receives} times, ${VISIBILITY / 1000} s apart`,
    on: async (side) => {
      const rounds: unknown[] = [];
      for (let round = 0; round < receives; round += 1) {
        for (let some = await receive(side, queue, 10); some.length > 0; some = await receive(side, queue, 10)) rounds.push(some);
        await side.advance(VISIBILITY);
      }
      return rounds;
    },
  };
}

/** Deletes a received message by its latest receive. With an older handle SQS does not promise the result. */
function removing(queue: string, which: number): Operation {
  return {
    says: `message ${which} of those received from ${queue} is deleted`,
    on: async (side) => {
      const ids = [...(seen.get(side)?.get(queue) ?? [])];
      const id = ids[which % Math.max(1, ids.length)];
      if (id !== undefined) await side.outside.remove(queue, id);
    },
  };
}

function redriving(queue: string): Operation {
  return { says: `the dead-letter queue of ${queue} is redriven`, on: ({ outside }) => outside.redrive(queue) };
}

function counting(queue: string): Operation {
  return { says: `how many wait in ${queue}`, on: ({ outside }) => outside.waiting(queue) };
}

const seen = new WeakMap<Side, Map<string, Set<string>>>();

/** What the handlers get of a message. The queue makes up its id, so only its equality at each receive is compared. */
async function receive(side: Side, queue: string, most: number): Promise<readonly Received[]> {
  const messages = await side.outside.receive(queue, most);
  const queuesSeen = seen.get(side) ?? new Map<string, Set<string>>();
  seen.set(side, queuesSeen);
  queuesSeen.set(queue, new Set([...(queuesSeen.get(queue) ?? []), ...messages.map(({ id }) => id)]));
  return messages.map((message) => ({ ...message, id: side.alias('m', message.id) }));
}
