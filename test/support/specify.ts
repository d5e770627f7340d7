import { expect, it } from 'vitest';
import { nextStep } from '../../domain/rollout/next-step.ts';
import type { View } from '../../domain/rollout/step.ts';
import { lineOf } from '../../proof/support/step-line.ts';

/** Makes a test of each line of a table: in this situation, this view has exactly this next step, in the words of `lineOf`. */
export function specify(table: readonly (readonly [situation: string, view: View, step: string])[]): void {
  it.each(table.map(([situation, view, step]) => ({ situation, view, step })))('$situation: $step', ({ view, step }) => {
    expect(lineOf(nextStep(view), view)).toBe(step);
  });
}
