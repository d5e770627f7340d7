import { PutEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-eventbridge';
import { readChannelsFile } from '../domain/channels/lines.ts';
import { channelsOf } from './channels-of-stage.ts';
import { UsageError } from './command.ts';
import type { Stage } from './stage.ts';

/** Stands in for an account that nobody here knows; no account of AWS has this id. */
const UNKNOWN_ACCOUNT = '000000000000';

/** An event as PutEvents takes it. */
export type OutgoingEvent = { readonly source: string; readonly detailType: string; readonly detail: Readonly<Record<string, unknown>> };

/** Puts one event on the stage's bus and answers its id. Throws when the bus refuses it, UsageError where there is none. */
export async function put(stage: Stage, { source, detailType, detail }: OutgoingEvent): Promise<string> {
  const entry = { EventBusName: stage.bus, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries } = await stage.eventbridge.send(new PutEventsCommand({ Entries: [entry] })).catch((error: unknown) => {
    throw error instanceof ResourceNotFoundException ? noBus(stage, error) : error;
  });
  const [answer] = Entries ?? [];
  if (answer?.ErrorCode === 'ResourceNotFoundException') throw noBus(stage, answer);
  if (answer?.EventId === undefined) throw new Error(`the bus did not take the event: ${answer?.ErrorCode} ${answer?.ErrorMessage}`);
  return answer.EventId;
}

/** AWS refuses the call or the entry where the bus is not there. */
function noBus({ bus }: Stage, cause: unknown): UsageError {
  return new UsageError(`there is no bus ${bus} here: is it another account or region? --bus names another`, { cause });
}

/**
 * The first source that may release a product on this stage. Throws UsageError where channels.yml knows none, or where it
 * names the account and nobody here knows that.
 */
export async function firstSource(product: string, channelsFile: string | undefined, stage: Stage): Promise<string> {
  const { name, text } = channelsOf(stage.name, channelsFile);
  const accountId = await stage.account();
  const read = readChannelsFile(text, { accountId: accountId ?? UNKNOWN_ACCOUNT, region: await stage.region(), stage: stage.name });
  if (!read.ok) throw new UsageError(`${name} is wrong: npm run ota -- check says where`);
  const source = Object.hasOwn(read.channels.products, product) ? read.channels.products[product]?.sources[0] : undefined;
  if (source === undefined)
    throw new UsageError(`${name} has no product ${JSON.stringify(product)}: no source may send for it; --channels names another file`);
  if (accountId === undefined && source.includes(UNKNOWN_ACCOUNT))
    throw new UsageError(
      `the source of ${product} names the account, which your credentials do not tell: publish a whole event, it names its source`,
    );
  return source;
}
