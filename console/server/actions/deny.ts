import { prepareDenial } from '../../../operator/actions/deny.ts';
import { untilStopped } from '../../../operator/actions/until-stopped.ts';
import { releaseName } from '../../../operator/words/release-words.ts';
import { deviceSentences, intentLines } from '../../../operator/words/withdrawal-words.ts';
import { UsageError } from '../../../scripts/command.ts';
import type { ActionInput } from '../../api.ts';
import type { Action } from '../action.ts';
import { published } from '../published.ts';
import { inputs, reader } from '../read-input.ts';
import { documentsOf, placeOf, sourceRefusals } from './judgement.ts';
import { stoppedResult } from './stopped-result.ts';

/** Denies a release for a channel: it withdraws this revision from the channel. */
export const deny: Action<ActionInput['deny']> = {
  read: reader(inputs.deny),

  async preview({ stage, configuration }, { source, ...asked }) {
    const channels = await configuration();
    const { subject, event } = await prepareDenial(stage, channels, asked, source);
    const { product, channel, known, revision } = subject;
    const rows = known ? [known.row] : [];
    return {
      title: `Deny ${releaseName(subject)} for ${channel}`,
      lines: [
        `The denial withdraws revision ${revision} from ${channel} with the reason code DENIED, as the source ${event.source}.`,
        ...(known ? [] : [`The release is not on ${channel} yet. After the denial it cannot come there.`]),
        ...intentLines(rows),
        ...rows.flatMap(deviceSentences),
      ],
      warnings: ['Nobody can undo a denial. A later revision needs its own approval.'],
      refusals: sourceRefusals(channels, product, event.source, 'withdraw'),
      bind: { revision },
      documents: documentsOf(subject, event),
    };
  },

  async carryOut({ stage, configuration }, { source, ...asked }) {
    if (asked.revision === undefined) throw new UsageError('revision is required: preview the denial first');
    const { subject, event, withdrawal } = await prepareDenial(stage, await configuration(), asked, source);
    const href = placeOf(subject);
    return published(stage, event, { noun: 'denial', href }, async ({ eventId, watch }) =>
      stoppedResult('The release is denied.', href, await untilStopped(stage, withdrawal, eventId, { ...watch, timeout: watch.patience })),
    );
  },
};
