import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT } from './resolved-template.ts';

/** A question to IAM: may it be done, on this, with that context, where this resource policy holds? */
export type Request = { action: string; on: string; with?: Record<string, string | string[]>; resourcePolicy?: unknown };

/**
 * The simulator's data call events:source and events:detail-type lists, which StringEquals never matches; AWS compares
 * them as the single texts they are (its own examples use StringEquals). Under the names of such texts they can be simulated.
 */
const asTexts = <T>(value: T): T => {
  const text = JSON.stringify(value ?? null)
    .replaceAll('"events:source"', '"aws:PrincipalTag/source"')
    .replaceAll('"events:detail-type"', '"aws:PrincipalTag/detail-type"');
  return JSON.parse(text) as T;
};

/** What IAM would answer: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. Throws on a question IAM does not know. */
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
