import { useCallback, useEffect, useState } from 'preact/hooks';
import { get, type RequestError } from './client.ts';
import { keepSame } from './keep-same.ts';
import { untilNextRead } from './next-read.ts';
import { onRefresh } from './refresh.ts';

/** What was read last, and why the last read failed, if it did. `nextAt`: when a failed read is repeated, in epoch ms. */
export type Polled<T> = { readonly value?: T; readonly error?: RequestError; readonly nextAt?: number; readonly refresh: () => void };

type State<T> = { readonly path?: string; readonly value?: T; readonly error?: RequestError; readonly nextAt?: number };

/** Reads a path again and again while the tab is visible. `undefined` reads nothing. What has not changed stays the same object. */
export function usePolled<T>(path: string | undefined, everyMilliseconds: number): Polled<T> {
  const [state, setState] = useState<State<T>>({});
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  useEffect(() => {
    if (path === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    let isOver = false;
    let failures = 0;
    const read = async (): Promise<void> => {
      timer = undefined;
      if (document.hidden) return;
      isReading = true;
      const result = await get<T>(path).then(
        (value) => ({ value }),
        (error: RequestError) => ({ error }),
      );
      isReading = false;
      if (isOver) return;
      failures = 'error' in result ? failures + 1 : 0;
      const askedMilliseconds = 'error' in result ? result.error.retryAfterMilliseconds : undefined;
      const wait = untilNextRead({ everyMilliseconds, failures, askedMilliseconds });
      setState((before) => {
        const known = before.path === path ? before.value : undefined;
        if ('value' in result) return { path, value: keepSame(known, result.value) };
        return { path, ...(known !== undefined && { value: known }), error: result.error, nextAt: Date.now() + wait };
      });
      timer = setTimeout(read, wait);
    };
    const onVisible = (): void => {
      if (!document.hidden && timer === undefined && !isReading) void read();
    };
    document.addEventListener('visibilitychange', onVisible);
    const forget = onRefresh(refresh);
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
      forget();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [path, everyMilliseconds, asked, refresh]);
  const { path: _path, ...current } = state.path === path ? state : {};
  return { ...current, refresh };
}
