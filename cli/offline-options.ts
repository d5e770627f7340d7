import { type ChannelVariables, unknownAccount } from '../domain/channels/variables.ts';
import { stageFaults } from '../infrastructure/parameters.ts';
import { UsageError } from '../scripts/command.ts';

/** The options of the commands that read channels.yml and need no endpoint. */
export const offlineOptions = {
  channels: { type: 'string' },
  account: { type: 'string' },
  region: { type: 'string' },
  stage: { type: 'string', default: 'local' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const offlineHelp = `  --channels F   the channels.yml (default: the one that the stage is deployed
                 with)
  --account ID   the AWS account in the requests (default: 000000000000)
  --region R     the AWS region in the requests (default: the one that the stage
                 is deployed in)
  --stage S      the stage (default: local)`;

/** The account that a person named, or else the one that stands for none. Throws UsageError if it does not have 12 digits. */
export function accountOf(given: string | undefined): Pick<ChannelVariables, 'accountId'> & { readonly isAccountNamed: boolean } {
  const accountId = given ?? unknownAccount;
  if (!/^\d{12}$/.test(accountId)) throw new UsageError(`--account takes 12 digits, not ${accountId || 'nothing'}`);
  return { accountId, isAccountNamed: given !== undefined };
}

/** Throws UsageError if packaging would refuse the name of the stage in this region. */
export function checkStageName(stage: string, region: string): void {
  const [fault] = stageFaults(stage, region);
  if (fault !== undefined) throw new UsageError(`--stage: ${fault}`);
}
