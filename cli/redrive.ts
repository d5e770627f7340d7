import { parseArgs } from 'node:util';
import { exit, UsageError } from '../scripts/command.ts';
import { idsOf, moveMessages } from './move-messages.ts';
import { openStage, stageHelp, stageOptions } from './stage.ts';

type Route = { readonly from: string; readonly to: string };

/** The queue that each name stands for, and the queue that its messages go to. */
const routes: Readonly<Record<string, Route>> = {
  rejected: { from: 'rejected', to: 'releases' },
  releases: { from: 'releases-dlq', to: 'releases' },
  'follow-ups': { from: 'follow-ups-dlq', to: 'follow-ups' },
  rule: { from: 'rule-dlq', to: 'releases' },
};

const help = `Usage: npm run ota -- redrive [--queue rejected|releases|follow-ups|rule] [--id MESSAGE] [OPTIONS]

Sends messages of a queue to the service again. A message is deleted only after it was sent, so it cannot get lost.
This is safe at any time, because a release that was accepted before is a duplicate. A message that the target queue
does not accept stays where it is and is printed with the reason.

  --queue Q      rejected (default), or the dead-letter queue of releases, follow-ups or the bus rule
  --id MESSAGE   only this message: the id that \`ota rejected\` shows, or its SQS message id
${stageHelp}

Exit status: 0 all messages were redriven, 1 one was not, or the message of --id is not there, 2 wrong usage.`;

/** `ota redrive`. Answers 1 if a message could not be sent or the message of `--id` is not there, or else 0. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...stageOptions, queue: { type: 'string', default: 'rejected' }, id: { type: 'string' } },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const route = Object.hasOwn(routes, values.queue) ? routes[values.queue] : undefined;
  if (!route) throw new UsageError(`there is no queue ${JSON.stringify(values.queue)}: use ${Object.keys(routes).join(', ')}`);
  const stage = openStage(values);
  const urls = { from: await stage.queueUrl(route.from), to: await stage.queueUrl(route.to) };
  const { id } = values;
  const { sent: redriven, notSent } = await moveMessages(stage, urls, (message) => id === undefined || idsOf(message).includes(id));
  const isNothing = redriven.length + notSent.length === 0;
  if (values.json) console.log(JSON.stringify({ redriven, notSent }));
  else {
    for (const { messageId, reason } of notSent) console.error(`${messageId} stays in ${route.from}: ${reason}`);
    if (!isNothing) console.log(`${redriven.length} of ${redriven.length + notSent.length} redriven to ${route.to}`);
    else if (values.id === undefined) console.log(`the queue ${route.from} is empty, nothing to redrive`);
    else console.log(`message ${values.id} is not in ${route.from}, nothing to redrive`);
  }
  return notSent.length > 0 || (values.id !== undefined && isNothing) ? exit.failed : exit.ok;
}
