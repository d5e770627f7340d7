import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Answer } from '../answer.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';

/** Whose credentials these are. `partition` is `aws`, `aws-us-gov` or `aws-cn`. */
export type Caller = { readonly account: string; readonly arn: string; readonly partition: string };

export function gatherCaller({ sts }: Pick<Clients, 'sts'>): Promise<Answer<Caller>> {
  return ask('sts:GetCallerIdentity', [], async () => {
    const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn, partition: Arn.split(':')[1] ?? 'aws' };
  });
}

/** How many executions Lambda runs at a time in the account, and how many of them no function has reserved. */
export type Concurrency = { readonly limit: number; readonly unreserved: number };

export function gatherConcurrency({ lambda }: Pick<Clients, 'lambda'>): Promise<Answer<Concurrency>> {
  return ask('lambda:GetAccountSettings', [], async () => {
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions ?? 0;
    return { limit, unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? limit };
  });
}

/**
 * The code of AWS IoT Device Management in Service Quotas, which has the quotas of OTA updates and jobs. Observed in a public
 * snapshot of Service Quotas. AWS IoT Core has another code, `iotcore`, without these quotas.
 */
const SERVICE_CODE = 'iot';
const NO_QUOTA = ['NoSuchResourceException'];

/** The value of a quota. `applied` is false if the account has AWS's default. */
export type Quota = { readonly value: number; readonly applied: boolean };

/** The quota of the account, or else AWS's default. Absent if Service Quotas knows neither, as in some regions. */
export async function gatherQuota({ quotas }: Pick<Clients, 'quotas'>, QuotaCode: string): Promise<Answer<Quota>> {
  const applied = await ask('servicequotas:GetServiceQuota', NO_QUOTA, async () => {
    const { Quota: quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: SERVICE_CODE, QuotaCode }));
    return { value: quota?.Value ?? 0, applied: true };
  });
  if (applied.kind !== 'absent') return applied;
  return ask('servicequotas:GetAWSDefaultServiceQuota', NO_QUOTA, async () => {
    const { Quota: quota } = await quotas.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode: SERVICE_CODE, QuotaCode }));
    return { value: quota?.Value ?? 0, applied: false };
  });
}
