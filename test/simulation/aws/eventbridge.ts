import type { Mix } from '../mix.ts';
import type { Caller, Input, SimulatedService } from '../transport.ts';
import type { World } from '../world.ts';

/** An outcome event as the bus took it. */
export type Told = {
  readonly at: number;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
};

/** The bus: an answer of 200 may refuse single entries. */
export function eventBridge(world: World, mix: Mix, onTold: (told: Told) => void): SimulatedService & { readonly told: readonly Told[] } {
  const told: Told[] = [];
  return {
    name: 'eventbridge',
    told,
    handle: (operation: string, input: Input, caller: Caller): unknown => {
      if (operation !== 'PutEvents') throw new Error(`EventBridge is not simulated for ${operation}`);
      const entries = input['Entries'] as { DetailType: string; Detail: string; Source: string }[];
      if (entries.length < 1 || entries.length > 10) throw new Error(`${entries.length} entries`);
      let failed = 0;
      const results = entries.map(({ DetailType: detailType, Detail: text }, index) => {
        if (world.deviates('partial', 'eventbridge.PutEvents', mix.partial)) {
          failed += 1;
          return { ErrorCode: 'InternalFailure', ErrorMessage: 'not this one' };
        }
        const event: Told = { at: world.now(), detailType, detail: JSON.parse(text) as Told['detail'], caller };
        told.push(event);
        onTold(event);
        return { EventId: `e${told.length}-${index}` };
      });
      return { FailedEntryCount: failed, Entries: results };
    },
  };
}
