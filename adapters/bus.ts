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
 * Publishes outcome events. Resolves only when the bus has taken every one of them: an answer of 200 may still refuse
 * single entries, and those are tried once more. Throws with what is left by name; a repeat then sends all again,
 * which consumers recognise by `outcomeId`.
 */
export function bus(client: Pick<EventBridgeClient, 'send'>, { name }: { readonly name: string }) {
  return {
    publish: async (events: readonly Outgoing[]): Promise<void> => {
      const refused: string[] = [];
      for (const chunk of chunksOf(events.map((event) => entryOf(event, name)))) {
        const left = await put(client, chunk);
        const lost =
          left.length === 0
            ? []
            : await put(
                client,
                left.map(({ entry }) => entry),
              );
        refused.push(...lost.map(({ entry, why }) => `${entry.DetailType} (${why})`));
      }
      if (refused.length > 0) throw new Error(`the bus ${name} did not take ${refused.join(', ')}`);
    },
  };
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

function* chunksOf(entries: readonly PutEventsRequestEntry[]): Generator<PutEventsRequestEntry[]> {
  let chunk: PutEventsRequestEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = bytesOf(entry);
    if (chunk.length === ENTRIES_MAX || (chunk.length > 0 && bytes + size >= BYTES_MAX)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(entry);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

/** EventBridge counts the UTF-8 bytes of source, type and detail. */
function bytesOf({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}
