import { rejectionCodes } from '../../domain/release/rejection.ts';
import type { Flaw } from './flaw.ts';
import type { Stage } from './stage.ts';

/**
 * Codes that a message can get because another message of its batch was accepted. A message from a source that is not
 * allowed becomes a duplicate if its content is the same, as the ledger is asked before the configuration. An approval without a
 * digest is accepted if its release comes in the same batch.
 */
const byOthers = ['RELEASE_CONFLICT', 'VERSION_AMBIGUOUS', 'RELEASE_WITHDRAWN', 'APPROVAL_MISMATCH', 'HOLD_ENDED'];

/** Gives several messages to the service in one batch, as SQS does. Each must end once, and messages that were refused alone must be refused again. */
export async function tryBatch(stage: Stage, bodies: readonly string[], alone: readonly string[]): Promise<readonly Flaw[]> {
  const { words, response, effects } = await stage.send(...bodies);
  const flaws: Flaw[] = [];
  const answer = 'answered' in response ? JSON.stringify(response.answered) : String(response.thrown);
  if (answer !== '{"batchItemFailures":[]}') flaws.push({ rule: 'never retried in a batch', what: answer });
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
