/** What the readers of one queue get of the stage's quota. */
export type QuotaShare = {
  /** The maximum concurrency of the queue's event source mapping. A function reserves the sum of those of its mappings. */
  readonly concurrency: number;
  /** How many creates a second one execution environment may send for this queue. All of them together stay within the share. */
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

/** How long the wakes of one sweep take, and their part of the looks. The function `sweep` has the same numbers, and a test compares them. */
const SECONDS_OF_WAKES = 290;
const PART_OF_LOOKS = 5 / 8;

/**
 * The most rollouts that one sweep wakes, if the stage may look at this many a second. At least 1. A sweep that wakes them all may
 * leave some.
 */
export const wakesOfASweep = (looksPerSecond: number): number => Math.max(1, Math.floor(looksPerSecond * PART_OF_LOOKS * SECONDS_OF_WAKES));

/**
 * How many live rollouts a second one execution environment of `follow-ups` may look at, so that all of them together keep to the
 * stage's `looksPerSecond`. Job events wake rollouts, too, and not only the sweep.
 */
export const looksOfOneEnvironment = (looksPerSecond: number, { followUps }: Shares): number => looksPerSecond / followUps.concurrency;

/**
 * What part of `followUpsShare` goes to the steering queue. An approval may create at once what waited only for it. That is rare, and if
 * the turns do not suffice, `follow-ups` creates it.
 */
const STEERING_PART = 0.25;

/** The shares of the three queues. The function `releases` reads the first two. */
export type Shares = { readonly releases: QuotaShare; readonly steering: QuotaShare; readonly followUps: QuotaShare };

/**
 * Divides the stage's `createsPerSecond` between the queues whose messages may create. `followUpsShare` of it, a number between 0
 * and 1, is for creates that failed or had to wait: a quarter of it goes to the steering queue, and the rest to `follow-ups`. All
 * else goes to the releases queue, whose messages cause nearly all creates. So a backlog of releases drains at nearly the full
 * quota. Steering events never wait behind it, because no release can take the concurrency of their mapping.
 */
export function divideQuota(createsPerSecond: number, followUpsShare: number): Shares {
  const releases = createsPerSecond * (1 - followUpsShare);
  const steering = createsPerSecond * followUpsShare * STEERING_PART;
  const followUps = createsPerSecond * followUpsShare * (1 - STEERING_PART);
  return {
    releases: shareOver(concurrencyFor(releases), releases),
    steering: shareOver(CONCURRENCY_MIN, steering),
    // Every rollout is looked at again, whoever created it. So the concurrency follows the whole quota, not the share.
    followUps: shareOver(concurrencyFor(createsPerSecond), followUps),
  };
}

/** The concurrency that each function reserves. `sweep` reserves one: a second one at the same time would send the same wakes again. */
export const reservedOf = ({ releases, steering, followUps }: Shares) => ({
  releases: releases.concurrency + steering.concurrency,
  followUps: followUps.concurrency,
  sweep: 1,
});

function concurrencyFor(rolloutsPerSecond: number): number {
  const needed = Math.ceil(rolloutsPerSecond / ROLLOUTS_PER_SECOND_AND_ENVIRONMENT);
  return Math.min(CONCURRENCY_MAX, Math.max(CONCURRENCY_MIN, needed));
}

const shareOver = (concurrency: number, creates: number): QuotaShare => ({ concurrency, createsPerSecond: creates / concurrency });
