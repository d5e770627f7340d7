import { randomUUID } from 'node:crypto';
import type { JobEvent } from '../../fleet/jobs.ts';
import type { Clock } from '../service.ts';
import type { Arns } from './arns.ts';
import type { Registry } from './registry.ts';

const KEPT = 1_000;

/** A message that AWS IoT would publish over MQTT. */
export type PublishedMessage = { readonly topic: string; readonly payload: Readonly<Record<string, unknown>> };

/** The events of jobs and executions that UpdateEventConfigurations has enabled. All are off at first. */
export type JobEvents = {
  note(event: JobEvent): void;
  /** Oldest first, at most a thousand. */
  all(): readonly PublishedMessage[];
};

type JobEventsWorld = {
  readonly arns: Arns;
  readonly registry: Registry;
  readonly configurations: Readonly<Record<string, { readonly Enabled: boolean }>>;
  readonly clock: Clock;
  readonly publish: ((message: PublishedMessage) => void) | undefined;
};

/**
 * Job events with the topics and payloads of the developer guide: `timestamp` in seconds, the times of a job in
 * milliseconds. A job that is created or in progress causes no event.
 */
export function createJobEvents(world: JobEventsWorld): JobEvents {
  const kept: PublishedMessage[] = [];
  const send = (message: PublishedMessage) => {
    kept.push(message);
    if (kept.length > KEPT) kept.shift();
    world.publish?.(message);
  };
  const enabled = (type: 'JOB' | 'JOB_EXECUTION') => world.configurations[type]?.Enabled === true;
  return {
    note(event) {
      const header = { eventId: randomUUID(), timestamp: Math.floor(world.clock.now() / 1000) };
      if ('operation' in event) {
        if (enabled('JOB')) send(writeJobEvent(event, header));
      } else if (enabled('JOB_EXECUTION') && event.status !== 'QUEUED' && event.status !== 'IN_PROGRESS') {
        send(writeExecutionEvent(event, header, world));
      }
    },
    all: () => kept,
  };
}

type Header = { readonly eventId: string; readonly timestamp: number };

function writeJobEvent({ job, operation }: Extract<JobEvent, { operation: string }>, header: Header): PublishedMessage {
  const { executions, spec } = job;
  return {
    topic: `$aws/events/job/${spec.id}/${operation}`,
    payload: {
      eventType: 'JOB',
      ...header,
      operation,
      jobId: spec.id,
      status: job.status,
      targetSelection: spec.continuous ? 'CONTINUOUS' : 'SNAPSHOT',
      targets: spec.targets,
      description: spec.description,
      comment: job.comment,
      completedAt: job.completedAt,
      createdAt: job.createdAt,
      lastUpdatedAt: job.lastUpdatedAt,
      jobProcessDetails: {
        numberOfCanceledThings: executions.count('CANCELED'),
        numberOfRejectedThings: executions.count('REJECTED'),
        numberOfFailedThings: executions.count('FAILED'),
        numberOfRemovedThings: executions.count('REMOVED'),
        numberOfSucceededThings: executions.count('SUCCEEDED'),
      },
    },
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
