import { describe, expect, it } from 'vitest';
import { type Answer, absent, found, type Unread } from '../../../cli/doctor/answer.ts';
import type { Check } from '../../../cli/doctor/check.ts';
import {
  checkArns,
  checkConcurrency,
  checkCreateJobQuota,
  checkCreateQuota,
  checkCredentials,
  checkDescribeJobQuota,
  checkManagedIntegrationsRegion,
  checkRegion,
} from '../../../cli/doctor/checks/account.ts';
import { checkBucket } from '../../../cli/doctor/checks/buckets.ts';
import { checkApprovals, checkBusPolicy } from '../../../cli/doctor/checks/bus-policy.ts';
import {
  checkBus,
  checkFunction,
  checkKey,
  checkMappings,
  checkQueue,
  checkRule,
  checkTopic,
} from '../../../cli/doctor/checks/deployed.ts';
import {
  checkArtifactBuckets,
  checkDigest,
  checkJobTargets,
  checkParameters,
  checkPassRole,
  checkPattern,
  type Intended,
} from '../../../cli/doctor/checks/drift.ts';
import { checkEndpoint, checkProfile, checkShared, checkTarget, checkTaskConfiguration } from '../../../cli/doctor/checks/fleet.ts';
import { checkEnabling, checkJobEvents, checkJobEventsRule } from '../../../cli/doctor/checks/job-events.ts';
import { checkPassable, checkPermissions, checkTrust } from '../../../cli/doctor/checks/roles.ts';
import { checkDocuments, checkLedger, checkStack, checkSurvivors } from '../../../cli/doctor/checks/stack.ts';
import type { Deployment } from '../../../cli/doctor/deployment.ts';
import type { Statement } from '../../../cli/doctor/gather/roles.ts';
import { unknownParameter } from '../../../cli/doctor/in-use.ts';

/*
 * Every message of doctor stands here exactly once, with the answers of AWS that lead to it. The other tests pin ids and
 * statuses only.
 */

const place = { account: '111122223333', partition: 'aws', arn: 'arn:aws:iam::111122223333:user/ann' };
const stage = { stage: 'prod', region: 'eu-west-1', createsPerSecond: 10, looksPerSecond: 8, describeJobPerSecond: 10 } as Deployment;
const denied: Unread = { kind: 'unread', action: 'x:Get', reason: 'denied', why: 'not authorized' };
const failed: Unread = { kind: 'unread', action: 'x:Get', reason: 'failed', why: 'getaddrinfo ENOTFOUND' };
const role = {
  arn: 'arn:aws:iam::111122223333:role/ota',
  channels: ['hub/beta'],
  targets: [],
  profiles: [],
  signedTo: [],
  isForUpdates: true,
  readsArtifacts: true,
};
const question = { actions: ['iot:CreateJob'], resource: 'arn:job' };
const allows = { question, refused: found([]) };
const refuses = { question, refused: found(['iot:CreateJob']) };
const trusting = (Condition?: Statement['Condition']) =>
  found({
    Statement: { Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole', ...(Condition && { Condition }) },
  });
const bucket = {
  name: 'fw',
  region: found('eu-west-1'),
  owned: found(true),
  versioned: found(true),
  encryption: found({ algorithm: 'AES256', key: undefined }),
  keys: found(['example']),
};
const named = { name: 'p1', channels: ['hub/beta'] };
const group = { arn: 'arn:group', group: found({ query: undefined }), things: found({ count: 3, more: false }) };
const stackOf = (status: string, resources: Record<string, string> = { ReleasesQueue: 'q', LedgerTable: 't', DocumentsBucket: 'b' }) =>
  found({ status, reason: undefined, outputs: {}, resources: found(resources) });
const ledger = { name: 'ota-dispatch-prod-ledger', protection: found(true), recovery: found(true) };
const documents = { name: 'documents', versioned: found(true) };
const fn = {
  name: 'releases',
  configuration: found({ state: 'Active', lastUpdate: 'Successful', environment: { OTA_BUS_NAME: 'bus' } }),
  reserved: found(4),
  mappings: found([{ queue: 'releases', state: 'Enabled' }]),
};
const rule = { name: 'r', state: 'ENABLED', pattern: '{"source":["ci"],"account":["1"]}' };
const intended: Intended = {
  patterns: { r: { source: ['ci'], account: ['1'] } },
  roles: ['arn:role'],
  jobResources: ['arn:job/fw-*', 'arn:group'],
  objects: ['arn:objects'],
  digest: 'a'.repeat(64),
  environments: { releases: { OTA_BUS_NAME: 'bus' } },
  computed: [],
};
const allowing = (Action: string, ...Resource: string[]) => found([{ Effect: 'Allow', Action, Resource }]);
const deny = {
  Effect: 'Deny',
  Principal: '*',
  Condition: {
    'ForAnyValue:StringEquals': { 'events:source': 'ota-dispatch' },
    ArnNotEquals: { 'aws:PrincipalArn': ['arn:r1', 'arn:r2'] },
  },
};
const denyApprovals = (exempt: readonly string[], operator = 'ForAnyValue:StringEquals') => ({
  Effect: 'Deny',
  Principal: '*',
  Condition: {
    [operator]: { 'events:detail-type': ['Firmware Release Approved', 'Firmware Channel Resumed'] },
    ArnNotLike: { 'aws:PrincipalArn': exempt },
  },
});
const queue = (suffix: string, depth: Answer<number>, age: Answer<number | undefined> = found(undefined)) => ({ suffix, depth, age });

type Row = readonly [check: () => Check | readonly Check[], lines: readonly string[]];

const said = (checks: Check | readonly Check[]): string[] =>
  [checks].flat().map((check) => `${check.status} ${check.id}: ${check.seen}${check.status === 'ok' ? '' : ` → ${check.remedy}`}`);

describe('doctor says', () => {
  describe('about the account', () => {
    it.each<Row>([
      [() => checkCredentials(found(place)), ['ok credentials: arn:aws:iam::111122223333:user/ann in account 111122223333']],
      [
        () => checkCredentials(failed),
        [
          'failure credentials: AWS accepts no credentials: getaddrinfo ENOTFOUND → log in, for example with aws sso login, and set AWS_PROFILE or other credentials. No other check was made',
        ],
      ],
      [() => checkRegion('eu-west-1', stage), ['ok region: eu-west-1, as in serverless.yml']],
      [
        () => checkRegion('us-east-1', stage),
        [
          'failure region: the region is us-east-1, but serverless.yml deploys stage prod to eu-west-1 → set AWS_REGION=eu-west-1, or set params.prod.region in serverless.yml to us-east-1',
        ],
      ],
      [
        () => checkRegion('us-east-1', { ...stage, region: undefined }),
        ['ok region: us-east-1. serverless.yml computes the region of stage prod, so it was not compared'],
      ],
      [
        () => checkArns([{ name: 'arn:aws:iot:eu-west-1:111122223333:thing/a', channels: ['hub/beta'] }], place, 'eu-west-1'),
        ['ok account: every ARN in the channels file is of account 111122223333'],
      ],
      [
        () => checkArns([{ name: 'arn:aws-cn:iot:us-east-1:999999999999:thing/a', channels: ['hub/beta'] }], place, 'eu-west-1'),
        [
          'failure account: arn:aws-cn:iot:us-east-1:999999999999:thing/a of hub/beta has partition aws-cn, not aws, region us-east-1, not eu-west-1, account 999999999999, not 111122223333 → correct the ARN in the channels file. Its variables are filled in for the account and region of the stage',
        ],
      ],
      [
        () => checkManagedIntegrationsRegion(['hub/beta'], 'eu-west-1', false),
        ['ok managed-integrations-region: eu-west-1 has managed integrations'],
      ],
      [
        () => checkManagedIntegrationsRegion(['hub/beta'], 'us-east-1', false),
        [
          'warning managed-integrations-region: us-east-1 is not among the documented regions of managed integrations, but hub/beta need it → deploy the stage to ca-central-1, eu-west-1, me-central-1, or remove these channels from the channels file of this stage',
        ],
      ],
      [
        () => checkManagedIntegrationsRegion(['hub/beta'], 'us-east-1', true),
        ['ok managed-integrations-region: the local AWS has managed integrations'],
      ],
      [() => checkManagedIntegrationsRegion([], 'us-east-1', false), []],
      [
        () => checkConcurrency(found({ limit: 1000, unreserved: 1000 }), { needed: 9, held: 0 }),
        ['ok lambda-concurrency: the stage reserves 9 of 1000 executions, 991 stay unreserved'],
      ],
      [
        () => checkConcurrency(found({ limit: 109, unreserved: 100 }), { needed: 9, held: 9 }),
        ['ok lambda-concurrency: the stage reserves 9 of 109 executions, 100 stay unreserved'],
      ],
      [
        () => checkConcurrency(found({ limit: 10, unreserved: 10 }), { needed: 9, held: 0 }),
        [
          'failure lambda-concurrency: the stage reserves 9 executions, and 1 of 10 would stay unreserved. Lambda keeps 100 → ask Service Quotas to raise the Lambda quota "Concurrent executions" to at least 109, or lower createsPerSecond',
        ],
      ],
      [
        () => checkConcurrency(denied, { needed: 9, held: 0 }),
        [
          'warning lambda-concurrency: the concurrency of the account could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkConcurrency(absent, { needed: 9, held: 0 }),
        ['warning lambda-concurrency: Lambda named no limit of the account → look it up in the Lambda console'],
      ],
      [
        () => checkConcurrency(found({ limit: 1000, unreserved: 20 }), { needed: undefined, held: 0 }),
        [
          'ok lambda-concurrency: 20 of 1000 executions are unreserved. serverless.yml computes createsPerSecond or followUpsShare, so the need of the stage was not compared',
        ],
      ],
      [
        () => checkCreateQuota(found({ value: 5, applied: true }), { ...stage, createsPerSecond: undefined }),
        [
          'ok quota-create-ota-update: CreateOTAUpdate API TPS (L-EFEC7F9B) is 5 a second. serverless.yml computes createsPerSecond, so it was not compared',
        ],
      ],
      [
        () => checkCreateQuota(absent, { ...stage, createsPerSecond: undefined }),
        [
          'warning quota-create-ota-update: Service Quotas does not know CreateOTAUpdate API TPS (L-EFEC7F9B) here. serverless.yml computes createsPerSecond, so it was not compared → ask AWS support for the quota, and compare it',
        ],
      ],
      [
        () => checkDescribeJobQuota(found({ value: 9, applied: true }), { ...stage, describeJobPerSecond: undefined }),
        [
          'ok quota-describe-job: DescribeJob throttle limit (L-609D00CE) is 9 a second. looksPerSecond is 8. serverless.yml computes describeJobPerSecond, so it was not compared',
        ],
      ],
      [
        () =>
          checkDescribeJobQuota(found({ value: 9, applied: true }), {
            ...stage,
            looksPerSecond: undefined,
            describeJobPerSecond: undefined,
          }),
        [
          'ok quota-describe-job: DescribeJob throttle limit (L-609D00CE) is 9 a second. serverless.yml computes looksPerSecond and describeJobPerSecond, so they were not compared',
        ],
      ],
      [
        () => checkCreateQuota(found({ value: 10, applied: true }), stage),
        ['ok quota-create-ota-update: CreateOTAUpdate API TPS (L-EFEC7F9B) is 10 a second. createsPerSecond is 10'],
      ],
      [
        () => checkCreateQuota(found({ value: 5, applied: false }), stage),
        [
          "failure quota-create-ota-update: CreateOTAUpdate API TPS (L-EFEC7F9B) is 5 a second, AWS's default. createsPerSecond is 10 → set createsPerSecond in serverless.yml to at most 5, or ask Service Quotas to raise the quota",
        ],
      ],
      [
        () => checkCreateQuota(absent, stage),
        [
          'warning quota-create-ota-update: Service Quotas does not know CreateOTAUpdate API TPS (L-EFEC7F9B) here. createsPerSecond is 10 → ask AWS support for the quota, and compare it',
        ],
      ],
      [
        () => checkCreateQuota(denied, stage),
        [
          'warning quota-create-ota-update: the quota CreateOTAUpdate API TPS (L-EFEC7F9B) could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkDescribeJobQuota(found({ value: 10, applied: true }), stage),
        ['ok quota-describe-job: DescribeJob throttle limit (L-609D00CE) is 10 a second. looksPerSecond is 8, describeJobPerSecond is 10'],
      ],
      [
        () => checkCreateJobQuota(found({ value: 10, applied: false }), stage),
        ["ok quota-create-job: CreateJob throttle limit (L-23F244D4) is 10 a second, AWS's default. createsPerSecond is 10"],
      ],
      [
        () => checkCreateJobQuota(found({ value: 10, applied: true }), { ...stage, createsPerSecond: 50 }),
        [
          'failure quota-create-job: CreateJob throttle limit (L-23F244D4) is 10 a second. createsPerSecond is 50 → set createsPerSecond in serverless.yml to at most 10, because AWS does not raise this quota',
        ],
      ],
      [
        () => checkDescribeJobQuota(found({ value: 9, applied: true }), stage),
        [
          'failure quota-describe-job: DescribeJob throttle limit (L-609D00CE) is 9 a second. looksPerSecond is 8, describeJobPerSecond is 10 → set describeJobPerSecond in serverless.yml to at most 9, or ask Service Quotas to raise the quota',
        ],
      ],
      [
        () => checkDescribeJobQuota(found({ value: 4, applied: true }), stage),
        [
          'failure quota-describe-job: DescribeJob throttle limit (L-609D00CE) is 4 a second. looksPerSecond is 8, describeJobPerSecond is 10 → set looksPerSecond and describeJobPerSecond in serverless.yml to at most 4, or ask Service Quotas to raise the quota',
        ],
      ],
      [
        () => checkDescribeJobQuota(absent, stage),
        [
          'warning quota-describe-job: Service Quotas does not know DescribeJob throttle limit (L-609D00CE) here. looksPerSecond is 8, describeJobPerSecond is 10 → ask AWS support for the quota, and compare it',
        ],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });

  describe('about job events', () => {
    const here = { account: '111122223333', region: 'eu-west-1', stage: 'prod' };

    it.each<Row>([
      [
        () => checkJobEvents(found(['THING', 'JOB']), here),
        ['ok job-events: AWS IoT publishes job events in account 111122223333, eu-west-1'],
      ],
      [
        () => checkJobEvents(found(['THING', 'JOB_EXECUTION']), here),
        [
          'warning job-events: AWS IoT publishes no job events in account 111122223333, eu-west-1, so only the sweep finds out what became of a rollout → run npm run ota -- doctor --enable-job-events --stage prod. It switches them on for the whole account and region, and no other events off',
        ],
      ],
      [
        () => checkJobEvents(denied, here),
        [
          'warning job-events: the switch of job events could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkEnabling(found('switched on'), here),
        ['ok job-events: AWS IoT publishes job events in account 111122223333, eu-west-1: doctor switched them on now'],
      ],
      [
        () => checkEnabling(found('was on'), here),
        ['ok job-events: AWS IoT publishes job events in account 111122223333, eu-west-1: they were on already'],
      ],
      [
        () => checkEnabling(denied, here),
        [
          'failure job-events: job events could not be switched on in account 111122223333, eu-west-1, with x:Get: not authorized → allow iot:DescribeEventConfigurations and iot:UpdateEventConfigurations to the credentials of doctor, or switch on the events of jobs in the settings of the AWS IoT console',
        ],
      ],
      [() => checkJobEventsRule('r_job_events', found({ isEnabled: true })), ['ok job-events-rule: IoT rule r_job_events is enabled']],
      [
        () => checkJobEventsRule('r_job_events', found({ isEnabled: false })),
        [
          'warning job-events-rule: IoT rule r_job_events is disabled, so no job event wakes a rollout → run aws iot enable-topic-rule --rule-name r_job_events',
        ],
      ],
      [
        () => checkJobEventsRule('r_job_events', absent),
        ['warning job-events-rule: IoT rule r_job_events does not exist, so no job event wakes a rollout → deploy the stage again'],
      ],
      [
        () => checkJobEventsRule('r_job_events', failed),
        [
          'warning job-events-rule: IoT rule r_job_events could not be read with x:Get: getaddrinfo ENOTFOUND → run doctor again. If it fails again, check the network and the state of the service',
        ],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });

  describe('about an OTA service role', () => {
    it.each<Row>([
      [
        () => checkTrust(role, trusting({ StringEquals: { 'AWS:SourceAccount': '111122223333' } }), '111122223333'),
        [
          'ok ota-role-exists: arn:aws:iam::111122223333:role/ota',
          'ok ota-role-trust: arn:aws:iam::111122223333:role/ota trusts iot.amazonaws.com for account 111122223333',
        ],
      ],
      [
        () => checkTrust(role, trusting({ StringEquals: { 'aws:SourceAccount': ['999999999999'] } }), '111122223333'),
        [
          'ok ota-role-exists: arn:aws:iam::111122223333:role/ota',
          'failure ota-role-trust: arn:aws:iam::111122223333:role/ota trusts iot.amazonaws.com for account 999999999999, not for 111122223333 → set aws:SourceAccount, or the account in aws:SourceArn, in its trust policy to 111122223333',
        ],
      ],
      [
        () => checkTrust(role, trusting(), '111122223333'),
        [
          'ok ota-role-exists: arn:aws:iam::111122223333:role/ota',
          'warning ota-role-trust: arn:aws:iam::111122223333:role/ota trusts iot.amazonaws.com for every account → add the condition aws:SourceAccount to its trust policy, against the confused deputy',
        ],
      ],
      [
        () => checkTrust(role, found({ Statement: [] }), '111122223333'),
        [
          'ok ota-role-exists: arn:aws:iam::111122223333:role/ota',
          'failure ota-role-trust: arn:aws:iam::111122223333:role/ota does not trust iot.amazonaws.com → allow sts:AssumeRole to iot.amazonaws.com in its trust policy',
        ],
      ],
      [
        () => checkTrust(role, absent, '111122223333'),
        [
          'failure ota-role-exists: arn:aws:iam::111122223333:role/ota of hub/beta does not exist → deploy infrastructure/ota-service-role.yml, or correct roleArn in the channels file, see docs/how-to/deploy.md',
        ],
      ],
      [
        () => checkTrust(role, denied, '111122223333'),
        [
          'warning ota-role-exists: arn:aws:iam::111122223333:role/ota could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkPermissions('arn:role', [allows], [allows]),
        ['ok ota-role-permissions: arn:role may do what AWS IoT does with it, as IAM simulates it'],
      ],
      [
        () => checkPermissions('arn:role', [allows, refuses], [allows]),
        ['ok ota-role-permissions: arn:role may do what AWS IoT does with it, as IAM simulates it'],
      ],
      [
        () => checkPermissions('arn:role', [refuses, refuses], [allows]),
        [
          'failure ota-role-permissions: arn:role may not do this: iot:CreateJob on arn:job → allow it in the policies of the role. For kms:Decrypt the policy of the key may allow it instead, which IAM does not simulate',
        ],
      ],
      [
        () => checkPermissions('arn:role', [], [allows, refuses]),
        [
          'failure ota-role-permissions: arn:role may not do this: iot:CreateJob on arn:job → allow it in the policies of the role. For kms:Decrypt the policy of the key may allow it instead, which IAM does not simulate',
        ],
      ],
      [
        () => checkPermissions('arn:role', [], [{ question, refused: denied }]),
        [
          'warning ota-role-permissions: what arn:role may do could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkPassable('arn:role', [{ role: 'R1', decision: allows }]),
        ['ok ota-role-passable: the functions may pass arn:role to AWS IoT'],
      ],
      [
        () => checkPassable('arn:role', []),
        ['failure ota-role-passable: the stack has no role of a function that could pass arn:role to AWS IoT → deploy the stage again'],
      ],
      [
        () =>
          checkPassable('arn:role', [
            { role: 'R1', decision: allows },
            { role: 'R2', decision: refuses },
          ]),
        [
          'failure ota-role-passable: R2 may not pass arn:role to AWS IoT → deploy the stage again, so that it gets the roles of the channels file',
        ],
      ],
      [
        () => checkPassable('arn:role', [{ role: 'R1', decision: { question, refused: denied } }]),
        [
          'warning ota-role-passable: who may pass arn:role could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });

  describe('about an artifact bucket', () => {
    it.each<Row>([
      [
        () => checkBucket(bucket, 'eu-west-1', []),
        [
          'ok artifact-bucket-exists: bucket fw',
          'ok artifact-bucket-owner: bucket fw belongs to this account',
          'ok artifact-bucket-region: bucket fw is in eu-west-1',
          'ok artifact-bucket-versioning: bucket fw keeps versions',
          'ok artifact-bucket-encryption: bucket fw uses the key of S3',
        ],
      ],
      [
        () => checkBucket({ ...bucket, region: absent }, 'eu-west-1', []),
        [
          'failure artifact-bucket-exists: bucket fw does not exist → create it with versioning, or correct artifactBuckets in the channels file',
        ],
      ],
      [
        () => checkBucket({ ...bucket, region: denied }, 'eu-west-1', []),
        [
          'warning artifact-bucket-exists: bucket fw could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkBucket({ ...bucket, region: found('us-east-1') }, 'eu-west-1', []),
        [
          'ok artifact-bucket-exists: bucket fw',
          'failure artifact-bucket-region: bucket fw is in us-east-1, not in eu-west-1 → use a bucket in eu-west-1. S3 redirects reads from another region, and AWS Signer and AWS IoT refuse it',
        ],
      ],
      [
        () =>
          checkBucket(
            { ...bucket, owned: found(false), versioned: found(false), encryption: found({ algorithm: 'aws:kms', key: 'arn:key' }) },
            'eu-west-1',
            [],
          ).slice(1),
        [
          'warning artifact-bucket-owner: bucket fw belongs to another account → its policy must allow the functions and the OTA service role to read it. Whoever owns the bucket decides which firmware is there',
          'ok artifact-bucket-region: bucket fw is in eu-west-1',
          'failure artifact-bucket-versioning: bucket fw keeps no versions → run aws s3api put-bucket-versioning --bucket fw --versioning-configuration Status=Enabled. A release names the version of each object',
          'failure artifact-bucket-encryption: bucket fw uses aws:kms with arn:key, which is not in artifactKeys → add the ARN of the key to artifactKeys in serverless.yml, and allow kms:Decrypt to the OTA service role',
        ],
      ],
      [
        () => checkBucket({ ...bucket, owned: failed, versioned: denied, encryption: denied }, 'eu-west-1', []).slice(1),
        [
          'warning artifact-bucket-owner: the owner of bucket fw could not be read with x:Get: getaddrinfo ENOTFOUND → run doctor again. If it fails again, check the network and the state of the service',
          'ok artifact-bucket-region: bucket fw is in eu-west-1',
          'warning artifact-bucket-versioning: the versioning of bucket fw could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
          'warning artifact-bucket-encryption: the encryption of bucket fw could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkBucket({ ...bucket, encryption: found({ algorithm: 'aws:kms', key: 'arn:key' }) }, 'eu-west-1', ['arn:key']).slice(-1),
        ['ok artifact-bucket-encryption: bucket fw uses aws:kms with arn:key, which is in artifactKeys'],
      ],
      [
        () => checkBucket({ ...bucket, encryption: found({ algorithm: 'aws:kms', key: 'arn:key' }) }, 'eu-west-1', undefined).slice(-1),
        [
          'ok artifact-bucket-encryption: bucket fw uses aws:kms with arn:key. serverless.yml computes artifactKeys, so it was not compared',
        ],
      ],
      [
        () => checkBucket({ ...bucket, encryption: found({ algorithm: 'aws:kms', key: undefined }) }, 'eu-west-1', []).slice(-1),
        ['ok artifact-bucket-encryption: bucket fw uses aws:kms with the key that AWS manages for S3'],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });

  describe('about signing, targets and tasks', () => {
    it.each<Row>([
      [
        () => checkProfile(named, found({ status: 'Active', platform: 'AmazonFreeRTOS-Default' })),
        [
          'ok signing-profile: signing profile p1 is active',
          'ok signing-profile-platform: signing profile p1 signs for AmazonFreeRTOS-Default',
        ],
      ],
      [
        () => checkProfile(named, found({ status: 'Active', platform: 'AWSIoTDeviceManagement-SHA256-ECDSA' })),
        [
          'ok signing-profile: signing profile p1 is active',
          'ok signing-profile-platform: signing profile p1 signs for AWSIoTDeviceManagement-SHA256-ECDSA',
        ],
      ],
      [
        () => checkProfile(named, found({ status: 'Active', platform: 'Notation-OCI-SHA384-ECDSA' })),
        [
          'ok signing-profile: signing profile p1 is active',
          'failure signing-profile-platform: signing profile p1 signs for Notation-OCI-SHA384-ECDSA, which devices do not check → use a profile of the platform AmazonFreeRTOS-Default or AWSIoTDeviceManagement-SHA256-ECDSA',
        ],
      ],
      [
        () => checkProfile(named, found({ status: 'Canceled', platform: '' })),
        [
          'failure signing-profile: signing profile p1 is Canceled → create another profile and name it in hub/beta: AWS Signer does not reactivate this one',
        ],
      ],
      [
        () => checkProfile(named, absent),
        ['failure signing-profile: signing profile p1 of hub/beta does not exist → create it in AWS Signer, or correct signingProfileName'],
      ],
      [
        () => checkProfile(named, denied),
        [
          'warning signing-profile: signing profile p1 could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkTarget(group, named, false), ['ok target-exists: arn:group', 'ok target-size: arn:group reaches 3 things']],
      [
        () => checkTarget({ ...group, things: found({ count: 1, more: false }) }, named, false),
        ['ok target-exists: arn:group', 'ok target-size: arn:group reaches 1 thing'],
      ],
      [
        () =>
          checkTarget(
            { ...group, group: found({ query: 'attributes.model:t6' }), things: found({ count: 1000, more: true }) },
            named,
            false,
          ),
        ['ok target-exists: arn:group, a dynamic group of attributes.model:t6', 'ok target-size: arn:group reaches more than 1000 things'],
      ],
      [
        () => checkTarget({ ...group, things: found({ count: 0, more: false }) }, named, false),
        [
          'ok target-exists: arn:group',
          'warning target-size: arn:group has no things → add things to the group before you release. A snapshot of an empty group updates nothing',
        ],
      ],
      [
        () => checkTarget({ ...group, things: denied }, named, false),
        [
          'ok target-exists: arn:group',
          'warning target-size: the things of arn:group could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkTarget({ ...group, group: absent }, named, false),
        ['failure target-exists: arn:group of hub/beta does not exist → create it, or correct targets in the channels file'],
      ],
      [
        () => checkTarget({ ...group, group: absent }, named, true),
        [
          'warning target-exists: arn:group of hub/beta is not registered → nothing, the local AWS simulates its devices. On AWS, create it',
        ],
      ],
      [
        () => checkTarget({ ...group, group: denied }, named, false),
        [
          'warning target-exists: arn:group could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkShared([named]), ['ok target-shared: no two channels share a target']],
      [
        () => checkShared([{ name: 'arn:group', channels: ['hub/beta', 'hub/stable'] }]),
        [
          'warning target-shared: hub/beta and hub/stable update arn:group → give each channel its own target, or the device takes whichever update comes last',
        ],
      ],
      [() => checkShared([]), []],
      [
        () => checkEndpoint([found(true), absent, denied], 'eu-west-1'),
        ['ok managed-integrations-endpoint: managed integrations answers in eu-west-1'],
      ],
      [
        () => checkEndpoint([failed], 'us-east-1'),
        [
          'failure managed-integrations-endpoint: managed integrations cannot be reached in us-east-1: getaddrinfo ENOTFOUND → use a region that has it, see the check managed-integrations-region, or check the network',
        ],
      ],
      [() => checkEndpoint([], 'us-east-1'), []],
      [() => checkTaskConfiguration(named, found(true), false), ['ok task-configuration: task configuration p1']],
      [
        () => checkTaskConfiguration(named, absent, false),
        [
          'failure task-configuration: task configuration p1 of hub/beta does not exist → create it in managed integrations, or correct TaskConfigurationId',
        ],
      ],
      [
        () => checkTaskConfiguration(named, absent, true),
        [
          'warning task-configuration: task configuration p1 of hub/beta does not exist → nothing, the local AWS uses defaults instead. On AWS, create it',
        ],
      ],
      [
        () => checkTaskConfiguration(named, denied, false),
        [
          'warning task-configuration: task configuration p1 could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });

  describe('about the stack', () => {
    it.each<Row>([
      [() => checkStack('ota-dispatch-prod', stackOf('CREATE_COMPLETE'), 'prod'), ['ok stack: ota-dispatch-prod is CREATE_COMPLETE']],
      [() => checkStack('ota-dispatch-prod', stackOf('UPDATE_COMPLETE'), 'prod'), ['ok stack: ota-dispatch-prod is UPDATE_COMPLETE']],
      [() => checkStack('ota-dispatch-prod', stackOf('IMPORT_COMPLETE'), 'prod'), ['ok stack: ota-dispatch-prod is IMPORT_COMPLETE']],
      [
        () => checkStack('ota-dispatch-prod', stackOf('UPDATE_ROLLBACK_COMPLETE'), 'prod'),
        [
          'warning stack: the last deployment of ota-dispatch-prod failed, and the version before it is deployed → find the first failed resource in the events of ota-dispatch-prod, then run npm exec --no -- serverless deploy --stage prod',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('IMPORT_ROLLBACK_COMPLETE'), 'prod'),
        [
          'warning stack: the last deployment of ota-dispatch-prod failed, and the version before it is deployed → find the first failed resource in the events of ota-dispatch-prod, then run npm exec --no -- serverless deploy --stage prod',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('UPDATE_IN_PROGRESS'), 'prod'),
        ['warning stack: ota-dispatch-prod is being changed → wait until the deployment has ended, then run doctor again'],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('REVIEW_IN_PROGRESS'), 'prod'),
        [
          'failure stack: ota-dispatch-prod is REVIEW_IN_PROGRESS: its change set was never executed → execute the change set, or delete it and the stack ota-dispatch-prod',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('ROLLBACK_COMPLETE'), 'prod'),
        [
          'failure stack: ota-dispatch-prod is ROLLBACK_COMPLETE: its creation failed → delete the stack ota-dispatch-prod, then run npm exec --no -- serverless deploy --stage prod',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('UPDATE_ROLLBACK_FAILED'), 'prod'),
        [
          'failure stack: ota-dispatch-prod is UPDATE_ROLLBACK_FAILED: neither the old nor the new version is deployed → run aws cloudformation continue-update-rollback --stack-name ota-dispatch-prod, then deploy again',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('DELETE_FAILED'), 'prod'),
        [
          'failure stack: ota-dispatch-prod is DELETE_FAILED: it was removed in part → find the resource that stayed in the events of ota-dispatch-prod, then run npm exec --no -- serverless remove --stage prod',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('CREATE_FAILED'), 'prod'),
        [
          'failure stack: ota-dispatch-prod is CREATE_FAILED → find the first failed resource in the events of ota-dispatch-prod, then deploy again',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', stackOf('CREATE_IN_PROGRESS', {}), 'prod'),
        ['warning stack: ota-dispatch-prod is being changed → wait until the deployment has ended, then run doctor again'],
      ],
      [() => checkSurvivors('prod', stackOf('CREATE_IN_PROGRESS', {}), ledger, documents), []],
      [
        () => checkStack('ota-dispatch-prod', stackOf('UPDATE_ROLLBACK_COMPLETE', {}), 'prod'),
        [
          'failure stack: ota-dispatch-prod is UPDATE_ROLLBACK_COMPLETE, but has no queue for releases: no deployment of the service succeeded → run npm exec --no -- serverless deploy --stage prod, then doctor again',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', absent, 'prod'),
        [
          'warning stack: ota-dispatch-prod is not deployed yet, so nothing of the deployment was checked → run npm exec --no -- serverless deploy --stage prod, then doctor again',
        ],
      ],
      [
        () => checkStack('ota-dispatch-prod', denied, 'prod'),
        [
          'warning stack: stack ota-dispatch-prod could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkSurvivors('prod', stackOf('UPDATE_COMPLETE'), ledger, documents),
        ['ok survivors: no ledger and no documents bucket without a stack'],
      ],
      [
        () => checkSurvivors('prod', absent, ledger, documents),
        [
          'failure survivors: table ota-dispatch-prod-ledger and bucket documents exist, but no stack owns them → run npm run ota -- import-files --stage prod, and import them as docs/how-to/deploy.md describes. Or delete them if they are empty',
        ],
      ],
      [
        () => checkSurvivors('prod', stackOf('ROLLBACK_COMPLETE', {}), ledger, { ...documents, versioned: absent }),
        [
          'failure survivors: table ota-dispatch-prod-ledger exists, but no stack owns it → run npm run ota -- import-files --stage prod, and import them as docs/how-to/deploy.md describes. Or delete them if they are empty',
        ],
      ],
      [
        () => checkSurvivors('prod', absent, { ...ledger, protection: absent }, { ...documents, versioned: absent }),
        ['ok survivors: no ledger and no documents bucket without a stack'],
      ],
      [
        () => checkSurvivors('prod', absent, { ...ledger, protection: denied }, { ...documents, versioned: absent }),
        [
          'warning survivors: what a stage before may have left could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkSurvivors('prod', found({ status: '', reason: undefined, outputs: {}, resources: denied }), ledger, documents),
        [
          'warning survivors: the resources of the stack could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkSurvivors('prod', denied, ledger, documents), []],
      [() => checkLedger(ledger), ['ok ledger: ota-dispatch-prod-ledger has deletion protection and point-in-time recovery']],
      [
        () => checkLedger({ ...ledger, protection: found(false), recovery: found(false) }),
        [
          'failure ledger: ota-dispatch-prod-ledger has no deletion protection and no point-in-time recovery → switch it on with aws dynamodb update-table and update-continuous-backups',
        ],
      ],
      [
        () => checkLedger({ ...ledger, protection: absent }),
        [
          'failure ledger: ota-dispatch-prod-ledger does not exist → restore it, see docs/how-to/runbook.md. Without it the service accepts nothing',
        ],
      ],
      [
        () => checkLedger({ ...ledger, protection: denied }),
        [
          'warning ledger: ota-dispatch-prod-ledger could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkLedger({ ...ledger, recovery: denied }),
        [
          'warning ledger: ota-dispatch-prod-ledger could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkDocuments(documents), ['ok documents-bucket: bucket documents keeps versions']],
      [
        () => checkDocuments({ ...documents, versioned: found(false) }),
        [
          'failure documents-bucket: bucket documents keeps no versions → run aws s3api put-bucket-versioning --bucket documents --versioning-configuration Status=Enabled',
        ],
      ],
      [
        () => checkDocuments({ ...documents, versioned: absent }),
        ['failure documents-bucket: bucket documents does not exist → deploy the stage again. Running tasks cannot read their documents'],
      ],
      [
        () => checkDocuments({ ...documents, versioned: denied }),
        [
          'warning documents-bucket: bucket documents could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });

  describe('about what is deployed', () => {
    it.each<Row>([
      [() => checkFunction(fn), ['ok functions: function releases is Active']],
      [
        () => checkFunction({ ...fn, reserved: found(0) }),
        [
          'failure functions: function releases has a reserved concurrency of 0, so it never runs → deploy the stage again, or set the concurrency back',
        ],
      ],
      [
        () => checkFunction({ ...fn, configuration: found({ state: 'Failed', lastUpdate: 'Failed', environment: {} }) }),
        [
          'failure functions: function releases is Failed, its last update is Failed → see the reason in the Lambda console, then deploy the stage again',
        ],
      ],
      [
        () => checkFunction({ ...fn, configuration: absent }),
        ['failure functions: function releases does not exist → deploy the stage again'],
      ],
      [
        () => checkFunction({ ...fn, configuration: denied }),
        [
          'warning functions: function releases could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkFunction({ ...fn, reserved: denied }),
        [
          'warning functions: the reserved concurrency of releases could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkMappings(fn, ['releases']), ['ok event-source-mapping: releases reads releases']],
      [
        () => checkMappings({ ...fn, mappings: found([{ queue: 'releases', state: 'Disabled' }]) }, ['releases']),
        [
          'failure event-source-mapping: releases does not read releases: its mapping is Disabled → run aws lambda list-event-source-mappings --function-name releases for its UUID, then aws lambda update-event-source-mapping --enabled --uuid UUID',
        ],
      ],
      [
        () => checkMappings(fn, ['releases', 'steering']),
        [
          'ok event-source-mapping: releases reads releases',
          'failure event-source-mapping: releases does not read steering: there is no event source mapping → deploy the stage again',
        ],
      ],
      [
        () => checkMappings({ ...fn, mappings: denied }, ['releases']),
        [
          'warning event-source-mapping: the event source mappings of releases could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkRule('rule-enabled', 'r', found(rule)), ['ok rule-enabled: rule r is enabled']],
      [
        () => checkRule('schedule-enabled', 'r', found({ ...rule, state: 'DISABLED' })),
        ['failure schedule-enabled: rule r is disabled → run aws events enable-rule --name r, with --event-bus-name for a rule of the bus'],
      ],
      [() => checkRule('rule-enabled', 'r', absent), ['failure rule-enabled: rule r does not exist → deploy the stage again']],
      [
        () => checkRule('rule-enabled', 'r', denied),
        [
          'warning rule-enabled: rule r could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkBus('b', found({ name: 'b', statements: [] }), true), ['ok bus: bus b']],
      [() => checkBus('b', absent, true), ['failure bus: bus b does not exist → deploy the stage again']],
      [
        () => unknownParameter('bus', 'busName', denied),
        [
          'warning bus: busName, which serverless.yml computes, could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => unknownParameter('bus', 'busName', absent),
        ['warning bus: serverless.yml computes busName, and the function releases does not have it → deploy the stage again'],
      ],
      [() => checkBus('b', absent, false), ['failure bus: bus b does not exist → create it, or correct busName in serverless.yml']],
      [
        () => checkBus('b', denied, false),
        [
          'warning bus: bus b could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkBusPolicy({ name: 'b', statements: [deny] }, found(['arn:r1', 'arn:r2'])),
        ['ok bus-policy: the policy of bus b protects the outcomes'],
      ],
      [
        () => checkBusPolicy({ name: 'b', statements: [deny] }, denied),
        [
          'warning bus-policy: the resources of the stack could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkBusPolicy({ name: 'b', statements: [deny] }, found(['arn:r1', 'arn:r3'])),
        [
          'failure bus-policy: the policy of bus b denies outcomes to arn:r3 → name these roles in aws:PrincipalArn of each statement that denies ota-dispatch',
        ],
      ],
      [
        () => checkBusPolicy({ name: 'b', statements: [] }, found(['arn:r1'])),
        [
          'failure bus-policy: the policy of bus b lets everybody publish as ota-dispatch → deny events:PutEvents with ForAnyValue:StringEquals events:source ota-dispatch, except for the roles of releases and follow-ups',
        ],
      ],
      [
        () => checkBusPolicy({ name: 'b', statements: [deny, { Effect: 'Allow', Principal: { AWS: '*' } }] }, found(['arn:r1'])),
        [
          'failure bus-policy: the policy of bus b lets everybody put events → limit it to the producers, with events:source of the channels file',
        ],
      ],
      [
        () => checkTopic({ arn: 'arn:topic', subscriptions: found({ confirmed: 1, pending: 1 }) }),
        ['ok alarm-topic: arn:topic has 1 confirmed subscription'],
      ],
      [
        () => checkTopic({ arn: 'arn:topic', subscriptions: found({ confirmed: 0, pending: 1 }) }),
        [
          'failure alarm-topic: arn:topic has only unconfirmed subscriptions, so nobody gets the alarms → confirm the subscription in the mail that SNS sent',
        ],
      ],
      [
        () => checkTopic({ arn: 'arn:topic', subscriptions: found({ confirmed: 0, pending: 0 }) }),
        [
          'warning alarm-topic: arn:topic has no subscriptions, so nobody gets the alarms → set alarmEmail or alarmTopicArn in serverless.yml',
        ],
      ],
      [
        () => checkTopic({ arn: 'arn:topic', subscriptions: absent }),
        ['failure alarm-topic: topic arn:topic does not exist → deploy the stage again, or correct alarmTopicArn in serverless.yml'],
      ],
      [
        () => checkTopic({ arn: 'arn:topic', subscriptions: denied }),
        [
          'warning alarm-topic: arn:topic could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkKey('k', found('Enabled')), ['ok encryption-key: key k is enabled']],
      [
        () => checkKey('k', found('PendingDeletion')),
        [
          'failure encryption-key: key k is PendingDeletion, so nothing can be read or written → run aws kms enable-key --key-id k, or first aws kms cancel-key-deletion',
        ],
      ],
      [() => checkKey('k', absent), ['failure encryption-key: key k does not exist → correct kmsKey in serverless.yml']],
      [
        () => checkKey('k', denied),
        [
          'warning encryption-key: k could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [() => checkQueue(queue('releases-dlq', found(0)), 'prod'), ['ok dead-letters: ota-dispatch-prod-releases-dlq has no messages']],
      [
        () => checkQueue(queue('rule-dlq', found(2), found(7200)), 'prod'),
        [
          'failure dead-letters: ota-dispatch-prod-rule-dlq has 2 messages, the oldest of 120 min → fix the cause, then run npm run ota -- redrive --queue rule --stage prod',
        ],
      ],
      [() => checkQueue(queue('rejected', found(0)), 'prod'), ['ok rejected-messages: ota-dispatch-prod-rejected has no messages']],
      [
        () => checkQueue(queue('rejected', found(1), found(90)), 'prod'),
        [
          'warning rejected-messages: ota-dispatch-prod-rejected has 1 message, the oldest of 90 s → run npm run ota -- rejected --stage prod to see why',
        ],
      ],
      [
        () => checkQueue(queue('releases', found(3), found(900)), 'prod'),
        ['ok queue-age: ota-dispatch-prod-releases has 3 messages, the oldest of 15 min'],
      ],
      [
        () => checkQueue(queue('follow-ups', found(3), found(901)), 'prod'),
        [
          'warning queue-age: ota-dispatch-prod-follow-ups has 3 messages, the oldest of 15 min → see the section follow-ups-age of docs/how-to/runbook.md',
        ],
      ],
      [
        () => checkQueue(queue('steering', found(1), found(301)), 'prod'),
        [
          'warning queue-age: ota-dispatch-prod-steering has 1 message, the oldest of 5 min → see the section steering-age of docs/how-to/runbook.md',
        ],
      ],
      [
        () => checkQueue(queue('steering', found(1), found(300)), 'prod'),
        ['ok queue-age: ota-dispatch-prod-steering has 1 message, the oldest of 5 min'],
      ],
      [
        () => checkQueue(queue('steering-dlq', found(1), found(60)), 'prod'),
        [
          'failure dead-letters: ota-dispatch-prod-steering-dlq has 1 message, the oldest of 60 s → fix the cause, then run npm run ota -- redrive --queue steering --stage prod',
        ],
      ],
      [
        () =>
          checkApprovals({ name: 'b', statements: [denyApprovals(['arn:board', 'arn:approver'])] }, found(['arn:board', 'arn:approver']), {
            isOwn: false,
          }),
        ['ok bus-approvals: only arn:board and arn:approver may approve and resume on bus b'],
      ],
      [
        () => checkApprovals({ name: 'b', statements: [denyApprovals(['arn:board'])] }, denied, { isOwn: false }),
        [
          'warning bus-approvals: the resources of the stack could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () =>
          checkApprovals({ name: 'b', statements: [denyApprovals(['arn:board', 'arn:approver'])] }, found(['arn:approver']), {
            isOwn: true,
            areComputed: true,
          }),
        [
          'ok bus-approvals: only arn:board and arn:approver may approve and resume on bus b. serverless.yml computes approvalPrincipals, so it was not compared',
        ],
      ],
      [
        () => checkApprovals({ name: 'b', statements: [deny] }, found(['arn:board']), { isOwn: true }),
        [
          'failure bus-approvals: the policy of bus b lets everybody who may put events approve and resume → deploy the stage again, with the approvalPrincipals that it should have',
        ],
      ],
      [
        () => checkApprovals({ name: 'b', statements: [deny] }, found(['arn:board']), { isOwn: false }),
        [
          'failure bus-approvals: the policy of bus b lets everybody who may put events approve and resume → add the statement OnlyApproversApprove, which npm exec --no -- serverless package prints, to the policy of bus b',
        ],
      ],
      [
        () =>
          checkApprovals({ name: 'b', statements: [denyApprovals(['arn:board'], 'ForAllValues:StringEquals')] }, found(['arn:board']), {
            isOwn: false,
          }),
        [
          'failure bus-approvals: the policy of bus b lets everybody who may put events approve and resume → add the statement OnlyApproversApprove, which npm exec --no -- serverless package prints, to the policy of bus b',
        ],
      ],
      [
        () => checkApprovals({ name: 'b', statements: [denyApprovals(['arn:board', 'arn:ci'])] }, found(['arn:board']), { isOwn: false }),
        [
          'failure bus-approvals: the policy of bus b lets arn:ci approve and resume, too → add the statement OnlyApproversApprove, which npm exec --no -- serverless package prints, to the policy of bus b',
        ],
      ],
      [
        () =>
          checkApprovals({ name: 'b', statements: [denyApprovals(['arn:board'])] }, found(['arn:board', 'arn:approver']), { isOwn: false }),
        [
          'failure bus-approvals: the policy of bus b does not let arn:approver approve and resume → add the statement OnlyApproversApprove, which npm exec --no -- serverless package prints, to the policy of bus b',
        ],
      ],
      [
        () => checkQueue(queue('releases', absent), 'prod'),
        ['failure queue-age: queue ota-dispatch-prod-releases does not exist → deploy the stage again'],
      ],
      [
        () => checkQueue(queue('releases', denied), 'prod'),
        [
          'warning queue-age: ota-dispatch-prod-releases could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkQueue(queue('releases', found(0), denied), 'prod'),
        [
          'warning queue-age: the age of the oldest message in ota-dispatch-prod-releases could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });

  describe('about drift', () => {
    it.each<Row>([
      [
        () => checkPattern('r', found(rule), intended, 'prod'),
        ['ok drift-event-pattern: rule r has the sources of the local channels file'],
      ],
      [
        () => checkPattern('r', found({ ...rule, pattern: '{"source":["ci","other"]}' }), intended, 'prod'),
        [
          'failure drift-event-pattern: rule r differs from the local channels file: source has other, which the file does not name; account lacks 1 → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed',
        ],
      ],
      [
        () => checkPattern('r', absent, intended, 'prod'),
        ['failure drift-event-pattern: rule r does not exist → run npm exec --no -- serverless deploy --stage prod'],
      ],
      [
        () => checkPattern('r', denied, intended, 'prod'),
        [
          'warning drift-event-pattern: rule r could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkPassRole(allowing('iam:PassRole', 'arn:role'), intended, 'prod'),
        ['ok drift-pass-role: iam:PassRole is allowed on arn:role'],
      ],
      [
        () => checkPassRole(allowing('iam:PassRole', 'arn:other'), intended, 'prod'),
        [
          'failure drift-pass-role: the permissions differ from the local channels file: iam:PassRole lacks arn:role; iam:PassRole has arn:other, which the file does not name → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed',
        ],
      ],
      [
        () => checkPassRole(denied, intended, 'prod'),
        [
          'warning drift-pass-role: the role of the function releases could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
      [
        () => checkJobTargets(allowing('iot:CreateJob', 'arn:job/fw-*', 'arn:group'), intended, 'prod'),
        ['ok drift-job-targets: iot:CreateJob is allowed on arn:job/fw-*, arn:group'],
      ],
      [
        () => checkJobTargets(allowing('iot:CreateJob', 'arn:job/fw-*', 'arn:other'), intended, 'prod'),
        [
          'failure drift-job-targets: the permissions differ from the local channels file: iot:CreateJob lacks arn:group; iot:CreateJob has arn:other, which the file does not name → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed',
        ],
      ],
      [
        () => checkArtifactBuckets(allowing('s3:GetObjectVersion', 'arn:objects'), intended, 'prod'),
        ['ok drift-artifact-buckets: s3:GetObjectVersion is allowed on arn:objects'],
      ],
      [
        () => checkArtifactBuckets(allowing('s3:GetObject', 'arn:objects'), intended, 'prod'),
        [
          'failure drift-artifact-buckets: the permissions differ from the local channels file: s3:GetObjectVersion lacks arn:objects → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed',
        ],
      ],
      [
        () => checkDigest({ ChannelsDigest: 'a'.repeat(64) }, intended, 'prod'),
        ['ok drift-channels: the channels are deployed, digest aaaaaaaaaaaa'],
      ],
      [
        () => checkDigest({ ChannelsDigest: 'b'.repeat(64) }, intended, 'prod'),
        [
          'failure drift-channels: the channels are deployed with digest bbbbbbbbbbbb, the local file has aaaaaaaaaaaa → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed',
        ],
      ],
      [
        () => checkDigest({ ChannelsDigest: 'b'.repeat(64) }, intended, 'local'),
        [
          'failure drift-channels: the channels are deployed with digest bbbbbbbbbbbb, the local file has aaaaaaaaaaaa → restart npm start, or give the file that it runs with by --channels',
        ],
      ],
      [
        () => checkDigest({}, intended, 'prod'),
        [
          'warning drift-channels: the stack has no output ChannelsDigest: an older version is deployed → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed',
        ],
      ],
      [
        () => checkParameters([fn], intended, 'prod'),
        ['ok drift-parameters: the functions have the parameters of the local serverless.yml'],
      ],
      [
        () => checkParameters([fn], { ...intended, computed: ['busName'] }, 'prod'),
        [
          'ok drift-parameters: the functions have the parameters of the local serverless.yml. serverless.yml computes busName, so it was not compared',
        ],
      ],
      [
        () =>
          checkParameters(
            [fn],
            { ...intended, environments: { releases: { OTA_BUS_NAME: 'b' } }, computed: ['looksPerSecond', 'createsPerSecond'] },
            'prod',
          ),
        [
          'failure drift-parameters: the parameters differ from the local serverless.yml: OTA_BUS_NAME of releases is bus, not b. serverless.yml computes looksPerSecond and createsPerSecond, so they were not compared → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed. A value of --param belongs in serverless.yml',
        ],
      ],
      [
        () => checkParameters([fn], { ...intended, environments: { releases: { OTA_BUS_NAME: 'other', OTA_NEW: '1' } } }, 'prod'),
        [
          'failure drift-parameters: the parameters differ from the local serverless.yml: OTA_BUS_NAME of releases is bus, not other → run npm exec --no -- serverless deploy --stage prod, or get the files that were deployed. A value of --param belongs in serverless.yml',
        ],
      ],
      [
        () => checkParameters([{ ...fn, configuration: denied }], intended, 'prod'),
        [
          'warning drift-parameters: the environment of the functions could not be read with x:Get: not authorized → allow x:Get to the credentials of doctor, see docs/reference/doctor.md',
        ],
      ],
    ])('%s', (check, lines) => {
      expect(said(check())).toEqual(lines);
    });
  });
});
