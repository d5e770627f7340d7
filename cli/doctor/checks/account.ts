import { managedIntegrationsRegions } from 'aws-ota-models';
import type { Answer } from '../answer.ts';
import { unread } from '../answer.ts';
import { type Check, failure, notCompared, ok, warning } from '../check.ts';
import type { Deployment } from '../deployment.ts';
import type { Caller, Concurrency, Quota } from '../gather/account.ts';
import type { Named } from '../wanted.ts';

/** Whether AWS accepts the credentials. */
export function checkCredentials(caller: Answer<Caller>): Check {
  if (caller.kind === 'found') return ok('credentials', `${caller.value.arn} in account ${caller.value.account}`);
  const why = caller.kind === 'unread' ? caller.why : 'no answer';
  return failure(
    'credentials',
    `AWS accepts no credentials: ${why}`,
    'log in, for example with aws sso login, and set AWS_PROFILE or other credentials. No other check was made',
  );
}

/** Whether the region that the commands use is the one of the stage in serverless.yml. */
export function checkRegion(used: string, { region, stage }: Deployment): Check {
  if (region === undefined) return ok('region', `${used}. serverless.yml computes the region of stage ${stage}, so it was not compared`);
  if (used === region) return ok('region', `${used}, as in serverless.yml`);
  return failure(
    'region',
    `the region is ${used}, but serverless.yml deploys stage ${stage} to ${region}`,
    `set AWS_REGION=${region}, or set params.${stage}.region in serverless.yml to ${used}`,
  );
}

/** Whether every ARN of the channels file has this account and region. One check for each ARN that has not. */
export function checkArns(arns: readonly Named[], { account, partition }: Caller, region: string): Check[] {
  const wrong = arns.flatMap(({ name: arn, channels }): Check[] => {
    const [, inPartition = '', , inRegion = '', inAccount = ''] = arn.split(':');
    const right = [
      inPartition === partition ? [] : [`partition ${inPartition}, not ${partition}`],
      inRegion === '' || inRegion === region ? [] : [`region ${inRegion}, not ${region}`],
      inAccount === account ? [] : [`account ${inAccount}, not ${account}`],
    ].flat();
    if (right.length === 0) return [];
    const message = `${arn} of ${channels.join(', ')} has ${right.join(', ')}`;
    return [
      failure(
        'account',
        message,
        `correct the ARN in the channels file. Its variables are filled in for the account and region of the stage`,
      ),
    ];
  });
  return wrong.length > 0 ? wrong : [ok('account', `every ARN in the channels file is of account ${account}`)];
}

/** Whether the region has managed integrations. The local AWS has it everywhere. Nothing if no channel needs it. */
export function checkManagedIntegrationsRegion(channels: readonly string[], region: string, isLocal: boolean): Check[] {
  const id = 'managed-integrations-region';
  if (channels.length === 0) return [];
  if (isLocal) return [ok(id, 'the local AWS has managed integrations')];
  if (managedIntegrationsRegions.includes(region)) return [ok(id, `${region} has managed integrations`)];
  return [
    warning(
      id,
      `${region} is not among the documented regions of managed integrations, but ${channels.join(', ')} need it`,
      `deploy the stage to ${managedIntegrationsRegions.join(', ')}, or remove these channels from the channels file of this stage`,
    ),
  ];
}

/** Lambda keeps so many executions unreserved (Lambda developer guide, "Configuring reserved concurrency"). */
const UNRESERVED_MIN = 100;

/** What a stage reserves, which is undefined if serverless.yml computes it, and what its functions have reserved already. */
export type Reservation = { readonly needed: number | undefined; readonly held: number };

/** Whether Lambda can reserve what the stage needs. Not compared if that is unknown. */
export function checkConcurrency(concurrency: Answer<Concurrency>, { needed, held }: Reservation): Check {
  const id = 'lambda-concurrency';
  if (concurrency.kind === 'unread') return unread(id, 'the concurrency of the account', concurrency);
  if (concurrency.kind === 'absent') return warning(id, 'Lambda named no limit of the account', 'look it up in the Lambda console');
  const { limit, unreserved } = concurrency.value;
  if (needed === undefined)
    return ok(
      id,
      `${unreserved} of ${limit} executions are unreserved. serverless.yml computes createsPerSecond or followUpsShare, so the need of the stage was not compared`,
    );
  const left = unreserved + held - needed;
  if (left >= UNRESERVED_MIN) return ok(id, `the stage reserves ${needed} of ${limit} executions, ${left} stay unreserved`);
  return failure(
    id,
    `the stage reserves ${needed} executions, and ${left} of ${limit} would stay unreserved. Lambda keeps ${UNRESERVED_MIN}`,
    `ask Service Quotas to raise the Lambda quota "Concurrent executions" to at least ${limit + UNRESERVED_MIN - left}, or lower createsPerSecond`,
  );
}

/** Whether the quota of CreateOTAUpdate covers the parameter `createsPerSecond`. */
export function checkCreateQuota(quota: Answer<Quota>, { createsPerSecond }: Deployment): Check {
  return checkQuota('quota-create-ota-update', quota, {
    name: 'CreateOTAUpdate API TPS (L-EFEC7F9B)',
    used: [['createsPerSecond', createsPerSecond]],
  });
}

/** Whether the quota of CreateJob covers the parameter `createsPerSecond`. AWS does not raise it. */
export function checkCreateJobQuota(quota: Answer<Quota>, { createsPerSecond }: Deployment): Check {
  return checkQuota('quota-create-job', quota, {
    name: 'CreateJob throttle limit (L-23F244D4)',
    used: [['createsPerSecond', createsPerSecond]],
    isFixed: true,
  });
}

/** Whether the quota of DescribeJob covers `looksPerSecond` and is what `describeJobPerSecond` says. */
export function checkDescribeJobQuota(quota: Answer<Quota>, { looksPerSecond, describeJobPerSecond }: Deployment): Check {
  return checkQuota('quota-describe-job', quota, {
    name: 'DescribeJob throttle limit (L-609D00CE)',
    used: [
      ['looksPerSecond', looksPerSecond],
      ['describeJobPerSecond', describeJobPerSecond],
    ],
  });
}

function checkQuota(
  id: 'quota-create-ota-update' | 'quota-create-job' | 'quota-describe-job',
  quota: Answer<Quota>,
  {
    name,
    used,
    isFixed = false,
  }: {
    readonly name: string;
    readonly used: readonly (readonly [parameter: string, value: number | undefined])[];
    readonly isFixed?: boolean;
  },
): Check {
  if (quota.kind === 'unread') return unread(id, `the quota ${name}`, quota);
  const known = used.flatMap(([parameter, asked]) => (asked === undefined ? [] : [{ parameter, asked }]));
  const listed = known.map(({ parameter, asked }) => `${parameter} is ${asked}`).join(', ');
  const computed = used.flatMap(([parameter, asked]) => (asked === undefined ? [parameter] : []));
  const parameters = `${listed === '' ? '' : `. ${listed}`}${notCompared(computed)}`;
  if (quota.kind === 'absent')
    return warning(id, `Service Quotas does not know ${name} here${parameters}`, 'ask AWS support for the quota, and compare it');
  const { value, applied } = quota.value;
  const of = `${name} is ${value} a second${applied ? '' : ", AWS's default"}`;
  const above = known.filter(({ asked }) => asked > value).map(({ parameter }) => parameter);
  if (above.length === 0) return ok(id, `${of}${parameters}`);
  return failure(
    id,
    `${of}${parameters}`,
    `set ${above.join(' and ')} in serverless.yml to at most ${value}${isFixed ? ', because AWS does not raise this quota' : ', or ask Service Quotas to raise the quota'}`,
  );
}
