import { releasePublished, releaseWithdrawn } from '../release/intake.ts';

/** EventBridge refuses an event pattern with more characters (quotas of Amazon EventBridge, "Event pattern size"). */
const LONGEST_EVENT_PATTERN = 2048;

/** The detail-types that producers may use. */
export const detailTypes: readonly string[] = [releasePublished, releaseWithdrawn];

/** What the bus hands the service: events of these accounts and sources. In a template both may be CloudFormation's functions. */
export function eventPatternOf(accounts: readonly unknown[], sources: readonly unknown[]) {
  return { account: accounts, source: sources, 'detail-type': detailTypes };
}

/** Why EventBridge would refuse the pattern of a rule, all functions of CloudFormation resolved; undefined where it would not. */
export function judgeEventPattern(pattern: ReturnType<typeof eventPatternOf>): string | undefined {
  const { length } = JSON.stringify(pattern);
  if (length <= LONGEST_EVENT_PATTERN) return undefined;
  return `an event pattern of ${length} characters, EventBridge takes ${LONGEST_EVENT_PATTERN}: let products share sources`;
}
