import type { FaultMix } from '../fault-mix.ts';
import { AwsError, type Caller, type Input, type SimulatedService } from '../transport.ts';
import type { World } from '../world.ts';

/** An outcome event that the bus accepted. */
export type PublishedEvent = {
  readonly at: number;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
};

export const BUS = 'firmware-sim';
const ENTRIES_MAX = 10;
const BYTES_MAX = 1_048_576;

type Entry = { readonly EventBusName?: string; readonly Source?: string; readonly DetailType?: string; readonly Detail?: string };

/** The bus. A response with status 200 may refuse single entries. */
export function eventBridge(
  world: World,
  mix: FaultMix,
  onPublished: (published: PublishedEvent) => void,
): SimulatedService & { readonly published: readonly PublishedEvent[] } {
  const published: PublishedEvent[] = [];
  return {
    name: 'eventbridge',
    published,
    handle: (operation: string, input: Input, caller: Caller): unknown => {
      if (operation !== 'PutEvents') throw new Error(`EventBridge is not simulated for ${operation}`);
      const entries = input['Entries'] as Entry[];
      if (entries.length < 1 || entries.length > ENTRIES_MAX) throw new AwsError('ValidationException', `${entries.length} entries`);
      if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > BYTES_MAX)
        throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit');
      let failed = 0;
      const results = entries.map((entry, index) => {
        const code = refusalOf(entry) ?? (world.deviates('partial', 'eventbridge.PutEvents', mix.partial) ? 'InternalFailure' : undefined);
        if (code !== undefined) {
          failed += 1;
          return { ErrorCode: code, ErrorMessage: 'not this one' };
        }
        const detail = JSON.parse(entry.Detail ?? '') as PublishedEvent['detail'];
        const event: PublishedEvent = { at: world.now(), detailType: entry.DetailType ?? '', detail, caller };
        published.push(event);
        onPublished(event);
        return { EventId: `e${published.length}-${index}` };
      });
      return { FailedEntryCount: failed, Entries: results };
    },
  };
}

function bytesOf({ Source = '', DetailType = '', Detail = '' }: Entry): number {
  return Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}

/** Why the bus never accepts an entry. */
function refusalOf({ EventBusName, Source, DetailType, Detail }: Entry): string | undefined {
  if (!Source || !DetailType || !Detail) return 'InvalidArgument';
  if (Source.startsWith('aws.')) return 'NotAuthorizedForSourceException';
  if (!isObject(Detail)) return 'MalformedDetail';
  return EventBusName === BUS ? undefined : 'ResourceNotFoundException';
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
