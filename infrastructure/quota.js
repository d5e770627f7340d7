/**
 * How the stage's share of the CreateOTAUpdate quota (`createsPerSecond`) becomes sandboxes and a limit for each.
 * A sandbox sends its creates one after another; with the ledger's intent before and the note after, one takes about
 * 0.4 s, so 2.5 a second is all that a sandbox can use. Two functions create (releases and follow-ups).
 */
const CREATES_PER_SECOND_OF_ONE_SANDBOX = 2.5;
const CREATING_FUNCTIONS = 2;
/** The least that Lambda accepts as MaximumConcurrency, and the most. */
const LEAST_SANDBOXES = 2;
const MOST_SANDBOXES = 1000;

/** osls prints the stack of what a variable throws, once for each place the variable is used in. */
const withoutStack = (message) => Object.assign(new Error(message), { stack: message });

async function quota({ resolveVariable }) {
  const createsPerSecond = Number(await resolveVariable('param:createsPerSecond'));
  if (!(createsPerSecond > 0)) throw withoutStack('params.createsPerSecond must be a number above 0');
  const wanted = Math.floor(createsPerSecond / CREATING_FUNCTIONS / CREATES_PER_SECOND_OF_ONE_SANDBOX);
  const sandboxes = Math.min(MOST_SANDBOXES, Math.max(LEAST_SANDBOXES, wanted));
  return { sandboxes, each: createsPerSecond / CREATING_FUNCTIONS / sandboxes };
}

/** Sandboxes of each creating function: MaximumConcurrency of its mapping and its reserved concurrency. */
export const sandboxes = async (context) => (await quota(context)).sandboxes;

/** Creates per second that one sandbox may send, so that all together stay within the quota. */
export const createsPerSecondAndSandbox = async (context) => (await quota(context)).each;
