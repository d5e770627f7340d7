/** What one function gets of the stage's quota. */
export type QuotaShare = {
  /** The function's reserved concurrency, and the maximum concurrency of its event source mapping. */
  readonly concurrency: number;
  /** How many creates a second one execution environment may send. All of them together stay within the share. */
  readonly createsPerSecond: number;
};

/**
 * How many rollouts a second one execution environment can work on. `releases` sends its creates one after another. One
 * create takes about 0.4 s, with the write before it and the write after it. `follow-ups` looks twice at each rollout, and
 * one look takes about 0.2 s. So both come to 1 s / 0.4 s.
 */
const ROLLOUTS_PER_SECOND_AND_ENVIRONMENT = 2.5;

/** The bounds that Lambda sets for the maximum concurrency of an SQS event source mapping. */
const CONCURRENCY_MIN = 2;
const CONCURRENCY_MAX = 1000;

/** How long the wakes of one sweep take. The function `sweep` spreads them so, and a test compares the two numbers. */
const SECONDS_OF_WAKES = 240;

/**
 * The most rollouts that one sweep wakes, if the stage may look at this many a second. At least 1. A sweep that wakes them all may
 * leave some.
 */
export const wakesOfASweep = (looksPerSecond: number): number => Math.max(1, Math.floor(looksPerSecond * SECONDS_OF_WAKES));

/**
 * Divides the stage's `createsPerSecond` between the two functions that create. `followUpsShare` of it, a number between 0
 * and 1, goes to `follow-ups`, which only repeats creates that failed. The rest goes to `releases`, which sends nearly all
 * creates. So a backlog of releases drains at nearly the full quota.
 */
export function divideQuota(
  createsPerSecond: number,
  followUpsShare: number,
): { readonly releases: QuotaShare; readonly followUps: QuotaShare } {
  const releases = createsPerSecond * (1 - followUpsShare);
  const followUps = createsPerSecond * followUpsShare;
  return {
    releases: shareOver(concurrencyFor(releases), releases),
    // Every rollout is looked at again, whoever created it. So the concurrency follows the whole quota, not the share.
    followUps: shareOver(concurrencyFor(createsPerSecond), followUps),
  };
}

function concurrencyFor(rolloutsPerSecond: number): number {
  const needed = Math.ceil(rolloutsPerSecond / ROLLOUTS_PER_SECOND_AND_ENVIRONMENT);
  return Math.min(CONCURRENCY_MAX, Math.max(CONCURRENCY_MIN, needed));
}

const shareOver = (concurrency: number, creates: number): QuotaShare => ({ concurrency, createsPerSecond: creates / concurrency });
