import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT } from './resolved-template.ts';

/** A request to IAM: the action, the ARN that it acts `on`, the context keys, and the policy of the resource if it has one. */
export type Request = { action: string; on: string; with?: Record<string, string | string[]>; resourcePolicy?: unknown };

/** The context keys that list the values of all entries of a PutEvents, and the names under which StringEquals compares them. */
const OF_ENTRIES: Readonly<Record<string, string>> = {
  'events:source': 'aws:PrincipalTag/source',
  'events:detail-type': 'aws:PrincipalTag/detail-type',
};

/**
 * IAM's data declare events:source and events:detail-type as lists. ForAnyValue compares them as lists. The simulator never
 * matches a list with StringEquals, but AWS's own example policies do so. What AWS does with several values there is not
 * documented. So StringEquals compares the value of the first entry, under the name of a context key that is a single text.
 */
function comparingFirstEntries<T>(policies: T): T {
  return JSON.parse(JSON.stringify(policies), (name, value) => {
    if (name !== 'StringEquals') return value as unknown;
    return Object.fromEntries(Object.entries(value as object).map(([key, values]) => [OF_ENTRIES[key] ?? key, values]));
  }) as T;
}

/** The context keys of a request, those of PutEvents both as lists and by their first entry. */
function contextKeys(context: Record<string, string | string[]>): Record<string, string | string[]> {
  const keys = Object.entries(context).flatMap(([key, value]) => {
    const first = OF_ENTRIES[key];
    return first === undefined
      ? [[key, value]]
      : [
          [key, [value].flat()],
          [first, [value].flat()[0]],
        ];
  });
  return Object.fromEntries(keys) as Record<string, string | string[]>;
}

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
        contextVariables: contextKeys({
          'aws:SecureTransport': 'true',
          'aws:PrincipalIsAWSService': String(byService),
          ...(byService ? {} : { 'aws:PrincipalArn': principal }),
          ...context,
        }),
      },
      identityPolicies: comparingFirstEntries(policies),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy ? { resourcePolicy: comparingFirstEntries(resourcePolicy) } : {}),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult;
}
