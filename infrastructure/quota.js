/**
 * How the stage's share of the CreateOTAUpdate quota (`createsPerSecond`) becomes sandboxes and a limit for each.
 * Nearly every create is the first of its rollout and sent by `releases`, which gets what `followUpsShare` leaves, so that a
 * backlog drains at the quota; `follow-ups` sends again what AWS did not take, and later attempts.
 *
 * A sandbox of `releases` sends its creates one after another; with the ledger's intent before and the note after, one takes
 * about 0.4 s, so 2.5 a second is all that it can use. One of `follow-ups` is as busy with the two looks that a rollout
 * needs, 0.2 s each.
 */
const ROLLOUTS_PER_SECOND_OF_ONE_SANDBOX = 2.5;
/** The least that Lambda accepts as MaximumConcurrency, and the most. */
const LEAST_SANDBOXES = 2;
const MOST_SANDBOXES = 1000;

/** What is not a number is told by parameters.js; osls would add a line for each place a NaN is used in. */
const number = (value) => (Number.isFinite(Number(value)) ? Number(value) : 0);

async function parameters({ resolveVariable }) {
  return {
    createsPerSecond: number(await resolveVariable('param:createsPerSecond')),
    followUpsShare: number(await resolveVariable('param:followUpsShare')),
  };
}

const sandboxesFor = (rolloutsPerSecond) =>
  Math.min(MOST_SANDBOXES, Math.max(LEAST_SANDBOXES, Math.ceil(rolloutsPerSecond / ROLLOUTS_PER_SECOND_OF_ONE_SANDBOX)));

async function releases(context) {
  const { createsPerSecond, followUpsShare } = await parameters(context);
  const creates = createsPerSecond * (1 - followUpsShare);
  const sandboxes = sandboxesFor(creates);
  return { sandboxes, each: creates / sandboxes };
}

async function followUps(context) {
  const { createsPerSecond, followUpsShare } = await parameters(context);
  const sandboxes = sandboxesFor(createsPerSecond);
  return { sandboxes, each: (createsPerSecond * followUpsShare) / sandboxes };
}

/** Sandboxes of a creating function: MaximumConcurrency of its mapping and its reserved concurrency. */
export const releasesSandboxes = async (context) => (await releases(context)).sandboxes;
export const followUpsSandboxes = async (context) => (await followUps(context)).sandboxes;

/** Creates per second that one sandbox of it may send, so that all together stay within the quota. */
export const releasesCreatesPerSecond = async (context) => (await releases(context)).each;
export const followUpsCreatesPerSecond = async (context) => (await followUps(context)).each;
