import { markerKeys } from '../../domain/channels/reserved.ts';
import { compact } from '../../domain/json/compact.ts';
import type { JobState, Sighting, Subject } from '../../domain/rollout/observation.ts';
import type { AwsIds, Counts } from '../../domain/rollout/outcome-schema.ts';
import type { ControlPlane } from '../../domain/rollout/ports.ts';
import { causeOf, replyOf } from '../aws-errors.ts';
import {
  CreateOtaTaskCommand,
  DeleteOtaTaskCommand,
  GetOtaTaskCommand,
  type IoTManagedIntegrationsClient,
  ListOtaTasksCommand,
  ListTagsForResourceCommand,
} from './client.ts';
import type { CreateOtaTaskRequest, GetOtaTaskResponse, OtaTaskSummary } from './models.ts';

export { IoTManagedIntegrationsClient } from './client.ts';

type Client = Pick<IoTManagedIntegrationsClient, 'send'>;

/** By the clock of AWS, a task can be older than the send that created it. */
const SKEW_MILLISECONDS = 5 * 60_000;
const PAGE_SIZE = 250;

/**
 * The control plane IoT managed integrations (MI). MI chooses the id of a task. So if a create got no response, only a search
 * among all tasks finds the task, by its tags. A create whose token conflicts is `alreadyExists`: a task exists, or is being
 * created, under the token of this rollout. Then too the search must find it, and no other create is sent. `look` and `stop`
 * throw if MI fails or returns an unknown status.
 */
export function managedIntegrations(client: Client): ControlPlane {
  return {
    create: async (input) => {
      try {
        const { TaskId, TaskArn } = await client.send(new CreateOtaTaskCommand(input as CreateOtaTaskRequest));
        if (TaskId === undefined) return { kind: 'unknown', message: 'CreateOtaTask returned no TaskId' };
        return { kind: 'created', aws: idsOf({ TaskId, TaskArn }) };
      } catch (error) {
        return replyOf(error);
      }
    },

    look: async (subject) => {
      if (subject.aws.taskId === undefined) return search(client, subject);
      const task = await getTask(client, subject.aws.taskId);
      return task === undefined ? { kind: 'notFound' } : sightingOf(task, subject.aws.taskId);
    },

    // MI has no cancel. A delete is the only way to stop a task, and it takes neither force nor reasons.
    stop: async (subject) => {
      const taskId = subject.aws.taskId ?? (await findTaskId(client, subject));
      if (taskId === undefined) return;
      try {
        await client.send(new DeleteOtaTaskCommand({ Identifier: taskId }));
      } catch (error) {
        if (causeOf(error) !== 'notFound') throw error;
      }
    },
  };
}

async function findTaskId(client: Client, subject: Subject): Promise<string | undefined> {
  const found = await search(client, subject);
  return found.kind === 'exists' ? found.aws.taskId : undefined;
}

/**
 * Searches the tasks created since the first unanswered send. The task of this rollout has both markers of it. A task with
 * the marker of the rollout but of a different request is `foreign`, unless the right one exists too.
 */
async function search(client: Client, subject: Subject): Promise<Sighting> {
  let result: Sighting = { kind: 'notFound' };
  for await (const { TaskId: taskId } of tasksSince(client, subject.unansweredCreates.firstSentAt)) {
    if (taskId === undefined) continue;
    const task = await getTask(client, taskId);
    if (task === undefined) continue;
    const tags = task.Tags ?? (await tagsOf(client, task.TaskArn));
    if (tags[markerKeys.rolloutId] !== subject.rolloutId) continue;
    if (tags[markerKeys.requestDigest] === subject.requestDigest) return sightingOf(task, taskId);
    result = { kind: 'foreign' };
  }
  return result;
}

/** ListOtaTasks promises no order, so this reads every page. */
async function* tasksSince(client: Client, firstSentAt: number | undefined): AsyncGenerator<OtaTaskSummary> {
  const since = firstSentAt === undefined ? Number.NEGATIVE_INFINITY : firstSentAt - SKEW_MILLISECONDS;
  let token: string | undefined;
  do {
    const page = await client.send(new ListOtaTasksCommand(compact({ MaxResults: PAGE_SIZE, NextToken: token })));
    for (const task of page.Tasks ?? []) {
      if (task.CreatedAt === undefined || task.CreatedAt.getTime() >= since) yield task;
    }
    if (page.NextToken !== undefined && page.NextToken === token) throw new Error('ListOtaTasks returned the same page twice');
    token = page.NextToken;
  } while (token !== undefined);
}

async function getTask(client: Client, taskId: string): Promise<GetOtaTaskResponse | undefined> {
  try {
    return await client.send(new GetOtaTaskCommand({ Identifier: taskId }));
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

/** Older versions of GetOtaTask return no tags. ListTagsForResource always does. */
async function tagsOf(client: Client, taskArn: string | undefined): Promise<Readonly<Record<string, string>>> {
  if (taskArn === undefined) return {};
  try {
    return (await client.send(new ListTagsForResourceCommand({ ResourceArn: taskArn }))).tags ?? {};
  } catch (error) {
    if (causeOf(error) === 'notFound') return {};
    throw error;
  }
}

function sightingOf(task: GetOtaTaskResponse, taskId: string): Sighting {
  const counts = countsOf(task);
  return { kind: 'exists', job: stateOf(task, counts), aws: idsOf({ TaskId: taskId, TaskArn: task.TaskArn }), counts };
}

/** A canceled task is `ending` while devices are queued, because it can still reach them. */
function stateOf({ Status: status, TaskId: taskId }: GetOtaTaskResponse, counts: Counts): JobState {
  switch (status) {
    case 'SCHEDULED':
    case 'IN_PROGRESS':
      return 'live';
    case 'COMPLETED':
      return 'completed';
    case 'CANCELED':
      return counts.queued > 0 ? 'ending' : 'canceled';
    case 'DELETION_IN_PROGRESS':
      return 'ending';
    default:
      throw new Error(`GetOtaTask of ${taskId} returned the unknown status ${status}`);
  }
}

function countsOf({ TaskProcessingDetails: details }: GetOtaTaskResponse): Counts {
  return {
    queued: details?.numberOfQueuedThings ?? 0,
    inProgress: details?.NumberOfInProgressThings ?? 0,
    succeeded: details?.numberOfSucceededThings ?? 0,
    failed: details?.NumberOfFailedThings ?? 0,
    rejected: details?.numberOfRejectedThings ?? 0,
    timedOut: details?.numberOfTimedOutThings ?? 0,
    removed: details?.numberOfRemovedThings ?? 0,
    canceled: details?.NumberOfCanceledThings ?? 0,
  };
}

function idsOf({ TaskId, TaskArn }: { readonly TaskId: string; readonly TaskArn?: string | undefined }): AwsIds {
  return compact({ taskId: TaskId, taskArn: TaskArn });
}
