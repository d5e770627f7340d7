import { useRef, useState } from 'preact/hooks';
import type { ActionInput, ActionName, ActionResult, Preview } from '../api.ts';
import type { AskedAction } from './actions.ts';
import { RequestError, send } from './client.ts';
import { atForm, type Flow, type FlowEvent, nextFlow, type Problem } from './flow.ts';
import { refreshAll } from './refresh.ts';

type Input = ActionInput[ActionName];

/** The steps of an action, with the requests between them. The views are read again after the action, even if the dialog was closed. */
export function useFlow({ action, onResult }: AskedAction) {
  const [flow, show] = useState<Flow>(atForm);
  // Not the state of a render: two clicks can come before the next render.
  const current = useRef<Flow>(atForm);

  function step(event: FlowEvent): boolean {
    const before = current.current;
    current.current = nextFlow(before, event);
    show(current.current);
    return current.current !== before;
  }

  async function preview(input: Input): Promise<void> {
    if (!step({ kind: 'asked', input })) return;
    try {
      step({ kind: 'previewed', preview: await send<Preview>('POST', `/api/preview/${action}`, input) });
    } catch (error) {
      step({ kind: 'failed', problem: { ...problemOf(error), isUnsure: false } });
    }
  }

  async function confirm(typed: string | undefined): Promise<void> {
    const { current: before } = current;
    if (before.step !== 'preview' || !step({ kind: 'confirmed' })) return;
    const input = { ...before.input, ...before.preview.bind, ...(typed !== undefined && { confirm: typed }) };
    try {
      const result = await send<ActionResult>('POST', `/api/actions/${action}`, input);
      step({ kind: 'answered', result });
      onResult?.(result);
    } catch (error) {
      step({ kind: 'failed', problem: problemOf(error) });
    } finally {
      refreshAll();
    }
  }

  return { flow, preview, confirm, back: () => void step({ kind: 'back' }) };
}

/** Throws what no request has caused. */
function problemOf(error: unknown): Problem {
  if (!(error instanceof RequestError)) throw error;
  return { message: error.message, isUnsure: error.code === 'UNREACHABLE' || error.code === 'FAILED' };
}
