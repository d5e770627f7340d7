import { parseArgs } from 'node:util';
import { DeleteMessageCommand, type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { exit, UsageError } from './command.ts';
import { giveBack, holdAll } from './queue-messages.ts';
import { openStage, type Stage, stageHelp, stageOptions } from './stage.ts';

/** Where stranded messages lie, and where they go. */
const ways: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  rejected: { from: 'rejected', to: 'releases' },
  releases: { from: 'releases-dlq', to: 'releases' },
  'follow-ups': { from: 'follow-ups-dlq', to: 'follow-ups' },
  rule: { from: 'rule-dlq', to: 'releases' },
};

const help = `Usage: npm run ota -- redrive [--queue rejected|releases|follow-ups|rule] [--id MESSAGE] [OPTIONS]

Sends messages round again: received, sent, then deleted, so that none can get lost. Safe at any time: what was
accepted before is a duplicate. A message that its queue does not take stays where it was, and is named with the reason.

  --queue Q      rejected (default), or the dead-letter queue of releases, follow-ups or the bus rule
  --id MESSAGE   only this message, by the id that \`ota rejected\` shows or by its own
${stageHelp}`;

/** `ota redrive`: 0 when every message was sent round, 1 when one could not be sent or the one asked for is not there. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...stageOptions, queue: { type: 'string', default: 'rejected' }, id: { type: 'string' } },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const way = Object.hasOwn(ways, values.queue) ? ways[values.queue] : undefined;
  if (!way) throw new UsageError(`no queue ${JSON.stringify(values.queue)}; there are ${Object.keys(ways).join(', ')}`);
  const { redriven, notSent } = await redrive(openStage(values), way, values.id);
  const isNothing = redriven.length + notSent.length === 0;
  if (values.json) console.log(JSON.stringify({ redriven, notSent }));
  else {
    for (const { messageId, reason } of notSent) console.error(`${messageId} stays in ${way.from}: ${reason}`);
    console.log(
      isNothing
        ? `nothing to send round${values.id === undefined ? '' : `: no message ${values.id} in ${way.from}`}`
        : `${redriven.length} sent round to ${way.to}`,
    );
  }
  return notSent.length > 0 || (values.id !== undefined && isNothing) ? exit.refused : exit.ok;
}

type NotSent = { readonly messageId: string; readonly reason: string };

async function redrive(
  stage: Stage,
  way: { readonly from: string; readonly to: string },
  id: string | undefined,
): Promise<{ redriven: string[]; notSent: NotSent[] }> {
  const [from, to] = [await stage.queueUrl(way.from), await stage.queueUrl(way.to)];
  const held = await holdAll(stage, from);
  const wanted = held.filter((message) => id === undefined || idsOf(message).includes(id));
  await Promise.all(held.filter((message) => !wanted.includes(message)).map((message) => giveBack(stage.sqs, from, message)));
  const redriven: string[] = [];
  const notSent: NotSent[] = [];
  for (const message of wanted) {
    const messageId = message.MessageId ?? '';
    const reason = await sendRound(stage, to, message);
    if (reason === undefined) {
      await stage.sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle: message.ReceiptHandle }));
      redriven.push(messageId);
    } else {
      await giveBack(stage.sqs, from, message);
      notSent.push({ messageId, reason });
    }
  }
  return { redriven, notSent };
}

/** Why a queue did not take a message, in one line; undefined where it did. What is wrong with one says nothing about the others. */
async function sendRound({ sqs }: Stage, to: string, { Body }: Message): Promise<string | undefined> {
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
    return undefined;
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split('\n', 1)[0];
  }
}

function idsOf(message: Message): (string | undefined)[] {
  return [message.MessageId, message.MessageAttributes?.['messageId']?.StringValue];
}
