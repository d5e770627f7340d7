import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withStepTable } from '../../../proof/step-table.ts';

it('the step table in docs/explanation/life-of-a-rollout.md matches nextStep (if not, run `node proof/step-table.ts`)', () => {
  const text = readFileSync(new URL('../../../docs/explanation/life-of-a-rollout.md', import.meta.url), 'utf8');
  expect(withStepTable(text)).toBe(text);
});
