import { IoTClient } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { iotCore } from '../../adapters/iot-core.ts';
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

const plane = () => withAMinute(iotCore(oneClient(new IoTClient(clientSettings(server)))));
const subject: Subject = {
  rolloutId: 'fw-thermostat',
  attempt: 2,
  request: {},
  requestDigest: 'd1',
  aws: {},
  unansweredCreates: { count: 1 },
};
const updateArn = 'arn:aws:iot:us-east-1:000000000000:otaupdate/fw-thermostat-2';
const jobArn = 'arn:aws:iot:us-east-1:000000000000:job/AFR_OTA-fw-thermostat-2';
const markers = { 'ota-dispatch.rolloutId': 'fw-thermostat', 'ota-dispatch.requestDigest': 'd1', 'ota-dispatch.releaseDigest': 'r1' };
const notFound = exception(404, 'ResourceNotFoundException');
const noCounts = { queued: 0, inProgress: 0, succeeded: 0, failed: 0, rejected: 0, timedOut: 0, removed: 0, canceled: 0 };
function update(otaUpdateStatus: string, more: Record<string, unknown> = {}): Answer {
  const otaUpdateInfo = {
    otaUpdateId: 'fw-thermostat-2',
    otaUpdateArn: updateArn,
    otaUpdateStatus,
    additionalParameters: markers,
    ...more,
  };
  return { status: 200, body: { otaUpdateInfo } };
}
function job(status: string, jobProcessDetails: Record<string, number> = {}, more: Record<string, unknown> = {}): Answer {
  return { status: 200, body: { job: { jobId: 'AFR_OTA-fw-thermostat-2', jobArn, status, jobProcessDetails, ...more } } };
}
const calls = () => server.seen.map(({ method, url }) => `${method} ${url}`);
const GET_UPDATE = 'GET /otaUpdates/fw-thermostat-2';
const DESCRIBE_JOB = 'GET /jobs/AFR_OTA-fw-thermostat-2?beforeSubstitution=true';

describe('creating an OTA update', () => {
  const input = {
    otaUpdateId: 'fw-thermostat-2',
    targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/beta'],
    roleArn: 'arn:aws:iam::000000000000:role/ota-service',
    files: [
      { fileName: '/a.bin', codeSigning: { customCodeSigning: { signature: { inlineDocument: 'AP8Q' }, hashAlgorithm: 'SHA256' } } },
      { fileName: '/b.bin', codeSigning: { awsSignerJobId: 'j' } },
    ],
    additionalParameters: markers,
    tags: [{ Key: 'a', Value: 'b' }],
  };

  it('sends the frozen request unchanged, signatures as the same base64', async () => {
    server.answer({ status: 200, body: { otaUpdateId: 'fw-thermostat-2', otaUpdateArn: updateArn, otaUpdateStatus: 'CREATE_PENDING' } });
    await plane().create(input);
    const { otaUpdateId, ...body } = input;
    expect(calls()).toEqual([`POST /otaUpdates/${otaUpdateId}`]);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(body);
  });

  it('does not change the frozen request', async () => {
    server.answer({ status: 200, body: {} });
    const before = structuredClone(input);
    await plane().create(input);
    expect(input).toEqual(before);
  });

  it('is accepted, not created, because the job may not exist yet', async () => {
    server.answer({ status: 200, body: { otaUpdateId: 'fw-thermostat-2', otaUpdateArn: updateArn } });
    expect(await plane().create(input)).toEqual({
      kind: 'accepted',
      aws: { otaUpdateId: 'fw-thermostat-2', otaUpdateArn: updateArn, jobId: 'AFR_OTA-fw-thermostat-2' },
    });
  });

  it('takes the id of the job from the response if it has one', async () => {
    server.answer({ status: 200, body: { otaUpdateId: 'fw-thermostat-2', awsIotJobId: 'AFR_OTA-x', awsIotJobArn: jobArn } });
    expect(await plane().create(input)).toMatchObject({ aws: { jobId: 'AFR_OTA-x', jobArn } });
  });

  it.each([
    [exception(409, 'ResourceAlreadyExistsException'), { kind: 'alreadyExists' }],
    [exception(400, 'ThrottlingException'), { kind: 'refused', retryable: true, code: 'ThrottlingException' }],
    [exception(400, 'InvalidRequestException'), { kind: 'refused', retryable: false, code: 'InvalidRequestException' }],
    [exception(500, 'InternalFailureException'), { kind: 'unknown' }],
    [{ hangUp: true } as const, { kind: 'unknown' }],
  ])('never throws: %o becomes %o, after one send', async (answer, reply) => {
    server.answer(answer);
    expect(await plane().create(input)).toMatchObject(reply);
    expect(server.seen).toHaveLength(1);
  });
});

describe('looking at the creation', () => {
  it('finds nothing if there is no update, without a call for the job', async () => {
    server.answer(notFound);
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'notFound' });
    expect(calls()).toEqual([GET_UPDATE]);
  });

  it.each(['CREATE_PENDING', 'CREATE_IN_PROGRESS'])('sees %s as pending', async (status) => {
    server.answer(update(status));
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'pending' });
  });

  it('sees a completed creation with its ids, without a call for the job', async () => {
    server.answer(update('CREATE_COMPLETE', { awsIotJobArn: jobArn }));
    expect(await plane().look(subject, 'creation')).toEqual({
      kind: 'exists',
      job: 'live',
      aws: { otaUpdateId: 'fw-thermostat-2', otaUpdateArn: updateArn, jobId: 'AFR_OTA-fw-thermostat-2', jobArn },
    });
    expect(calls()).toEqual([GET_UPDATE]);
  });

  it.each([
    ['no markers', undefined],
    ['a different rollout', { ...markers, 'ota-dispatch.rolloutId': 'fw-other' }],
    ['a different request', { ...markers, 'ota-dispatch.requestDigest': 'd2' }],
    ['half of the markers', { 'ota-dispatch.rolloutId': 'fw-thermostat' }],
  ])('sees an update with %s as foreign, whatever its status', async (_, additionalParameters) => {
    server.answer(update('CREATE_FAILED', { additionalParameters }));
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'foreign' });
    expect(calls()).toEqual([GET_UPDATE]);
  });

  it('reports a failed creation with its error and without a job', async () => {
    server.answer(update('CREATE_FAILED', { errorInfo: { code: 'AccessDeniedException', message: 'no' } }), notFound);
    expect(await plane().look(subject, 'creation')).toEqual({
      kind: 'createFailed',
      errorInfo: { code: 'AccessDeniedException', message: 'no' },
      job: 'none',
    });
    expect(calls()).toEqual([GET_UPDATE, DESCRIBE_JOB]);
  });

  it.each([
    ['IN_PROGRESS', 'live'],
    ['CANCELED', 'canceled'],
  ])('reports the job that a failed creation left: %s is %s', async (status, state) => {
    server.answer(update('CREATE_FAILED'), job(status));
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'createFailed', errorInfo: {}, job: state });
  });

  it.each([
    ['DELETE_IN_PROGRESS', job('IN_PROGRESS'), 'live'],
    ['DELETE_IN_PROGRESS', job('DELETION_IN_PROGRESS'), 'ending'],
    ['DELETE_IN_PROGRESS', notFound, 'ending'],
    ['DELETE_FAILED', job('CANCELED'), 'canceled'],
    ['DELETE_FAILED', notFound, 'gone'],
  ])('reports the job while somebody deletes the update (%s)', async (status, answer, state) => {
    server.answer(update(status), answer);
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists', job: state });
  });

  it.each([
    exception(400, 'ThrottlingException'),
    exception(403, 'AccessDeniedException'),
    exception(500, 'InternalFailureException'),
    { hangUp: true } as const,
    update('SOMETHING_NEW'),
    { status: 200, body: {} },
  ])('throws if another look may help: %o', async (answer) => {
    server.answer(answer);
    await expect(plane().look(subject, 'creation')).rejects.toThrow();
  });

  it('throws if it cannot see whether a failed creation left a job', async () => {
    server.answer(update('CREATE_FAILED'), exception(500, 'InternalFailureException'));
    await expect(plane().look(subject, 'creation')).rejects.toThrow();
  });
});

describe('looking at the job', () => {
  it('counts the devices', async () => {
    const details = {
      numberOfQueuedThings: 1,
      numberOfInProgressThings: 2,
      numberOfSucceededThings: 3,
      numberOfFailedThings: 4,
      numberOfRejectedThings: 5,
      numberOfTimedOutThings: 6,
      numberOfRemovedThings: 7,
      numberOfCanceledThings: 8,
    };
    server.answer(job('IN_PROGRESS', details));
    expect(await plane().look(subject, 'job')).toEqual({
      kind: 'exists',
      job: 'live',
      aws: { jobId: 'AFR_OTA-fw-thermostat-2', jobArn },
      counts: { queued: 1, inProgress: 2, succeeded: 3, failed: 4, rejected: 5, timedOut: 6, removed: 7, canceled: 8 },
    });
    expect(calls()).toEqual([DESCRIBE_JOB]);
  });

  it.each([
    ['SCHEDULED', {}, {}, 'live'],
    ['IN_PROGRESS', {}, {}, 'live'],
    ['COMPLETED', { numberOfSucceededThings: 1 }, {}, 'completed'],
    ['CANCELED', { numberOfCanceledThings: 9, numberOfInProgressThings: 1 }, {}, 'canceled'],
    ['CANCELED', { numberOfQueuedThings: 1 }, {}, 'ending'],
    ['CANCELED', { numberOfInProgressThings: 1 }, { forceCanceled: true }, 'ending'],
    ['CANCELED', {}, { forceCanceled: true }, 'canceled'],
    ['DELETION_IN_PROGRESS', {}, {}, 'ending'],
  ])('%s with %o %o is %s', async (status, details, more, state) => {
    server.answer(job(status, details, more));
    expect(await plane().look(subject, 'job')).toMatchObject({ kind: 'exists', job: state });
  });

  it.each([
    ['CANCELED', {}, false],
    ['CANCELED', { forceCanceled: true }, true],
    ['COMPLETED', {}, undefined],
  ])('reports of a job that is %s with %o whether it was canceled by force: %s', async (status, more, forced) => {
    server.answer(job(status, {}, more));
    const sighting = await plane().look(subject, 'job');
    expect('forced' in sighting ? sighting.forced : undefined).toBe(forced);
  });

  it('reports why a job was canceled', async () => {
    server.answer(job('CANCELED', {}, { reasonCode: 'ABORT', comment: 'too many failed' }));
    expect(await plane().look(subject, 'job')).toMatchObject({ reasonCode: 'ABORT', comment: 'too many failed', counts: noCounts });
  });

  it('does not find a deleted job', async () => {
    server.answer(notFound);
    expect(await plane().look(subject, 'job')).toEqual({ kind: 'notFound' });
  });

  it.each([exception(400, 'ThrottlingException'), job('SOMETHING_NEW'), { status: 200, body: {} }])('throws on %o', async (answer) => {
    server.answer(answer);
    await expect(plane().look(subject, 'job')).rejects.toThrow();
  });
});

describe('looking at both', () => {
  it('sees the update’s ids and the job’s counts', async () => {
    server.answer(update('CREATE_COMPLETE'), job('IN_PROGRESS', { numberOfQueuedThings: 4 }));
    expect(await plane().look(subject, 'both')).toEqual({
      kind: 'exists',
      job: 'live',
      aws: { otaUpdateId: 'fw-thermostat-2', otaUpdateArn: updateArn, jobId: 'AFR_OTA-fw-thermostat-2', jobArn },
      counts: { ...noCounts, queued: 4 },
    });
    expect(calls()).toEqual([GET_UPDATE, DESCRIBE_JOB]);
  });

  it('sees that the job of a complete update is gone', async () => {
    server.answer(update('CREATE_COMPLETE'), notFound);
    expect(await plane().look(subject, 'both')).toMatchObject({ kind: 'exists', job: 'gone' });
  });

  it('reports the job if the update was deleted', async () => {
    server.answer(notFound, job('IN_PROGRESS', { numberOfQueuedThings: 4 }));
    expect(await plane().look(subject, 'both')).toMatchObject({ kind: 'exists', job: 'live', counts: { queued: 4 } });
  });

  it('finds nothing only if neither exists', async () => {
    server.answer(notFound, notFound);
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'notFound' });
  });

  it('does not mistake a pending update for one without a job', async () => {
    server.answer(update('CREATE_PENDING'));
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'pending' });
  });
});

describe('stopping', () => {
  const order = { force: false, reasonCode: 'SUPERSEDED', comment: 'by 2.4.2' };

  it('cancels the job, with the reason', async () => {
    server.answer({ status: 200, body: {} });
    await plane().stop(subject, order);
    expect(calls()).toEqual(['PUT /jobs/AFR_OTA-fw-thermostat-2/cancel?force=false']);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ reasonCode: 'SUPERSEDED', comment: 'by 2.4.2' });
  });

  it('reaches devices that have started only with force', async () => {
    server.answer({ status: 200, body: {} });
    await plane().stop(subject, { ...order, force: true });
    expect(calls()).toEqual(['PUT /jobs/AFR_OTA-fw-thermostat-2/cancel?force=true']);
  });

  it('turns any text into a reason that AWS accepts', async () => {
    server.answer({ status: 200, body: {} }, { status: 200, body: {} });
    await plane().stop(subject, { force: false, reasonCode: 'falsche Größe: #7', comment: `a\nb\u0000${'\u{1F525}'.repeat(3000)}` });
    const { reasonCode, comment } = JSON.parse(server.seen[0]?.body ?? '');
    expect(reasonCode).toBe('FALSCHE_GR_SSE___7');
    expect(comment).toMatch(/^a b [^\p{C}]{2024}$/u);
    await plane().stop(subject, { force: false, reasonCode: '', comment: '' });
    expect(JSON.parse(server.seen[1]?.body || '{}')).toEqual({});
  });

  it.each(['ResourceNotFoundException', 'InvalidRequestException', 'InvalidStateTransitionException'])(
    'does not throw if the job has ended or does not exist (%s)',
    async (name) => {
      server.answer(exception(400, name));
      await expect(plane().stop(subject, order)).resolves.toBeUndefined();
    },
  );

  it.each(['ThrottlingException', 'LimitExceededException', 'AccessDeniedException', 'ServiceUnavailableException'])(
    'throws on %s',
    async (name) => {
      server.answer(exception(400, name));
      await expect(plane().stop(subject, order)).rejects.toMatchObject({ name });
    },
  );
});
