import { linesOf as linesOfKills, runKills } from '../kill/kill-run.ts';
import { GOAL_GROWTH_BYTES, GOAL_SHARE, linesOf as linesOfSoak, runSoak, worstGrowth } from '../soak/soak.ts';
import { atLeast, atMost, none, type Proof } from './proof.ts';

const KILLS = { small: 25, release: 400 };
const KILL_SECONDS = 120;
const MEBIBYTE = 2 ** 20;

export const kills: Proof = {
  name: 'kills',
  answers: 'real processes killed and stopped before, after and between their calls, over the embedded AWS',
  run: async ({ size, seed, progress, say }) => {
    const report = await runKills({ kills: KILLS[size], seed, progress });
    if (size === 'release' || report.broken.length > 0) for (const line of linesOfKills(report)) say(line);
    const bars = [atLeast('kills', report.kills, KILLS[size]), none('lost, doubled or wrong', report.broken.length)];
    return size === 'small' ? bars : [...bars, atMost('seconds', report.seconds, KILL_SECONDS)];
  },
};

/** A small run only checks that nothing is missing. It is too short to judge rates and memory. */
const SOAK = {
  small: { releases: 100, poison: 100, quota: 50, timeFactor: 60, losesReplies: false, secondsOfOutage: 1 },
  release: { releases: 5_000, poison: 2_000, quota: 10, timeFactor: 5, losesReplies: true, secondsOfOutage: 10 },
};

export const soak: Proof = {
  name: 'soak',
  answers:
    'a backlog behind a flood of poison, with copies, faults and an outage of each dependency, in real processes at a capped rate of AWS',
  run: async ({ size, seed, progress, say }) => {
    const report = await runSoak({ ...SOAK[size], seed, progress });
    if (size === 'release' || report.broken.length > 0) for (const line of linesOfSoak(report)) say(line);
    const rollouts = Object.values(report.states).reduce((sum, count) => sum + count, 0);
    const bars = [
      atLeast('releases that came to a rollout', rollouts, SOAK[size].releases),
      none('lost, doubled or wrong', report.broken.length),
    ];
    if (size === 'small') return bars;
    const worst = worstGrowth(report.memory);
    return [
      ...bars,
      atLeast('creates a second, as a share of what AWS takes', report.rate.share, GOAL_SHARE),
      atMost('growth of a heap, MiB', worst ? (worst.late - worst.early) / MEBIBYTE : Number.NaN, GOAL_GROWTH_BYTES / MEBIBYTE),
    ];
  },
};
