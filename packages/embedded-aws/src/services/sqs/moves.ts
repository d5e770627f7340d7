import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { JsonOperation } from '../aws-json.ts';
import type { Clock } from '../service.ts';
import { readRedrivePolicy } from './attributes.ts';
import type { QueueDirectory } from './directory.ts';
import { between } from './input.ts';
import type { Message } from './queue.ts';

type Task = {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly perSecond: number | undefined;
  readonly started: number;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failure?: string;
};

const MOST_PER_SECOND = 500;

/** The operations of message move tasks. A moved message becomes a new message with a new id. */
export function createMoveOperations(directory: QueueDirectory, clock: Clock): Record<string, JsonOperation> {
  const tasks: Task[] = [];

  function moveOne(task: Task): 'moved' | 'empty' | 'noDestination' {
    const source = directory.byArn(task.sourceArn);
    const message: Message | undefined = source?.queue.take();
    if (source === undefined || message === undefined) return 'empty';
    const { body, attributes, traceHeader } = message;
    const destination = directory.byArn(task.destinationArn ?? message.deadLetterSource ?? '');
    if (destination === undefined) {
      // The message goes back unchanged, so that a task that cannot go on loses nothing.
      const { id, sent, deadLetterSource } = message;
      source.queue.send({
        id,
        body,
        attributes,
        traceHeader,
        sent,
        delayMilliseconds: 0,
        ...(deadLetterSource === undefined ? {} : { deadLetterSource }),
      });
      return 'noDestination';
    }
    destination.queue.send({ body, attributes, traceHeader, delayMilliseconds: 0 });
    task.moved += 1;
    return 'moved';
  }

  function run(task: Task): void {
    const perSecond = task.perSecond ?? MOST_PER_SECOND;
    for (let count = 0; count < perSecond && task.status === 'RUNNING'; count += 1) {
      const outcome = moveOne(task);
      if (outcome === 'empty' || task.moved === task.toMove) task.status = 'COMPLETED';
      if (outcome === 'noDestination') {
        task.status = 'FAILED';
        task.failure = 'CouldNotDetermineMessageSource';
      }
    }
    if (task.status === 'RUNNING') clock.after(1000, () => run(task));
  }

  return {
    StartMessageMoveTask(input) {
      const perSecond = between(input, 'MaxNumberOfMessagesPerSecond', 1, MOST_PER_SECOND);
      const sourceArn = String(input['SourceArn'] ?? '');
      const source = directory.byArn(sourceArn);
      const destinationArn = input['DestinationArn'] as string | undefined;
      if (source === undefined)
        throw new AwsError('ResourceNotFoundException', "The resource that you specified for the SourceArn parameter doesn't exist.", {
          status: 404,
        });
      const isDeadLetter = directory
        .all()
        .some((entry) => readRedrivePolicy(entry.attributes['RedrivePolicy'])?.deadLetterTargetArn === sourceArn);
      if (!isDeadLetter) throw new AwsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
      if (destinationArn !== undefined && directory.byArn(destinationArn) === undefined) {
        throw new AwsError('ResourceNotFoundException', "The resource that you specified for the DestinationArn parameter doesn't exist.", {
          status: 404,
        });
      }
      if (tasks.some((task) => task.sourceArn === sourceArn && task.status === 'RUNNING')) {
        throw new AwsError(
          'InvalidParameterValue',
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        );
      }
      const task: Task = {
        handle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString('base64'),
        sourceArn,
        destinationArn,
        perSecond,
        started: clock.now(),
        toMove: source.queue.counts().visible,
        moved: 0,
        status: 'RUNNING',
      };
      tasks.unshift(task);
      run(task);
      return { TaskHandle: task.handle };
    },
    ListMessageMoveTasks(input) {
      const sourceArn = String(input['SourceArn'] ?? '');
      if (directory.byArn(sourceArn) === undefined)
        throw new AwsError('ResourceNotFoundException', 'The specified queue does not exist.', { status: 404 });
      const found = tasks.filter((task) => task.sourceArn === sourceArn).slice(0, Number(input['MaxResults'] ?? 1));
      return {
        Results: found.map((task) => ({
          ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
          Status: task.status,
          SourceArn: task.sourceArn,
          DestinationArn: task.destinationArn,
          MaxNumberOfMessagesPerSecond: task.perSecond,
          ApproximateNumberOfMessagesMoved: task.moved,
          ApproximateNumberOfMessagesToMove: task.toMove,
          StartedTimestamp: task.started,
          FailureReason: task.failure,
        })),
      };
    },
    CancelMessageMoveTask(input) {
      const task = tasks.find(({ handle }) => handle === input['TaskHandle']);
      if (task === undefined || task.status !== 'RUNNING') {
        throw new AwsError('ResourceNotFoundException', 'There is no running task with this handle.', { status: 404 });
      }
      task.status = 'CANCELLED';
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
  };
}
