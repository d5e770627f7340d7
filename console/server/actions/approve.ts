import { type PreparedApproval, prepareApproval, untilCounted } from '../../../operator/actions/approve.ts';
import { releaseName } from '../../../operator/words/release-words.ts';
import { UsageError } from '../../../scripts/command.ts';
import type { ActionInput } from '../../api.ts';
import type { Action } from '../action.ts';
import type { Context } from '../context.ts';
import { published } from '../published.ts';
import { inputs, reader } from '../read-input.ts';
import { documentsOf, placeOf, sentence, sourceRefusals } from './judgement.ts';

type Input = ActionInput['approve'];

/** Approves a release for a channel. The approval is bound to the content of the preview. Different content is refused. */
export const approve: Action<Input> = {
  read: reader(inputs.approve),

  async preview(context, input) {
    const prepared = await prepare(context, input);
    const { subject, event, consequences, approval } = prepared;
    const { revision, releaseDigest, channel } = subject;
    const skips = approval.skip?.map((part) => `The approval leaves out a part of the gate: ${part}.`) ?? [];
    return {
      title: `Approve ${releaseName(subject)} for ${channel}`,
      lines: [`You approve as the source ${event.source}.`, ...consequences.map(sentence)],
      warnings: skips,
      refusals: await refusalsOf(context, input, prepared),
      bind: { revision, releaseDigest },
      documents: documentsOf(subject, event),
    };
  },

  async carryOut(context, input) {
    if (input.releaseDigest === undefined || input.revision === undefined)
      throw new UsageError('releaseDigest and revision are required: preview the approval first');
    const prepared = await prepare(context, input);
    const { subject, event, settled } = prepared;
    const href = placeOf(subject);
    const [refusal] = await refusalsOf(context, input, prepared);
    // A copy of a request, such as a second click, has nothing to send. What it asks for is true all the same.
    if (settled && isShown(input, prepared)) return { ...result(settled.counted, settled.why), href };
    if (refusal !== undefined) return { isDone: false, message: refusal, lines: [], href };
    return published(context.stage, event, { noun: 'approval', href }, async ({ eventId, watch }) => {
      const { counted, why } = await untilCounted(context.stage, prepared, eventId, watch);
      return { ...result(counted, why), href };
    });
  },
};

async function prepare({ stage, configuration }: Context, { releaseDigest: _, source, ...asked }: Input): Promise<PreparedApproval> {
  return prepareApproval(stage, await configuration(), asked, source);
}

async function refusalsOf({ configuration }: Context, input: Input, prepared: PreparedApproval): Promise<string[]> {
  const { subject, event, settled, refusal } = prepared;
  if (!isShown(input, prepared))
    return [
      `The content of ${releaseName(subject)} differs from what was shown: its digest is ${subject.releaseDigest}. Preview it again.`,
    ];
  if (settled) return [sentence(`${settled.counted ? 'nothing is left to do' : 'the approval would not count'}: ${settled.why}`)];
  if (refusal === undefined) return sourceRefusals(await configuration(), subject.product, event.source, 'approve');
  const instead = refusal.sources.length === 0 ? [] : [`These sources may approve it: ${refusal.sources.join(', ')}.`];
  return [`The approval is refused: ${refusal.reason}.`, ...instead];
}

function isShown({ releaseDigest }: Input, { subject }: PreparedApproval): boolean {
  return releaseDigest === undefined || releaseDigest === subject.releaseDigest;
}

function result(counted: boolean, why: string) {
  return { isDone: counted, message: sentence(`${counted ? 'the approval counts' : 'the approval does not count'}: ${why}`), lines: [] };
}
