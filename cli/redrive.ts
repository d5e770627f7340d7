import { steering } from '../domain/channels/event-pattern.ts';
import { compact } from '../domain/json/compact.ts';
import { idsOf, moveMessages } from '../operator/events/move-messages.ts';
import { openStage } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { print } from '../scripts/layout.ts';
import { resultLine, resultsOf } from './redrive-results.ts';
import { stageHelp, stageOptions } from './stage-options.ts';

type Target = 'releases' | 'steering' | 'follow-ups';
/** Without `to`, each event goes to the queue of its detail-type. */
type Route = { readonly from: string; readonly to?: Target };

/** The queue that each name stands for, and the queue that its messages go to. */
const routes: Readonly<Record<string, Route>> = {
  rejected: { from: 'rejected' },
  releases: { from: 'releases-dlq', to: 'releases' },
  steering: { from: 'steering-dlq', to: 'steering' },
  'follow-ups': { from: 'follow-ups-dlq', to: 'follow-ups' },
  rule: { from: 'rule-dlq' },
};

const help = `Usage: npm run ota -- redrive [--queue rejected|releases|steering|follow-ups|rule] [--id MESSAGE]

Sends messages of a queue to the service again. A message is deleted only after it was sent, so it cannot get lost.
This is safe at any time, because a release that was accepted before is a duplicate. A message that the target queue
does not accept stays where it is and is printed with the reason. After a redrive of up to 25 rejected messages, the
command waits up to 20 seconds for the service, and prints what became of each. Withdrawals, approvals, holds and
resumes go to the queue steering. In a deployed stage only the role of approvers may send to it.

  --queue Q      rejected (default), or the dead-letter queue of releases, steering, follow-ups or the bus rules
  --id MESSAGE   only this message: the id that \`ota rejected\` shows, or its SQS message id
  --no-wait      do not wait for the results
${stageHelp}

Exit status:
  0    all messages were redriven
  1    a message was not redriven or was rejected again, or the message of --id is not there
  2    wrong usage`;

/** The queue of an event by its detail-type. What cannot be read goes to `releases`, which rejects it. */
function queueOf(body: string): 'releases' | 'steering' {
  try {
    const detailType = (JSON.parse(body) as { readonly 'detail-type'?: unknown } | null)?.['detail-type'];
    return steering.some((type) => type === detailType) ? 'steering' : 'releases';
  } catch {
    return 'releases';
  }
}

/** How long to wait for the service. It needs seconds, unless it fails. */
const PATIENCE_MILLISECONDS = 20_000;

/** The results of more messages than this are not waited for. */
const FOLLOWED_MAX = 25;

/** `ota redrive`. Answers 1 if a message could not be sent, was rejected again, or the message of `--id` is not there, or else 0. */
export async function run(args: readonly string[], patience = PATIENCE_MILLISECONDS): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...stageOptions,
      queue: { type: 'string', default: 'rejected' },
      id: { type: 'string' },
      'no-wait': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const route = Object.hasOwn(routes, values.queue) ? routes[values.queue] : undefined;
  if (!route) throw new UsageError(`there is no queue ${JSON.stringify(values.queue)}: use ${Object.keys(routes).join(', ')}`);
  const stage = openStage(values);
  const targetOf = (body: string): Target => route.to ?? queueOf(body);
  const urls = new Map<Target, Promise<string>>();
  const toOf = async (body: string) => {
    const target = targetOf(body);
    const url = urls.get(target) ?? stage.queueUrl(target);
    urls.set(target, url);
    return url;
  };
  const between = { from: await stage.queueUrl(route.from), toOf };
  const { id } = values;
  const { sent, notSent } = await moveMessages(stage, between, (message) => id === undefined || idsOf(message).includes(id));
  const to = [...new Set(sent.map(({ body }) => targetOf(body)))].sort();
  const isFollowed = values.queue === 'rejected' && !values['no-wait'] && sent.length > 0 && sent.length <= FOLLOWED_MAX;
  const results = isFollowed ? await resultsOf(stage, sent, patience) : undefined;
  const redriven = sent.map(({ messageId }) => messageId);
  const isNothing = sent.length + notSent.length === 0;
  if (values.json) console.log(JSON.stringify(compact({ redriven, notSent, results })));
  else {
    for (const { messageId, reason } of notSent) console.error(`${messageId} stays in ${route.from}: ${reason}`);
    if (!isNothing)
      console.log(
        `${sent.length} of ${sent.length + notSent.length} redriven${to.map((queue, index) => `${index === 0 ? ' to' : ' and'} ${queue}`).join('')}`,
      );
    else if (id === undefined) console.log(`the queue ${route.from} is empty, nothing to redrive`);
    else console.log(`message ${id} is not in the queue ${route.from}, nothing to redrive`);
    if (results === undefined) for (const { messageId, copyId } of sent) print(`message ${messageId} is now ${copyId}`);
    for (const result of results ?? []) print(resultLine(result));
    if (results === undefined && sent.length > 0) print('see npm run ota -- rejected and npm run ota -- status for the results');
  }
  const isRejected = results?.some(({ result }) => result === 'rejected') ?? false;
  return notSent.length > 0 || isRejected || (id !== undefined && isNothing) ? exit.failed : exit.ok;
}
