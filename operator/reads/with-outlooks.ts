import { outlookOf, type Sources, steeringReader } from './outlook.ts';
import type { KnownRollout } from './read-model.ts';

/** The rollouts at `now` (epoch ms), each with what it waits for other than AWS. Only what can matter to one of them is read. */
export async function withOutlooks(sources: Sources, rollouts: readonly KnownRollout[], now: number): Promise<KnownRollout[]> {
  const reader = steeringReader(sources);
  return Promise.all(
    rollouts.map(async (known) => {
      const steering = await reader.of(known.row);
      return { ...known, steering, outlook: outlookOf(known.row, steering, now) };
    }),
  );
}
