import { Facts, SourceField, TextField } from '../form.tsx';
import { type FormProps, LONGEST_COMMENT } from './form-props.ts';

/** Ends holds. If there are several, a person chooses those that end. */
export function ResumeForm({ input, known, onChange }: FormProps<'resume'>) {
  const { holdIds = [] } = input;
  const { holdIds: offered = [] } = known;
  return (
    <>
      <Facts
        facts={[
          ['Product', input.product],
          ['Hold', offered.length === 1 ? offered[0] : undefined],
        ]}
      />
      {offered.length > 1 && (
        <fieldset class="field">
          <legend>Holds that end</legend>
          {offered.map((id) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={holdIds.includes(id)}
                onChange={(event) =>
                  onChange({ holdIds: offered.filter((one) => (one === id ? event.currentTarget.checked : holdIds.includes(one))) })
                }
              />
              {id}
            </label>
          ))}
        </fieldset>
      )}
      <TextField
        label="Comment"
        hint="Optional. It is kept with the event."
        value={input.comment ?? ''}
        onInput={(comment) => onChange({ comment })}
        isFirst
        longest={LONGEST_COMMENT}
        lines={3}
      />
      <SourceField input={input} onChange={onChange} />
    </>
  );
}
