import type { ComponentChildren } from 'preact';
import type { Polled } from '../polled.ts';
import { PolledProblem } from './read-at.tsx';

type PolledViewProps<T> = {
  readonly polled: Polled<T>;
  /** What is read, for the time until there is an answer: `the channels`. */
  readonly what: string;
  readonly children: (value: T) => ComponentChildren;
};

/** What a view reads again and again, dimmed while a read fails, with its problem above. */
export function PolledView<T extends { readonly at: string }>({ polled, what, children }: PolledViewProps<T>) {
  const { value, error } = polled;
  return (
    <>
      <PolledProblem polled={polled} />
      {value ? <div class={error ? 'is-old' : ''}>{children(value)}</div> : !error && <p class="muted">Reading {what}.</p>}
    </>
  );
}
