import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { patience } from './patience.ts';
import type { Stage } from './stage.ts';

/** Whose credentials a person works with. */
export type Caller = { readonly account?: string; readonly arn?: string };

/** Asks AWS who the caller is. Every caller may ask. Undefined on a local stage, and in a network without a way to STS. */
export async function callerOf({ isLocal, config }: Pick<Stage, 'isLocal' | 'config'>): Promise<Caller | undefined> {
  if (isLocal) return undefined;
  const client = new STSClient({ ...patience.short, ...config, maxAttempts: 1 });
  const answer = await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  client.destroy();
  if (answer === undefined) return undefined;
  return {
    ...(answer.Account !== undefined && { account: answer.Account }),
    ...(answer.Arn !== undefined && { arn: answer.Arn }),
  };
}
