import type { ActionInput, ActionName } from '../../../api.ts';

/** What the form of an action gets: what is known of the action so far, and where a change goes. */
export type FormProps<A extends ActionName> = {
  readonly input: Partial<ActionInput[A]>;
  /** What was known when the dialog opened. */
  readonly known: Partial<ActionInput[A]>;
  readonly onChange: (change: Partial<ActionInput[A]>) => void;
  /** Of `approve`: the parts of the gate that may be skipped. */
  readonly skippable: readonly string[];
};

/** The longest comment or reason that the service accepts, in characters. */
export const LONGEST_COMMENT = 2000;
