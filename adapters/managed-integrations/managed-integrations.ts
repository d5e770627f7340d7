import { compact } from '../../domain/json/compact.ts';
import type { JobState, Sighting, Subject } from '../../domain/rollout/observation.ts';
import type { AwsIds, Counts } from '../../domain/rollout/outcome-schema.ts';
import type { ControlPlane, TimeLeft } from '../../domain/rollout/ports.ts';
import { causeOf, replyOf } from '../aws-errors.ts';
import { CREATE_MILLISECONDS_MAX, oneCreate, type PlaneClients } from '../clients.ts';
import { inTheTimeLeft, requireTimeLeft, type SendOptions } from '../time-left.ts';
import {
  CreateOtaTaskCommand,
  DeleteOtaTaskCommand,
  GetOtaTaskCommand,
  type IoTManagedIntegrationsClient,
  ListOtaTasksCommand,
  ListTagsForResourceCommand,
} from './client.ts';
import { type KnownMarkers, knownMarkers, type Markers, markersOf } from './known-markers.ts';
import type { CreateOtaTaskRequest, GetOtaTaskResponse, OtaTaskSummary } from './models.ts';

export { IoTManagedIntegrationsClient } from './client.ts';

type Client = Pick<IoTManagedIntegrationsClient, 'send'>;
type Tags = Readonly<Record<string, string>>;

/** By the clock of AWS, a task can be older than the send that created it. */
const SKEW_MILLISECONDS = 5 * 60_000;
const PAGE_SIZE = 250;

/**
 * The control plane IoT managed integrations (MI). MI chooses the id of a task. So if a create got no response, only a search
 * among all tasks finds the task, by its tags. A create whose token conflicts is `alreadyExists`: a task exists, or is being
 * created, under the token of this rollout. Then too the search must find it, and no other create is sent. `look` and `stop`
 * throw if MI fails or returns an unknown status, or if the time left does not suffice. A create that has no answer after
 * `createMilliseconds` is `unknown`.
 */
export function managedIntegrations(
  { creates, others }: PlaneClients<Client>,
  {
    createMilliseconds = CREATE_MILLISECONDS_MAX,
    known = knownMarkers(),
  }: { readonly createMilliseconds?: number; readonly known?: KnownMarkers } = {},
): ControlPlane {
  return {
    create: async (input) => {
      try {
        const command = new CreateOtaTaskCommand(input as CreateOtaTaskRequest);
        const { TaskId, TaskArn } = await creates.send(command, oneCreate(createMilliseconds));
        if (TaskId === undefined) return { kind: 'unknown', message: 'CreateOtaTask returned no TaskId' };
        return { kind: 'created', aws: idsOf({ TaskId, TaskArn }) };
      } catch (error) {
        return replyOf(error);
      }
    },

    look: (subject, _at, time) =>
      inTheTimeLeft(time, async (options) => {
        if (subject.aws.taskId === undefined) return find({ client: others, options, time, known }, subject);
        const task = await getTask(others, options, subject.aws.taskId);
        return task === undefined ? { kind: 'notFound' } : sightingOf(task, subject.aws.taskId);
      }),

    // MI has no cancel. A delete is the only way to stop a task, and it takes neither force nor reasons.
    stop: (subject, _order, time) =>
      inTheTimeLeft(time, async (options) => {
        const taskId = subject.aws.taskId ?? taskIdOf(await find({ client: others, options, time, known }, subject));
        if (taskId === undefined) return;
        try {
          await others.send(new DeleteOtaTaskCommand({ Identifier: taskId }), options);
        } catch (error) {
          if (causeOf(error) !== 'notFound') throw error;
        }
      }),
  };
}

function taskIdOf(found: Sighting): string | undefined {
  return found.kind === 'exists' ? found.aws.taskId : undefined;
}

/** What a search needs besides its subject. */
type Search = { readonly client: Client; readonly options: SendOptions; readonly time: TimeLeft; readonly known: KnownMarkers };

/** As {@link search}. If every create was refused, nothing is there, and the search would read every task of the account. */
async function find(within: Search, subject: Subject): Promise<Sighting> {
  return subject.unansweredCreates.count === 0 ? { kind: 'notFound' } : search(within, subject);
}

/**
 * Searches the tasks created since the first unanswered send. The task of this rollout has both markers of it. A task with
 * the marker of the rollout but of a different request is `foreign`, unless the right one exists too. Throws if it could not
 * read every task, because then the task may exist. The next search continues with the tasks that this one did not read.
 */
async function search(within: Search, subject: Subject): Promise<Sighting> {
  let result: Sighting = { kind: 'notFound' };
  for await (const summary of tasksSince(within, subject.unansweredCreates.firstSentAt)) {
    const read = await readMarkers(within, summary);
    if (read === undefined) continue;
    const { taskId, markers } = read;
    if (markers.rolloutId !== subject.rolloutId) continue;
    if (markers.requestDigest !== subject.requestDigest) {
      result = { kind: 'foreign' };
      continue;
    }
    const task = read.task ?? (await getTask(within.client, within.options, taskId));
    if (task !== undefined) return sightingOf(task, taskId);
  }
  return result;
}

/**
 * ListOtaTasks promises no order, so this reads every page. Its ResourceNotFoundException is thrown like any other error. The
 * request names no resource, and AWS does not document what is missing then. So it does not prove that there are no tasks.
 */
async function* tasksSince({ client, options, time }: Search, firstSentAt: number | undefined): AsyncGenerator<OtaTaskSummary> {
  const since = firstSentAt === undefined ? Number.NEGATIVE_INFINITY : firstSentAt - SKEW_MILLISECONDS;
  let token: string | undefined;
  do {
    requireTimeLeft(time, 'could not look in the time left: not every page of tasks was read');
    const page = await client.send(new ListOtaTasksCommand(compact({ MaxResults: PAGE_SIZE, NextToken: token })), options);
    for (const task of page.Tasks ?? []) {
      if (task.CreatedAt === undefined || task.CreatedAt.getTime() >= since) yield task;
    }
    if (page.NextToken !== undefined && page.NextToken === token) throw new Error('ListOtaTasks returned the same page twice');
    token = page.NextToken;
  } while (token !== undefined);
}

/** The markers of a task, and the task if it was read for them. `undefined` if it was deleted meanwhile. */
async function readMarkers(
  { client, options, time, known }: Search,
  { TaskId: taskId, CreatedAt: createdAt }: OtaTaskSummary,
): Promise<{ readonly taskId: string; readonly markers: Markers; readonly task?: GetOtaTaskResponse } | undefined> {
  if (taskId === undefined) return undefined;
  const remembered = known.get(taskId);
  if (remembered) return { taskId, markers: remembered };
  requireTimeLeft(time, 'could not look in the time left: the tags of some tasks were not read');
  const task = await getTask(client, options, taskId);
  if (task === undefined) return undefined;
  const tags = task.Tags ?? (await tagsOf(client, options, task.TaskArn));
  known.remember(taskId, tags, createdAt);
  return { taskId, markers: markersOf(tags), task };
}

async function getTask(client: Client, options: SendOptions, taskId: string): Promise<GetOtaTaskResponse | undefined> {
  try {
    return await client.send(new GetOtaTaskCommand({ Identifier: taskId }), options);
  } catch (error) {
    if (causeOf(error) === 'notFound') return undefined;
    throw error;
  }
}

/** Older versions of GetOtaTask return no tags. ListTagsForResource always does. */
async function tagsOf(client: Client, options: SendOptions, taskArn: string | undefined): Promise<Tags> {
  if (taskArn === undefined) return {};
  try {
    return (await client.send(new ListTagsForResourceCommand({ ResourceArn: taskArn }), options)).tags ?? {};
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
