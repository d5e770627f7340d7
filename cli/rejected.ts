import { parseArgs } from 'node:util';
import type { Message } from '@aws-sdk/client-sqs';
import { readable } from '../domain/release/intake.ts';
import { exit } from '../scripts/command.ts';
import { peekAll } from './queue-messages.ts';
import { openStage, stageHelp, stageOptions } from './stage.ts';

const help = `Usage: npm run ota -- rejected [OPTIONS]

Shows what was rejected, and why. The messages stay in the queue. \`ota redrive\` sends them to the service again.

${stageHelp}`;

/** One rejected message. Members of the release are absent if they could not be read. */
export type RejectedView = {
  readonly messageId: string;
  readonly code: string;
  readonly path: string;
  readonly reason: string;
  readonly product?: string;
  readonly version?: string;
  readonly channels?: readonly string[];
  readonly correlationId?: string;
  readonly at: string;
};

/** `ota rejected`. Answers 0, even if nothing was rejected. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: stageOptions });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const stage = openStage(values);
  const messages = (await peekAll(stage, await stage.queueUrl('rejected'))).map(rejectedView).sort((a, b) => a.at.localeCompare(b.at));
  if (values.json) console.log(JSON.stringify({ rejected: messages }));
  else if (messages.length === 0) console.log('nothing was rejected');
  else for (const message of messages) console.log(lineOf(message));
  return exit.ok;
}

/** Reads a message of the rejected queue. `messageId` is the id of the rejected message, not of its copy in the queue. */
export function rejectedView(message: Message): RejectedView {
  const attribute = (name: string): string => message.MessageAttributes?.[name]?.StringValue ?? '';
  return {
    messageId: attribute('messageId') || (message.MessageId ?? ''),
    code: attribute('code'),
    path: attribute('path'),
    reason: attribute('reason'),
    ...readable(message.Body ?? ''),
    at: new Date(Number(message.Attributes?.SentTimestamp ?? 0)).toISOString(),
  };
}

function lineOf({ at, messageId, code, path, reason, product, version, channels }: RejectedView): string {
  const what = [product, version, channels?.join(',')].filter((part) => part !== undefined).join(' ');
  return `${at}  ${messageId}  ${code} ${path}: ${reason}${what === '' ? '' : `  (${what})`}`;
}
