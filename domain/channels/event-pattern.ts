import { releasePublished, releaseWithdrawn } from '../release/intake.ts';

/** In characters. EventBridge rejects a longer event pattern (quotas of Amazon EventBridge, "Event pattern size"). */
const LONGEST_EVENT_PATTERN = 2048;

/** The detail-types that producers may use. */
export const detailTypes: readonly string[] = [releasePublished, releaseWithdrawn];

/**
 * The event pattern of the rule that forwards events to the service: those of these accounts and sources with a known
 * detail-type. In a CloudFormation template an account or source may also be a function such as `Ref`.
 */
export function eventPatternOf(accounts: readonly unknown[], sources: readonly unknown[]) {
  return { account: accounts, source: sources, 'detail-type': detailTypes };
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
