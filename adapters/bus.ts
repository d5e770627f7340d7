import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { OutcomeEvent } from '../domain/rollout/outcome-schema.ts';

/** Handed out here so that whoever loads this when it is first needed has both. */
export { EventBridgeClient } from '@aws-sdk/client-eventbridge';

const SOURCE = 'ota-dispatch';
/** PutEvents takes 10 entries at once. Buses took 256 KB in all before they took more; staying below suits each of them. */
const ENTRIES_MAX = 10;
const BYTES_MAX = 256 * 1024;

/** An event that goes out, with the event type and its detail before it became JSON. */
export type Outgoing = Pick<OutcomeEvent, 'detailType' | 'detail'>;

/**
 * Publishes outcome events. A `publish` resolves only when the bus has taken every one of its events: an answer of 200
 * may still refuse single entries, and those are tried once more. It throws with what is left by name; a repeat then
 * sends all again, which consumers recognise by `outcomeId`. One request is under way at a time, and what comes
 * meanwhile from other records of the batch goes together in the next.
 */
export function bus(client: Pick<EventBridgeClient, 'send'>, { name }: { readonly name: string }) {
  const waiting: Waiting[] = [];
  let isSending = false;

  async function sendWaiting(): Promise<void> {
    if (isSending) return;
    isSending = true;
    while (waiting.length > 0) await sendTogether(client, waiting.splice(0, countThatFit(waiting)));
    isSending = false;
  }

  return {
    publish: async (events: readonly Outgoing[]): Promise<void> => {
      const entries = events.map((event) => entryOf(event, name));
      const taken = entries.map((entry) => {
        const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
        waiting.push({ entry, resolve, reject });
        return promise;
      });
      void sendWaiting();
      const refused = (await Promise.all(taken)).filter((refusal) => refusal !== undefined);
      if (refused.length > 0) throw new Error(`the bus ${name} did not take ${refused.join(', ')}`);
    },
  };
}

/** An entry whose record waits: to be told `undefined` when it was taken, else why not. */
type Waiting = {
  readonly entry: PutEventsRequestEntry;
  readonly resolve: (refusal: string | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/** Never throws: whoever waits is told. */
async function sendTogether(client: Pick<EventBridgeClient, 'send'>, together: readonly Waiting[]): Promise<void> {
  try {
    const left = await put(
      client,
      together.map(({ entry }) => entry),
    );
    const entries = left.map(({ entry }) => entry);
    const refused = entries.length === 0 ? [] : await put(client, entries);
    for (const { entry, resolve } of together) {
      const why = refused.find((one) => one.entry === entry)?.why;
      resolve(why === undefined ? undefined : `${entry.DetailType} (${why})`);
    }
  } catch (error) {
    for (const { reject } of together) reject(error);
  }
}

type Refused = { readonly entry: PutEventsRequestEntry; readonly why: string };

async function put(client: Pick<EventBridgeClient, 'send'>, entries: PutEventsRequestEntry[]): Promise<Refused[]> {
  const { FailedEntryCount: failed = 0, Entries: results = [] } = await client.send(new PutEventsCommand({ Entries: entries }));
  if (failed === 0) return [];
  return entries.flatMap((entry, index) => {
    const result = results[index];
    return result?.EventId === undefined ? [{ entry, why: `${result?.ErrorCode ?? 'no answer'}: ${result?.ErrorMessage ?? ''}` }] : [];
  });
}

function entryOf({ detailType, detail }: Outgoing, name: string): PutEventsRequestEntry {
  return { EventBusName: name, Source: SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
}

/** How many of the first fit into one request; one always does. */
function countThatFit(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const tooMuch = waiting.findIndex(({ entry }, index) => {
    bytes += bytesOf(entry);
    return index === ENTRIES_MAX || (index > 0 && bytes >= BYTES_MAX);
  });
  return tooMuch === -1 ? waiting.length : tooMuch;
}

/** EventBridge counts the UTF-8 bytes of source, type and detail. */
function bytesOf({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}
