import { channelHeld, channelResumed, releaseApproved, releasePublished, releaseWithdrawn } from '../release/intake.ts';

/** In characters. EventBridge rejects a longer event pattern (quotas of Amazon EventBridge, "Event pattern size"). */
const LONGEST_EVENT_PATTERN = 2048;

/** The detail-type of a release. Only the `sources` of a product may use it. */
export const publishing: readonly string[] = [releasePublished];

/** The detail-types of steering events. These have a queue of their own, so that they never wait behind releases. */
export const steering: readonly string[] = [releaseWithdrawn, releaseApproved, channelHeld, channelResumed];

/** The steering detail-types that let a release go on. Only `approvalPrincipals` may put them on the bus. */
export const approving: readonly string[] = [releaseApproved, channelResumed];

/** All detail-types that the service takes. */
export const detailTypes: readonly string[] = [...publishing, ...steering];

/**
 * The event pattern of a rule that forwards events to the service: those of these accounts and sources with one of these
 * detail-types. In a CloudFormation template an account or source may also be a function such as `Ref`.
 */
export function eventPatternOf(accounts: readonly unknown[], sources: readonly unknown[], types: readonly string[]) {
  return { account: accounts, source: sources, 'detail-type': types };
}

/**
 * Why EventBridge would reject this event pattern, or `undefined` if it would accept it. Functions of CloudFormation must be
 * resolved before, because they count with their results.
 */
export function judgeEventPattern(pattern: ReturnType<typeof eventPatternOf>): string | undefined {
  const { length } = JSON.stringify(pattern);
  if (length <= LONGEST_EVENT_PATTERN) return undefined;
  return `the event pattern has ${length} characters, but EventBridge accepts at most ${LONGEST_EVENT_PATTERN}: let products share sources`;
}
