import type { ServiceResponse } from '../service.ts';
import type { QueueEntry } from './directory.ts';

/** The route below `/_ota/` that shows the queues, for messages. */
export const queueAdminRoutes = ['GET /_ota/queues'] as const;

/**
 * Answers `GET /_ota/queues`: the name, ARN, counts and the metric ApproximateAgeOfOldestMessage (whole seconds) of every
 * queue, by name. Returns `undefined` for any other route.
 */
export function answerQueueAdmin(
  { method, path }: { readonly method: string; readonly path: string },
  queues: readonly QueueEntry[],
): ServiceResponse | undefined {
  if (method !== 'GET' || path !== '/_ota/queues') return undefined;
  const shown = queues
    .map(({ name, arn, queue }) => ({ name, arn, ...queue.counts(), approximateAgeOfOldestMessage: queue.ageOfOldestSeconds() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ queues: shown })}\n` };
}
