import { type FaultMix, mixOf } from './fault-mix.ts';
import { type History, type HistoryOptions, runHistory } from './history.ts';
import { workloadOf } from './workload.ts';

/** A history by its seed, without some actions and with only some deviations. It is small enough to keep. */
export type Replay = {
  readonly seed: number;
  /** The positions of actions that are left out of the seed's workload. */
  readonly drop?: readonly number[];
  /** The only deviations that happen. If absent, those of the seed. */
  readonly only?: readonly string[];
  /** Whether the seed's outages are left out. */
  readonly noOutages?: boolean;
  /** Whether nobody approves, holds or resumes, and no channel has a gate. Histories from before there were gates have this. */
  readonly noSteering?: boolean;
  /** Without IoT Jobs and job events. */
  readonly noJobs?: boolean;
};

/** The settings that replay a history. `mix` replaces parts of the seed's mix. */
export function replayOf({ seed, drop, only, noOutages, noSteering, noJobs }: Replay, given?: Partial<FaultMix>): HistoryOptions {
  const mix = { ...given, ...(noSteering && { steering: 0 }), ...(noJobs && { jobs: 0, jobEvents: 0 }) };
  return {
    seed,
    ...(mix && { mix }),
    ...(drop && { actions: workloadOf(seed, { ...mixOf(seed), ...mix }).filter((_, position) => !drop.includes(position)) }),
    ...(only && { only: new Set(only) }),
    ...(noOutages && { outages: [] }),
  };
}

/**
 * A smaller history that breaks the same rule. Outages, then actions, then deviations are left out, halves first, while
 * the rule stays broken.
 */
export async function shrunk(
  failed: History,
  onProgress: (line: string) => void,
  mix?: Partial<FaultMix>,
): Promise<Required<Omit<Replay, 'noOutages' | 'noSteering' | 'noJobs'>> & Replay> {
  const { seed } = failed;
  const rule = failed.violations[0]?.rule;
  const breaks = async (replay: Replay): Promise<boolean> =>
    (await runHistory(replayOf(replay, mix))).violations.some((violation) => violation.rule === rule);

  const actions = failed.actions.map((_, position) => position);
  const keys = failed.deviations.map(({ key }) => key);
  const noOutages = await breaks({ seed, noOutages: true, drop: [], only: keys });
  let runs = 0;
  const without = async <T>(items: readonly T[], isEnough: (left: readonly T[]) => Promise<boolean>): Promise<readonly T[]> => {
    let left = [...items];
    for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = 0; start < left.length; ) {
        const rest = [...left.slice(0, start), ...left.slice(start + size)];
        runs += 1;
        onProgress(`${runs} runs, ${left.length} left of ${items.length}`);
        if (await isEnough(rest)) left = rest;
        else start += size;
      }
    }
    return left;
  };
  const dropOf = (kept: readonly number[]) => actions.filter((position) => !kept.includes(position));
  let only: readonly string[] = keys;
  let kept: readonly number[] = await without(actions, (left) => breaks({ seed, noOutages, drop: dropOf(left), only }));
  only = await without(only, (left) => breaks({ seed, noOutages, drop: dropOf(kept), only: left }));
  kept = await without(kept, (left) => breaks({ seed, noOutages, drop: dropOf(left), only }));
  return { seed, drop: dropOf(kept), only, noOutages };
}
