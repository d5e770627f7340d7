import { rollouts } from '../configuration.ts';

/** What a message of the queue of follow-ups is, and what should become of it. */
export type FollowUpExpectation = {
  readonly kind: 'job event' | 'follow-up' | 'wake' | 'nothing';
  /** `looked`: the rollout is looked at. `left`: there is nothing to do. `failed`: SQS delivers the message again. */
  readonly outcome: 'looked' | 'left' | 'failed';
  /** The rollout that it is about, if the history has it. */
  readonly about?: (typeof rollouts)[number] | undefined;
  /** Whether its chain of messages may go on. */
  readonly mayGoOn: boolean;
};

/** Lambda stops a function at about its 16th invocation in one chain of messages. */
const INVOCATIONS_MAX = 16;
const PARTITION_KEY_BYTES = 2048;
const SORT_KEY_BYTES = 1024;

const types: Readonly<Record<string, readonly string[]>> = {
  formatVersion: ['number'],
  product: ['string'],
  version: ['string'],
  channel: ['string'],
  revision: ['number'],
  followUpNumber: ['number', 'string'],
  invocation: ['number'],
};

/** What the contract says of a body in the queue of follow-ups. Its members are not judged further, as only the service writes them. */
export function expectFollowUp(body: string): FollowUpExpectation {
  const value = jsonOf(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'nothing', outcome: 'failed', mayGoOn: false };
  const message = value as Readonly<Record<string, unknown>>;
  if (Object.keys(message).includes('jobId')) {
    const about = rollouts.find(({ rolloutId }) => isJobOf(rolloutId, message['jobId']));
    return { kind: 'job event', outcome: outcomeOf(about), about, mayGoOn: true };
  }
  if (!isFollowUp(message)) return { kind: 'nothing', outcome: 'failed', mayGoOn: false };
  const { product, channel, revision, followUpNumber } = message;
  const [version] = String(message['version']).split('+');
  const kind = followUpNumber === '*' ? 'wake' : 'follow-up';
  const mayGoOn = Number(message['invocation']) + 1 < INVOCATIONS_MAX;
  const isTooLong =
    [`RELEASE#${product}#${version}`, `CHANNEL#${product}#${channel}`].some((key) => Buffer.byteLength(key) > PARTITION_KEY_BYTES) ||
    Buffer.byteLength(`ROLLOUT#${revision}#${channel}`) > SORT_KEY_BYTES;
  // DynamoDB refuses the key, each time.
  if (isTooLong) return { kind, outcome: 'failed', mayGoOn };
  const about = rollouts.find((one) => product === 'thermostat' && one.version === version && one.channel === channel && revision === 1);
  const isAwaited = followUpNumber === '*' || followUpNumber === about?.followUpNumber;
  return { kind, outcome: isAwaited ? outcomeOf(about) : 'left', about, mayGoOn };
}

function outcomeOf(about: FollowUpExpectation['about']): 'looked' | 'left' {
  return about === undefined || about.hasNothingToDo ? 'left' : 'looked';
}

function isFollowUp(message: Readonly<Record<string, unknown>>): boolean {
  const members = Object.entries(message);
  return (
    members.length === Object.keys(types).length &&
    members.every(
      ([name, member]) =>
        Object.hasOwn(types, name) &&
        types[name]?.includes(typeof member) === true &&
        (typeof member !== 'number' || Number.isSafeInteger(member)) &&
        (name !== 'followUpNumber' || typeof member === 'number' || member === '*') &&
        (name !== 'formatVersion' || member === 1) &&
        (name !== 'invocation' || Number(member) >= 1),
    )
  );
}

function isJobOf(rolloutId: string, jobId: unknown): boolean {
  if (typeof jobId !== 'string') return false;
  const own = jobId.startsWith('AFR_OTA-') ? jobId.slice('AFR_OTA-'.length) : jobId;
  return own.startsWith(`${rolloutId}-`) && /^[0-9]{1,2}$/.test(own.slice(rolloutId.length + 1)) && !own.endsWith('\n');
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
