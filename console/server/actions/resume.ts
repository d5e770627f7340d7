import type { Hold } from '../../../domain/gate/holds.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import {
  nothingToEnd,
  notStartedOf,
  type PreparedResume,
  prepareResume,
  untilEnded,
  waitingLines,
} from '../../../operator/actions/resume.ts';
import { outlookOf, steeringReader } from '../../../operator/reads/outlook.ts';
import { holdView, instant } from '../../../operator/reads/read-model.ts';
import type { Stage } from '../../../operator/stage/stage.ts';
import { outlookWords, scopeWords } from '../../../operator/words/outlook-words.ts';
import { releaseName, senderWords } from '../../../operator/words/release-words.ts';
import type { ActionInput, ActionResult } from '../../api.ts';
import type { Action } from '../action.ts';
import type { Context } from '../context.ts';
import { deadlineFrom, published } from '../published.ts';
import { inputs, reader } from '../read-input.ts';
import { eventDocument, sentence, sourceRefusals, withStop } from './judgement.ts';
import { atMost } from './many-lines.ts';
import { placeOfChannels } from './places.ts';

type Input = ActionInput['resume'];

/** Ends holds by the ids that a person saw. */
export const resume: Action<Input> = {
  read: reader(inputs.resume),

  async preview(context, input) {
    const { stage, configuration, now } = context;
    const prepared = await prepare(context, input);
    const { product, events, ends, source } = prepared;
    const nothing = events.length === 0 ? nothingLines(prepared) : [];
    return {
      title: `Resume ${product}: end ${events.map(({ holdId }) => holdId).join(', ') || input.holdIds.join(', ')}`,
      lines: [...ends.map(endSentence), ...atMost(await afterwards(stage, await notStartedOf(stage, product), ends, now()))],
      warnings: [],
      refusals: [...nothing, ...sourceRefusals(await configuration(), product, source, 'resume')],
      documents: [{ label: 'Holds', value: ends.map((one) => holdView(product, one)) }, ...events.map(({ event }) => eventDocument(event))],
    };
  },

  async carryOut(context, input) {
    const { stage } = context;
    const prepared = await prepare(context, input);
    const { product, events } = prepared;
    const href = placeOfChannels;
    const ended: string[] = [];
    const deadline = deadlineFrom(Date.now());
    let last: ActionResult = { isDone: prepared.past.length > 0, message: nothingLines(prepared).join(' '), lines: [], href };
    for (const { holdId, event } of events) {
      last = await published(
        stage,
        event,
        { noun: `end of hold ${holdId}`, href },
        async ({ eventId, watch }) => {
          await untilEnded(stage, product, holdId, eventId, watch);
          ended.push(holdId);
          return { isDone: true, message: `Resumed: ${ended.join(', ')}.`, lines: [], href };
        },
        deadline,
      );
      if (!last.isDone) return { ...last, lines: [...last.lines, ...ended.map((id) => `Hold ${id} has ended.`)] };
    }
    return ended.length === 0 ? last : { ...last, lines: atMost(await waitingLines(stage, await notStartedOf(stage, product))) };
  },
};

async function prepare({ stage, configuration }: Context, { source, ...asked }: Input): Promise<PreparedResume> {
  return prepareResume(stage, await configuration(), asked, source);
}

/** Why there is nothing to end. A line about a hold begins with that word, and every other one with the name of the product. */
function nothingLines(prepared: PreparedResume): string[] {
  return nothingToEnd(prepared).map(prepared.past.length > 0 ? sentence : withStop);
}

function endSentence({ holdId, channels, reason, by, at }: Hold): string {
  return `Hold ${holdId} ends on ${scopeWords(channels)}: ${reason} (since ${instant(at)}, ${senderWords(by)}).`;
}

/** What each rollout waits for when these holds have ended. */
async function afterwards(stage: Stage, rows: readonly Rollout[], ends: readonly Hold[], now: number): Promise<string[]> {
  const reader = steeringReader(stage);
  const ids = ends.map(({ holdId }) => holdId);
  return Promise.all(
    rows.map(async (row) => {
      const before = await reader.of(row);
      const held = before.holds.held.filter(({ holdId }) => !ids.includes(holdId));
      const after = { ...before, holds: { ...before.holds, held } };
      const words = outlookWords(row, outlookOf(row, after, now), after, now);
      return `${releaseName(row)} ${row.channel} ${words ? `then: ${words}` : 'then starts when the service looks next'}.`;
    }),
  );
}
