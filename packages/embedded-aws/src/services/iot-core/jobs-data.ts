import type { Execution, ExecutionStatus } from '../../fleet/executions.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { isNotified, isOpen, isOver } from '../../fleet/job.ts';
import type { Run } from '../../fleet/run.ts';
import type { Handlers } from '../rest-json/rest-json.ts';
import type { ServiceRequest } from '../service.ts';
import { invalid, notFound } from './failures.ts';
import { resolveForDevice } from './job-placeholders.ts';
import { jobIdOf } from './ota-update.ts';
import type { IotWorld } from './world.ts';

/** The most pending executions of each kind that AWS returns to a device. */
const PENDING_MAX = 10;
/** How long the URLs in a document work, if the job does not say (API reference, PresignedUrlConfig and AwsJobPresignedUrlConfig). */
const EXPIRES_IN_SECONDS = 3_600;
const EXPIRES_IN_SECONDS_OF_OTA_UPDATE = 1_800;
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
      const { executions, status, spec } = run.job;
      const index = executions.find(device);
      // Devices of a namespace listen on its own topics, which are MQTT only.
      if (index < 0 || status === 'DELETION_IN_PROGRESS' || spec.namespaceId !== undefined) return [];
      const execution = executions.get(index);
      // Between two maintenance windows the job is SCHEDULED, and only what has started can be seen.
      const isHidden = execution.status === 'QUEUED' && (status === 'SCHEDULED' || !isNotified(run.job, index));
      return isOpen(execution.status) && !isHidden ? [{ run, execution }] : [];
    });
  };
  /** The oldest queued first, as the developer guide says. */
  const byAge = (found: Found[]) => found.sort((a, b) => a.execution.queuedAt - b.execution.queuedAt);
  const next = (thingName: string): Found | undefined => {
    const all = byAge(open(thingName));
    return all.find((one) => one.execution.status === 'IN_PROGRESS') ?? all.find((one) => !isOver(one.run.job));
  };
  const documentFor = ({ run, execution }: Found, thingName: string, { endpoint }: ServiceRequest) => {
    const { id, document, presignedUrl } = run.job.spec;
    const fallback = id.startsWith(jobIdOf('')) ? EXPIRES_IN_SECONDS_OF_OTA_UPDATE : EXPIRES_IN_SECONDS;
    return resolveForDevice(document, {
      endpoint,
      region: world.options.region,
      plus: world.assumptions.plusInPresignedV2,
      expiresInSec: presignedUrl?.expiresInSec ?? fallback,
      thingName,
      jobId: id,
      executionNumber: execution.number,
    });
  };
  const describe = ({ run, execution }: Found, thingName: string, request: ServiceRequest, withDocument: boolean) => ({
    jobId: run.job.spec.id,
    thingName,
    jobDocument: withDocument ? documentFor({ run, execution }, thingName, request) : undefined,
    status: execution.status,
    statusDetails: execution.details,
    queuedAt: seconds(execution.queuedAt),
    startedAt: execution.startedAt === undefined ? undefined : seconds(execution.startedAt),
    lastUpdatedAt: seconds(execution.lastUpdatedAt),
    versionNumber: execution.version,
    executionNumber: execution.number,
  });
  const again = ({ run, execution }: Found): Found => ({ run, execution: run.job.executions.get(execution.index) });

  return {
    GetPendingJobExecutions: ({ thingName }: { thingName: string }) => {
      const all = open(thingName);
      const of = (status: ExecutionStatus) =>
        byAge(all)
          .filter((one) => one.execution.status === status)
          .slice(0, PENDING_MAX)
          .map(({ run, execution }) => ({
            jobId: run.job.spec.id,
            queuedAt: seconds(execution.queuedAt),
            startedAt: execution.startedAt === undefined ? undefined : seconds(execution.startedAt),
            lastUpdatedAt: seconds(execution.lastUpdatedAt),
            versionNumber: execution.version,
            executionNumber: execution.number,
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
      if (isOther(found, input.executionNumber)) return notFound('Job execution', `${input.thingName}/${input.jobId}`);
      if (found !== undefined)
        return { output: { execution: describe(found, input.thingName, request, input.includeJobDocument !== false) } };
      const ended = endedExecution(world, input.thingName, input.jobId, input.executionNumber);
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
      const found = open(input.thingName).find((one) => one.run.job.spec.id === input.jobId);
      if (isOther(found, input.executionNumber)) return notFound('Job execution', `${input.thingName}/${input.jobId}`);
      if (found === undefined) {
        const ended = endedExecution(world, input.thingName, input.jobId, input.executionNumber);
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
          jobDocument: input.includeJobDocument ? documentFor(found, input.thingName, request) : undefined,
        },
      };
    },
  };
}

/** Whether a number is asked for that is not that of the execution which was found. */
function isOther(found: Found | undefined, executionNumber: number | undefined): boolean {
  return found !== undefined && executionNumber !== undefined && executionNumber !== found.execution.number;
}

function endedExecution(world: IotWorld, thingName: string, jobId: string, number: number | undefined): Found | undefined {
  const run = world.jobs.run(jobId);
  const index = run?.job.executions.find(world.registry.devices.numberOf(thingName), number) ?? -1;
  // What has not ended and is hidden from the device does not exist for it.
  return run === undefined || index < 0 || isOpen(run.job.executions.statusOf(index))
    ? undefined
    : { run, execution: run.job.executions.get(index) };
}

function terminal(status: ExecutionStatus) {
  return { exception: 'TerminalStateException', message: `The job execution is in the terminal state ${status}` };
}

function invalidTransition(from: ExecutionStatus, to: string) {
  return { exception: 'InvalidStateTransitionException', message: `The job execution is ${from} and cannot become ${to}` };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
