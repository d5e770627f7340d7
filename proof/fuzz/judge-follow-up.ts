import type { Effects } from './aws/effects.ts';
import type { Expect } from './flaw.ts';
import { expectFollowUp, type FollowUpExpectation } from './model/follow-up.ts';
import type { Seen } from './stage.ts';

const reads = ['BatchGetItem', 'GetItem', 'Query'];

/** The failed records of a response. `undefined` if the invocation threw. */
export function failedOf(response: Seen['response']): readonly string[] | undefined {
  if ('thrown' in response) return undefined;
  const { batchItemFailures } = response.answered as { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** Judges what the service did with one body of the queue of follow-ups that was alone in its batch. Returns what became of it. */
export function judgeFollowUp(body: string, { response, effects }: Seen, expect: Expect): FollowUpExpectation['outcome'] {
  const expected = expectFollowUp(body);
  const failed = failedOf(response) ?? ['all'];
  const hasOnlyRead = effects.calls.every((call) => reads.includes(call));
  const outcome = failed.length > 0 ? 'failed' : hasOnlyRead ? 'left' : 'looked';
  expect(outcome === expected.outcome, 'a follow-up as expected', `${outcome}, where ${expected.outcome} was expected`);
  judgeNothingCreated(effects, expect);
  if (outcome === 'failed') expect(hasOnlyRead, 'nothing done before it fails', effects.calls.join());
  if (expected.kind === 'nothing') expect(effects.calls.length === 0, 'nothing done for what is no follow-up', effects.calls.join());
  if (outcome === 'looked') judgeLook(expected, effects, expect);
  return outcome;
}

/** Judges that no message of this queue, however forged, makes or stops an update, or tells of a message. */
export function judgeNothingCreated({ created, documents, kept, locks, added, calls, published }: Effects, expect: Expect): void {
  expect(created.length + documents.length === 0, 'nothing created', `${created.length} creates, ${documents.length} documents`);
  expect(kept.length + locks.length + added.length === 0, 'nothing claimed', `${kept.length} kept, ${locks.length} locks, ${added.join()}`);
  expect(!calls.some((call) => /^(?:Cancel|Delete)/.test(call)), 'nothing stopped', calls.join());
  const told = published.map(({ detailType }) => detailType);
  expect(
    told.every((type) => type.startsWith('OTA Rollout ')),
    'tells only of rollouts',
    told.join(),
  );
}

function judgeLook({ about, mayGoOn }: FollowUpExpectation, { rows, calls }: Effects, expect: Expect): void {
  const own = [`RELEASE#thermostat#${about?.version}`, `CHANNEL#thermostat#${about?.channel}`];
  const others = rows.map((row) => String(row['pk']?.S)).filter((key) => !own.includes(key));
  expect(others.length === 0, 'writes only its own rollout', others.join());
  expect(mayGoOn || !calls.includes('SendMessageBatch'), 'a chain ends', 'one more follow-up was sent');
}
