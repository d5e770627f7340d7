import { isOver, type Job } from '../../fleet/job.ts';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Failure, type Handlers, nothing } from '../rest-json/rest-json.ts';
import { invalid, notFound } from './failures.ts';
import { type CreateJob, checkJob, checkSettings, type JobSettings, specOf } from './job-creation.ts';
import { describeJob, documentOf, summarizeJob } from './job-description.ts';
import { putTags } from './tags.ts';
import type { IotWorld } from './world.ts';

const DEFAULT_PAGE = 100;
const DELETIONS_AT_ONCE_MAX = 10;

/** CreateJob, DescribeJob, GetJobDocument, UpdateJob, CancelJob, DeleteJob, ListJobs. */
export function jobHandlers(world: IotWorld): Handlers {
  const { arns, jobs, assumptions } = world;
  /** What CreateJob was given, and how UpdateJob has changed it. */
  const requests = new Map<string, { readonly asCreated?: CreateJob; readonly now: Partial<CreateJob> }>();
  const requestOf = (job: Job) => requests.get(job.spec.id)?.now;

  return {
    CreateJob: (input: CreateJob) => {
      const { jobId } = input;
      const arn = arns.job(jobId);
      const checked = checkJob(world, input, requests.get(jobId)?.asCreated);
      if ('exception' in checked) return checked;
      if ('spec' in checked) {
        // The tags of a job that is gone are not those of its successor.
        world.tags.delete(arn);
        const tagged = putTags(world.tags, arn, input.tags ?? []);
        if (tagged !== undefined) return tagged;
        requests.set(jobId, { asCreated: input, now: input });
        jobs.create(checked.spec);
      }
      return { output: { jobArn: arn, jobId, description: input.description } };
    },

    DescribeJob: ({ jobId, beforeSubstitution }: { jobId: string; beforeSubstitution?: boolean }) => {
      const job = visibleJob(world, jobId);
      if (job === undefined) return notFound('Job', jobId);
      return { output: { documentSource: job.spec.documentSource, job: describeJob(world, job, requestOf(job), beforeSubstitution) } };
    },

    GetJobDocument: ({ jobId, beforeSubstitution }: { jobId: string; beforeSubstitution?: boolean }) => {
      const job = visibleJob(world, jobId);
      return job === undefined
        ? notFound('Job', jobId)
        : { output: { document: documentOf(world, job, requestOf(job), beforeSubstitution) } };
    },

    UpdateJob: ({ jobId, namespaceId: _namespace, ...changes }: JobSettings & { jobId: string; namespaceId?: string }) => {
      const run = jobs.run(jobId);
      if (run === undefined) return notFound('Job', jobId);
      const refused = checkUpdate(world, run.job, changes);
      if (refused !== undefined) return refused;
      const request = requests.get(jobId);
      requests.set(jobId, { ...request, now: { ...request?.now, ...changes } });
      run.update(specOf(changes));
      return nothing;
    },

    CancelJob: (input: { jobId: string; reasonCode?: string; comment?: string; force?: boolean }) => {
      const run = jobs.run(input.jobId);
      if (run === undefined) return notFound('Job', input.jobId);
      const { job } = run;
      const force = input.force === true;
      const forcesAfterwards = force && job.status === 'CANCELED' && job.executions.count('IN_PROGRESS') > 0;
      const output = { jobArn: arns.job(input.jobId), jobId: input.jobId, description: job.spec.description };
      if (job.status === 'CANCELED' && !forcesAfterwards && assumptions.cancelOfCanceled === 'answered') return { output };
      const isRefused = job.status === 'SCHEDULED' && assumptions.cancelOfScheduled === 'refused';
      if (job.status === 'DELETION_IN_PROGRESS' || isRefused || (isOver(job) && !forcesAfterwards)) {
        return invalid(`Job ${input.jobId} is ${job.status} and cannot be canceled`);
      }
      run.cancel({ force, reasonCode: input.reasonCode, comment: input.comment });
      return { output };
    },

    DeleteJob: (input: { jobId: string; force?: boolean }) => {
      const job = jobs.get(input.jobId);
      if (job === undefined) return notFound('Job', input.jobId);
      if (job.status === 'DELETION_IN_PROGRESS') return invalid(`Job ${input.jobId} is ${job.status} and cannot be deleted again`);
      if (!isOver(job) && input.force !== true) {
        const message = `Job ${input.jobId} is ${job.status}. Cancel it first, or set force`;
        return { exception: 'InvalidStateTransitionException', message };
      }
      if (jobs.deleting() >= DELETIONS_AT_ONCE_MAX) {
        return { exception: 'LimitExceededException', message: `At most ${DELETIONS_AT_ONCE_MAX} jobs may be deleted at once` };
      }
      jobs.remove(input.jobId, () => {
        requests.delete(input.jobId);
        world.tags.delete(arns.job(input.jobId));
      });
      return nothing;
    },

    ListJobs: (input: {
      status?: string;
      targetSelection?: string;
      thingGroupName?: string;
      thingGroupId?: string;
      namespaceId?: string;
      maxResults?: number;
      nextToken?: string;
    }) => {
      const { status, targetSelection, namespaceId } = input;
      const byId = [...world.registry.groups.values()].find((one) => one.id === input.thingGroupId)?.name;
      const group = input.thingGroupName ?? byId ?? input.thingGroupId;
      const hidesScheduled = input.thingGroupName !== undefined && assumptions.listJobsOfGroup === 'withoutScheduled';
      const wanted = [...jobs.all()].reverse().filter((job) => {
        if (!isVisible(world, job) || (hidesScheduled && job.status === 'SCHEDULED')) return false;
        if (status !== undefined && job.status !== status) return false;
        if (targetSelection !== undefined && job.spec.continuous !== (targetSelection === 'CONTINUOUS')) return false;
        if (namespaceId !== undefined && job.spec.namespaceId !== namespaceId) return false;
        return group === undefined || job.spec.targets.includes(arns.thingGroup(group));
      });
      const page = takePage(wanted, (job) => -job.sequence, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
      if (page === undefined) return badToken('InvalidRequestException');
      return { output: { jobs: page.items.map((job) => summarizeJob(world, job)), nextToken: page.nextToken } };
    },
  };
}

/** Whether the reads of the control plane see the job yet. */
function isVisible({ clock, assumptions }: IotWorld, job: Job): boolean {
  return clock.now() >= job.createdAt + assumptions.jobVisibleAfterMilliseconds;
}

function visibleJob(world: IotWorld, jobId: string): Job | undefined {
  const job = world.jobs.get(jobId);
  return job !== undefined && isVisible(world, job) ? job : undefined;
}

function checkUpdate({ assumptions }: IotWorld, job: Job, changes: JobSettings): Failure | undefined {
  const statuses = { any: undefined, live: ['IN_PROGRESS', 'SCHEDULED'], inProgress: ['IN_PROGRESS'] }[assumptions.updateJob];
  if (statuses?.includes(job.status) === false) return invalid(`Job ${job.spec.id} is ${job.status} and cannot be updated`);
  if (changes.jobExecutionsRetryConfig?.criteriaList.some((one) => one.numberOfRetries > 0)) {
    return invalid('jobExecutionsRetryConfig: the number of retries can only be changed to 0');
  }
  return checkSettings(changes);
}
