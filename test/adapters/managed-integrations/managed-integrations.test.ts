import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IoTManagedIntegrationsClient } from '../../../adapters/managed-integrations/client.ts';
import { managedIntegrations } from '../../../adapters/managed-integrations/managed-integrations.ts';
import type { Subject } from '../../../domain/rollout/observation.ts';
import { clientSettings } from '../../../packages/embedded-aws/test/support/clients.ts';
import {
  type Answer,
  exception,
  type ScriptedServer,
  startScriptedServer,
} from '../../../packages/embedded-aws/test/support/scripted-server.ts';
import { oneClient, withAMinute } from '../../../proof/support/control-plane.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const plane = () => withAMinute(managedIntegrations(oneClient(new IoTManagedIntegrationsClient(clientSettings(server)))));
const sentAt = Date.UTC(2026, 10, 23, 12);
const minutes = 60_000;
const unanswered: Subject = {
  rolloutId: 'fw-hub',
  attempt: 1,
  request: {},
  requestDigest: 'd1',
  aws: {},
  unansweredCreates: { count: 1, firstSentAt: sentAt },
};
const known: Subject = { ...unanswered, aws: { taskId: 'T1' } };
const arnOf = (id: string) => `arn:aws:iotmanagedintegrations:us-east-1:000000000000:ota-task/${id}`;
const markers = { 'ota-dispatch.rolloutId': 'fw-hub', 'ota-dispatch.requestDigest': 'd1' };
const notFound = exception(404, 'ResourceNotFoundException');
const order = { force: true, reasonCode: 'WITHDRAWN', comment: 'bad' };

const task = (TaskId: string, Tags: Record<string, string> | undefined = markers, more: Record<string, unknown> = {}): Answer => ({
  status: 200,
  body: { TaskId, TaskArn: arnOf(TaskId), Status: 'IN_PROGRESS', Tags, ...more },
});
const list = (tasks: readonly [string, number][], NextToken?: string): Answer => ({
  status: 200,
  body: { Tasks: tasks.map(([TaskId, createdAt]) => ({ TaskId, TaskArn: arnOf(TaskId), CreatedAt: createdAt / 1000 })), NextToken },
});
const calls = () => server.seen.map(({ method, url }) => `${method} ${url}`);

describe('creating a task', () => {
  const input = { S3Url: 's3://documents/1.json', OtaType: 'ONE_TIME', Target: ['t'], ClientToken: 'fw-hub-1', Tags: markers };

  it('sends the frozen request unchanged, with its token', async () => {
    server.answer({ status: 201, body: { TaskId: 'T1', TaskArn: arnOf('T1') } });
    expect(await plane().create(input)).toEqual({ kind: 'created', aws: { taskId: 'T1', taskArn: arnOf('T1') } });
    expect(calls()).toEqual(['POST /ota-tasks']);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(input);
  });

  it.each([
    [exception(429, 'ThrottlingException'), { kind: 'refused', retryable: true }],
    [exception(400, 'ValidationException'), { kind: 'refused', retryable: false }],
    [exception(409, 'ConflictException'), { kind: 'alreadyExists' }],
    [exception(500, 'InternalServerException'), { kind: 'unknown' }],
    [{ hangUp: true } as const, { kind: 'unknown' }],
    [{ status: 201, body: {} }, { kind: 'unknown' }],
  ])('never throws: %o becomes %o, after one send', async (answer, reply) => {
    server.answer(answer);
    expect(await plane().create(input)).toMatchObject(reply);
    expect(server.seen).toHaveLength(1);
  });
});

describe('looking at a task whose id is known', () => {
  it('counts the devices, in the mixed case of the API model', async () => {
    const TaskProcessingDetails = {
      NumberOfCanceledThings: 8,
      NumberOfFailedThings: 4,
      NumberOfInProgressThings: 2,
      numberOfQueuedThings: 1,
      numberOfRejectedThings: 5,
      numberOfRemovedThings: 7,
      numberOfSucceededThings: 3,
      numberOfTimedOutThings: 6,
    };
    server.answer(task('T1', markers, { TaskProcessingDetails }));
    expect(await plane().look(known, 'job')).toEqual({
      kind: 'exists',
      job: 'live',
      aws: { taskId: 'T1', taskArn: arnOf('T1') },
      counts: { queued: 1, inProgress: 2, succeeded: 3, failed: 4, rejected: 5, timedOut: 6, removed: 7, canceled: 8 },
    });
    expect(calls()).toEqual(['GET /ota-tasks/T1']);
  });

  it.each([
    ['SCHEDULED', {}, 'live'],
    ['IN_PROGRESS', {}, 'live'],
    ['COMPLETED', {}, 'completed'],
    ['CANCELED', {}, 'canceled'],
    ['CANCELED', { numberOfQueuedThings: 1 }, 'ending'],
    ['DELETION_IN_PROGRESS', {}, 'ending'],
  ])('%s with %o is %s', async (Status, TaskProcessingDetails, state) => {
    server.answer(task('T1', markers, { Status, TaskProcessingDetails }));
    expect(await plane().look(known, 'both')).toMatchObject({ kind: 'exists', job: state });
  });

  it('does not find a deleted task, and does not search for it', async () => {
    server.answer(notFound);
    expect(await plane().look(known, 'both')).toEqual({ kind: 'notFound' });
    expect(calls()).toEqual(['GET /ota-tasks/T1']);
  });

  it.each([exception(429, 'ThrottlingException'), exception(500, 'InternalServerException'), task('T1', markers, { Status: 'NEW' })])(
    'throws on %o',
    async (answer) => {
      server.answer(answer);
      await expect(plane().look(known, 'job')).rejects.toThrow();
    },
  );
});

describe('searching for a task whose create was not answered', () => {
  it('finds the task with both markers on any page', async () => {
    server.answer(
      list([['A1', sentAt]], 'p2'),
      task('A1', { 'ota-dispatch.rolloutId': 'fw-other', 'ota-dispatch.requestDigest': 'd1' }),
      list([
        ['A2', sentAt],
        ['A3', sentAt],
      ]),
      task('A2', { ci: '1' }),
      task('A3'),
    );
    expect(await plane().look(unanswered, 'creation')).toMatchObject({
      kind: 'exists',
      job: 'live',
      aws: { taskId: 'A3', taskArn: arnOf('A3') },
    });
    expect(calls()).toEqual([
      'GET /ota-tasks?MaxResults=250',
      'GET /ota-tasks/A1',
      'GET /ota-tasks?MaxResults=250&NextToken=p2',
      'GET /ota-tasks/A2',
      'GET /ota-tasks/A3',
    ]);
  });

  it('does not read tasks older than the first send, except for a difference of clocks', async () => {
    server.answer(
      list([
        ['OLD', sentAt - 5 * minutes - 1],
        ['EDGE', sentAt - 5 * minutes],
      ]),
      task('EDGE'),
    );
    expect(await plane().look(unanswered, 'creation')).toMatchObject({ aws: { taskId: 'EDGE' } });
    expect(calls()).toEqual(['GET /ota-tasks?MaxResults=250', 'GET /ota-tasks/EDGE']);
  });

  it('reads the tags with a separate call if the task does not have them', async () => {
    server.answer(list([['A1', sentAt]]), task('A1', undefined, { Tags: undefined }), { status: 200, body: { tags: markers } });
    expect(await plane().look(unanswered, 'creation')).toMatchObject({ kind: 'exists', aws: { taskId: 'A1' } });
    expect(calls().at(-1)).toBe(`GET /tags/${encodeURIComponent(arnOf('A1'))}`);
  });

  it('asks AWS nothing if every create was refused, because then there is no task', async () => {
    const refused = { ...unanswered, unansweredCreates: { count: 0 } };
    expect(await plane().look(refused, 'both')).toEqual({ kind: 'notFound' });
    await plane().stop(refused, { force: false, reasonCode: 'WITHDRAWN', comment: 'why' });
    expect(calls()).toEqual([]);
  });

  it('finds nothing if there is no task', async () => {
    server.answer(list([]));
    expect(await plane().look(unanswered, 'creation')).toEqual({ kind: 'notFound' });
  });

  it('skips tasks that were deleted meanwhile', async () => {
    server.answer(
      list([
        ['A1', sentAt],
        ['A2', sentAt],
      ]),
      notFound,
      task('A2'),
    );
    expect(await plane().look(unanswered, 'creation')).toMatchObject({ aws: { taskId: 'A2' } });
  });

  it('sees a task with a different request as foreign', async () => {
    server.answer(list([['A1', sentAt]]), task('A1', { ...markers, 'ota-dispatch.requestDigest': 'd2' }));
    expect(await plane().look(unanswered, 'creation')).toEqual({ kind: 'foreign' });
  });

  it('prefers the right task to one with a different request', async () => {
    server.answer(
      list([
        ['A1', sentAt],
        ['A2', sentAt],
      ]),
      task('A1', { ...markers, 'ota-dispatch.requestDigest': 'd2' }),
      task('A2'),
    );
    expect(await plane().look(unanswered, 'creation')).toMatchObject({ kind: 'exists', aws: { taskId: 'A2' } });
  });

  it.each([exception(429, 'ThrottlingException'), exception(403, 'AccessDeniedException'), notFound])(
    'throws if a page cannot be read, because the search is incomplete (%o)',
    async (answer) => {
      server.answer(list([], 'p2'), answer, answer);
      await expect(plane().look(unanswered, 'creation')).rejects.toThrow();
      await expect(plane().look(unanswered, 'creation')).rejects.toThrow();
    },
  );

  it('throws if a page repeats', async () => {
    server.answer(list([], 'p2'), list([], 'p2'));
    await expect(plane().look(unanswered, 'creation')).rejects.toThrow('ListOtaTasks');
  });
});

describe('stopping a task', () => {
  it('deletes it, because there is no cancel', async () => {
    server.answer({ status: 200, body: {} });
    await plane().stop(known, order);
    expect(calls()).toEqual(['DELETE /ota-tasks/T1']);
  });

  it('searches for it if its id is unknown', async () => {
    server.answer(list([['A1', sentAt]]), task('A1'), { status: 200, body: {} });
    await plane().stop(unanswered, order);
    expect(calls().at(-1)).toBe('DELETE /ota-tasks/A1');
  });

  it('does not delete a task with a different request', async () => {
    server.answer(list([['A1', sentAt]]), task('A1', { ...markers, 'ota-dispatch.requestDigest': 'd2' }));
    await plane().stop(unanswered, order);
    expect(calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
  });

  it('does not throw if it was already deleted', async () => {
    server.answer(notFound);
    await expect(plane().stop(known, order)).resolves.toBeUndefined();
  });

  it.each(['ThrottlingException', 'LimitExceededException', 'AccessDeniedException', 'ValidationException', 'InternalServerException'])(
    'throws on %s',
    async (name) => {
      server.answer(exception(400, name));
      await expect(plane().stop(known, order)).rejects.toMatchObject({ name });
    },
  );
});
