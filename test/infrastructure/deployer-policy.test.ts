import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledTemplate, type Resource } from '../../scripts/compiled-template.ts';
import { handlerPermissions } from '../support/handler-permissions.ts';
import { simulate } from '../support/iam-simulation.ts';
import { ACCOUNT, REGION, resolveTemplate } from '../support/resolved-template.ts';

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'));
const policy = read('infrastructure/deployer-policy.json');
/** What the serverless CLI was seen to call in `npm run foreign`, and the permissions of each call. */
const calls: Readonly<Record<string, readonly string[]>> = read('proof/foreign/serverless-calls.json');

const DEPLOYER = `arn:aws:iam::${ACCOUNT}:role/deployer`;

/** The policy of a key of the stack: the account decides. */
const keyPolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

/** The answer of IAM. An action without a resource type is evaluated on `*`. */
async function ask(action: string, on: string, context: Readonly<Record<string, string>> = {}): Promise<string> {
  const request = { action, with: { ...context }, ...(on.includes(':kms:') && { resourcePolicy: keyPolicy }) };
  const policies = [{ name: 'deployer', policy }];
  return simulate(policies, DEPLOYER, { ...request, on }).catch((error: unknown) => {
    if (!String(error).includes('must.use.wildcard')) throw error;
    return simulate(policies, DEPLOYER, { action, with: { ...context }, on: '*' });
  });
}

/** One resource of each type, of a stage with everything that a parameter can add. */
let ofEachType: ReadonlyMap<string, Resource>;
beforeAll(async () => {
  const params = { kmsKey: 'create', alarmEmail: 'on-call@acme.example' };
  const { Resources } = resolveTemplate(await compiledTemplate({ stage: 'prod', params }));
  ofEachType = new Map(Object.values(Resources).map((resource) => [resource.Type, resource]));
});

describe('the policy of the deployer', () => {
  it('knows what CloudFormation calls for every type of the template', () => {
    expect([...ofEachType.keys()].sort()).toEqual(Object.keys(handlerPermissions).sort());
  });

  it.each(Object.entries(handlerPermissions))('allows what a %s needs', async (type, { actions, on, with: context }) => {
    const resource = ofEachType.get(type) as Resource;
    const refused: string[] = [];
    for (const target of on(resource))
      for (const action of actions)
        if ((await ask(action, target, context?.(resource))) !== 'Allowed') refused.push(`${action} on ${target}`);
    expect(refused).toEqual([]);
  });

  it('allows what the serverless CLI calls itself', async () => {
    const places: Readonly<Record<string, string>> = {
      cloudformation: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/ota-dispatch-prod/1111`,
      ecr: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/serverless-ota-dispatch-prod`,
      lambda: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:ota-dispatch-prod-releases`,
      s3: 'arn:aws:s3:::ota-dispatch-prod-serverlessdeploymentbucket-1x2y3z',
    };
    const refused: string[] = [];
    for (const action of new Set(Object.values(calls).flat())) {
      const place = places[action.split(':')[0] as string] as string;
      if ((await ask(action, /Object/.test(action) ? `${place}/serverless/releases.zip` : place)) !== 'Allowed') refused.push(action);
    }
    expect(Object.keys(calls).length).toBeGreaterThan(10);
    expect(refused).toEqual([]);
  });

  // CloudFormation names a bucket after the stack and the logical id, and cuts both where 63 characters are not enough.
  it.each([
    'ota-dispatch-prod-serverlessdeploymentbucket-1l0x00s8wpz9',
    'ota-dispatch-production-serverlessdeploymentbucke-1l0x00s8wpz9g',
    'ota-dispatch-sixteen-letters1-serverlessdeploymentbuck-u6bu1un0uhdt',
  ])('allows to put the package into the bucket of a stage with a longer name: %s', async (bucket) => {
    for (const action of ['s3:PutObject', 's3:GetObject'])
      expect(await ask(action, `arn:aws:s3:::${bucket}/serverless/releases.zip`)).toBe('Allowed');
  });

  it.each([
    ['cloudformation:DescribeStackResources', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/ota-dispatch-prod/1111`],
    ['cloudformation:DescribeStacks', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/ota-dispatch-prod/1111`],
    ['cloudformation:GetTemplate', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/ota-dispatch-prod/1111`],
    ['dynamodb:DescribeTable', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/ota-dispatch-prod-ledger`],
    ['kms:DescribeKey', `arn:aws:kms:${REGION}:${ACCOUNT}:key/1111`],
    ['kms:ListKeys', '*'],
    ['kms:ListResourceTags', `arn:aws:kms:${REGION}:${ACCOUNT}:key/1111`],
    ['s3:ListBucket', 'arn:aws:s3:::ota-dispatch-prod-documents-111122223333-eu-central-1'],
  ])('allows what ota import-files asks: %s on %s', async (action, on) => {
    expect(await ask(action, on, { 'aws:ResourceTag/service': 'ota-dispatch' })).toBe('Allowed');
  });

  it.each([
    ['cloudformation:GetTemplate', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/ota-dispatch-prod/1111`],
    ['lambda:GetFunctionConfiguration', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:ota-dispatch-prod-releases`],
  ])('allows what ota diff asks: %s on %s', async (action, on) => {
    expect(await ask(action, on)).toBe('Allowed');
  });

  it('lets Lambda have the roles of the stage', async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/ota-dispatch-prod-${REGION}-releases`;
    expect(await ask('iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' })).toBe('Allowed');
    expect(await ask('iam:PassRole', role, { 'iam:PassedToService': 'iot.amazonaws.com' })).toBe('ImplicitlyDenied');
  });

  it('lets AWS IoT have the role of the rule of job events, and no role of a function', async () => {
    const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/ota-dispatch-prod-${REGION}-${name}`;
    const toIot = { 'iam:PassedToService': 'iot.amazonaws.com' };
    expect(await ask('iam:PassRole', role('job-events'), toIot)).toBe('Allowed');
    expect(await ask('iam:PassRole', role('follow-ups'), toIot)).toBe('ImplicitlyDenied');
  });

  it.each([
    ['iot:DeleteTopicRule', `arn:aws:iot:${REGION}:${ACCOUNT}:rule/somebody_elses`],
    ['iot:UpdateEventConfigurations', '*'],
    ['iot:CreateJob', `arn:aws:iot:${REGION}:${ACCOUNT}:job/fw-1`],
    ['iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/admin`],
    ['iam:PutRolePolicy', `arn:aws:iam::${ACCOUNT}:role/admin`],
    ['iam:AttachRolePolicy', `arn:aws:iam::${ACCOUNT}:role/ota-dispatch-prod-releases`],
    ['dynamodb:PutItem', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/ota-dispatch-prod-ledger`],
    ['dynamodb:DeleteTable', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/another`],
    ['s3:GetObject', 'arn:aws:s3:::ota-dispatch-prod-documents-111122223333-eu-central-1/job-documents/1'],
    ['s3:DeleteBucket', 'arn:aws:s3:::acme-firmware'],
    ['sqs:SendMessage', `arn:aws:sqs:${REGION}:${ACCOUNT}:ota-dispatch-prod-releases`],
    ['events:PutEvents', `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/firmware-prod`],
    ['events:DeleteEventBus', `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`],
    ['kms:ScheduleKeyDeletion', `arn:aws:kms:${REGION}:${ACCOUNT}:key/of-another-service`],
    ['lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:ota-dispatch-prod-releases`],
    ['iot:CreateOTAUpdate', `arn:aws:iot:${REGION}:${ACCOUNT}:otaupdate/fw-1`],
  ])('does not allow %s on %s', async (action, on) => {
    expect(await ask(action, on)).toBe('ImplicitlyDenied');
  });

  it('fits into one managed policy, which has at most 6,144 characters without white space', () => {
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6_144);
  });
});
