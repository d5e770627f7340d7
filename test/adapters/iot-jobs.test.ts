import { IoTClient } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { iotJobs } from '../../adapters/iot-jobs.ts';
import type { Subject } from '../../domain/rollout/observation.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import {
  type Answer,
  exception,
  type ScriptedServer,
  startScriptedServer,
} from '../../packages/embedded-aws/test/support/scripted-server.ts';
import { oneClient, withAMinute } from '../../proof/support/control-plane.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const plane = () => withAMinute(iotJobs(oneClient(new IoTClient(clientSettings(server)))));
const jobId = 'fw-camera-1';
const jobArn = `arn:aws:iot:us-east-1:000000000000:job/${jobId}`;
const targets = ['arn:aws:iot:us-east-1:000000000000:thinggroup/cameras'];
const text = '{"operation":"firmware-update","rolloutId":"fw-camera"}';
const markers = { 'ota-dispatch.rolloutId': 'fw-camera', 'ota-dispatch.requestDigest': 'd1', 'ota-dispatch.releaseDigest': 'r1' };
const tagList = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const request = { jobId, targets, document: text, description: 'Fixes the focus', targetSelection: 'SNAPSHOT', tags: tagList(markers) };
const subject: Subject = {
  rolloutId: 'fw-camera',
  attempt: 1,
  request,
  requestDigest: 'd1',
  aws: {},
  unansweredCreates: { count: 1 },
};

function job(status: string, jobProcessDetails: Record<string, number> = {}, more: Record<string, unknown> = {}): Answer {
  const described = {
    jobId,
    jobArn,
    targets,
    targetSelection: 'SNAPSHOT',
    description: 'Fixes the focus',
    status,
    jobProcessDetails,
    ...more,
  };
  return { status: 200, body: { job: described } };
}
const document = (given: string = text): Answer => ({ status: 200, body: { document: given } });
const tags = (given: Readonly<Record<string, string>> = markers, nextToken?: string): Answer => ({
  status: 200,
  body: { tags: tagList(given), ...(nextToken !== undefined && { nextToken }) },
});
const notFound = exception(404, 'ResourceNotFoundException');
const calls = () => server.seen.map(({ method, url }) => `${method} ${url}`);
const DESCRIBE = `GET /jobs/${jobId}?beforeSubstitution=true`;
const DOCUMENT = `GET /jobs/${jobId}/job-document?beforeSubstitution=true`;
const TAGS = `GET /tags?resourceArn=${encodeURIComponent(jobArn)}`;
const ours = { kind: 'exists', job: 'live', aws: { jobId, jobArn } } as const;

describe('creating a job', () => {
  it('sends the request that was kept, unchanged, and the job exists', async () => {
    server.answer({ status: 200, body: { jobId, jobArn } });
    expect(await plane().create(request)).toEqual({ kind: 'created', aws: { jobId, jobArn } });
    const { jobId: id, ...body } = request;
    expect(calls()).toEqual([`PUT /jobs/${id}`]);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(body);
  });

  it('knows the id of the job even if AWS answers without it', async () => {
    server.answer({ status: 200, body: {} });
    expect(await plane().create(request)).toEqual({ kind: 'created', aws: { jobId } });
  });

  it.each([
    [exception(409, 'ResourceAlreadyExistsException'), { kind: 'alreadyExists' }],
    [exception(400, 'ThrottlingException'), { kind: 'refused', retryable: true, code: 'ThrottlingException' }],
    [exception(410, 'LimitExceededException'), { kind: 'refused', retryable: true, code: 'LimitExceededException' }],
    [exception(403, 'AccessDeniedException'), { kind: 'refused', retryable: true, code: 'AccessDeniedException' }],
    [exception(400, 'InvalidRequestException'), { kind: 'refused', retryable: false, code: 'InvalidRequestException' }],
    [exception(404, 'ResourceNotFoundException'), { kind: 'refused', retryable: false, code: 'ResourceNotFoundException' }],
    // The model has neither of these two.
    [exception(400, 'InvalidJobDocumentException'), { kind: 'refused', retryable: false, code: 'InvalidJobDocumentException' }],
    [exception(400, 'InvalidRoleException'), { kind: 'refused', retryable: false, code: 'InvalidRoleException' }],
    [exception(503, 'ServiceUnavailableException'), { kind: 'unknown' }],
    [exception(500, 'InternalFailureException'), { kind: 'unknown' }],
    [{ hangUp: true } as const, { kind: 'unknown' }],
  ])('never throws: %o becomes %o, after one send', async (answer, reply) => {
    server.answer(answer);
    expect(await plane().create(request)).toMatchObject(reply);
    expect(server.seen).toHaveLength(1);
  });
});

describe('looking at the creation', () => {
  it('finds nothing if there is no job, with one call', async () => {
    server.answer(notFound);
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'notFound' });
    expect(calls()).toEqual([DESCRIBE]);
  });

  it('recognises its job by document, targets, selection and tags, all as they were before any substitution', async () => {
    server.answer(job('IN_PROGRESS'), document(), tags());
    expect(await plane().look(subject, 'creation')).toMatchObject(ours);
    expect(calls()).toEqual([DESCRIBE, DOCUMENT, TAGS]);
  });

  it.each([
    ['SCHEDULED', 'live'],
    ['COMPLETED', 'completed'],
    ['CANCELED', 'canceled'],
  ])('recognises its job in any state: %s', async (status, state) => {
    server.answer(job(status), document(), tags());
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists', job: state });
  });

  it('reads every page of tags', async () => {
    server.answer(job('IN_PROGRESS'), document(), tags({ team: 'a' }, 'more'), tags());
    expect(await plane().look(subject, 'creation')).toMatchObject(ours);
    expect(calls().at(-1)).toBe(TAGS.replace('?', '?nextToken=more&'));
  });

  it.each([
    ['another document', job('IN_PROGRESS'), document(`${text} `)],
    ['other targets', job('IN_PROGRESS', {}, { targets: [`${targets[0]}-2`] }), document()],
    ['another selection', job('IN_PROGRESS', {}, { targetSelection: 'CONTINUOUS' }), document()],
    ['package versions', job('IN_PROGRESS', {}, { destinationPackageVersions: [`${targets[0]}`] }), document()],
  ])('sees a job with %s as foreign, whatever its tags', async (_what, ...answers) => {
    server.answer(...answers, tags());
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'foreign' });
  });

  it.each([
    ['of another rollout', { ...markers, 'ota-dispatch.rolloutId': 'fw-other' }],
    ['of another request', { ...markers, 'ota-dispatch.requestDigest': 'd2' }],
    ['of another release', { ...markers, 'ota-dispatch.releaseDigest': 'r2' }],
    ['that are only a part', { 'ota-dispatch.rolloutId': 'fw-camera' }],
  ])('sees an equal job with tags %s as foreign', async (_what, given) => {
    server.answer(job('IN_PROGRESS'), document(), tags(given));
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'foreign' });
  });

  it.each([[{}], [{ team: 'a' }]])('waits for the tags of an equal job that has none of this service: %o', async (given) => {
    server.answer(job('IN_PROGRESS'), document(), tags(given));
    expect(await plane().look(subject, 'creation')).toMatchObject({ ...ours, untagged: true });
  });

  it('finds nothing if the job was deleted between two calls', async () => {
    server.answer(job('IN_PROGRESS'), notFound);
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'notFound' });
  });

  it('waits for a job that is being deleted and shows no document any more', async () => {
    server.answer(job('DELETION_IN_PROGRESS'), notFound);
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'pending' });
  });

  it.each([
    [exception(400, 'ThrottlingException')],
    [exception(403, 'AccessDeniedException')],
    [{ hangUp: true } as const],
    [job('SOMETHING_NEW')],
    [{ status: 200, body: {} }],
    [job('IN_PROGRESS'), exception(400, 'ThrottlingException')],
    [job('IN_PROGRESS'), document(), exception(400, 'ThrottlingException')],
    [job('IN_PROGRESS'), document(), notFound],
  ])('throws if another look may help: %o', async (...answers) => {
    server.answer(...answers);
    await expect(plane().look(subject, 'creation')).rejects.toThrow();
  });
});

describe('looking at the job', () => {
  it('counts the devices with one call', async () => {
    const details = { numberOfQueuedThings: 1, numberOfInProgressThings: 2, numberOfSucceededThings: 3, numberOfFailedThings: 4 };
    server.answer(
      job('IN_PROGRESS', {
        ...details,
        numberOfRejectedThings: 5,
        numberOfTimedOutThings: 6,
        numberOfRemovedThings: 7,
        numberOfCanceledThings: 8,
      }),
    );
    expect(await plane().look(subject, 'job')).toEqual({
      ...ours,
      counts: { queued: 1, inProgress: 2, succeeded: 3, failed: 4, rejected: 5, timedOut: 6, removed: 7, canceled: 8 },
    });
    expect(calls()).toEqual([DESCRIBE]);
  });

  it.each([
    ['SCHEDULED', {}, {}, 'live'],
    ['SCHEDULED', { numberOfSucceededThings: 5, numberOfQueuedThings: 1 }, {}, 'live'],
    ['IN_PROGRESS', {}, { isConcurrent: true }, 'live'],
    ['COMPLETED', { numberOfFailedThings: 9 }, {}, 'completed'],
    ['CANCELED', { numberOfCanceledThings: 9, numberOfInProgressThings: 1 }, { isConcurrent: false }, 'canceled'],
    ['CANCELED', { numberOfQueuedThings: 1 }, {}, 'ending'],
    ['CANCELED', {}, { isConcurrent: true }, 'ending'],
    ['CANCELED', { numberOfInProgressThings: 1 }, { forceCanceled: true }, 'ending'],
    ['DELETION_IN_PROGRESS', {}, {}, 'ending'],
  ])('%s with %o %o is %s', async (status, details, more, state) => {
    server.answer(job(status, details, more));
    expect(await plane().look(subject, 'job')).toMatchObject({ kind: 'exists', job: state });
  });

  it.each([
    [{ completedAt: 1_764_500_000, lastUpdatedAt: 1_764_500_009 }, 1_764_500_000_000],
    [{ lastUpdatedAt: 1_764_500_009 }, 1_764_500_009_000],
    [{}, undefined],
  ])('says when and how a job with %o was canceled', async (times, canceledAt) => {
    server.answer(job('CANCELED', {}, { ...times, reasonCode: 'STOP', comment: 'no', forceCanceled: true }));
    const sighting = await plane().look(subject, 'job');
    expect(sighting).toMatchObject({ reasonCode: 'STOP', comment: 'no', forced: true });
    expect('canceledAt' in sighting ? sighting.canceledAt : undefined).toBe(canceledAt);
  });

  it('does not say of a job that has completed when it was canceled', async () => {
    server.answer(job('COMPLETED', {}, { completedAt: 1_764_500_000 }));
    expect(await plane().look(subject, 'job')).not.toHaveProperty('canceledAt');
  });

  it('reports what somebody has changed with UpdateJob', async () => {
    server.answer(job('IN_PROGRESS', {}, { description: 'slow', timeoutConfig: { inProgressTimeoutInMinutes: 5 } }));
    expect(await plane().look(subject, 'job')).toMatchObject({ ...ours, drift: ['description', 'timeoutConfig'] });
  });

  it('does not find a job that was deleted', async () => {
    server.answer(notFound);
    expect(await plane().look(subject, 'job')).toEqual({ kind: 'notFound' });
  });
});

describe('looking at a job to stop it', () => {
  it.each([
    ['other targets', { targets: [...targets, `${targets[0]}-2`] }],
    ['another description', { description: 'x' }],
  ])('recognises it by its document, even with %s, and asks for no tags', async (_what, changes) => {
    server.answer(job('IN_PROGRESS', { numberOfQueuedThings: 4 }, changes), document());
    expect(await plane().look(subject, 'both')).toMatchObject({ ...ours, counts: { queued: 4 } });
    expect(calls()).toEqual([DESCRIBE, DOCUMENT]);
  });

  it('leaves a job with another document alone', async () => {
    server.answer(job('IN_PROGRESS'), document('{}'));
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'foreign' });
  });

  it('sees that a job is being deleted although it shows no document any more', async () => {
    server.answer(job('DELETION_IN_PROGRESS'), notFound);
    expect(await plane().look(subject, 'both')).toMatchObject({ kind: 'exists', job: 'ending' });
  });
});

describe('stopping', () => {
  const order = { force: false, reasonCode: 'SUPERSEDED', comment: 'by 2.4.2' };

  it.each([false, true])('cancels the job with the reason, with force: %s', async (force) => {
    server.answer({ status: 200, body: {} });
    await plane().stop(subject, { ...order, force });
    expect(calls()).toEqual([`PUT /jobs/${jobId}/cancel?force=${force}`]);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ reasonCode: 'SUPERSEDED', comment: 'by 2.4.2' });
  });

  // AWS does not document what a second cancel answers, or one of a SCHEDULED job. The next look tells.
  it.each(['ResourceNotFoundException', 'InvalidRequestException', 'InvalidStateTransitionException'])(
    'does not throw if there is nothing to cancel (%s)',
    async (name) => {
      server.answer(exception(400, name));
      await expect(plane().stop(subject, order)).resolves.toBeUndefined();
    },
  );

  it.each(['ThrottlingException', 'LimitExceededException', 'ServiceUnavailableException'])('throws on %s', async (name) => {
    server.answer(exception(400, name));
    await expect(plane().stop(subject, order)).rejects.toMatchObject({ name });
  });
});
