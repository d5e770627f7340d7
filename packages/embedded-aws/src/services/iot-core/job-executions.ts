import type { Execution } from '../../fleet/executions.ts';
import { isOpen, type Job } from '../../fleet/job.ts';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Handlers, nothing } from '../rest-json/rest-json.ts';
import { notFound } from './failures.ts';
import type { IotWorld } from './world.ts';

const DEFAULT_PAGE = 100;
/** More executions of a job than a thing ever gets, for the order of a list. */
const NUMBERS_MAX = 10_000;

/** ListJobExecutionsForJob, ListJobExecutionsForThing, DescribeJobExecution, CancelJobExecution. */
export function jobExecutionHandlers(world: IotWorld): Handlers {
  const { arns, jobs, registry } = world;

  const find = (thingName: string, jobId: string, number?: number) => {
    const run = jobs.run(jobId);
    const index = run?.job.executions.find(registry.devices.numberOf(thingName), number) ?? -1;
    return run === undefined || index < 0 ? undefined : { run, execution: run.job.executions.get(index) };
  };

  return {
    ListJobExecutionsForJob: (input: { jobId: string; status?: string; maxResults?: number; nextToken?: string }) => {
      const job = jobs.get(input.jobId);
      if (job === undefined) return notFound('Job', input.jobId);
      const page = takePage(executionsOf(job, input.status), (one) => one.index, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      const executionSummaries = page.items.map((one) => ({
        thingArn: arns.thing(registry.devices.nameOf(one.device)),
        jobExecutionSummary: summarize(one),
      }));
      return { output: { executionSummaries, nextToken: page.nextToken } };
    },

    ListJobExecutionsForThing: (input: {
      thingName: string;
      status?: string;
      jobId?: string;
      namespaceId?: string;
      maxResults?: number;
      nextToken?: string;
    }) => {
      const device = registry.devices.numberOf(input.thingName);
      const found = [...jobs.all()].flatMap((job) => {
        if (input.jobId !== undefined && input.jobId !== job.spec.id) return [];
        if (input.namespaceId !== undefined && input.namespaceId !== job.spec.namespaceId) return [];
        return executionsOfThing(job, device)
          .filter(({ status }) => input.status === undefined || input.status === status)
          .map((execution) => ({ job, execution }));
      });
      if (found.length === 0 && !registry.things.has(input.thingName) && world.assumptions.unregisteredTargets === 'refused') {
        return notFound('Thing', input.thingName);
      }
      const page = takePage(
        found,
        (one) => one.job.sequence * NUMBERS_MAX + one.execution.number,
        input.maxResults ?? DEFAULT_PAGE,
        input.nextToken,
      );
      if (page === undefined) return badToken('InvalidRequestException');
      const executionSummaries = page.items.map((one) => ({ jobId: one.job.spec.id, jobExecutionSummary: summarize(one.execution) }));
      return { output: { executionSummaries, nextToken: page.nextToken } };
    },

    DescribeJobExecution: (input: { jobId: string; thingName: string; executionNumber?: number }) => {
      const found = find(input.thingName, input.jobId, input.executionNumber);
      if (found === undefined) {
        return notFound('Job execution', `${input.thingName}/${input.jobId}`);
      }
      const { execution, run } = found;
      const minutes = run.job.spec.inProgressTimeoutMinutes;
      const left =
        minutes === undefined || execution.status !== 'IN_PROGRESS' || execution.startedAt === undefined
          ? undefined
          : Math.max(0, Math.round((execution.startedAt + minutes * 60_000 - world.clock.now()) / 1000));
      return {
        output: {
          execution: {
            jobId: input.jobId,
            thingArn: arns.thing(input.thingName),
            ...summarize(execution),
            retryAttempt: undefined,
            forceCanceled: execution.status === 'CANCELED' ? run.job.forceCanceled : undefined,
            statusDetails: { detailsMap: execution.details ?? {} },
            versionNumber: execution.version,
            approximateSecondsBeforeTimedOut: left,
          },
        },
      };
    },

    CancelJobExecution: (input: {
      jobId: string;
      thingName: string;
      force?: boolean;
      expectedVersion?: number;
      statusDetails?: Record<string, string>;
    }) => {
      const found = find(input.thingName, input.jobId);
      if (found === undefined) return notFound('Job execution', `${input.thingName}/${input.jobId}`);
      const { execution, run } = found;
      if (input.expectedVersion !== undefined && input.expectedVersion !== execution.version) {
        return { exception: 'VersionConflictException', message: `The version of the job execution is ${execution.version}` };
      }
      if (!isOpen(execution.status) || (execution.status === 'IN_PROGRESS' && input.force !== true)) {
        return { exception: 'InvalidStateTransitionException', message: `The job execution is ${execution.status}` };
      }
      run.cancelExecution(execution.index, input.statusDetails);
      return nothing;
    },
  };
}

/** All executions of a job on one thing, the first one first. */
function executionsOfThing({ executions }: Job, device: number): Execution[] {
  const newest = executions.find(device);
  if (newest < 0) return [];
  return Array.from({ length: executions.get(newest).number }, (_, at) => executions.get(executions.find(device, at + 1)));
}

function* executionsOf(job: Job, status: string | undefined): Generator<Execution> {
  for (let index = 0; index < job.executions.size(); index++) {
    if (status === undefined || job.executions.statusOf(index) === status) yield job.executions.get(index);
  }
}

function summarize(execution: Execution): Record<string, unknown> {
  return {
    status: execution.status,
    queuedAt: execution.queuedAt / 1000,
    startedAt: execution.startedAt === undefined ? undefined : execution.startedAt / 1000,
    lastUpdatedAt: execution.lastUpdatedAt / 1000,
    executionNumber: execution.number,
    retryAttempt: execution.attempt,
  };
}
