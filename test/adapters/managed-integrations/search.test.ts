import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repeatableOptions } from '../../../adapters/clients.ts';
import { IoTManagedIntegrationsClient } from '../../../adapters/managed-integrations/client.ts';
import { knownMarkers } from '../../../adapters/managed-integrations/known-markers.ts';
import { managedIntegrations } from '../../../adapters/managed-integrations/managed-integrations.ts';
import type { Subject } from '../../../domain/rollout/observation.ts';
import type { TimeLeft } from '../../../domain/rollout/ports.ts';
import { clientSettings } from '../../../packages/embedded-aws/test/support/clients.ts';
import { aMinute, oneClient } from '../../../proof/support/control-plane.ts';
import { type Arrival, json, type Loopback, startLoopback } from '../../support/loopback.ts';

const sentAt = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;

type Task = { readonly tags: Record<string, string>; readonly createdAt: number };

/** The tasks that managed integrations has, by id, and whether GetOtaTask returns their tags. */
let tasks: Map<string, Task>;
let returnsTags: boolean;
let server: Loopback;
beforeEach(async () => {
  tasks = new Map();
  returnsTags = true;
  server = await startLoopback(answer);
});
afterEach(() => server.close());

const arnOf = (id: string) => `arn:aws:iotmanagedintegrations:us-east-1:000000000000:ota-task/${id}`;

function answer(arrival: Arrival): void {
  json(arrival, bodyFor(new URL(arrival.request.url ?? '', server.endpoint).pathname));
}

function bodyFor(path: string): object {
  const id = decodeURIComponent(path).split('/').at(-1) ?? '';
  const Tags = tasks.get(id)?.tags;
  if (path.startsWith('/tags/')) return { tags: Tags };
  if (path !== '/ota-tasks') return { TaskId: id, TaskArn: arnOf(id), Status: 'IN_PROGRESS', ...(returnsTags && { Tags }) };
  return { Tasks: [...tasks].map(([TaskId, { createdAt }]) => ({ TaskId, TaskArn: arnOf(TaskId), CreatedAt: createdAt / 1000 })) };
}

const rolloutOf = (number: number) => `fw-hub-${number}`;
const tagsOf = (number: number) => ({ 'ota-dispatch.rolloutId': rolloutOf(number), 'ota-dispatch.requestDigest': 'd1' });
const subjectOf = (number: number): Subject => ({
  rolloutId: rolloutOf(number),
  attempt: 1,
  request: {},
  requestDigest: 'd1',
  aws: {},
  unansweredCreates: { count: 1, firstSentAt: sentAt },
});
const create = (id: string, tags: Record<string, string>, createdAt = sentAt) => tasks.set(id, { tags, createdAt });

/** The control plane of one sandbox, with the client of the deployed service. */
const sandbox = (known = knownMarkers({ now: () => sentAt })) =>
  managedIntegrations(oneClient(new IoTManagedIntegrationsClient({ ...clientSettings(server), ...repeatableOptions })), { known });
const calls = () => server.arrivals.length;
const reads = (id: string) => server.arrivals.filter(({ request }) => request.url === `/ota-tasks/${id}`).length;

describe('many searches of one execution environment', () => {
  it.each([
    ['reads', true, 1],
    ['reads, with a second call for its tags,', false, 2],
  ])('%s each task once, and not once per search', async (_what, withTags, callsPerTask) => {
    returnsTags = withTags;
    const [taskCount, searchCount] = [40, 25];
    for (let number = 0; number < taskCount; number += 1) create(`T${number}`, tagsOf(1_000 + number));
    const plane = sandbox();
    for (let number = 0; number < searchCount; number += 1) {
      await expect(plane.look(subjectOf(number), 'creation', aMinute)).resolves.toEqual({ kind: 'notFound' });
    }
    expect(calls()).toBe(searchCount + callsPerTask * taskCount);
  });

  it('find a task that was read for another rollout, with its present status', async () => {
    create('T1', tagsOf(1));
    const plane = sandbox();
    await plane.look(subjectOf(2), 'creation', aMinute);
    await expect(plane.look(subjectOf(1), 'creation', aMinute)).resolves.toMatchObject({ kind: 'exists', aws: { taskId: 'T1' } });
    expect(reads('T1')).toBe(2);
  });

  it('read a task again that had no tags, unless it is ten minutes old', async () => {
    create('YOUNG', {});
    create('OLD', {}, sentAt - minute);
    const plane = sandbox(knownMarkers({ now: () => sentAt + 9 * minute }));
    for (const number of [1, 2]) await plane.look(subjectOf(number), 'creation', aMinute);
    expect([reads('YOUNG'), reads('OLD')]).toEqual([2, 1]);
    create('YOUNG', tagsOf(3));
    await expect(plane.look(subjectOf(3), 'creation', aMinute)).resolves.toMatchObject({ kind: 'exists', aws: { taskId: 'YOUNG' } });
  });

  it('remember a limited number of tasks', async () => {
    for (const number of [1, 2, 3]) create(`T${number}`, tagsOf(number));
    const plane = sandbox(knownMarkers({ max: 2, now: () => sentAt }));
    await plane.look(subjectOf(9), 'creation', aMinute);
    tasks.delete('T1');
    await plane.look(subjectOf(9), 'creation', aMinute);
    expect([reads('T1'), reads('T2'), reads('T3')]).toEqual([1, 1, 1]);
    create('T1', tagsOf(1));
    await plane.look(subjectOf(9), 'creation', aMinute);
    expect(reads('T1')).toBe(2);
  });
});

describe('a search that runs out of time', () => {
  /** An invocation of which every call takes a second. */
  const invocation = (seconds: number): TimeLeft => {
    const before = calls();
    return { millisecondsLeft: () => (seconds - (calls() - before)) * 1_000 };
  };

  it('throws with nine seconds left, and the next one continues', async () => {
    for (let number = 0; number < 30; number += 1) create(`T${number}`, tagsOf(number));
    const plane = sandbox();
    await expect(plane.look(subjectOf(29), 'creation', invocation(29))).rejects.toThrow('could not look in the time left');
    expect(calls()).toBe(29 - 8);
    await expect(plane.look(subjectOf(29), 'creation', invocation(29))).resolves.toMatchObject({ kind: 'exists', aws: { taskId: 'T29' } });
  });

  it('throws before its first page if a look began too late', async () => {
    await expect(sandbox().look(subjectOf(1), 'creation', { millisecondsLeft: () => 8_999 })).rejects.toThrow('could not look');
    expect(calls()).toBe(0);
  });

  it('throws from a stop too, and deletes nothing', async () => {
    for (let number = 0; number < 30; number += 1) create(`T${number}`, tagsOf(number));
    const order = { force: false, reasonCode: 'WITHDRAWN', comment: '' };
    await expect(sandbox().stop(subjectOf(29), order, invocation(20))).rejects.toThrow('could not look in the time left');
    expect(server.arrivals.map(({ request }) => request.method)).not.toContain('DELETE');
  });
});
