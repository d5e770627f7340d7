import type { Execution, ExecutionStatus } from '../../fleet/executions.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { isNotified, isOpen, isOver } from '../../fleet/job.ts';
import type { Run } from '../../fleet/run.ts';
import type { Handlers } from '../rest-json/rest-json.ts';
import type { ServiceRequest } from '../service.ts';
import { invalid, notFound } from './failures.ts';
import { EXECUTION_NUMBER } from './job-executions.ts';
import type { IotWorld } from './world.ts';

/** The most pending executions of each kind that AWS returns to a device. */
const PENDING_MAX = 10;
const REPORTABLE: readonly string[] = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED'];

type Found = { readonly run: Run; readonly execution: Execution };
type Details = Readonly<Record<string, string>>;

/**
 * The device's side of jobs: GetPendingJobExecutions, StartNextPendingJobExecution, DescribeJobExecution,
 * UpdateJobExecution. A thing that calls once is real from then on, and the simulation leaves it alone.
 */
export function jobsDataHandlers(world: IotWorld, fleet: Fleet): Handlers {
  const { jobs, registry } = world;

  const open = (thingName: string): Found[] => {
    fleet.letGo(thingName);
    const device = registry.devices.numberOf(thingName);
    return [...jobs.runs()].flatMap((run) => {
      const index = run.job.executions.find(device);
      if (index < 0 || run.job.status === 'DELETION_IN_PROGRESS' || run.job.status === 'SCHEDULED') return [];
      const execution = run.job.executions.get(index);
      return isOpen(execution.status) && isNotified(run.job, index) ? [{ run, execution }] : [];
    });
  };
  const next = (thingName: string): Found | undefined => {
    const all = open(thingName);
    return all.find((one) => one.execution.status === 'IN_PROGRESS') ?? all.find((one) => !isOver(one.run.job));
  };
  const describe = ({ run, execution }: Found, thingName: string, request: ServiceRequest, withDocument: boolean) => ({
    jobId: run.job.spec.id,
    thingName,
    jobDocument: withDocument ? substitute(run.job.spec.document, request.endpoint) : undefined,
    status: execution.status,
    statusDetails: execution.details,
    queuedAt: seconds(execution.queuedAt),
    startedAt: execution.startedAt === undefined ? undefined : seconds(execution.startedAt),
    lastUpdatedAt: seconds(execution.lastUpdatedAt),
    versionNumber: execution.version,
    executionNumber: EXECUTION_NUMBER,
  });
  const again = ({ run, execution }: Found): Found => ({ run, execution: run.job.executions.get(execution.index) });

  return {
    GetPendingJobExecutions: ({ thingName }: { thingName: string }) => {
      const all = open(thingName);
      const of = (status: ExecutionStatus) =>
        all
          .filter((one) => one.execution.status === status)
          .slice(0, PENDING_MAX)
          .map(({ run, execution }) => ({
            jobId: run.job.spec.id,
            queuedAt: seconds(execution.queuedAt),
            startedAt: execution.startedAt === undefined ? undefined : seconds(execution.startedAt),
            lastUpdatedAt: seconds(execution.lastUpdatedAt),
            versionNumber: execution.version,
            executionNumber: EXECUTION_NUMBER,
          }));
      return { output: { inProgressJobs: of('IN_PROGRESS'), queuedJobs: of('QUEUED') } };
    },

    StartNextPendingJobExecution: (input: { thingName: string; statusDetails?: Details }, request: ServiceRequest) => {
      const found = next(input.thingName);
      if (found === undefined) return { output: {} };
      if (found.execution.status === 'QUEUED' || input.statusDetails !== undefined) {
        found.run.report(found.execution.index, 'IN_PROGRESS', input.statusDetails);
      }
      return { output: { execution: describe(again(found), input.thingName, request, true) } };
    },

    DescribeJobExecution: (
      input: { thingName: string; jobId: string; includeJobDocument?: boolean; executionNumber?: number },
      request: ServiceRequest,
    ) => {
      const found =
        input.jobId === '$next' ? next(input.thingName) : open(input.thingName).find((one) => one.run.job.spec.id === input.jobId);
      if (found === undefined && input.jobId === '$next') return { output: {} };
      if (isOther(input.executionNumber)) return notFound('Job execution', `${input.thingName}/${input.jobId}`);
      if (found !== undefined)
        return { output: { execution: describe(found, input.thingName, request, input.includeJobDocument !== false) } };
      const ended = endedExecution(world, input.thingName, input.jobId);
      if (ended === undefined) return notFound('Job execution', `${input.thingName}/${input.jobId}`);
      return terminal(ended.execution.status);
    },

    UpdateJobExecution: (
      input: {
        thingName: string;
        jobId: string;
        status: ExecutionStatus;
        statusDetails?: Details;
        expectedVersion?: number;
        includeJobExecutionState?: boolean;
        includeJobDocument?: boolean;
        executionNumber?: number;
      },
      request: ServiceRequest,
    ) => {
      if (isOther(input.executionNumber)) return notFound('Job execution', `${input.thingName}/${input.jobId}`);
      const found = open(input.thingName).find((one) => one.run.job.spec.id === input.jobId);
      if (found === undefined) {
        const ended = endedExecution(world, input.thingName, input.jobId);
        if (ended === undefined) return notFound('Job execution', `${input.thingName}/${input.jobId}`);
        return invalidTransition(ended.execution.status, input.status);
      }
      const { execution, run } = found;
      if (input.expectedVersion !== undefined && input.expectedVersion !== execution.version) {
        const message = `Expected version ${input.expectedVersion}, the execution has version ${execution.version}`;
        return { exception: 'ConflictException', message };
      }
      if (!REPORTABLE.includes(input.status)) return invalid(`A device cannot set the status ${input.status}`);
      run.report(execution.index, input.status, input.statusDetails);
      const now = again(found).execution;
      return {
        output: {
          executionState: input.includeJobExecutionState
            ? { status: now.status, statusDetails: now.details, versionNumber: now.version }
            : undefined,
          jobDocument: input.includeJobDocument ? substitute(run.job.spec.document, request.endpoint) : undefined,
        },
      };
    },
  };
}

function isOther(executionNumber: number | undefined): boolean {
  return executionNumber !== undefined && executionNumber !== EXECUTION_NUMBER;
}

function endedExecution(world: IotWorld, thingName: string, jobId: string): Found | undefined {
  const run = world.jobs.run(jobId);
  const index = run?.job.executions.find(world.registry.devices.numberOf(thingName)) ?? -1;
  return run === undefined || index < 0 ? undefined : { run, execution: run.job.executions.get(index) };
}

function terminal(status: ExecutionStatus) {
  return { exception: 'TerminalStateException', message: `The job execution is in the terminal state ${status}` };
}

function invalidTransition(from: ExecutionStatus, to: string) {
  return { exception: 'InvalidStateTransitionException', message: `The job execution is ${from} and cannot become ${to}` };
}

/**
 * Replaces presigned URL placeholders by plain URLs of the endpoint, which needs no signature for a read. The bucket of a
 * placeholder is in its path or its host. Characters that a URL cannot have are encoded.
 */
function substitute(document: string, endpoint: string): string {
  return document.replaceAll(
    /\$\{aws:iot:s3-presigned-url(?:-v2)?:https:\/\/(?:([a-z\d][a-z\d.-]*)\.)?s3[.-][^/]+\/([^}]*)\}/g,
    (_all, bucket: string | undefined, path: string) =>
      `${endpoint}/${bucket === undefined ? '' : `${bucket}/`}${path.replace(/[^\x21-\x7e]+/gu, encodeURIComponent)}`,
  );
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
