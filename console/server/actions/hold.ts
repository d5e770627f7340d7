import type { ChannelHold } from '../../../domain/release/hold.ts';
import { parseInstant } from '../../../domain/release/instant.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import { type Held, heldBy, heldLine, holdOf, prepareHold, timeOf, untilHeld } from '../../../operator/actions/hold.ts';
import { viewOf } from '../../../operator/reads/read-model.ts';
import { scopeWords } from '../../../operator/words/outlook-words.ts';
import { releaseName } from '../../../operator/words/release-words.ts';
import { stateLine } from '../../../operator/words/state-words.ts';
import { UsageError } from '../../../scripts/command.ts';
import type { ActionInput } from '../../api.ts';
import type { Action } from '../action.ts';
import { published } from '../published.ts';
import { inputs, reader } from '../read-input.ts';
import { eventDocument, sentence, sourceRefusals } from './judgement.ts';
import { atMost } from './many-lines.ts';
import { placeOfChannels } from './places.ts';

type Input = ActionInput['hold'];

/** Holds channels of a product, or all of it. The preview gives the hold its id, so that a second click does not hold twice. */
export const hold: Action<Input> = {
  read: reader(inputs.hold),

  async preview({ stage, configuration, now }, input) {
    const channels = await configuration();
    const { hold: asked, event } = prepareHold(channels, holdOfInput(input, now()), input.source);
    const held = await heldBy(stage, asked);
    return {
      title: `Hold ${asked.product} on ${scopeWords(asked.channels)}`,
      lines: [endSentence(asked), ...keptSentences(held)],
      warnings: held.goesOn.length === 0 ? [] : ['A hold does not stop what AWS has already. Only a withdrawal does.'],
      refusals: [...endedRefusals(asked, now()), ...sourceRefusals(channels, asked.product, event.source, 'hold')],
      bind: { holdId: asked.holdId, ...(asked.until !== undefined && { until: asked.until }) },
      documents: [{ label: 'Rollouts', value: [...held.waits, ...held.goesOn].map(viewOf) }, eventDocument(event)],
    };
  },

  async carryOut({ stage, configuration, now }, input) {
    const prepared = prepareHold(await configuration(), holdOfInput(input, now()), input.source);
    const { hold: asked, event } = prepared;
    const [refusal] = endedRefusals(asked, now());
    if (refusal !== undefined) return { isDone: false, message: refusal, lines: [], href: placeOfChannels };
    return published(stage, event, { noun: 'hold', href: placeOfChannels }, async ({ eventId, watch }) => {
      const holds = await untilHeld(stage, prepared, eventId, watch);
      return {
        isDone: true,
        message: sentence(heldLine(asked, holds, now())),
        lines: [`Its id is ${asked.holdId}.`],
        href: placeOfChannels,
      };
    });
  },
};

function holdOfInput({ source: _, until, ...asked }: Input, now: number): ChannelHold {
  const end = until === undefined ? undefined : timeOf(until, now);
  if (until !== undefined && end === undefined)
    throw new UsageError('until: must be an instant such as 2026-12-01T08:00:00Z, or a span from now on such as 30m, 6h or 2d');
  return holdOf({ ...asked, until: end }, now);
}

/** The service records a hold that has ended already, and it would keep nothing. */
function endedRefusals({ until }: ChannelHold, now: number): string[] {
  const end = until === undefined ? undefined : parseInstant(until);
  return end === undefined || end > now ? [] : [`The hold would end at ${until}, and that has passed. Name a later time.`];
}

function endSentence({ product, channels, until }: ChannelHold): string {
  const end = until === undefined ? 'until somebody resumes it' : `until ${until}`;
  return `Nothing new is created for ${product} on ${scopeWords(channels)} ${end}.`;
}

function keptSentences({ waits, goesOn }: Held): string[] {
  const name = (row: Rollout): string => `${releaseName(row)} ${stateLine(row)}`;
  if (waits.length + goesOn.length === 0) return ['No rollout waits there now, and none runs.'];
  return [...atMost(waits.map((row) => `Waits: ${name(row)}.`)), ...atMost(goesOn.map((row) => `Goes on all the same: ${name(row)}.`))];
}
