import type { Expect, Flaw } from './flaw.ts';
import { judgeDryRun, judgeDuplicate, judgeRelease, judgeWithdrawal } from './judge-accepted.ts';
import { failedOf, judgeFollowUp } from './judge-follow-up.ts';
import { judgeOutput } from './judge-output.ts';
import { judgeEvents, judgeNothingDone, judgeRejected } from './judge-rejected.ts';
import { judgeSteering } from './judge-steering.ts';
import { type EventKind, kindOf, kindOfExpected, type NO_EVENT } from './kinds.ts';
import { type Expectation, expectMessage } from './model/message.ts';
import type { Seen } from './stage.ts';

/** What a message is, what became of it, and every promise that was broken meanwhile. */
export type Judgement = { readonly kind: EventKind | typeof NO_EVENT; readonly outcome: string; readonly flaws: readonly Flaw[] };

/** Judges what the service did with one body that was alone in its batch. */
export function judge(body: string, seen: Seen): Judgement {
  const flaws: Flaw[] = [];
  const expect: Expect = (holds, rule, what) => {
    if (!holds) flaws.push({ rule, what });
  };
  const { response, late } = seen;
  expect(!('thrown' in response), 'never thrown', 'thrown' in response ? nameOf(response.thrown) : '');
  expect(late.length === 0, 'nothing after the answer', late.join());
  judgeOutput(seen.output, body, expect);
  judgeEvents(seen.effects.published, expect);
  if (seen.queue === 'follow-ups') return { kind: kindOf(body, seen.queue), outcome: judgeFollowUp(body, seen, expect), flaws };
  const expected = expectMessage(body);
  return { kind: kindOfExpected(expected), outcome: judgeMessage(body, seen, expected, expect), flaws };
}

function judgeMessage(body: string, seen: Seen, expected: Expectation, expect: Expect): string {
  const { words, response, effects } = seen;
  const word = words[0]?.word ?? 'nothing';
  expect(words.length === 1, 'one word', `${words.length} words: ${words.map((one) => one.word).join()}`);
  const failed = failedOf(response)?.length ?? 0;
  // Operators may send to the queue of releases, and approvers to that of steering events. Neither may do the work of the other.
  const ofOthers = seen.queue === 'releases' ? ['approval', 'resume'] : ['release'];
  if (ofOthers.includes(expected.kind)) {
    expect(word === 'retried' && failed === 1, 'only over the bus', `a ${expected.kind} from the queue ${seen.queue} is ${word}`);
    expect(effects.published.length + effects.kept.length === 0, 'only over the bus', 'it was answered');
    judgeNothingDone(effects, expect);
    return word;
  }
  expect(failed === 0, 'never retried', JSON.stringify(response));
  if (word === 'retried' || word === 'nothing') return word;
  judgeWord(word, body, seen, expected, expect);
  return word === 'rejected' ? (effects.kept[0]?.attributes['code'] ?? word) : word;
}

function judgeWord(word: 'dispatched' | 'duplicate' | 'rejected', body: string, seen: Seen, expected: Expectation, expect: Expect): void {
  const isDry = expected.kind === 'release' && expected.detail['dryRun'] === true;
  if (word === 'rejected') {
    const { code } = judgeRejected(body, seen.effects, expect);
    const perhaps = expected.kind === 'release' ? expected.perhaps : [];
    const isExpected = !isDry && [...expected.codes, ...perhaps].some((one) => one === code);
    expect(isExpected, 'rejected with reason', `${code}, where ${wordsFor(expected)} was expected`);
    return;
  }
  if (expected.kind === 'nothing' || (expected.codes.length > 0 && !isDry)) {
    expect(false, 'accepted only what is valid', `${word}, where ${wordsFor(expected)} was expected`);
    return;
  }
  switch (expected.kind) {
    case 'withdrawal':
      judgeWithdrawal(word, expected.detail, seen.effects, expect);
      break;
    case 'release':
      if (isDry) judgeDryRun(word, expected, seen.effects, expect);
      else if (expected.isDuplicate) judgeDuplicate(word, seen.effects, expect);
      else judgeRelease(word, expected, seen.effects, expect);
      break;
    default:
      judgeSteering(word, expected, seen.effects, expect);
  }
}

function wordsFor({ codes }: Expectation): string {
  return codes.length === 0 ? 'acceptance' : [...new Set(codes)].join(' or ');
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
