import { rejectionCodes } from '../../domain/release/rejection.ts';
import type { Flaw } from './flaw.ts';
import { failedOf, judgeNothingCreated } from './judge-follow-up.ts';
import type { Queue } from './queue.ts';
import type { Seen, Stage } from './stage.ts';

/**
 * Codes that a message can get because another message of its batch was accepted. A message from a source that is not
 * allowed becomes a duplicate if its content is the same, as the ledger is asked before the configuration. An approval without a
 * digest is accepted if its release comes in the same batch.
 */
const byOthers = ['RELEASE_CONFLICT', 'VERSION_AMBIGUOUS', 'RELEASE_WITHDRAWN', 'APPROVAL_MISMATCH', 'HOLD_ENDED'];

/**
 * Gives several messages of one queue to the service in one batch, as SQS does. `alone` is what became of each alone. Each must end once, and
 * messages that failed or were refused alone must do so again.
 */
export async function tryBatch(stage: Stage, queue: Queue, bodies: readonly string[], alone: readonly string[]): Promise<readonly Flaw[]> {
  const seen = await stage.send(queue, ...bodies);
  const failing = queue === 'follow-ups' ? 'failed' : 'retried';
  const expected = alone.flatMap((outcome, index) => (outcome === failing ? [`message-${index}`] : []));
  // Records that fail are named in the order in which they end.
  const failed = failedOf(seen.response)?.toSorted();
  const flaws: Flaw[] = [];
  if (JSON.stringify(failed) !== JSON.stringify(expected.toSorted())) {
    flaws.push({ rule: 'never retried in a batch', what: failed?.join() ?? 'it threw' });
  }
  if (queue === 'follow-ups') judgeNothingCreated(seen.effects, (holds, rule, what) => holds || flaws.push({ rule, what }));
  else flaws.push(...flawsOfMessages(seen, bodies, alone));
  return flaws;
}

function flawsOfMessages({ words, effects }: Seen, bodies: readonly string[], alone: readonly string[]): Flaw[] {
  const flaws: Flaw[] = [];
  for (const [index, outcome] of alone.entries()) {
    const messageId = `message-${index}`;
    const said = words.filter((one) => one.messageId === messageId).map(({ word }) => word);
    const kept = effects.kept.filter(({ attributes }) => attributes['messageId'] === messageId);
    const published = effects.published.filter(
      ({ detailType, detail }) => detailType === 'OTA Release Rejected' && detail['messageId'] === messageId,
    );
    const isRefused = said[0] === 'rejected';
    const code = String(kept[0]?.attributes['code']);
    if (said.length !== 1) flaws.push({ rule: 'one word in a batch', what: `${said.length} words for ${outcome}` });
    if (kept.length !== Number(isRefused) || published.length !== Number(isRefused)) {
      flaws.push({ rule: 'kept and published in a batch', what: `kept ${kept.length} times, published ${published.length} times` });
    }
    if (isRefused && kept[0]?.body !== bodies[index]) flaws.push({ rule: 'kept and published in a batch', what: 'a different body' });
    const isByOthers = isRefused
      ? byOthers.includes(code)
      : (said[0] === 'duplicate' && outcome === 'SOURCE_NOT_ALLOWED') || outcome === 'UNKNOWN_RELEASE';
    const isAsAlone = Object.hasOwn(rejectionCodes, outcome) ? isRefused && code === outcome : !isRefused;
    if (!isAsAlone && !isByOthers) flaws.push({ rule: 'the same in a batch', what: `${said[0]} ${code}, alone ${outcome}` });
  }
  return flaws;
}
