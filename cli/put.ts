import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { readChannelsFile } from '../domain/request/channels-file.ts';
import { readGivenFile, root, UsageError } from './command.ts';
import type { Stage } from './stage.ts';

/** An event as PutEvents takes it. */
export type OutgoingEvent = { readonly source: string; readonly detailType: string; readonly detail: Readonly<Record<string, unknown>> };

/** Puts one event on the stage's bus and answers its id. Throws when the bus refuses it. */
export async function put(stage: Stage, { source, detailType, detail }: OutgoingEvent): Promise<string> {
  const entry = { EventBusName: stage.bus, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries } = await stage.eventbridge.send(new PutEventsCommand({ Entries: [entry] }));
  const [answer] = Entries ?? [];
  if (answer?.EventId === undefined) throw new Error(`the bus did not take the event: ${answer?.ErrorCode} ${answer?.ErrorMessage}`);
  return answer.EventId;
}

/** The first source that may release a product; throws UsageError where channels.yml knows none. */
export function firstSource(product: string, channelsFile: string | undefined): string {
  const name = channelsFile ?? join(root, 'channels.yml');
  const read = readChannelsFile(readGivenFile(name));
  if (!read.ok) throw new UsageError(`${name} is wrong: npm run ota -- check says where`);
  const source = Object.hasOwn(read.channels.products, product) ? read.channels.products[product]?.sources[0] : undefined;
  if (source === undefined)
    throw new UsageError(`${name} has no product ${JSON.stringify(product)}: no source may send for it; --channels names another file`);
  return source;
}
