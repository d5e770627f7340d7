import type { BatchedReads } from '../../adapters/ledger/ledger.ts';
import type { Approval } from '../../domain/gate/approvals.ts';
import { type Holds, noHolds } from '../../domain/gate/holds.ts';
import type { Upstream } from '../../domain/rollout/gate-of.ts';
import { mayBeKept, type Outlook, outlookOf as outlookFrom } from '../../domain/rollout/outlook-of.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { type Timing, timingOf } from '../../domain/rollout/timing.ts';
import type { Stage } from '../stage/stage.ts';

/** What the ledger has beside a rollout that decides whether it may start. */
export type Steering = {
  readonly approvals: readonly Approval[];
  readonly holds: Holds;
  /** By channel: the rollouts on the channels before. */
  readonly upstreams: Readonly<Record<string, Upstream>>;
  readonly timing: Pick<Timing, 'soakMinute' | 'openForLong'>;
};

export type { Outlook };

/** What steering is read by. The ledger does, and so do its reads in batches. */
export type Sources = { readonly ledger: Pick<Stage['ledger'], 'approvals' | 'upstreams'> & Pick<BatchedReads, 'holds'> } & Pick<
  Stage,
  'timeFactor'
>;

/**
 * Reads what decides whether rollouts may start. Holds and approvals are read once for all rollouts that share them. A new reader reads
 * them again.
 */
export function steeringReader(stage: Sources) {
  const holds = new Map<string, Promise<Holds>>();
  const approvals = new Map<string, Promise<readonly Approval[]>>();
  const timing = once(async () => timingOf({ factor: await stage.timeFactor(), unansweredTaskMinutes: 0 }));

  function holdsOf(product: string): Promise<Holds> {
    return getOrPut(holds, product, async () => (await stage.ledger.holds(product)).holds);
  }

  return {
    /** What decides whether a rollout may start. What cannot matter to it any more is not read. */
    async of(row: Rollout): Promise<Steering> {
      const { product, version, gate } = row;
      const isBefore = mayBeKept(row);
      const channels = isBefore ? (gate?.after ?? []).map(({ channel }) => channel) : [];
      const [ofProduct, ofVersion, upstreams, known] = await Promise.all([
        isBefore ? holdsOf(product) : noHolds,
        gate?.approval && row.state === 'WAITING'
          ? getOrPut(approvals, JSON.stringify([product, version]), async () => (await stage.ledger.approvals(product, version)).list)
          : [],
        channels.length === 0 ? {} : stage.ledger.upstreams(row, channels),
        timing(),
      ]);
      return { approvals: ofVersion, holds: ofProduct, upstreams, timing: known };
    },
  };
}

/**
 * What a rollout waits for other than AWS at `now` (epoch ms), by the verdict that the service itself uses. Undefined if it waits for
 * nothing else, or if something of it may be at AWS.
 */
export function outlookOf(row: Rollout, steering: Steering, now: number): Outlook | undefined {
  const { timing, ...facts } = steering;
  return outlookFrom(row, { ...facts, ...timing, now });
}

function getOrPut<T>(known: Map<string, T>, key: string, make: () => T): T {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
