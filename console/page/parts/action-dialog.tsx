import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionInput, ActionName } from '../../api.ts';
import { titleOf } from '../action-words.ts';
import { type AskedAction, onAction } from '../actions.ts';
import { type Flow, withoutEmpty } from '../flow.ts';
import { useFlow } from '../use-flow.ts';
import { ActionPreview } from './action-preview.tsx';
import { ActionResultPart } from './action-result.tsx';
import { Dialog } from './dialog.tsx';
import type { FormProps } from './forms/form-props.ts';
import { forms } from './forms/forms.ts';

type Input = ActionInput[ActionName];

/** The dialog in which a person carries out an action: form, preview, result. The page has it once. */
export function ActionDialog() {
  const [asked, setAsked] = useState<AskedAction>();
  useEffect(() => onAction(setAsked), []);
  if (asked === undefined) return null;
  const close = (): void => setAsked(undefined);
  return (
    <Dialog title={titleOf(asked)} onClose={close}>
      <Steps asked={asked} onClose={close} />
    </Dialog>
  );
}

function Steps({ asked, onClose }: { asked: AskedAction; onClose: () => void }) {
  const { action, skippable = [] } = asked;
  const [draft, setDraft] = useState<Partial<Input>>(asked.input);
  const { flow, preview, confirm, back } = useFlow(asked);
  const steps = useRef<HTMLDivElement>(null);
  useEffect(() => steps.current?.querySelector<HTMLElement>('[autofocus]')?.focus(), [flow.step]);
  const outcome = flow.step === 'result' ? flow.result : undefined;
  const isRefused = outcome !== undefined && !outcome.isDone && !outcome.isPending;
  const progress = <Progress flow={flow} />;
  const Form = forms[action] as (props: FormProps<ActionName>) => ReturnType<(typeof forms)[ActionName]>;
  return (
    <div ref={steps}>
      {flow.step === 'form' && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void preview(withoutEmpty(draft) as Input);
          }}
        >
          <Form
            input={draft}
            known={asked.input}
            onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
            skippable={skippable}
          />
          {progress}
          <div class="dialog-buttons">
            <button type="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" class="primary" autofocus={action === 'redrive'} aria-disabled={flow.isBusy}>
              Preview
            </button>
          </div>
        </form>
      )}
      {flow.step === 'preview' && (
        <ActionPreview
          action={action}
          dialogTitle={titleOf(asked)}
          preview={flow.preview}
          isBusy={flow.isBusy}
          onConfirm={(typed) => void confirm(typed)}
          onBack={back}
        >
          {progress}
        </ActionPreview>
      )}
      <div role="status">
        {outcome !== undefined && (
          <div class={isRefused ? 'note refusal' : ''}>
            <ActionResultPart action={action} result={outcome} onFollow={onClose} />
          </div>
        )}
      </div>
      {flow.step === 'result' && (
        <div class="dialog-buttons">
          {isRefused && (
            <button type="button" onClick={back}>
              Back
            </button>
          )}
          <button type="button" class="primary" autofocus onClick={onClose}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}

/** What the console waits for, or why a step failed. */
function Progress({ flow }: { flow: Flow }) {
  if (flow.step === 'result') return null;
  const { step, isBusy, problem } = flow;
  return (
    <>
      <p aria-live="polite" class="muted">
        {isBusy && (step === 'form' ? 'Preparing the preview…' : 'Waiting for the service. This takes some seconds…')}
      </p>
      {problem && (
        <div role="alert" class="note refusal">
          <p>{problem.message}</p>
          {problem.isUnsure && <p>The action may have been carried out. Look at the channels before you try again.</p>}
        </div>
      )}
    </>
  );
}
