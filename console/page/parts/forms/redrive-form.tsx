import { Facts } from '../form.tsx';
import type { FormProps } from './form-props.ts';

/** Sends messages of a queue to the service again. There is nothing to fill in. */
export function RedriveForm({ input }: FormProps<'redrive'>) {
  return (
    <Facts
      facts={[
        ['Queue', input.queue],
        ['Message', input.messageId ?? 'every message'],
      ]}
    />
  );
}
