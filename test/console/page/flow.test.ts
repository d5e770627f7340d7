import { describe, expect, it } from 'vitest';
import type { Preview } from '../../../console/api.ts';
import { atForm, type Flow, type FlowEvent, nextFlow, withoutEmpty } from '../../../console/page/flow.ts';

const input = { product: 'thermostat', reason: 'boot loops' };
const preview: Preview = { title: 'Hold thermostat', lines: [], warnings: [], refusals: [], documents: [] };
const result = { isDone: true, message: 'the hold counts', lines: [] };
const problem = { message: 'AWS does not answer', isUnsure: false };

const asked: FlowEvent = { kind: 'asked', input };
const previewed: FlowEvent = { kind: 'previewed', preview };
const confirmed: FlowEvent = { kind: 'confirmed' };
const answered: FlowEvent = { kind: 'answered', result };
const failed: FlowEvent = { kind: 'failed', problem };
const back: FlowEvent = { kind: 'back' };

const flowAfter = (...events: readonly FlowEvent[]): Flow => events.reduce(nextFlow, atForm);

describe('the dialog of an action', () => {
  it('goes from the form to the preview, and from there to the result', () => {
    expect(flowAfter(asked)).toEqual({ step: 'form', isBusy: true, input });
    expect(flowAfter(asked, previewed)).toEqual({ step: 'preview', isBusy: false, input, preview });
    expect(flowAfter(asked, previewed, confirmed)).toEqual({ step: 'preview', isBusy: true, input, preview });
    expect(flowAfter(asked, previewed, confirmed, answered)).toEqual({ step: 'result', isBusy: false, result });
  });

  it('sends nothing twice: a second click changes nothing while the first one is under way', () => {
    for (const [before, click] of [
      [flowAfter(asked), asked],
      [flowAfter(asked, previewed, confirmed), confirmed],
      [flowAfter(asked, previewed, confirmed, answered), confirmed],
    ] as const)
      expect(nextFlow(before, click)).toBe(before);
  });

  it('carries nothing out without a preview', () => {
    expect(nextFlow(atForm, confirmed)).toBe(atForm);
    expect(flowAfter(asked, confirmed)).toEqual(flowAfter(asked));
  });

  it('has nothing to confirm if the preview refuses the action', () => {
    const refused = flowAfter(asked, { kind: 'previewed', preview: { ...preview, refusals: ['there is no such channel'] } });
    expect(nextFlow(refused, confirmed)).toBe(refused);
  });

  it('stays where it failed, says why, and can be tried again', () => {
    expect(flowAfter(asked, failed)).toEqual({ step: 'form', isBusy: false, input, problem });
    const unsent = flowAfter(asked, previewed, confirmed, failed);
    expect(unsent).toEqual({ step: 'preview', isBusy: false, input, preview, problem });
    expect(nextFlow(unsent, confirmed)).toEqual({ step: 'preview', isBusy: true, input, preview });
  });

  it('goes back to the form, but not while the server is asked', () => {
    expect(flowAfter(asked, previewed, back)).toEqual(atForm);
    expect(flowAfter(asked, previewed, confirmed, back)).toEqual(flowAfter(asked, previewed, confirmed));
    expect(flowAfter(asked, previewed, confirmed, answered, back)).toEqual(atForm);
  });

  it('ignores an answer to a question that nobody waits for', () => {
    expect(nextFlow(atForm, previewed)).toBe(atForm);
    expect(flowAfter(asked, previewed, answered)).toEqual(flowAfter(asked, previewed));
    expect(nextFlow(atForm, failed)).toBe(atForm);
  });
});

describe('what is sent', () => {
  it('leaves out what the person left empty', () => {
    expect(withoutEmpty({ product: 'thermostat', comment: ' ', skip: [], until: undefined, revision: 1 })).toEqual({
      product: 'thermostat',
      revision: 1,
    });
  });
});
