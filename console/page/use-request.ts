import { useRef, useState } from 'preact/hooks';
import { RequestError } from './client.ts';

/** The latest answer, and why the latest request failed. */
export type Requested<T> = { readonly isBusy: boolean; readonly value?: T; readonly error?: RequestError };

/**
 * A request that is sent only when a person asks for it. Only the answer to the latest one counts. After a failure the answer before it
 * stays. `set` changes the answer without a request.
 */
export function useRequest<T>() {
  const [state, setState] = useState<Requested<T>>({ isBusy: false });
  const latest = useRef(0);

  async function ask(request: (before: T | undefined) => Promise<T>): Promise<void> {
    latest.current += 1;
    const mine = latest.current;
    setState(({ error: _, ...before }) => ({ ...before, isBusy: true }));
    try {
      const value = await request(state.value);
      if (mine === latest.current) setState({ isBusy: false, value });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (mine === latest.current) setState((before) => ({ ...before, isBusy: false, error }));
    }
  }

  return { ...state, ask, set: (value: T | undefined) => setState({ isBusy: false, ...(value !== undefined && { value }) }) };
}
