import type { Polled } from '../polled.ts';
import { Problem } from './problem.tsx';
import { Time } from './time.tsx';

/** What every answer of the server has: when it was read. */
type Answer = { readonly at: string };

/** When what is shown was read. */
export function ReadAt({ at }: Answer) {
  return (
    <p class="muted small">
      Read at <Time at={at} as="seconds" />
    </p>
  );
}

/** The problem of a view that reads again and again, if it has one. */
export function PolledProblem({ polled: { value, error, nextAt } }: { readonly polled: Polled<Answer> }) {
  return error === undefined ? null : <Problem error={error} shownAt={value?.at} nextAt={nextAt} />;
}
