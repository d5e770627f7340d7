import type { ActionInput, ActionName, ActionResult, Preview } from '../api.ts';

type Input = ActionInput[ActionName];

/** Why a step failed, for the person. `isUnsure`: the action may have been carried out all the same. */
export type Problem = { readonly message: string; readonly isUnsure: boolean };

/** Where a person is in the dialog of an action. `isBusy`: the server has been asked, and has not answered yet. */
export type Flow =
  | { readonly step: 'form'; readonly isBusy: boolean; readonly input?: Input; readonly problem?: Problem }
  | { readonly step: 'preview'; readonly isBusy: boolean; readonly input: Input; readonly preview: Preview; readonly problem?: Problem }
  | { readonly step: 'result'; readonly isBusy: false; readonly result: ActionResult };

export type FlowEvent =
  | { readonly kind: 'asked'; readonly input: Input }
  | { readonly kind: 'previewed'; readonly preview: Preview }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'answered'; readonly result: ActionResult }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'back' };

/** The dialog begins with the form. */
export const atForm: Flow = { step: 'form', isBusy: false };

/**
 * The next step of the dialog: form, preview, result. An event that does not fit the step changes nothing, so that a second click on a
 * button sends nothing. A failure leads back to the step that failed, and `back` from a preview or a result to the form.
 */
export function nextFlow(flow: Flow, event: FlowEvent): Flow {
  switch (event.kind) {
    case 'asked':
      return flow.step === 'form' && !flow.isBusy ? { step: 'form', isBusy: true, input: event.input } : flow;
    case 'previewed':
      if (flow.step !== 'form' || !flow.isBusy || flow.input === undefined) return flow;
      return { step: 'preview', isBusy: false, input: flow.input, preview: event.preview };
    case 'confirmed':
      if (flow.step !== 'preview' || flow.isBusy || flow.preview.refusals.length > 0) return flow;
      return { step: 'preview', isBusy: true, input: flow.input, preview: flow.preview };
    case 'answered':
      return flow.step === 'preview' && flow.isBusy ? { step: 'result', isBusy: false, result: event.result } : flow;
    case 'failed':
      return flow.step !== 'result' && flow.isBusy ? { ...flow, isBusy: false, problem: event.problem } : flow;
    case 'back':
      return flow.isBusy ? flow : atForm;
  }
}

/** What is sent: without the members that the person left empty. */
export function withoutEmpty<T extends object>(input: T): T {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(input).filter(([, value]) => !isEmpty(value))) as T;
}
