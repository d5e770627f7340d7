import { Facts, SourceField, TextField } from '../form.tsx';
import { type FormProps, LONGEST_COMMENT } from './form-props.ts';

const parts: Readonly<Record<string, string>> = {
  after: 'the channels before it',
  soakMinutes: 'the soak time',
  allowedTimes: 'the allowed times',
};

/** Approves a release for a channel. The parts of the gate that it may skip are there to choose. */
export function ApproveForm({ input, onChange, skippable }: FormProps<'approve'>) {
  const { skip = [] } = input;
  return (
    <>
      <ReleaseFacts {...input} />
      {skippable.length > 0 && (
        <fieldset class="field">
          <legend>Skip a part of the gate</legend>
          {skippable.map((part) => (
            <label key={part}>
              <input
                type="checkbox"
                checked={skip.includes(part)}
                onChange={(event) => onChange({ skip: event.currentTarget.checked ? [...skip, part] : skip.filter((one) => one !== part) })}
              />
              {parts[part] ?? part}
            </label>
          ))}
        </fieldset>
      )}
      <Comment input={input} onChange={onChange} isRequired={skip.length > 0} />
      <SourceField input={input} onChange={onChange} />
    </>
  );
}

/** Denies a release for a channel. */
export function DenyForm({ input, onChange }: FormProps<'deny'>) {
  return (
    <>
      <ReleaseFacts {...input} />
      <Comment input={input} onChange={onChange} isRequired={false} />
      <SourceField input={input} onChange={onChange} />
    </>
  );
}

type About = { readonly product?: string; readonly version?: string; readonly revision?: number; readonly channel?: string };

function ReleaseFacts({ product, version, revision, channel }: About) {
  return (
    <Facts
      facts={[
        ['Product', product],
        ['Version', version],
        ['Revision', revision === undefined ? undefined : String(revision)],
        ['Channel', channel],
      ]}
    />
  );
}

type CommentProps = {
  readonly input: { readonly comment?: string };
  readonly onChange: (change: { readonly comment: string }) => void;
  readonly isRequired: boolean;
};

function Comment({ input, onChange, isRequired }: CommentProps) {
  return (
    <TextField
      label="Comment"
      hint={isRequired ? 'Required, because a part of the gate is skipped.' : 'Optional. It is kept with the event.'}
      value={input.comment ?? ''}
      onInput={(comment) => onChange({ comment })}
      isRequired={isRequired}
      isFirst
      longest={LONGEST_COMMENT}
      lines={3}
    />
  );
}
