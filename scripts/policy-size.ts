import { checkRoleSizes } from 'embedded-aws/src/provision-roles.ts';
import { resolveTemplate, type Template } from 'embedded-aws/src/template.ts';

export type { Template };

/**
 * Refuses a compiled template whose role policies IAM would refuse as too long, as the embedded AWS does. The stack's names are
 * filled in as for this Region, because they count.
 * @throws naming the role, its size, the limit, and what to change in channels.yml
 */
export function checkPolicySizes(template: Template, region: string): void {
  const endpoint = `https://sqs.${region}.amazonaws.com`;
  const resources = resolveTemplate(template, { accountId: '000000000000', region, stackName: 'ota-dispatch', endpoint });
  try {
    checkRoleSizes(resources);
  } catch (error) {
    const remedy =
      'The policies name each OTA service role, artifact bucket and key, so let products share them. They also name each target of createJob channels, so use fewer and larger thing groups there.';
    throw new Error(`${(error as Error).message} ${remedy}`, { cause: error });
  }
}
