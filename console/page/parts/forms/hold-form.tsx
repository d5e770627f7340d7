import { instantOf, localOf } from '../../instants.ts';
import { Facts, Field, SourceField, TextField, textOf } from '../form.tsx';
import { type FormProps, LONGEST_COMMENT } from './form-props.ts';

/** Holds channels, or all of a product. The reason comes first, so that a hold takes one sentence and two times Enter. */
export function HoldForm({ input, onChange }: FormProps<'hold'>) {
  return (
    <>
      <Facts
        facts={[
          ['Product', input.product],
          ['Channels', input.channels?.join(', ') ?? 'every channel'],
        ]}
      />
      <TextField
        label="Reason"
        hint="Everybody who looks at the channel reads it."
        value={input.reason ?? ''}
        onInput={(reason) => onChange({ reason })}
        isRequired
        isFirst
        longest={LONGEST_COMMENT}
      />
      <Field label="Ends at" hint="Optional, in your time zone. Without it the hold lasts until somebody resumes the channel.">
        {(ids) => (
          <input
            type="datetime-local"
            {...ids}
            value={localOf(input.until)}
            onChange={(event) => onChange({ until: instantOf(textOf(event)) ?? '' })}
          />
        )}
      </Field>
      <SourceField input={input} onChange={onChange} />
    </>
  );
}
