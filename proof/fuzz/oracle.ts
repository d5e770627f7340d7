import type { Expect, Flaw } from './flaw.ts';
import { judgeDryRun, judgeDuplicate, judgeRelease, judgeWithdrawal } from './judge-accepted.ts';
import { judgeOutput } from './judge-output.ts';
import { judgeEvents, judgeRejected } from './judge-rejected.ts';
import { judgeSteering } from './judge-steering.ts';
import { type Expectation, expectMessage } from './model/message.ts';
import type { Seen } from './stage.ts';

/** What became of one message, and every promise that was broken meanwhile. */
export type Judgement = { readonly outcome: string; readonly flaws: readonly Flaw[] };

/** Judges what the service did with one body that was alone in its batch. */
export function judge(body: string, seen: Seen): Judgement {
  const flaws: Flaw[] = [];
  const expect: Expect = (holds, rule, what) => {
    if (!holds) flaws.push({ rule, what });
  };
  const { words, response, late } = seen;
  const word = words[0]?.word ?? 'nothing';
  expect(words.length === 1, 'one word', `${words.length} words: ${words.map((one) => one.word).join()}`);
  expect(!('thrown' in response), 'never thrown', 'thrown' in response ? nameOf(response.thrown) : '');
  if ('answered' in response) {
    expect(JSON.stringify(response.answered) === '{"batchItemFailures":[]}', 'never retried', JSON.stringify(response.answered));
  }
  expect(late.length === 0, 'nothing after the answer', late.join());
  judgeOutput(seen.output, body, expect);
  judgeEvents(seen.effects.published, expect);
  if (word === 'retried' || word === 'nothing') return { outcome: word, flaws };
  const expected = expectMessage(body);
  judgeWord(word, body, seen, expected, expect);
  return { outcome: word === 'rejected' ? (seen.effects.kept[0]?.attributes['code'] ?? word) : word, flaws };
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
