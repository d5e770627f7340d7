import {
  DeleteOtaTaskCommand,
  GetOtaTaskCommand,
  ListOtaTasksCommand,
  ListTagsForResourceCommand,
} from '../../../adapters/managed-integrations/client.ts';
import { managedIntegrations as adapter } from '../../../adapters/managed-integrations/managed-integrations.ts';
import type { Sighting, Subject } from '../../../domain/rollout/observation.ts';
import type { Chance } from '../../random.ts';
import type { Clients } from '../../stage/compose.ts';
import { oneClient, withAMinute } from '../../support/control-plane.ts';
import { DOCUMENTS } from '../aws/s3.ts';
import { withoutWords } from './iot-core.ts';
import { asking, DOCUMENT_KEY, FLEET, type Operation, operationsOf, passing, type Sequence, type Side, type Terms } from './side.ts';

const ROLLOUTS = ['fw-a', 'fw-b'];
const DIGESTS = ['d1', 'd2'];
const DAY = 24 * 60 * 60_000;
const DELETION = 500;

/**
 * What the adapter of managed integrations sends in every state of a task. A history draws how long devices and deletions
 * take. Here both sides have the values that the embedded service assumes.
 */
export function managedIntegrations(chance: Chance): Sequence {
  const terms = termsOf(chance);
  const { deviceMilliseconds: device, tagsInTask } = terms;
  const days = tagsInTask ? [DAY - 1, DAY] : [];
  const short = [1, 250, DELETION - 1, DELETION];
  const long = [device - 1, device, 2 * device, 6 * device, 5 * 60_000, ...days];
  const continuous = chance.is('all continuous', 0.25);
  let tasks = 0;
  let current = 1;
  const label = (): string => {
    if (chance.is('another', 0.4)) current = chance.whole('task', 1, Math.max(1, tasks));
    return `t${current}`;
  };
  const markers = (): Markers => ({ rolloutId: chance.pick('rollout', ROLLOUTS), requestDigest: chance.pick('digest', DIGESTS) });
  const create = (): Operation => {
    tasks += 1;
    // If tokens expire earlier than the embedded service assumes, each is used once.
    const token = tagsInTask ? chance.pick('token', ['k1', 'k2', `k-${tasks}`]) : `k-${tasks}`;
    return creating({ terms, continuous, label: `t${tasks}`, token, markers: markers() });
  };
  const operations = operationsOf(chance, 10, 40, [
    [4, create],
    [4, () => looking(label(), continuous)],
    [3, () => searching(markers(), chance.pick('since', [0, 6 * 60_000, 30 * DAY]), continuous)],
    [1, () => stopping(label())],
    [1, () => stoppingFound(markers())],
    [3, () => passing(chance.pick('short', short))],
    [4, () => passing(chance.pick('long', long))],
    [2, listing],
    [2, () => getting(label(), continuous)],
    [1, () => tagging(label())],
    [2, () => deleting(label())],
  ]);
  return { terms, operations: [create(), ...operations] };
}

function termsOf(chance: Chance): Terms {
  const devices = chance.whole('devices', 1, 6);
  // An integer rate a minute, as a task's configuration needs. All devices together take at least a minute.
  const perMinute = chance.whole('a minute', 1, devices);
  return {
    pendingMilliseconds: 200,
    devices,
    deviceMilliseconds: 60_000 / perMinute,
    firstFails: chance.is('first fails', 0.3),
    tagsInTask: chance.is('tags in task', 0.7),
  };
}

type Markers = { readonly rolloutId: string; readonly requestDigest: string };
type Creation = {
  readonly terms: Terms;
  readonly continuous: boolean;
  readonly label: string;
  readonly token: string;
  readonly markers: Markers;
};

/** The ids of the tasks that labels stand for. A task that this side did not create gets an unknown id. */
const made = new WeakMap<Side, Map<string, string>>();
const taskOf = (side: Side, label: string): string => made.get(side)?.get(label) ?? 'nobodys';
const arnOf = (taskId: string): string => `arn:aws:iotmanagedintegrations:us-east-1:000000000000:ota-task/${taskId}`;
const textOf = ({ rolloutId, requestDigest }: Markers): string => `${rolloutId} (${requestDigest})`;
const subjectOf = (markers: Markers, aws: Subject['aws'], firstSentAt?: number): Subject => ({
  ...markers,
  attempt: 1,
  request: {},
  aws,
  unansweredCreates: { count: 1, ...(firstSentAt !== undefined && { firstSentAt }) },
});

/** The answer with common names for the ids that a side made up. */
function named(side: Side, answer: unknown): unknown {
  const ids = [...new Set(made.get(side)?.values())].sort((a, b) => b.length - a.length);
  return JSON.parse(ids.reduce((text, id) => text.replaceAll(id, side.alias('T', id)), JSON.stringify(answer)));
}

function creating({ terms, continuous, label, token, markers }: Creation): Operation {
  const prefix = 'arn:aws:iotmanagedintegrations:us-east-1:000000000000:managed-thing';
  const things = Array.from({ length: terms.devices }, (_, at) => `${prefix}/${FLEET}-${at + 1}`);
  const input = {
    ...(continuous ? { OtaTargetQueryString: `attributes.model=${FLEET}` } : { Target: things }),
    OtaType: continuous ? 'CONTINUOUS' : 'ONE_TIME',
    S3Url: `s3://${DOCUMENTS}/${DOCUMENT_KEY}`,
    ClientToken: token,
    Tags: { 'ota-dispatch.rolloutId': markers.rolloutId, 'ota-dispatch.requestDigest': markers.requestDigest },
  };
  return asking(`create ${label} for ${textOf(markers)} under the token ${token}`, async (clients, side) => {
    const TaskConfigurationId = side.outside.taskConfigurationId;
    const reply = await withAMinute(adapter(oneClient(clients.managedIntegrations))).create({ ...input, TaskConfigurationId });
    if (reply.kind === 'created') made.set(side, new Map([...(made.get(side) ?? []), [label, reply.aws.taskId ?? '']]));
    return named(side, withoutWords(reply));
  });
}

/** A query matches ten things in the embedded service and at most six in a history. So the counts of continuous tasks are not compared. */
function withCounts(continuous: boolean, sighting: Sighting): object {
  if (!continuous || !('counts' in sighting)) return sighting;
  const { counts: _, ...rest } = sighting;
  return rest;
}

function looking(label: string, continuous: boolean): Operation {
  return asking(`look at ${label}`, async (clients, side) => {
    const subject = subjectOf({ rolloutId: 'any', requestDigest: 'any' }, { taskId: taskOf(side, label) });
    return named(side, withCounts(continuous, await withAMinute(adapter(oneClient(clients.managedIntegrations))).look(subject, 'job')));
  });
}

/** A search finds the first of two equal tasks in a list, and AWS does not promise the order of lists. The service never creates two. */
function searching(markers: Markers, since: number, continuous: boolean): Operation {
  return asking(`search for ${textOf(markers)}, first sent ${since / 1000} s ago`, async (clients, side) => {
    const subject = subjectOf(markers, {}, side.now() - since);
    const sighting = await withAMinute(adapter(oneClient(clients.managedIntegrations))).look(subject, 'creation');
    const twins = await twinsOf(clients, markers);
    return twins > 1 ? { kind: sighting.kind, twins } : named(side, withCounts(continuous, sighting));
  });
}

function stopping(label: string): Operation {
  return asking(`stop ${label}`, (clients, side) =>
    stop(clients, subjectOf({ rolloutId: 'any', requestDigest: 'any' }, { taskId: taskOf(side, label) })),
  );
}

function stoppingFound(markers: Markers): Operation {
  return asking(`stop what a search for ${textOf(markers)} finds`, async (clients) => {
    if ((await twinsOf(clients, markers)) > 1) return 'twins';
    return stop(clients, subjectOf(markers, {}));
  });
}

function stop(clients: Clients, subject: Subject): Promise<void> {
  return withAMinute(adapter(oneClient(clients.managedIntegrations))).stop(subject, {
    force: false,
    reasonCode: 'WITHDRAWN',
    comment: 'unread',
  });
}

/** All pages, joined. */
async function tasksOf({ managedIntegrations: client }: Clients): Promise<{ TaskId: string; TaskArn: string; CreatedAt: number }[]> {
  const tasks: { TaskId: string; TaskArn: string; CreatedAt: number }[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListOtaTasksCommand({ MaxResults: 250, ...(NextToken !== undefined && { NextToken }) }));
    for (const { TaskId = '', TaskArn = '', CreatedAt } of page.Tasks ?? [])
      tasks.push({ TaskId, TaskArn, CreatedAt: CreatedAt?.getTime() ?? 0 });
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return tasks;
}

async function twinsOf(clients: Clients, { rolloutId, requestDigest }: Markers): Promise<number> {
  let twins = 0;
  for (const { TaskArn } of await tasksOf(clients)) {
    const { tags } = await clients.managedIntegrations.send(new ListTagsForResourceCommand({ ResourceArn: TaskArn }));
    if (tags?.['ota-dispatch.rolloutId'] === rolloutId && tags['ota-dispatch.requestDigest'] === requestDigest) twins += 1;
  }
  return twins;
}

function listing(): Operation {
  return asking('list every task', async (clients, side) => {
    const tasks = (await tasksOf(clients)).map((task) => JSON.stringify(named(side, task)));
    return tasks.sort();
  });
}

function getting(label: string, continuous: boolean): Operation {
  return asking(`GetOtaTask of ${label}`, async (clients, side) => {
    const task = await clients.managedIntegrations.send(new GetOtaTaskCommand({ Identifier: taskOf(side, label) }));
    const { TaskId, TaskArn, Status, TaskProcessingDetails: { processingTargets: _, ...counts } = {} } = task;
    return named(side, { TaskId, TaskArn, Status, ...(!continuous && { counts }) });
  });
}

function tagging(label: string): Operation {
  return asking(`ListTagsForResource of ${label}`, async (clients, side) => {
    const { tags } = await clients.managedIntegrations.send(new ListTagsForResourceCommand({ ResourceArn: arnOf(taskOf(side, label)) }));
    return { tags };
  });
}

function deleting(label: string): Operation {
  return asking(`DeleteOtaTask of ${label}`, async (clients, side) => {
    await clients.managedIntegrations.send(new DeleteOtaTaskCommand({ Identifier: taskOf(side, label) }));
  });
}
