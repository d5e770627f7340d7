import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT } from './resolved-template.ts';

/** A request to IAM: the action, the ARN that it acts `on`, the context keys, and the policy of the resource if it has one. */
export type Request = { action: string; on: string; with?: Record<string, string | string[]>; resourcePolicy?: unknown };

/**
 * The data of the simulator declare events:source and events:detail-type as lists, which StringEquals never matches. AWS
 * compares them as single texts, because its own examples use StringEquals. So they are simulated under the names of context keys
 * that are single texts.
 */
const asTexts = <T>(value: T): T => {
  const text = JSON.stringify(value ?? null)
    .replaceAll('"events:source"', '"aws:PrincipalTag/source"')
    .replaceAll('"events:detail-type"', '"aws:PrincipalTag/detail-type"');
  return JSON.parse(text) as T;
};

/** The answer of IAM: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. Throws if IAM does not know the action. */
export async function simulate(
  policies: { name: string; policy: unknown }[],
  principal: string,
  { action, on, with: context = {}, resourcePolicy }: Request,
): Promise<string> {
  const byService = principal.endsWith('.amazonaws.com');
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource: on, accountId: ACCOUNT },
        contextVariables: asTexts({
          'aws:SecureTransport': 'true',
          'aws:PrincipalIsAWSService': String(byService),
          ...(byService ? {} : { 'aws:PrincipalArn': principal }),
          ...context,
        }),
      },
      identityPolicies: asTexts(policies),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy ? { resourcePolicy: asTexts(resourcePolicy) } : {}),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult;
}
