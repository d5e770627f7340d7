import { partitionOf } from 'aws-ota-models';
import { infrastructure, page } from '../../../scripts/installation.ts';
import { type Answer, unread } from '../answer.ts';
import { type Check, failure, ok, warning } from '../check.ts';
import type { Bucket } from '../gather/buckets.ts';
import type { Decision, Policy, Question, Statement } from '../gather/roles.ts';
import type { WantedRole } from '../wanted.ts';
import { matchesPattern } from './iam-pattern.ts';

/** Where an example of a resource must stand, because nothing has been created yet. Ids of the service begin with `fw-`. */
const EXAMPLE = 'AFR_OTA-fw-example';

type Place = { readonly partition: string; readonly region: string; readonly account: string };

/**
 * What IAM is asked about an OTA service role. `artifacts` are questions of which one must be allowed, because a role may be
 * limited to a prefix of one bucket. `all` must all be allowed.
 */
export type RoleQuestions = { readonly artifacts: readonly Question[]; readonly all: readonly Question[] };

/** The questions about a role: what AWS IoT does with it for its channels. For jobs, it only reads the artifacts and their keys. */
export function questionsAbout(role: WantedRole, buckets: readonly Bucket[], { partition, region, account }: Place): RoleQuestions {
  const iot = (rest: string) => `arn:${partition}:iot:${region}:${account}:${rest}`;
  const object = (path: string) => `arn:${partition}:s3:::${path}`;
  const signer = (rest: string) => `arn:${partition}:signer:${region}:${account}:/${rest}`;
  const { isForUpdates } = role;
  const read = role.readsArtifacts ? buckets : [];
  const keys = read.flatMap(({ encryption }) =>
    encryption.kind === 'found' && encryption.value.key !== undefined ? [encryption.value.key] : [],
  );
  return {
    artifacts: read.flatMap(({ name, keys: known }) =>
      (known.kind === 'found' ? known.value : ['example']).map((key) => ({
        actions: ['s3:GetObjectVersion'],
        resource: object(`${name}/${key}`),
      })),
    ),
    all: [
      ...(isForUpdates ? [iot(`job/${EXAMPLE}`), ...role.targets] : []).map((resource) => ({ actions: ['iot:CreateJob'], resource })),
      ...(isForUpdates
        ? [
            { actions: ['iot:CreateStream'], resource: iot(`stream/${EXAMPLE}`) },
            { actions: ['iam:GetRole', 'iam:PassRole'], resource: role.arn, context: { 'iam:PassedToService': 'iot.amazonaws.com' } },
          ]
        : []),
      // An alias or a bare id is no resource of a policy.
      ...[...new Set(keys)]
        .filter((key) => key.includes(':key/'))
        .map((resource) => ({
          actions: ['kms:Decrypt'],
          resource,
          context: { 'kms:ViaService': `s3.${region}.${partitionOf(region).dnsSuffix}` },
        })),
      ...role.profiles.map((profile) => ({
        actions: ['signer:StartSigningJob', 'signer:GetSigningProfile'],
        resource: signer(`signing-profiles/${profile}`),
      })),
      ...(role.profiles.length > 0 ? [{ actions: ['signer:DescribeSigningJob'], resource: signer('signing-jobs/example') }] : []),
      ...role.signedTo.map((path) => ({ actions: ['s3:PutObject'], resource: object(`${path}example`) })),
    ],
  };
}

/** Whether a role exists, and whom it trusts. Only its first check is made if it does not exist. */
export function checkTrust({ arn, channels }: WantedRole, trust: Answer<Policy>, account: string): Check[] {
  if (trust.kind === 'unread') return [unread('ota-role-exists', arn, trust)];
  if (trust.kind === 'absent')
    return [
      failure(
        'ota-role-exists',
        `${arn} of ${channels.join(', ')} does not exist`,
        `deploy ${infrastructure}/ota-service-role.yml, or correct roleArn in the channels file, see ${page('how-to/deploy.md')}`,
      ),
    ];
  const trusting = statementsOf(trust.value).filter(trustsIot);
  const exists = ok('ota-role-exists', arn);
  if (trusting.length === 0)
    return [
      exists,
      failure('ota-role-trust', `${arn} does not trust iot.amazonaws.com`, 'allow sts:AssumeRole to iot.amazonaws.com in its trust policy'),
    ];
  const conditions = trusting.map(conditionsOnAccount);
  if (conditions.some((all) => all.length === 0))
    return [
      exists,
      warning(
        'ota-role-trust',
        `${arn} trusts iot.amazonaws.com for every account`,
        'add the condition aws:SourceAccount to its trust policy, against the confused deputy',
      ),
    ];
  const includesHome = (accounts: readonly string[]) => accounts.some((pattern) => matchesPattern(pattern, account));
  if (conditions.some((all) => all.every(includesHome)))
    return [exists, ok('ota-role-trust', `${arn} trusts iot.amazonaws.com for account ${account}`)];
  const others = new Set(
    conditions
      .flat()
      .filter((accounts) => !includesHome(accounts))
      .flat(),
  );
  return [
    exists,
    failure(
      'ota-role-trust',
      `${arn} trusts iot.amazonaws.com for account ${[...others].join(', ')}, not for ${account}`,
      `set aws:SourceAccount, or the account in aws:SourceArn, in its trust policy to ${account}`,
    ),
  ];
}

/** Whether IAM allows a role what AWS IoT does with it. */
export function checkPermissions(arn: string, artifacts: readonly Decision[], all: readonly Decision[]): Check {
  const id = 'ota-role-permissions';
  const failed = [...artifacts, ...all].map(({ refused }) => refused).find((answer) => answer.kind === 'unread');
  if (failed?.kind === 'unread') return unread(id, `what ${arn} may do`, failed);
  const refused = all.flatMap(refusedOf);
  const noArtifact = artifacts.length > 0 && artifacts.every((decision) => refusedOf(decision).length > 0);
  const problems = [...(noArtifact ? artifacts.slice(0, 1).flatMap(refusedOf) : []), ...refused];
  if (problems.length === 0) return ok(id, `${arn} may do what AWS IoT does with it, as IAM simulates it`);
  return failure(
    id,
    `${arn} may not do this: ${problems.join('; ')}`,
    'allow it in the policies of the role. For kms:Decrypt the policy of the key may allow it instead, which IAM does not simulate',
  );
}

/** Whether a role of the functions may pass an OTA service role to AWS IoT. */
export function checkPassable(arn: string, byFunction: readonly { readonly role: string; readonly decision: Decision }[]): Check {
  const id = 'ota-role-passable';
  const failed = byFunction.map(({ decision }) => decision.refused).find((answer) => answer.kind === 'unread');
  if (failed?.kind === 'unread') return unread(id, `who may pass ${arn}`, failed);
  if (byFunction.length === 0)
    return failure(id, `the stack has no role of a function that could pass ${arn} to AWS IoT`, 'deploy the stage again');
  const refusing = byFunction.filter(({ decision }) => refusedOf(decision).length > 0).map(({ role }) => role);
  if (refusing.length === 0) return ok(id, `the functions may pass ${arn} to AWS IoT`);
  return failure(
    id,
    `${refusing.join(' and ')} may not pass ${arn} to AWS IoT`,
    'deploy the stage again, so that it gets the roles of the channels file',
  );
}

function refusedOf({ question, refused }: Decision): string[] {
  if (refused.kind === 'absent') return question.actions.map((action) => `${action} on ${question.resource}`);
  return refused.kind === 'found' ? refused.value.map((action) => `${action} on ${question.resource}`) : [];
}

function statementsOf({ Statement = [] }: Policy): readonly Statement[] {
  return Array.isArray(Statement) ? Statement : [Statement as Statement];
}

function trustsIot({ Effect, Principal, Action = [] }: Statement): boolean {
  const service = typeof Principal === 'object' ? Principal['Service'] : undefined;
  const isAssumed = [Action].flat().some((action) => matchesPattern(action.toLowerCase(), 'sts:assumerole'));
  return Effect === 'Allow' && isAssumed && [service].flat().includes('iot.amazonaws.com');
}

/** The operators that ask for one of their values. ForAllValues is also met by a request without the key. */
const ASKING = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)(?:IfExists)?$/;

/** The accounts that each condition on aws:SourceAccount or aws:SourceArn names. A condition that every account meets is left out. */
function conditionsOnAccount({ Condition = {} }: Statement): string[][] {
  return Object.entries(Condition)
    .filter(([operator]) => ASKING.test(operator))
    .flatMap(([, keys]) => Object.entries(keys).map(([key, value]) => accountsIn(key, [value].flat().map(String))))
    .filter((accounts) => !accounts.includes('*'));
}

/** The names of condition keys have no case. */
function accountsIn(key: string, values: readonly string[]): string[] {
  const name = key.toLowerCase();
  if (name === 'aws:sourceaccount') return [...values];
  return name === 'aws:sourcearn' ? values.map((arn) => arn.split(':')[4] ?? '*') : ['*'];
}
