import { approving } from '../../../domain/channels/event-pattern.ts';
import { serverless } from '../../../scripts/installation.ts';
import { type Answer, ifFound, unread } from '../answer.ts';
import { type Check, failure, notCompared, ok } from '../check.ts';
import type { Bus } from '../gather/deployed.ts';
import type { Statement } from '../gather/roles.ts';
import { matchesArnPattern, matchesPattern } from './iam-pattern.ts';

/**
 * Whether the policy of an existing bus denies forged outcomes to everybody but `roles`, as docs/how-to/deploy.md asks. Several statements
 * deny together, so each of them must exempt the roles.
 */
export function checkBusPolicy({ name, statements }: Bus, roles: Answer<readonly string[]>): Check[] {
  const id = 'bus-policy';
  const open = statements.filter(
    ({ Effect, Principal, Condition }) => Effect === 'Allow' && isEverybody(Principal) && Condition === undefined,
  );
  const denies = denyingEverybody(statements, 'events:source', ['ota-dispatch']);
  const missing = (ifFound(roles) ?? []).filter((role) => !denies.every((statement) => exempts(statement, role)));
  const checks: Check[] = [];
  if (denies.length === 0)
    checks.push(
      failure(
        id,
        `the policy of bus ${name} lets everybody publish as ota-dispatch`,
        'deny events:PutEvents with ForAnyValue:StringEquals events:source ota-dispatch, except for the roles of releases and follow-ups',
      ),
    );
  else if (missing.length > 0)
    checks.push(
      failure(
        id,
        `the policy of bus ${name} denies outcomes to ${missing.join(' and ')}`,
        'name these roles in aws:PrincipalArn of each statement that denies ota-dispatch',
      ),
    );
  if (open.length > 0)
    checks.push(
      failure(
        id,
        `the policy of bus ${name} lets everybody put events`,
        'limit it to the producers, with events:source of the channels file',
      ),
    );
  if (checks.length > 0) return checks;
  return [
    roles.kind === 'unread' ? unread(id, 'the resources of the stack', roles) : ok(id, `the policy of bus ${name} protects the outcomes`),
  ];
}

/**
 * Whether the policy of the bus denies approvals and resumes to everybody but `approvers`, which are ARNs and may have wildcards. If
 * serverless.yml computes the principals among them, others may be exempt, too.
 */
export function checkApprovals(
  { name, statements }: Bus,
  approvers: Answer<readonly string[]>,
  { isOwn, areComputed = false }: { readonly isOwn: boolean; readonly areComputed?: boolean },
): Check {
  const id = 'bus-approvals';
  const remedy = isOwn
    ? 'deploy the stage again, with the approvalPrincipals that it should have'
    : `add the statement OnlyApproversApprove, which ${serverless} package prints, to the policy of bus ${name}`;
  const denies = denyingEverybody(statements, 'events:detail-type', approving);
  if (denies.length === 0) return failure(id, `the policy of bus ${name} lets everybody who may put events approve and resume`, remedy);
  if (approvers.kind === 'unread') return unread(id, 'the resources of the stack', approvers);
  const wanted = ifFound(approvers) ?? [];
  // Several statements deny together, so only who is exempt from each of them may approve.
  const exempt = denies.map(exemptOf).reduce((all, one) => all.filter((arn) => one.includes(arn)));
  const extra = areComputed ? [] : exempt.filter((arn) => !wanted.includes(arn));
  if (extra.length > 0) return failure(id, `the policy of bus ${name} lets ${extra.join(' and ')} approve and resume, too`, remedy);
  const missing = wanted.filter((arn) => !exempt.includes(arn));
  if (missing.length > 0) return failure(id, `the policy of bus ${name} does not let ${missing.join(' and ')} approve and resume`, remedy);
  const may = `only ${(areComputed ? exempt : wanted).join(' and ')} may approve and resume on bus ${name}`;
  return ok(id, `${may}${areComputed ? notCompared(['approvalPrincipals']) : ''}`);
}

function isEverybody(principal: Statement['Principal']): boolean {
  return principal === '*' || (typeof principal === 'object' && [principal['AWS']].flat().includes('*'));
}

/**
 * The statements that deny all of `values` to everybody. The key lists the values of all entries of a call. So a Deny with ForAllValues, or
 * without a set operator, misses an entry beside another event.
 */
function denyingEverybody(statements: readonly Statement[], key: string, values: readonly string[]): readonly Statement[] {
  return statements.filter((statement) => {
    const denied = valuesOf(statement, 'ForAnyValue:StringEquals', key);
    return statement.Effect === 'Deny' && isEverybody(statement.Principal) && values.every((value) => denied.includes(value));
  });
}

/** How each operator that exempts a principal from a Deny compares. ArnNotEquals takes wildcards, too (IAM user guide, "ARN condition operators"). */
const EXEMPTING: readonly (readonly [operator: string, matches: (pattern: string, arn: string) => boolean])[] = [
  ['ArnNotLike', matchesArnPattern],
  ['ArnNotEquals', matchesArnPattern],
  ['StringNotLike', matchesPattern],
  ['StringNotEquals', (text, arn) => text === arn],
];

const exemptOf = (statement: Statement): string[] => EXEMPTING.flatMap(([operator]) => valuesOf(statement, operator, 'aws:principalarn'));

const exempts = (statement: Statement, arn: string): boolean =>
  EXEMPTING.some(([operator, matches]) => valuesOf(statement, operator, 'aws:principalarn').some((pattern) => matches(pattern, arn)));

/** What a statement compares a key with, under one operator. The names of condition keys have no case. */
function valuesOf({ Condition = {} }: Statement, operator: string, key: string): string[] {
  return Object.entries(Condition[operator] ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === key ? [value].flat().map(String) : [],
  );
}
