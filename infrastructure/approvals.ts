import { partitionOf } from 'aws-ota-models';
import { approving } from '../domain/channels/event-pattern.ts';
import { ota } from '../scripts/installation.ts';
import { arn, type GetAtt, type Sub, variable } from './cloudformation.ts';

/** In characters, without white space. IAM refuses a longer trust policy, unless a higher quota was requested. */
const TRUST_POLICY_LENGTH_MAX = 2048;

/** The stage where nobody has to be named, because the embedded AWS runs on the developer's own machine. */
const WITHOUT_PRINCIPALS = 'local';

/**
 * The ARN of a role or a user of one account. `aws:PrincipalArn` of a session is the ARN of its role, without the session. A role of
 * IAM Identity Center ends with characters that nobody chooses, so wildcards are allowed behind the account.
 */
export const PRINCIPAL_ARN = /^arn:[^:*?]+:iam::\d{12}:(?:role|user)\/.+$/;

/**
 * The policy that decides who may assume the role of approvers: only `principals`, or if there are none, everybody whom IAM of this
 * account allows. A principal of a trust policy cannot have wildcards, so the account is the principal, and a condition names the ARNs.
 */
export function approverTrust(principals: readonly string[]) {
  const accounts = [...new Set(principals.map((principal) => principal.split(':')[4] ?? ''))].sort();
  const rootOf = (account: string): Sub => arn(`iam::${account}:root`);
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: accounts.length === 0 ? rootOf(variable('AWS::AccountId')) : accounts.map(rootOf) },
    Action: 'sts:AssumeRole',
    ...(principals.length > 0 && { Condition: { ArnLike: { 'aws:PrincipalArn': principals } } }),
  };
  return { Version: '2012-10-17', Statement: [statement] };
}

/** Who may put approvals and resumes on the bus: the principals, and whoever has assumed the role of approvers. */
export const exemptFromDenial = (principals: readonly string[]): readonly (GetAtt | string)[] => [
  ...principals,
  { 'Fn::GetAtt': ['ApproverRole', 'Arn'] },
];

/**
 * The statement of a bus policy that denies approvals and resumes to everybody but `exempt`. A call lists the detail-types of all its
 * entries. So it asks for any value: with ForAllValues, an approval beside any other event would pass. `events:detail-type` is never absent
 * from a PutEvents. EventBridge delivers to its targets without this policy, and the service puts other detail-types. own-bus.yml has
 * the same statement.
 */
const denialOfApprovals = (bus: string, exempt: readonly string[]) => ({
  Sid: 'OnlyApproversApprove',
  Effect: 'Deny',
  Principal: '*',
  Action: 'events:PutEvents',
  Resource: bus,
  Condition: {
    'ForAnyValue:StringEquals': { 'events:detail-type': approving },
    ArnNotLike: { 'aws:PrincipalArn': exempt },
  },
});

/** The statement as text, for the owner of a bus that exists already. The account of the stage is not known here, so it is `ACCOUNT`. */
export function statementForOwner(
  { busName, stage, region }: { readonly busName: string; readonly stage: string; readonly region: string },
  principals: readonly string[],
): string {
  const start = `arn:${partitionOf(region).name}`;
  const approverRole = `${start}:iam::ACCOUNT:role/ota-dispatch-${stage}-${region}-approver`;
  const statement = denialOfApprovals(`${start}:events:${region}:ACCOUNT:event-bus/${busName}`, [...principals, approverRole]);
  return [
    `bus ${busName}: its owner must add this statement to its policy, or everybody who may put events there may approve and resume.`,
    `ACCOUNT is the account of the stage. ${ota} doctor checks it.`,
    JSON.stringify(statement, null, 2),
  ].join('\n');
}

/**
 * One line if products have approvers and nobody is named who may approve. Then anybody who may put events could approve, with the source
 * of an approver. One line if there are too many principals for a trust policy.
 */
export function approvalFaults({
  principals,
  products,
  channelsFile,
  stage,
}: {
  readonly principals: readonly string[];
  /** The names of the products that have approvers. */
  readonly products: readonly string[];
  readonly channelsFile: string;
  readonly stage: string;
}): string[] {
  if (principals.length === 0 && products.length > 0 && stage !== WITHOUT_PRINCIPALS)
    return [
      `params.approvalPrincipals must name who may approve and resume, because ${listed(products)} in ${channelsFile} ${products.length === 1 ? 'has' : 'have'} approvers: set it to the ARNs of their IAM roles, such as arn:aws:iam::111122223333:role/release-board, or remove the approvers`,
    ];
  const { length } = JSON.stringify(approverTrust(principals));
  return length <= TRUST_POLICY_LENGTH_MAX
    ? []
    : [
        `params.approvalPrincipals makes the trust policy of ApproverRole ${length} characters long, but IAM takes ${TRUST_POLICY_LENGTH_MAX}: name fewer principals, or cover several with a wildcard`,
      ];
}

const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
