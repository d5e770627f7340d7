import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { OutcomeEvent } from '../domain/rollout/outcome-schema.ts';

export { EventBridgeClient } from '@aws-sdk/client-eventbridge';

const SOURCE = 'ota-dispatch';
/** PutEvents takes at most 10 entries. Older quotas allowed 256 KB per request, so a request below that suits every account. */
const ENTRIES_MAX = 10;
const BYTES_MAX = 256 * 1024;

/** An outcome event, before its detail becomes JSON text. */
export type Outgoing = Pick<OutcomeEvent, 'detailType' | 'detail'>;

/**
 * Publishes outcome events. `publish` resolves when the bus has accepted all of them. PutEvents may return 200 and still
 * refuse single entries, so these are sent once more. If entries still fail, it throws and names them. Then the caller
 * sends all events again, and consumers recognise a repeat by its `outcomeId`. Only one request runs at a time. Events that
 * other records of the batch publish meanwhile share the next request.
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
      const results = entries.map(
        (entry) => new Promise<string | undefined>((resolve, reject) => void waiting.push({ entry, resolve, reject })),
      );
      void sendWaiting();
      const refused = (await Promise.all(results)).filter((refusal) => refusal !== undefined);
      if (refused.length > 0) throw new Error(`the bus ${name} did not accept ${refused.join(', ')}`);
    },
  };
}

/** An entry whose record waits. `resolve` gets `undefined` if the bus accepts the entry, and otherwise the reason. */
type Waiting = {
  readonly entry: PutEventsRequestEntry;
  readonly resolve: (refusal: string | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/** Never throws. It resolves or rejects every waiting entry. */
async function sendTogether(client: Pick<EventBridgeClient, 'send'>, together: readonly Waiting[]): Promise<void> {
  try {
    const failed = await put(
      client,
      together.map(({ entry }) => entry),
    );
    const entries = failed.map(({ entry }) => entry);
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
    return result?.EventId === undefined ? [{ entry, why: `${result?.ErrorCode ?? 'no result'}: ${result?.ErrorMessage ?? ''}` }] : [];
  });
}

function entryOf({ detailType, detail }: Outgoing, name: string): PutEventsRequestEntry {
  return { EventBusName: name, Source: SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
}

/** How many entries from the first on fit into one request. The result is at least 1. */
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
