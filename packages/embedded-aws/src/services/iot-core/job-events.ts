import { randomUUID } from 'node:crypto';
import type { Faults } from '../../faults.ts';
import type { Job } from '../../fleet/job.ts';
import type { JobEvent } from '../../fleet/jobs.ts';
import type { Clock } from '../service.ts';
import type { Arns } from './arns.ts';
import type { Registry } from './registry.ts';

const KEPT = 1_000;

/** The operations of a job that cause an event (developer guide, "Jobs events"). None is about a start or progress. */
export const JOB_OPERATIONS = ['completed', 'canceled', 'cancellation_in_progress', 'deletion_in_progress', 'deleted'] as const;

/** A message that AWS IoT would publish over MQTT. */
export type PublishedMessage = { readonly topic: string; readonly payload: Readonly<Record<string, unknown>> };

/** The events of jobs and executions that UpdateEventConfigurations has enabled. All are off at first. */
export type JobEvents = {
  note(event: JobEvent): void;
  /** Publishes a message that no job has caused. */
  send(message: PublishedMessage): void;
  /** Oldest first, at most a thousand. */
  all(): readonly PublishedMessage[];
};

type JobEventsWorld = {
  readonly arns: Arns;
  readonly registry: Registry;
  readonly configurations: Readonly<Record<string, { readonly Enabled: boolean }>>;
  readonly clock: Clock;
  readonly faults: Pick<Faults, 'takeEventFault'> | undefined;
  readonly publish: (message: PublishedMessage) => void;
};

/**
 * Job events with the topics and payloads of the developer guide: `timestamp` in seconds, the times of a job in
 * milliseconds. A job that is created or in progress causes no event. AWS publishes each event once or more, in any order. Here it is
 * once and in order, unless a fault says otherwise.
 */
export function createJobEvents(world: JobEventsWorld): JobEvents {
  const kept: PublishedMessage[] = [];
  const send = (message: PublishedMessage) => {
    kept.push(message);
    if (kept.length > KEPT) kept.shift();
    world.publish(message);
  };
  const sendJobEvent = (message: PublishedMessage, operation: string) => {
    const fault = world.faults?.takeEventFault('iot', operation);
    if (fault?.kind === 'eventLost') return;
    if (fault?.kind === 'eventLate') world.clock.after(fault.delayMilliseconds, () => send(message));
    else send(message);
    if (fault?.kind === 'eventTwice') send(message);
  };
  const enabled = (type: 'JOB' | 'JOB_EXECUTION') => world.configurations[type]?.Enabled === true;
  return {
    note(event) {
      const header = { eventId: randomUUID(), timestamp: Math.floor(world.clock.now() / 1000) };
      if ('operation' in event) {
        if (enabled('JOB')) sendJobEvent(writeJobEvent(event, header), event.operation);
      } else if (enabled('JOB_EXECUTION') && event.status !== 'QUEUED' && event.status !== 'IN_PROGRESS') {
        send(writeExecutionEvent(event, header, world));
      }
    },
    send,
    all: () => kept,
  };
}

type Header = { readonly eventId: string; readonly timestamp: number };

/** The members of each event as the developer guide shows them: only `completed` has counts, and `canceled` has no comment. */
function writeJobEvent({ job, operation }: Extract<JobEvent, { operation: string }>, header: Header): PublishedMessage {
  const { spec, createdAt, lastUpdatedAt, comment } = job;
  const ofJob = {
    targetSelection: spec.continuous ? 'CONTINUOUS' : 'SNAPSHOT',
    targets: spec.targets,
    description: spec.description,
  };
  const times = { createdAt, lastUpdatedAt };
  const more =
    operation === 'completed'
      ? { ...ofJob, completedAt: job.completedAt, ...times, jobProcessDetails: endedThings(job) }
      : operation === 'canceled'
        ? { ...ofJob, ...times }
        : { ...ofJob, comment, ...times };
  return {
    topic: `$aws/events/job/${spec.id}/${operation}`,
    payload: { eventType: 'JOB', ...header, operation, jobId: spec.id, status: operation.toUpperCase(), ...more },
  };
}

/** Neither those that are queued or in progress, nor those that timed out. */
function endedThings({ executions }: Job): object {
  return {
    numberOfCanceledThings: executions.count('CANCELED'),
    numberOfRejectedThings: executions.count('REJECTED'),
    numberOfFailedThings: executions.count('FAILED'),
    numberOfRemovedThings: executions.count('REMOVED'),
    numberOfSucceededThings: executions.count('SUCCEEDED'),
  };
}

function writeExecutionEvent(
  { job, index, status }: Extract<JobEvent, { index: number }>,
  header: Header,
  { arns, registry }: JobEventsWorld,
): PublishedMessage {
  const execution = job.executions.get(index);
  const operation = status.toLowerCase();
  return {
    topic: `$aws/events/jobExecution/${job.spec.id}/${operation}`,
    payload: {
      eventType: 'JOB_EXECUTION',
      ...header,
      operation,
      jobId: job.spec.id,
      thingArn: arns.thing(registry.devices.nameOf(execution.device)),
      status,
      statusDetails: execution.details ?? {},
    },
  };
}
