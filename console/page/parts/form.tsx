import { type ComponentChildren, Fragment, type TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';

/** What a field needs for its label and hint to be found. */
type FieldIds = { readonly id: string; readonly 'aria-describedby'?: string };

/** A label, its field, and a hint that is read with the field. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string | undefined;
  children: (ids: FieldIds) => ComponentChildren;
}) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...(hint !== undefined && { 'aria-describedby': hintId }) })}
      {hint !== undefined && (
        <p id={hintId} class="muted small">
          {hint}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly isRequired?: boolean;
  /** The focus goes here when the dialog opens. */
  readonly isFirst?: boolean;
  readonly longest?: number;
  readonly lines?: number;
};

/** A field for a text of one line, or of several if `lines` says so. */
export function TextField({ label, hint, value, onInput, isRequired = false, isFirst = false, longest, lines }: TextFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => {
        const common = {
          ...ids,
          value,
          required: isRequired,
          autofocus: isFirst,
          autocomplete: 'off',
          ...(longest !== undefined && { maxLength: longest }),
        } as const;
        if (lines === undefined) return <input type="text" {...common} onInput={(event) => onInput(textOf(event))} />;
        return <textarea rows={lines} spellcheck={false} {...common} onInput={(event) => onInput(textOf(event))} />;
      }}
    </Field>
  );
}

/** The text that a field has now. */
export function textOf(event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>): string {
  return event.currentTarget.value;
}

/** What the action is about and nobody can change here, in rows of a name and a value. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: string | undefined])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}

type SourceFieldProps = { readonly input: { readonly source?: string }; readonly onChange: (change: { readonly source: string }) => void };

/** The event source as which a person acts, closed at first, because the console knows one. */
export function SourceField({ input, onChange }: SourceFieldProps) {
  return (
    <details class="field">
      <summary>Act as another source</summary>
      <TextField
        label="Source"
        hint="Optional, such as com.acme.release-board. Without it you act as the first approver of the product, or else its first source."
        value={input.source ?? ''}
        onInput={(source) => onChange({ source })}
        longest={256}
      />
    </details>
  );
}
