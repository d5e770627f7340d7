import { markerKeys } from '../../domain/channels/reserved.ts';
import type { JobState, Sighting, Subject } from '../../domain/rollout/observation.ts';
import type { ControlPlane } from '../../domain/rollout/ports.ts';
import type { AwsIds, Counts } from '../../domain/rollout/rollout.ts';
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

/** Handed out here so that whoever loads this when it is first needed has both. */
export { IoTManagedIntegrationsClient } from './client.ts';

type Client = Pick<IoTManagedIntegrationsClient, 'send'>;

/** A task can be older than the send we know of by the difference of two clocks. */
const SKEW_MILLISECONDS = 5 * 60_000;
const PAGE_SIZE = 250;

/**
 * Managed integrations: the service gives tasks ids of its own, so one whose create was not answered can only be
 * found among all tasks by its tags. A create whose token meets a conflict counts as `alreadyExists`: a task was, or
 * is being, made under the token of this very rollout, so again only the search can answer, and nothing is sent anew.
 */
export function managedIntegrations(client: Client): ControlPlane {
  return {
    create: async (input) => {
      try {
        const { TaskId, TaskArn } = await client.send(new CreateOtaTaskCommand(input as CreateOtaTaskRequest));
        if (TaskId === undefined) return { kind: 'unknown', message: 'CreateOtaTask answered without a TaskId' };
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

    // There is no cancel: deleting is the only stop, and it knows neither force nor reasons.
    stop: async (subject) => {
      const taskId = subject.aws.taskId ?? (await searchedId(client, subject));
      if (taskId === undefined) return;
      try {
        await client.send(new DeleteOtaTaskCommand({ Identifier: taskId }));
      } catch (error) {
        if (causeOf(error) !== 'notFound') throw error;
      }
    },
  };
}

async function searchedId(client: Client, subject: Subject): Promise<string | undefined> {
  const found = await search(client, subject);
  return found.kind === 'exists' ? found.aws.taskId : undefined;
}

/**
 * Goes through all tasks made since the first unanswered send. Only tasks with both our markers, equal, are ours; one
 * that carries our rollout's name but another request is reported as foreign, unless a true one is found as well.
 */
async function search(client: Client, subject: Subject): Promise<Sighting> {
  let otherwise: Sighting = { kind: 'notFound' };
  for await (const { TaskId: taskId } of tasksSince(client, subject.unansweredCreates.firstSentAt)) {
    if (taskId === undefined) continue;
    const task = await getTask(client, taskId);
    if (task === undefined) continue;
    const tags = task.Tags ?? (await tagsOf(client, task.TaskArn));
    if (tags[markerKeys.rolloutId] !== subject.rolloutId) continue;
    if (tags[markerKeys.requestDigest] === subject.requestDigest) return sightingOf(task, taskId);
    otherwise = { kind: 'foreign' };
  }
  return otherwise;
}

/** Lists are in no promised order, so every page is read. */
async function* tasksSince(client: Client, firstSentAt: number | undefined): AsyncGenerator<OtaTaskSummary> {
  const since = firstSentAt === undefined ? Number.NEGATIVE_INFINITY : firstSentAt - SKEW_MILLISECONDS;
  let token: string | undefined;
  do {
    const page = await client.send(new ListOtaTasksCommand({ MaxResults: PAGE_SIZE, ...(token !== undefined && { NextToken: token }) }));
    for (const task of page.Tasks ?? []) {
      if (task.CreatedAt === undefined || task.CreatedAt.getTime() >= since) yield task;
    }
    if (page.NextToken !== undefined && page.NextToken === token) throw new Error('ListOtaTasks answered the same page twice');
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

/** Tags came to GetOtaTask later than to the tagging operations. */
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

/** What is still queued under a canceled task can still reach a device. */
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
      throw new Error(`GetOtaTask of ${taskId} answered the status ${status}, which has no known meaning`);
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
  return { taskId: TaskId, ...(TaskArn !== undefined && { taskArn: TaskArn }) };
}
