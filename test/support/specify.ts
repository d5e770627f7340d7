import { expect, it } from 'vitest';
import { nextStep } from '../../domain/rollout/next-step.ts';
import type { View } from '../../domain/rollout/step.ts';
import { tell } from '../../proof/support/tell.ts';

/** Makes one test for each row of a table: in this situation, this view leads to this next step, in the words of `tell`. */
export function specify(table: readonly (readonly [situation: string, view: View, step: string])[]): void {
  it.each(table.map(([situation, view, step]) => ({ situation, view, step })))('$situation: $step', ({ view, step }) => {
    expect(tell(nextStep(view), view)).toBe(step);
  });
}
