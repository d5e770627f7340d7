import { DescribeThingCommand, DescribeThingGroupCommand, ListThingsInThingGroupCommand } from '@aws-sdk/client-iot';
import { GetSigningProfileCommand } from '@aws-sdk/client-signer';
import { GetOtaTaskConfigurationCommand } from '../../../adapters/managed-integrations/client.ts';
import { type Answer, found } from '../answer.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';

/** A target of AWS IoT. `query` is that of a dynamic thing group. `more` says that there are more things than `things`. */
export type Target = {
  readonly arn: string;
  readonly group: Answer<{ readonly query: string | undefined }>;
  readonly things: Answer<{ readonly count: number; readonly more: boolean }>;
};

const NO_RESOURCE = ['ResourceNotFoundException'];
/** The most that ListThingsInThingGroup returns at once (API model of AWS IoT). */
const PAGE = 250;
/** After so many pages doctor says "more than". */
const PAGES = 4;

export async function gatherTarget({ iot }: Pick<Clients, 'iot'>, arn: string): Promise<Target> {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  if (!arn.includes(':thinggroup/')) {
    const thing = await ask('iot:DescribeThing', NO_RESOURCE, async () => {
      await iot.send(new DescribeThingCommand({ thingName: name }));
      return { query: undefined };
    });
    return { arn, group: thing, things: found({ count: 1, more: false }) };
  }
  const group = await ask('iot:DescribeThingGroup', NO_RESOURCE, async () => {
    const { queryString } = await iot.send(new DescribeThingGroupCommand({ thingGroupName: name }));
    return { query: queryString };
  });
  if (group.kind !== 'found') return { arn, group, things: group };
  const things = await ask('iot:ListThingsInThingGroup', NO_RESOURCE, async () => {
    let count = 0;
    let nextToken: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await iot.send(
        new ListThingsInThingGroupCommand({ thingGroupName: name, recursive: true, maxResults: PAGE, nextToken }),
      );
      count += answer.things?.length ?? 0;
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return { count, more: nextToken !== undefined };
  });
  return { arn, group, things };
}

export type Profile = { readonly status: string; readonly platform: string };

export function gatherProfile({ signer }: Pick<Clients, 'signer'>, profileName: string): Promise<Answer<Profile>> {
  return ask('signer:GetSigningProfile', NO_RESOURCE, async () => {
    const { status = '', platformId = '' } = await signer.send(new GetSigningProfileCommand({ profileName }));
    return { status, platform: platformId };
  });
}

/** Whether managed integrations knows a task configuration. */
export function gatherTaskConfiguration(
  { managedIntegrations }: Pick<Clients, 'managedIntegrations'>,
  Identifier: string,
): Promise<Answer<true>> {
  return ask('iotmanagedintegrations:GetOtaTaskConfiguration', NO_RESOURCE, async () => {
    await managedIntegrations.send(new GetOtaTaskConfigurationCommand({ Identifier }));
    return true as const;
  });
}
