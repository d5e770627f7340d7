import type { RequestError } from '../client.ts';

/** Why something that a person asked for was not done. */
export function Refused({ error }: { readonly error: RequestError }) {
  return (
    <p role="alert" class="note refusal">
      {error.message}
    </p>
  );
}
