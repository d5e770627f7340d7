/**
 * How the stage's share of the CreateOTAUpdate quota (`createsPerSecond`) becomes sandboxes and a limit for each.
 * Nearly every create is the first of its rollout and sent by `releases`, which gets nearly all, so that a backlog drains
 * at the quota; `follow-ups` sends again what AWS did not take, and later attempts. A sandbox sends its creates one after
 * another; with the ledger's intent before and the note after, one takes about 0.4 s, so 2.5 a second is all that it can
 * use.
 */
const SHARES = { releases: 0.96, followUps: 0.04 };
const CREATES_PER_SECOND_OF_ONE_SANDBOX = 2.5;
/** The least that Lambda accepts as MaximumConcurrency, and the most. */
const LEAST_SANDBOXES = 2;
const MOST_SANDBOXES = 1000;

/** osls prints the stack of what a variable throws, once for each place the variable is used in. */
const withoutStack = (message) => Object.assign(new Error(message), { stack: message });

async function quota({ resolveVariable }, name) {
  const createsPerSecond = Number(await resolveVariable('param:createsPerSecond'));
  if (!(createsPerSecond > 0)) throw withoutStack('params.createsPerSecond must be a number above 0');
  const share = createsPerSecond * SHARES[name];
  const sandboxes = Math.min(MOST_SANDBOXES, Math.max(LEAST_SANDBOXES, Math.ceil(share / CREATES_PER_SECOND_OF_ONE_SANDBOX)));
  return { sandboxes, each: share / sandboxes };
}

/** Sandboxes of a creating function: MaximumConcurrency of its mapping and its reserved concurrency. */
export const releasesSandboxes = async (context) => (await quota(context, 'releases')).sandboxes;
export const followUpsSandboxes = async (context) => (await quota(context, 'followUps')).sandboxes;

/** Creates per second that one sandbox of it may send, so that all together stay within the quota. */
export const releasesCreatesPerSecond = async (context) => (await quota(context, 'releases')).each;
export const followUpsCreatesPerSecond = async (context) => (await quota(context, 'followUps')).each;
