import { type EvaluationResult, GetRoleCommand, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
import type { Answer } from '../answer.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';

/** A policy document of IAM, as far as doctor reads it. */
export type Policy = { readonly Statement?: Statement | readonly Statement[] };
export type Statement = {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** What IAM is asked: may the role take these actions on this resource? */
export type Question = {
  readonly actions: readonly string[];
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
};

/** IAM's answers to one question. `refused` are the actions that it does not allow. */
export type Decision = { readonly question: Question; readonly refused: Answer<readonly string[]> };

/** The trust policy of a role. */
export function gatherTrust({ iam }: Pick<Clients, 'iam'>, arn: string): Promise<Answer<Policy>> {
  return ask('iam:GetRole', ['NoSuchEntityException'], async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleNameOf(arn) }));
    return readPolicy(Role?.AssumeRolePolicyDocument);
  });
}

/** Asks IAM what a role may do. One call for each resource, so that no answer must be assigned to one of several. */
export function simulate({ iam }: Pick<Clients, 'iam'>, roleArn: string, questions: readonly Question[]): Promise<Decision[]> {
  return Promise.all(
    questions.map(async (question) => {
      const { actions, resource, context = {} } = question;
      const refused = await ask('iam:SimulatePrincipalPolicy', ['NoSuchEntityException'], async () => {
        // IAM may end a page early (API reference, SimulatePrincipalPolicy, IsTruncated).
        const pages = paginateSimulatePrincipalPolicy(
          { client: iam },
          {
            PolicySourceArn: roleArn,
            ActionNames: [...actions],
            ResourceArns: [resource],
            ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
              ContextKeyName,
              ContextKeyType: 'string',
              ContextKeyValues: [value],
            })),
          },
        );
        const results: EvaluationResult[] = [];
        for await (const { EvaluationResults = [] } of pages) results.push(...EvaluationResults);
        const allowed = results.filter(({ EvalDecision }) => EvalDecision === 'allowed').map(({ EvalActionName }) => EvalActionName);
        return actions.filter((action) => !allowed.includes(action));
      });
      return { question, refused };
    }),
  );
}

/** The name of a role. IAM's calls take it without the path that the ARN has. */
function roleNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** A policy document as IAM returns it: percent-encoded JSON. */
export function readPolicy(document: string | undefined): Policy {
  return document === undefined ? {} : (JSON.parse(document.startsWith('%') ? decodeURIComponent(document) : document) as Policy);
}
