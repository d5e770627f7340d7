import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withStepTables } from '../../../proof/step-table.ts';

it('the step tables in docs/explanation/life-of-a-rollout.md match nextStep (if not, run `node proof/step-table.ts`)', () => {
  const text = readFileSync(new URL('../../../docs/explanation/life-of-a-rollout.md', import.meta.url), 'utf8');
  expect(withStepTables(text)).toBe(text);
});
