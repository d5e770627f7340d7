import type { ActionInput, ActionName, ActionResult } from '../api.ts';

/** An action that a person wants to carry out, with what is already known of it. The dialog asks for the rest. */
export type AskedAction = {
  readonly [A in ActionName]: {
    readonly action: A;
    readonly input: Partial<ActionInput[A]>;
    /** The parts of its gate that the channel permits an approval to skip. */
    readonly skippable?: readonly string[];
    /** Called with what became of it, whatever that is. */
    readonly onResult?: (result: ActionResult) => void;
  };
}[ActionName];

const listeners = new Set<(asked: AskedAction) => void>();

/** Calls `listener` with every action that a person asks for. Returns what ends that. */
export function onAction(listener: (asked: AskedAction) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Opens the dialog of an action. */
export function openAction(asked: AskedAction): void {
  for (const listener of [...listeners]) listener(asked);
}
