import { resolveTemplate, type Template } from 'embedded-aws/src/template.ts';

export type { Template };

/** In characters, without white space: all inline policies of a role together (quotas of IAM, "Role policy size"). */
const INLINE_POLICIES_MAX = 10_240;

/**
 * One line for each role of a compiled template whose inline policies IAM would refuse as too long. Both kinds count: those in
 * the role, and the resources `AWS::IAM::Policy` that name it. The names of the stack are filled in as for this Region.
 */
export function policyFaults(template: Template, { region, stackName }: { readonly region: string; readonly stackName: string }): string[] {
  const endpoint = `https://sqs.${region}.amazonaws.com`;
  const resources = resolveTemplate(template, { accountId: '000000000000', region, stackName, endpoint });
  const sizes = new Map(resources.filter(({ type }) => type === 'AWS::IAM::Role').map(({ physical }) => [physical.name, 0]));
  const add = (role: string, document: unknown) => sizes.set(role, (sizes.get(role) ?? 0) + lengthOf(document));
  for (const { type, physical, properties } of resources) {
    if (type === 'AWS::IAM::Role') for (const policy of listOf(properties['Policies'])) add(physical.name, policy['PolicyDocument']);
    if (type === 'AWS::IAM::Policy') for (const role of properties['Roles'] as string[]) add(role, properties['PolicyDocument']);
  }
  return [...sizes]
    .filter(([, size]) => size > INLINE_POLICIES_MAX)
    .map(
      ([role, size]) =>
        `the policies of the role ${role} have ${size} characters, but IAM accepts at most ${INLINE_POLICIES_MAX}: let products share OTA service roles, artifact buckets and keys`,
    );
}

const lengthOf = (document: unknown): number => JSON.stringify(document).replaceAll(/\s/g, '').length;

const listOf = (value: unknown): readonly Record<string, unknown>[] => (value ?? []) as Record<string, unknown>[];
