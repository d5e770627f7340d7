import type { JsonInput } from '../member-types.ts';
import type { Queue } from './queue.ts';

/** A queue under its name, with what SetQueueAttributes and TagQueue keep of it. */
export type QueueEntry = {
  readonly name: string;
  readonly arn: string;
  readonly created: number;
  modified: number;
  attributes: Record<string, string>;
  tags: Record<string, string>;
  readonly queue: Queue;
};

/** How the operations find the queue that a request names. */
export type QueueDirectory = {
  /** By queue URL, whose host is ignored. Throws QueueDoesNotExist. */
  byUrl(input: JsonInput): QueueEntry;
  byArn(arn: string): QueueEntry | undefined;
  all(): readonly QueueEntry[];
};
