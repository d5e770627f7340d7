import { parseWithdrawal, type Withdrawal } from '../../../domain/release/withdrawal.ts';
import { untilStopped } from '../../../operator/actions/until-stopped.ts';
import { valid } from '../../../operator/actions/valid.ts';
import { prepareWithdrawal } from '../../../operator/actions/withdraw.ts';
import { viewOf } from '../../../operator/reads/read-model.ts';
import { deviceSentences, intentLines, scopeName } from '../../../operator/words/withdrawal-words.ts';
import { UsageError } from '../../../scripts/command.ts';
import type { ActionInput } from '../../api.ts';
import type { Action } from '../action.ts';
import type { Context } from '../context.ts';
import { published } from '../published.ts';
import { inputs, reader } from '../read-input.ts';
import { eventDocument } from './judgement.ts';
import { atMost } from './many-lines.ts';
import { placeOfRelease } from './places.ts';
import { stoppedResult } from './stopped-result.ts';

type Input = ActionInput['withdraw'];

/** Withdraws a version. The person types the version to confirm it, because nobody can undo it. */
export const withdraw: Action<Input> = {
  read: reader(inputs.withdraw),

  async preview(context, input) {
    const { withdrawal, event, rows } = await prepare(context, input);
    return {
      title: `Withdraw ${scopeName(withdrawal)}`,
      lines: [
        ...atMost(intentLines(rows)),
        ...atMost(rows.flatMap(deviceSentences)),
        'From then on, the service rejects every release that the withdrawal covers.',
      ],
      warnings: ['Nobody can undo a withdrawal. It takes no update back from a device.'],
      refusals: [],
      mustType: withdrawal.version,
      documents: [{ label: 'Rollouts', value: rows.map(viewOf) }, eventDocument(event)],
    };
  },

  async carryOut(context, input) {
    if (input.confirm !== input.version) throw new UsageError('confirm must be the version: type it to confirm the withdrawal');
    const { withdrawal, event } = await prepare(context, input);
    const href = placeOfRelease(withdrawal);
    return published(context.stage, event, { noun: 'withdrawal', href }, async ({ eventId, watch }) => {
      const stopped = await untilStopped(context.stage, withdrawal, eventId, { ...watch, timeout: watch.patience });
      return stoppedResult('The release is withdrawn.', href, stopped);
    });
  },
};

async function prepare({ stage, configuration }: Context, { confirm: _, ...detail }: Input) {
  const withdrawal: Withdrawal = valid(parseWithdrawal(detail));
  return { withdrawal, ...(await prepareWithdrawal(stage, await configuration(), withdrawal, { isAhead: false })) };
}
