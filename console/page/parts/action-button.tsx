import type { ActionInput, ActionName, ActionResult } from '../../api.ts';
import { type AskedAction, openAction } from '../actions.ts';
import { useSession } from '../session.ts';

type ActionButtonProps<A extends ActionName> = {
  readonly action: A;
  /** What is already known of the action. The dialog asks for the rest. */
  readonly input?: Partial<ActionInput[A]>;
  readonly label: string;
  /** Of `approve`: the parts of its gate that the channel permits to skip, as `gate.approval.skip` has them. */
  readonly skippable?: readonly string[] | undefined;
  /** The id of the element that tells buttons with the same label apart. */
  readonly describedBy?: string;
  /** Called with what became of it, whatever that is. */
  readonly onResult?: (result: ActionResult) => void;
};

/** A button that opens the dialog of an action. There is none in a console that is read-only. */
export function ActionButton<A extends ActionName>({ action, input = {}, label, skippable, describedBy, onResult }: ActionButtonProps<A>) {
  if (useSession().isReadOnly) return null;
  const asked = { action, input, ...(skippable && { skippable }), ...(onResult && { onResult }) } as AskedAction;
  return (
    <button
      type="button"
      class={`action ${action}`}
      aria-haspopup="dialog"
      {...(describedBy !== undefined && { 'aria-describedby': describedBy })}
      onClick={() => openAction(asked)}
    >
      {label}
    </button>
  );
}
