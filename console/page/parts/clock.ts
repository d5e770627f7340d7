import { useEffect, useState } from 'preact/hooks';

/** How often words such as `3 min ago` are made anew. */
const EVERY_MILLISECONDS = 10_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The words of `make` at the time of now (epoch ms), made anew while they are shown. All of them share one timer. */
export function useClockWords(make: (now: number) => string): string {
  const [, setWords] = useState('');
  useEffect(
    () =>
      onTick(() => {
        // The same words again draw nothing.
        setWords(make(Date.now()));
      }),
    [make],
  );
  return make(Date.now());
}

function onTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, EVERY_MILLISECONDS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
