import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { bus, type Outgoing } from '../../../adapters/bus.ts';
import type { Chance } from '../../random.ts';
import { BUS } from '../aws/eventbridge.ts';
import { anyTerms, asking, type Operation, operationsOf, passing, type Sequence } from './side.ts';

const TYPES = ['OTA Rollout Created', 'OTA Rollout Progressed', 'OTA Release Rejected'] as const;
const DETAILS = ['{"a":1}', '{"a":[1,{"b":null}],"c":"é🚀"}', ' {"n": 1.50} '];
const WRONG_DETAILS = ['', 'no JSON', '[]', '"text"', '1', 'null'];
const MEBIBYTE = 1_048_576;

/** What the adapter of the bus publishes, and requests of which the bus refuses single entries or all. */
export function eventbridge(chance: Chance): Sequence {
  const entries = () => Array.from({ length: chance.pick('entries', [0, 1, 2, 3, 10, 11]) }, () => entryOf(chance));
  const operations = operationsOf(chance, 5, 15, [
    [4, () => publishing(chance, BUS)],
    [1, () => publishing(chance, 'no-such-bus')],
    [4, () => putting(entries())],
    [1, () => putting([{ ...good, Detail: JSON.stringify({ text: 'x'.repeat(chance.pick('huge', [300_000, MEBIBYTE])) }) }])],
    [1, () => passing(1_000)],
    [2, hearing],
  ]);
  return { terms: anyTerms, operations: [...operations, hearing()] };
}

function publishing(chance: Chance, name: string): Operation {
  const bytes = chance.pick('bytes', [10, 10, 10, 100_000, 250_000]);
  const events = Array.from({ length: chance.pick('events', [0, 1, 3, 10, 12]) }, (_, position) => ({
    detailType: chance.pick('type', TYPES),
    detail: { outcomeId: String(chance.whole('outcome', 1, 1e6)), text: 'é'.repeat(position % 3 === 0 ? bytes / 2 : 1) },
  }));
  return asking(`${events.length} events are published on ${name}, the largest of ${bytes} bytes`, ({ eventbridge: client }) =>
    bus(client, { name }).publish(events as unknown as readonly Outgoing[]),
  );
}

const good: PutEventsRequestEntry = { EventBusName: BUS, Source: 'ota-dispatch', DetailType: TYPES[0], Detail: '{}' };

function entryOf(chance: Chance): PutEventsRequestEntry {
  const entry = { ...good, DetailType: chance.pick('type', TYPES), Detail: chance.pick('detail', DETAILS) };
  switch (chance.whole('wrong', 0, 9)) {
    case 0:
      return { ...entry, Detail: chance.pick('wrong detail', WRONG_DETAILS) };
    case 1:
      return { ...entry, Source: chance.pick('wrong source', ['', 'aws.ours']) };
    case 2:
      return { ...entry, DetailType: '' };
    case 3:
      return { ...entry, EventBusName: 'no-such-bus' };
    default:
      return entry;
  }
}

/** What the adapter reads: how many entries were refused, which have no id, and their codes. */
function putting(entries: readonly PutEventsRequestEntry[]): Operation {
  const texts = entries.map((entry) => ((entry.Detail ?? '').length > 100 ? 'a huge one' : JSON.stringify(Object.values(entry))));
  return asking(`PutEvents ${texts.join(' ')}`, async ({ eventbridge: client }) => {
    const { FailedEntryCount, Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...entries] }));
    return { FailedEntryCount, Entries: Entries.map(({ EventId, ErrorCode }) => ({ taken: EventId !== undefined, ErrorCode })) };
  });
}

function hearing(): Operation {
  return { says: 'what the bus has delivered', on: ({ outside }) => outside.published() };
}
