import type { Template } from '../../../scripts/compiled-template.ts';
import type { Assertion } from './assertion.ts';

/** The conditions of a template, and every use of one in a resource: a condition, or the function `Fn::If`. */
export function leftToCloudFormation(template: Template): string[] {
  const uses = Object.entries(template.Resources).flatMap(([id, resource]) =>
    resource.Condition !== undefined || JSON.stringify(resource).includes('"Fn::If"') ? [id] : [],
  );
  return [...Object.keys(template.Conditions ?? {}), ...uses];
}

export const conditionAssertions: Assertion[] = [
  {
    name: 'no condition is left to CloudFormation, because packaging knows all parameters',
    check: leftToCloudFormation,
    mutate: (t) => {
      t.Conditions = { OwnBus: { 'Fn::Equals': ['own', 'own'] } };
    },
  },
];
