import { isDeepStrictEqual } from 'node:util';
import type { Effects } from './aws/effects.ts';
import { NOW } from './configuration.ts';
import type { Expect } from './flaw.ts';
import type { Expectation } from './model/message.ts';
import { answersExpected, boundDigest, isActiveHold } from './model/steering.ts';

type OfSteering = Extract<Expectation, { kind: 'approval' | 'hold' | 'resume' }>;
type Json = Readonly<Record<string, unknown>>;

/** Judges an approval, a hold or the end of a hold that is accepted: its word, its answer, what the ledger has of it, and nothing else. */
export function judgeSteering(word: string, expected: OfSteering, effects: Effects, expect: Expect): void {
  expect(word === (expected.isKnown ? 'duplicate' : 'dispatched'), 'the right word', `${word} of this ${expected.kind}`);
  expect(effects.kept.length === 0, 'accepted only', 'kept as rejected as well');
  expect(effects.locks.length === 0 && effects.documents.length === 0, 'nothing created', 'a lock or a document');
  if (expected.kind === 'approval') judgeApproval(expected, effects, expect);
  else judgeHold(expected, effects, expect);
}

function judgeApproval({ detail, source, isKnown }: OfSteering, effects: Effects, expect: Expect): void {
  const others = effects.published.slice(0, -1).map(({ detailType }) => detailType);
  const answer = effects.published.at(-1);
  const isOnce = answer?.detailType === 'OTA Release Approved' && !others.includes('OTA Release Approved');
  expect(isOnce, 'published once', effects.published.map(({ detailType }) => detailType).join());
  const { answers, opened } = answersExpected(detail, source, isKnown);
  const revision = detail['revision'] ?? 1;
  const wanted = answers.map(({ channel, counted }) => [channel, revision, counted]);
  const given = ((answer?.detail['rollouts'] ?? []) as readonly Json[]).map((one) => [one['channel'], one['revision'], one['counted']]);
  expect(isDeepStrictEqual(given, wanted), 'approvals count', `${JSON.stringify(given)}, where ${JSON.stringify(wanted)} was expected`);
  expect(effects.created.length === opened.length, 'one create', `${effects.created.length} creates, where ${opened.length} gates open`);
  const list = writtenTo(effects, 'APPROVALS', 'approvals');
  if (isKnown) expect(list === undefined, 'approvals are remembered', 'written once more');
  else {
    const { version, channels, approvedBy, comment, skip } = detail;
    const sent = [version, revision, channels, boundDigest(detail), source, approvedBy, comment, skip, NOW];
    const isIt = (one: Json) =>
      isDeepStrictEqual(
        [
          ...[one['version'], one['revision'], one['channels'], one['releaseDigest'], (one['by'] as Json)['source']],
          ...[one['approvedBy'], one['comment'], one['skip'], one['at']],
        ],
        sent,
      );
    expect(
      (list as readonly Json[] | undefined)?.some(isIt) ?? false,
      'approvals are remembered',
      `not as it was sent: ${JSON.stringify(list)}`,
    );
  }
}

function judgeHold({ kind, detail, isKnown }: OfSteering, effects: Effects, expect: Expect): void {
  const [answer, ...others] = effects.published;
  const type = kind === 'hold' ? 'OTA Channel Held' : 'OTA Channel Resumed';
  expect(
    answer?.detailType === type && others.length === 0,
    'published once',
    effects.published.map(({ detailType }) => detailType).join(),
  );
  expect(effects.created.length === 0, 'nothing created', `a ${kind} creates`);
  const ids = (list: unknown) => ((list ?? []) as readonly Json[]).map(({ holdId }) => holdId);
  const isActive = ids(answer?.detail['holds']).includes(detail['holdId']);
  const isExpected = kind === 'hold' && isActiveHold(detail, isKnown);
  expect(isActive === isExpected, 'holds as they are', `${isActive ? 'active' : 'not active'} after this ${kind}`);
  const waiting = ((answer?.detail['waiting'] ?? []) as readonly Json[]).map(
    ({ version, channel }) => `${String(version)} ${String(channel)}`,
  );
  const isComplete = detail['product'] !== 'thermostat' || ['1.5.0 gated', '1.5.0 asked'].every((one) => waiting.includes(one));
  expect(isComplete, 'holds as they are', `waiting are ${waiting.join()}`);
  const holds = writtenTo(effects, 'HOLDS', 'holds') as { held?: readonly Json[]; ended?: readonly Json[] } | undefined;
  if (isKnown) expect(holds === undefined, 'holds are remembered', 'written once more');
  else {
    const isThere = [...ids(holds?.ended), ...(kind === 'hold' ? ids(holds?.held) : [])].includes(detail['holdId']);
    expect(isThere, 'holds are remembered', `not among ${JSON.stringify(holds)}`);
    if (kind === 'resume') expect(!ids(holds?.held).includes(detail['holdId']), 'holds are remembered', 'still held');
  }
}

/** The last value of an attribute that was written to an item with this sort key. */
function writtenTo(effects: Effects, sortKey: string, attribute: string): unknown {
  const item = effects.rows.findLast((row) => row['sk']?.S === sortKey);
  return item && JSON.parse(item[attribute]?.S ?? 'null');
}
