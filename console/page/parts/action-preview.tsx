import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { ActionName, Preview, Reach } from '../../api.ts';
import { reachWords, verbs } from '../action-words.ts';
import { TextField } from './form.tsx';
import { Json } from './json.tsx';

type ActionPreviewProps = {
  readonly action: ActionName;
  /** The title of the dialog. A preview with the same one does not repeat it for the eye. */
  readonly dialogTitle: string;
  readonly preview: Preview;
  readonly isBusy: boolean;
  /** `typed` is what the person typed to confirm it, if that is asked for. */
  readonly onConfirm: (typed: string | undefined) => void;
  readonly onBack: () => void;
  /** What shows above the buttons. */
  readonly children: ComponentChildren;
};

/** What an action will do, and the button that carries it out. */
export function ActionPreview({ action, dialogTitle, preview, isBusy, onConfirm, onBack, children }: ActionPreviewProps) {
  const { title, lines, warnings, refusals, reach, documents, mustType } = preview;
  const [typed, setTyped] = useState('');
  const about = useId();
  const isRefused = refusals.length > 0;
  // A hold must be quick: Enter previews it, and Enter again holds. Everything else is read before its button is reached.
  const isQuick = action === 'hold' && !isRefused && mustType === undefined;
  return (
    <form
      class="preview"
      onSubmit={(event) => {
        event.preventDefault();
        onConfirm(mustType === undefined ? undefined : typed.trim());
      }}
    >
      <div id={about}>
        <h3 tabIndex={-1} autofocus={!isQuick} class={title === dialogTitle ? 'visually-hidden' : ''}>
          {title}
        </h3>
        <Sentences sentences={lines} />
        {warnings.length > 0 && (
          <div class="note warning">
            <h4>{warnings.length === 1 ? 'Warning' : 'Warnings'}</h4>
            <Sentences sentences={warnings} />
          </div>
        )}
        {isRefused && (
          <div class="note refusal" role="alert">
            <h4>This cannot be carried out</h4>
            <Sentences sentences={refusals} />
          </div>
        )}
      </div>
      {reach && reach.length > 0 && <ReachTable reach={reach} />}
      {documents.map(({ label, value }) => (
        <Json key={label} label={label} value={value} />
      ))}
      {!isRefused && mustType !== undefined && (
        <TextField label={`Type ${mustType} to confirm`} value={typed} onInput={setTyped} isRequired />
      )}
      {children}
      <div class="dialog-buttons">
        <button type="button" onClick={onBack} aria-disabled={isBusy}>
          Back
        </button>
        {!isRefused && (
          <button
            type="submit"
            autofocus={isQuick}
            class={`confirm ${action}`}
            aria-disabled={isBusy}
            disabled={mustType !== undefined && typed.trim() !== mustType}
            aria-describedby={about}
          >
            {verbs[action]}
          </button>
        )}
      </div>
    </form>
  );
}

function Sentences({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul class="sentences">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function ReachTable({ reach }: { reach: readonly Reach[] }) {
  return (
    <div class="scroller">
      <table>
        <caption>Devices that it would reach now</caption>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">Devices</th>
            <th scope="col">Remark</th>
          </tr>
        </thead>
        <tbody>
          {reach.map((one) => (
            <tr key={one.channel}>
              <th scope="row">{one.channel}</th>
              <td>{reachWords(one)}</td>
              <td>{one.remark}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
