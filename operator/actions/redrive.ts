import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { steering } from '../../domain/channels/event-pattern.ts';
import { UsageError } from '../../scripts/command.ts';
import { idsOf, moveMessages, type NotSent, type Sent } from '../events/move-messages.ts';
import { peekAll } from '../reads/queue-messages.ts';
import type { Stage } from '../stage/stage.ts';
import { unknownName } from '../words/unknown-name.ts';

export type RedriveTarget = 'releases' | 'steering' | 'follow-ups';
/** Without `to`, each event goes to the queue of its detail-type. */
type Route = { readonly from: string; readonly to?: RedriveTarget };

/** The queue that each name stands for, and the queue that its messages go to. */
const routes: Readonly<Record<string, Route>> = {
  rejected: { from: 'rejected' },
  releases: { from: 'releases-dlq', to: 'releases' },
  steering: { from: 'steering-dlq', to: 'steering' },
  'follow-ups': { from: 'follow-ups-dlq', to: 'follow-ups' },
  rule: { from: 'rule-dlq' },
};

/** How long to wait for the service. It needs seconds, unless it fails. */
export const REDRIVE_PATIENCE_MILLISECONDS = 20_000;

/** The results of more messages than this are not waited for. */
const FOLLOWED_MAX = 25;

/** What a person wants to send again: every message of a queue, or the one with this id. */
export type AskedRedrive = { readonly queue: string; readonly messageId?: string | undefined };

/** The queue, by the end of its name, that a name of {@link AskedRedrive} stands for. Throws UsageError with the names that exist. */
function redriveRoute(queue: string): Route {
  const route = Object.hasOwn(routes, queue) ? routes[queue] : undefined;
  if (!route) throw new UsageError(`there is no queue ${unknownName(queue, Object.keys(routes), 'there are')}`);
  return route;
}

/** The queue of an event by its detail-type. What cannot be read goes to `releases`, which rejects it. */
function queueOf(body: string): 'releases' | 'steering' {
  try {
    const detailType = (JSON.parse(body) as { readonly 'detail-type'?: unknown } | null)?.['detail-type'];
    return steering.some((type) => type === detailType) ? 'steering' : 'releases';
  } catch {
    return 'releases';
  }
}

/** What a redrive would send. `count` is the rough number of messages that SQS reports as available. */
export type PreparedRedrive =
  | { readonly from: string; readonly to: RedriveTarget | undefined; readonly count: number }
  | { readonly from: string; readonly to: RedriveTarget; readonly message: { readonly messageId: string; readonly body: string } }
  | { readonly from: string; readonly isAbsent: true };

/**
 * What a redrive would send, and where. To find one message, it receives the messages of the queue and gives them back at once. Throws
 * UsageError for a queue that does not exist.
 */
export async function prepareRedrive(stage: Stage, { queue, messageId }: AskedRedrive): Promise<PreparedRedrive> {
  const { from, to } = redriveRoute(queue);
  const QueueUrl = await stage.queueUrl(from);
  if (messageId === undefined) {
    const { Attributes } = await stage.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return { from, to, count: Number(Attributes?.ApproximateNumberOfMessages ?? 0) };
  }
  const found = (await peekAll(stage, QueueUrl)).find((message) => idsOf(message).includes(messageId));
  if (found === undefined) return { from, isAbsent: true };
  const body = found.Body ?? '';
  return { from, to: to ?? queueOf(body), message: { messageId, body } };
}

/** What was sent, and to which queues. `isFollowed`: what becomes of the messages can be read soon. */
export type Redriven = {
  readonly from: string;
  readonly sent: readonly Sent[];
  readonly notSent: readonly NotSent[];
  readonly to: readonly RedriveTarget[];
  readonly isFollowed: boolean;
};

/** Sends messages of a queue to the service again, as {@link moveMessages} does. Throws UsageError for a queue that does not exist. */
export async function redrive(stage: Stage, { queue, messageId }: AskedRedrive): Promise<Redriven> {
  const { from, to } = redriveRoute(queue);
  const targetOf = (body: string): RedriveTarget => to ?? queueOf(body);
  const urls = new Map<RedriveTarget, Promise<string>>();
  const toOf = async (body: string) => {
    const target = targetOf(body);
    const url = urls.get(target) ?? stage.queueUrl(target);
    urls.set(target, url);
    return url;
  };
  const between = { from: await stage.queueUrl(from), toOf };
  const moved = await moveMessages(stage, between, (message) => messageId === undefined || idsOf(message).includes(messageId));
  const targets = [...new Set(moved.sent.map(({ body }) => targetOf(body)))].sort();
  const isFollowed = queue === 'rejected' && moved.sent.length > 0 && moved.sent.length <= FOLLOWED_MAX;
  return { from, ...moved, to: targets, isFollowed };
}

/** How many messages went where: `2 of 3 redriven to releases and steering`. */
export function redrivenLine({ sent, notSent, to }: Redriven): string {
  const where = to.map((queue, index) => `${index === 0 ? ' to' : ' and'} ${queue}`).join('');
  return `${sent.length} of ${sent.length + notSent.length} redriven${where}`;
}
