import { FORMAT_VERSION, refuseNewerFormat } from '../domain/rollout/format-version.ts';
import type { Identity } from '../domain/rollout/rollout.ts';

/**
 * The message "look at this rollout again, if its row still waits for this number". With `*`, a wake, always look.
 * `invocation` is the number of the invocation of `follow-ups` that this message leads to, in its chain of messages. It is 1 if
 * another function sent the message.
 */
export type FollowUp = Identity & {
  readonly formatVersion: number;
  readonly followUpNumber: number | '*';
  readonly invocation: number;
};

/**
 * Lambda stops a function at about its 16th invocation in one chain of messages
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). So a chain ends before that. What it leaves undone is
 * due for the sweep, which begins a new chain. A wake may make a chain a little longer, since its rollout may be due only in an hour.
 */
const INVOCATIONS_IN_A_CHAIN = { numbered: 12, wake: 14 } as const;

/** The body of a follow-up, as JSON. */
export function followUpBody(
  { product, version, revision, channel }: Identity,
  followUpNumber: FollowUp['followUpNumber'],
  invocation: number,
): string {
  return JSON.stringify({
    formatVersion: FORMAT_VERSION,
    product,
    version,
    revision,
    channel,
    followUpNumber,
    invocation,
  } satisfies FollowUp);
}

/** Whether a message may be sent that leads to this invocation of its chain. */
export function isWithinChain(followUpNumber: FollowUp['followUpNumber'], invocation: number): boolean {
  return invocation <= INVOCATIONS_IN_A_CHAIN[followUpNumber === '*' ? 'wake' : 'numbered'];
}

/**
 * The follow-up that a body contains. Throws if it has a newer format. Throws, too, if it is not a follow-up, which only a defect could
 * cause: the service writes that queue.
 */
export function parseFollowUp(body: string): FollowUp {
  const value = parsed(body);
  if (typeof value === 'object' && value !== null && 'formatVersion' in value)
    refuseNewerFormat(Number(value.formatVersion), 'a follow-up');
  if (!isFollowUp(value)) throw new Error('the body is not a follow-up');
  return value;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The error of JSON.parse quotes the body, and what is thrown here is logged.
    throw new Error('the body is not JSON');
  }
}

/** Checked by hand. A schema library would be most of the code that the function `follow-ups` loads. */
function isFollowUp(value: unknown): value is FollowUp {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 7) return false;
  const { formatVersion, product, version, revision, channel, followUpNumber, invocation } = value as Partial<
    Record<keyof FollowUp, unknown>
  >;
  return (
    [product, version, channel].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(formatVersion) &&
    Number(formatVersion) >= 1 &&
    Number.isSafeInteger(revision) &&
    (followUpNumber === '*' || Number.isSafeInteger(followUpNumber)) &&
    Number.isSafeInteger(invocation) &&
    Number(invocation) >= 1
  );
}
