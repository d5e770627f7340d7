import type { Resource } from './template.ts';

/** Of all inline policies of a role together, without white space (IAM User Guide, "IAM and AWS STS quotas"). */
const MOST_CHARACTERS = 10_240;

type Policies = readonly { readonly PolicyDocument?: unknown }[];

/**
 * Throws if the inline policies of a role are larger together than IAM takes, and names the role and its size. They stand in
 * the role, in an `AWS::IAM::RolePolicy` and in an `AWS::IAM::Policy`.
 */
export function checkRoleSizes(resources: readonly Resource[]): void {
  for (const { logicalId, type, properties, physical } of resources) {
    if (type !== 'AWS::IAM::Role') continue;
    const own = ((properties['Policies'] as Policies | undefined) ?? []).map(({ PolicyDocument }) => PolicyDocument);
    const attached = resources
      .filter((policy) => isInlinePolicyOf(physical.ref, policy))
      .map((policy) => policy.properties['PolicyDocument']);
    const size = [...own, ...attached].reduce<number>((sum, document) => sum + charactersOf(document), 0);
    if (size <= MOST_CHARACTERS) continue;
    throw new Error(
      `${logicalId}: the inline policies of the role ${physical.name} have ${size} characters without white space. IAM takes ${MOST_CHARACTERS}. Name fewer resources, or use a managed policy.`,
    );
  }
}

function isInlinePolicyOf(role: string, { type, properties }: Resource): boolean {
  if (type === 'AWS::IAM::RolePolicy') return properties['RoleName'] === role;
  return type === 'AWS::IAM::Policy' && ((properties['Roles'] as readonly unknown[] | undefined) ?? []).includes(role);
}

function charactersOf(document: unknown): number {
  const text = typeof document === 'string' ? document : (JSON.stringify(document) ?? '');
  return text.replace(/\s/g, '').length;
}
