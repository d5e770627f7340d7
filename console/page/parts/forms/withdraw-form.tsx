import { Facts, TextField } from '../form.tsx';
import { type FormProps, LONGEST_COMMENT } from './form-props.ts';

/** The longest reason code that the service accepts, in characters. */
const LONGEST_CODE = 128;

/** Withdraws a release. */
export function WithdrawForm({ input, onChange }: FormProps<'withdraw'>) {
  return (
    <>
      <Facts
        facts={[
          ['Product', input.product],
          ['Version', input.version],
          ['Revision', input.revision === undefined ? 'every revision' : String(input.revision)],
          ['Channels', input.channels?.join(', ') ?? 'every channel'],
        ]}
      />
      <TextField
        label="Comment"
        hint="Optional. The reason, for people."
        value={input.comment ?? ''}
        onInput={(comment) => onChange({ comment })}
        isFirst
        longest={LONGEST_COMMENT}
        lines={3}
      />
      <TextField
        label="Reason code"
        hint="Optional. The reason, for programs, such as BOOT_LOOP."
        value={input.reasonCode ?? ''}
        onInput={(reasonCode) => onChange({ reasonCode })}
        longest={LONGEST_CODE}
      />
    </>
  );
}
