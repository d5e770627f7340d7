import type { FaultMix } from '../fault-mix.ts';
import { AwsError, type Input, type SimulatedService } from '../transport.ts';
import type { World } from '../world.ts';
import { countsOf, type Job, newJob, statusOf } from './fleet.ts';

type Task = { readonly job: Job; readonly input: Input; readonly listedAt: number; readonly createdAt: number };

export type ManagedIntegrations = SimulatedService & { readonly jobs: ReadonlyMap<string, Job> };

const PAGE = 3;

/** Managed integrations give tasks their own ids. A client token returns the same task until the token expires. */
export function managedIntegrations(world: World, mix: FaultMix, onJob: (job: Job) => void): ManagedIntegrations {
  const tasks = new Map<string, Task>();
  const jobs = new Map<string, Job>();
  const tokens = new Map<string, { readonly taskId: string; readonly until: number; readonly input: string }>();
  const { chance } = world;

  const create = (input: Input): unknown => {
    const token = String(input['ClientToken']);
    const known = tokens.get(token);
    if (known && known.until > world.now()) {
      if (known.input !== JSON.stringify(input)) throw new AwsError('ConflictException', 'another request under this token');
      return { TaskId: known.taskId, TaskArn: arnOf(known.taskId) };
    }
    const tags = (input['Tags'] ?? {}) as Record<string, string>;
    const job = newJob(world, {
      id: `task${tasks.size + 1}`,
      rolloutId: tags['ota-dispatch.rolloutId'] ?? 'foreign',
      attempt: 1,
      service: 'mi',
      continuous: input['OtaType'] === 'CONTINUOUS',
    });
    const lag = world.deviates('list lag', 'mi', mix.listLag) ? chance.number('list lag', 100, 5 * 60_000) : 0;
    tasks.set(job.id, { job, input, listedAt: world.now() + lag, createdAt: world.now() });
    jobs.set(job.id, job);
    tokens.set(token, { taskId: job.id, until: world.now() + mix.tokenLife, input: JSON.stringify(input) });
    world.log(`task ${job.id} of ${job.rolloutId} starts`);
    onJob(job);
    return { TaskId: job.id, TaskArn: arnOf(job.id) };
  };
  const find = (id: unknown): { task: Task; status: ReturnType<typeof statusOf> } => {
    const task = tasks.get(String(id));
    const status = task && statusOf(task.job, world.now());
    if (!task || !status) throw new AwsError('ResourceNotFoundException', 'not there');
    return { task, status };
  };
  const get = (input: Input): unknown => {
    const { task, status } = find(input['Identifier']);
    const counts = countsOf(task.job, world.now());
    return {
      TaskId: task.job.id,
      TaskArn: arnOf(task.job.id),
      Status: status,
      // AWS added tags to this operation later than to the tagging operations.
      ...(mix.tokenLife > 5 * 60_000 && { Tags: task.input['Tags'] }),
      TaskProcessingDetails: {
        numberOfQueuedThings: counts.queued,
        NumberOfInProgressThings: counts.inProgress,
        numberOfSucceededThings: counts.succeeded,
        NumberOfFailedThings: counts.failed,
        NumberOfCanceledThings: counts.canceled,
        numberOfRejectedThings: 0,
        numberOfTimedOutThings: 0,
        numberOfRemovedThings: 0,
      },
    };
  };
  const list = (input: Input): unknown => {
    const all = [...tasks.values()].filter(({ job, listedAt }) => listedAt <= world.now() && statusOf(job, world.now()) !== undefined);
    const last = String(input['NextToken'] ?? 'task0');
    const left = all.filter(({ job }) => Number(job.id.slice(4)) > Number(last.slice(4)));
    const page = left.slice(0, PAGE);
    const next = left.length > PAGE ? { NextToken: page.at(-1)?.job.id } : {};
    return {
      Tasks: page.map(({ job, createdAt }) => ({ TaskId: job.id, TaskArn: arnOf(job.id), CreatedAt: new Date(createdAt) })),
      ...next,
    };
  };

  return {
    name: 'mi',
    jobs,
    handle: (operation, input) => {
      switch (operation) {
        case 'CreateOtaTask':
          return create(input);
        case 'GetOtaTask':
          return get(input);
        case 'ListOtaTasks':
          return list(input);
        case 'ListTagsForResource': {
          const { task } = find(String(input['ResourceArn']).split('/').at(-1));
          return { tags: task.input['Tags'] };
        }
        case 'DeleteOtaTask': {
          const { task } = find(input['Identifier']);
          const late = world.deviates('late cancel', 'mi', mix.lateCancel) ? chance.number('late delete', 100, 120_000) : 0;
          task.job.deletionAt ??= world.now() + late;
          task.job.deletedAt ??= world.now() + late + chance.number('deletion', 0, 30_000);
          return {};
        }
        default:
          throw new Error(`managed integrations are not simulated for ${operation}`);
      }
    },
  };
}

function arnOf(taskId: string): string {
  return `arn:aws:iotmanagedintegrations:us-east-1:000000000000:ota-task/${taskId}`;
}
