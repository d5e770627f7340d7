import {
  CancelJobCommand,
  DeleteJobCommand,
  DeleteOTAUpdateCommand,
  DescribeJobCommand,
  ListOTAUpdatesCommand,
  UntagResourceCommand,
  UpdateJobCommand,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { iotCore } from '../../adapters/iot-core.ts';
import { iotJobs } from '../../adapters/iot-jobs.ts';
import { DeleteOtaTaskCommand, IoTManagedIntegrationsClient, ListOtaTasksCommand } from '../../adapters/managed-integrations/client.ts';
import { managedIntegrations } from '../../adapters/managed-integrations/managed-integrations.ts';
import { requestForAttempt } from '../../domain/request/identity.ts';
import type { Subject } from '../../domain/rollout/observation.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { groupArn, type Ota, otaUpdate, startOta } from '../../packages/embedded-aws/test/support/ota-stand-ins.ts';
import { oneClient, withAMinute } from '../../proof/support/control-plane.ts';

/** The control planes over the embedded AWS, which validates requests, creates with a delay, and fails if a test asks for it. */
let ota: Ota;
beforeEach(async () => {
  ota = await startOta();
});
afterEach(() => ota.stop());

const order = { force: false, reasonCode: 'SUPERSEDED', comment: 'by 2.4.2' };
const markers = { 'ota-dispatch.rolloutId': 'fw-a', 'ota-dispatch.requestDigest': 'd1' };

const tagged = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

describe('AWS IoT Core', () => {
  const subject: Subject = { rolloutId: 'fw-a', attempt: 1, request: {}, requestDigest: 'd1', aws: {}, unansweredCreates: { count: 1 } };
  const plane = () => withAMinute(iotCore(oneClient(ota.iot)));
  /** The frozen request in wire form: the signature is base64 text. */
  function wire(changes: object = {}) {
    const { files, ...rest } = otaUpdate('fw-a-1', { targets: [groupArn('beta')], additionalParameters: markers });
    const signature = { inlineDocument: 'AQID' };
    const signed = files.map((file) => ({
      ...file,
      codeSigning: { customCodeSigning: { ...file.codeSigning.customCodeSigning, signature } },
    }));
    return { ...rest, files: signed, ...changes };
  }

  it('creates an update whose job counts its devices', async () => {
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'notFound' });
    expect(await plane().create(wire())).toMatchObject({ kind: 'accepted', aws: { otaUpdateId: 'fw-a-1', jobId: 'AFR_OTA-fw-a-1' } });
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'pending' });
    ota.clock.advance(3_000);
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists', job: 'live' });
    const seen = await plane().look(subject, 'job');
    if (seen.kind !== 'exists' || seen.counts === undefined) throw new Error('no counts');
    expect(Object.values(seen.counts).reduce((sum, count) => sum + count)).toBe(10);
  });

  it('answers a second create with alreadyExists, and a look finds the first', async () => {
    await plane().create(wire());
    expect(await plane().create(wire())).toEqual({ kind: 'alreadyExists' });
    ota.clock.advance(3_000);
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists' });
  });

  it('finds an update with a look if the answer to its create was lost', async () => {
    ota.faults.add({ service: 'iot', operation: 'CreateOTAUpdate', kind: 'lostReply', times: 1 });
    expect(await plane().create(wire())).toMatchObject({ kind: 'unknown' });
    ota.clock.advance(3_000);
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists', job: 'live' });
  });

  it.each([
    ['throttle', { kind: 'refused', retryable: true }],
    ['quota410', { kind: 'refused', retryable: true }],
    ['error500', { kind: 'unknown' }],
    ['error503', { kind: 'unknown' }],
  ] as const)('answers a create at the fault %s with %o', async (kind, reply) => {
    ota.faults.add({ service: 'iot', operation: 'CreateOTAUpdate', kind, times: 1 });
    expect(await plane().create(wire())).toMatchObject(reply);
  });

  it('refuses for good a request that the API model forbids', async () => {
    expect(await plane().create(wire({ targets: [] }))).toMatchObject({
      kind: 'refused',
      retryable: false,
      code: 'InvalidRequestException',
    });
    expect((await ota.iot.send(new ListOTAUpdatesCommand({}))).otaUpdates).toEqual([]);
  });

  it('sees an update of a different request under the same id as foreign', async () => {
    await plane().create(wire({ additionalParameters: { ...markers, 'ota-dispatch.requestDigest': 'd2' } }));
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'foreign' });
  });

  it('reports why a creation failed, and that there is no job', async () => {
    ota.faults.add({ service: 'iot', kind: 'createFailed', times: 1, errorInfo: { code: 'ThrottlingException', message: 'slow' } });
    await plane().create(wire());
    ota.clock.advance(3_000);
    expect(await plane().look(subject, 'creation')).toEqual({
      kind: 'createFailed',
      errorInfo: { code: 'ThrottlingException', message: 'slow' },
      job: 'none',
    });
  });

  it('stops a job, which later looks confirm, and may stop it twice', async () => {
    await plane().create(wire());
    ota.clock.advance(3_000);
    await plane().stop(subject, order);
    await plane().stop(subject, order);
    ota.clock.advance(10 * 60_000);
    await plane().stop(subject, order);
    expect(await plane().look(subject, 'both')).toMatchObject({
      kind: 'exists',
      job: 'canceled',
      reasonCode: 'SUPERSEDED',
      comment: 'by 2.4.2',
    });
  });

  it('does not fail to stop an update that does not exist', async () => {
    await expect(plane().stop(subject, order)).resolves.toBeUndefined();
  });

  it('does not find an update that a person deleted', async () => {
    await plane().create(wire());
    ota.clock.advance(3_000);
    await ota.iot.send(new DeleteOTAUpdateCommand({ otaUpdateId: 'fw-a-1', forceDeleteAWSJob: true }));
    ota.clock.advance(60 * 60_000);
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'notFound' });
    expect(await plane().look(subject, 'job')).toEqual({ kind: 'notFound' });
  });

  it('creates a separate update and job for each attempt', async () => {
    await plane().create(wire());
    expect(await plane().create(requestForAttempt('CreateOTAUpdate', wire(), 'fw-a', 2))).toMatchObject({ kind: 'accepted' });
    ota.clock.advance(3_000);
    expect(await plane().look({ ...subject, attempt: 2 }, 'both')).toMatchObject({ aws: { jobId: 'AFR_OTA-fw-a-2' } });
  });
});

describe('AWS IoT Jobs', () => {
  const MINUTE = 60_000;
  const url = 'https://firmware.s3.us-east-1.amazonaws.com/app.bin%3FversionId%3Dv1';
  const jobId = 'fw-a-1';
  const request = {
    jobId,
    targets: [groupArn('beta')],
    document: `{"operation":"firmware-update","rolloutId":"fw-a","url":"\u0024{aws:iot:s3-presigned-url-v2:${url}}"}`,
    description: 'Fixes the focus',
    presignedUrlConfig: { roleArn: 'arn:aws:iam::000000000000:role/ota-service' },
    targetSelection: 'SNAPSHOT',
    abortConfig: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 12.5, minNumberOfExecutedThings: 5 }] },
    timeoutConfig: { inProgressTimeoutInMinutes: 60 },
    jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] },
    tags: tagged({ ...markers, team: 'optics' }),
  };
  const subject: Subject = { rolloutId: 'fw-a', attempt: 1, request, requestDigest: 'd1', aws: {}, unansweredCreates: { count: 1 } };
  const plane = () => withAMinute(iotJobs(oneClient(ota.iot)));
  const statusOf = async () => (await ota.iot.send(new DescribeJobCommand({ jobId }))).job?.status;
  /** A minute of the clock of AWS as a schedule has it, so many minutes from now. */
  const minuteIn = (minutes: number) => new Date(ota.clock.now() + minutes * MINUTE).toISOString().slice(0, 16);
  const restart = async (...given: Parameters<typeof startOta>) => {
    await ota.stop();
    ota = await startOta(...given);
  };

  it('creates a job that exists at once, has what was asked for, and counts its devices', async () => {
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'notFound' });
    expect(await plane().create(request)).toMatchObject({ kind: 'created', aws: { jobId, jobArn: expect.stringContaining(jobId) } });
    const seen = await plane().look(subject, 'creation');
    expect(seen).toMatchObject({ kind: 'exists', job: 'live', aws: { jobId } });
    expect(seen).not.toHaveProperty('drift');
    expect(seen).not.toHaveProperty('untagged');
    if (seen.kind !== 'exists' || seen.counts === undefined) throw new Error('no counts');
    expect(Object.values(seen.counts).reduce((sum, count) => sum + count)).toBe(10);
  });

  it.each([
    ['refused', { kind: 'alreadyExists' }],
    ['answered', { kind: 'created' }],
  ] as const)('finds one job after the same create twice, if the second one is %s', async (identicalCreateJob, reply) => {
    await restart({ iot: { identicalCreateJob } });
    await plane().create(request);
    expect(await plane().create(request)).toMatchObject(reply);
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists' });
  });

  it('answers a create under the id of a different job, in whatever state, with alreadyExists', async () => {
    await plane().create({ ...request, document: '{}' });
    await ota.iot.send(new CancelJobCommand({ jobId }));
    expect(await plane().create(request)).toEqual({ kind: 'alreadyExists' });
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'foreign' });
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'foreign' });
  });

  it.each([
    ['lostReply', { kind: 'unknown' }, 'exists'],
    ['error500', { kind: 'unknown' }, 'notFound'],
    ['error503', { kind: 'unknown' }, 'notFound'],
    ['throttle', { kind: 'refused', retryable: true }, 'notFound'],
    ['quota410', { kind: 'refused', retryable: true }, 'notFound'],
  ] as const)('answers a create at the fault %s with %o, and a look then says %s', async (kind, reply, found) => {
    ota.faults.add({ service: 'iot', operation: 'CreateJob', kind, times: 1 });
    expect(await plane().create(request)).toMatchObject(reply);
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: found });
  });

  it.each([
    ['a placeholder without its end', { document: '"\u0024{aws:iot:s3-presigned-url-v2:x"' }, 'InvalidJobDocumentException'],
    ['a placeholder without a role', { presignedUrlConfig: undefined }, 'InvalidRequestException'],
    ['no target', { targets: [] }, 'InvalidRequestException'],
    ['a start that is too near', { schedulingConfig: { startTime: '2000-01-01T00:00' } }, 'InvalidRequestException'],
  ])('refuses for good %s', async (_what, changes, code) => {
    expect(await plane().create({ ...request, ...changes })).toMatchObject({ kind: 'refused', retryable: false, code });
  });

  it('refuses for good a role that does not exist, and a target that does not exist', async () => {
    await restart({ iot: { roles: new Set() } });
    expect(await plane().create(request)).toMatchObject({ kind: 'refused', retryable: false, code: 'InvalidRoleException' });
    await restart({ iot: { unregisteredTargets: 'refused' } });
    expect(await plane().create(request)).toMatchObject({ kind: 'refused', retryable: false, code: 'ResourceNotFoundException' });
  });

  it('does not find a job that AWS shows later, and recognises it without its tags, which come later still', async () => {
    await restart({ iot: { jobVisibleAfterMilliseconds: MINUTE, jobTagsVisibleAfterMilliseconds: 2 * MINUTE } });
    await plane().create(request);
    expect(await plane().look(subject, 'creation')).toEqual({ kind: 'notFound' });
    ota.clock.advance(MINUTE);
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists', untagged: true });
    ota.clock.advance(MINUTE);
    expect(await plane().look(subject, 'creation')).not.toHaveProperty('untagged');
  });

  it.each([
    ['of another request', { ...markers, 'ota-dispatch.requestDigest': 'd2' }, { kind: 'foreign' }],
    ['of another rollout', { ...markers, 'ota-dispatch.rolloutId': 'fw-b' }, { kind: 'foreign' }],
    ['of somebody else', { team: 'x' }, { kind: 'exists', untagged: true }],
  ])('does not adopt an equal job with the tags %s', async (_who, tags, sighting) => {
    await plane().create({ ...request, tags: tagged(tags) });
    expect(await plane().look(subject, 'creation')).toMatchObject(sighting);
  });

  it('reports what UpdateJob has changed, and still recognises the job', async () => {
    await plane().create(request);
    await ota.iot.send(new UpdateJobCommand({ jobId, description: 'slow', timeoutConfig: { inProgressTimeoutInMinutes: 5 } }));
    for (const at of ['creation', 'job', 'both'] as const) {
      expect(await plane().look(subject, at)).toMatchObject({ kind: 'exists', drift: ['description', 'timeoutConfig'] });
    }
  });

  it('sees a job as live before its start', async () => {
    await plane().create({ ...request, schedulingConfig: { startTime: minuteIn(60) } });
    expect(await statusOf()).toBe('SCHEDULED');
    expect(await plane().look(subject, 'job')).toMatchObject({ kind: 'exists', job: 'live' });
  });

  it('sees a job as live in its windows and between them', async () => {
    const maintenanceWindows = [{ startTime: 'cron(0 2 * * ? *)', durationInMinutes: 60 }];
    await plane().create({ ...request, targetSelection: 'CONTINUOUS', schedulingConfig: { maintenanceWindows } });
    const statuses = new Set<string | undefined>();
    for (let hour = 0; hour < 48; hour += 1) {
      statuses.add(await statusOf());
      expect(await plane().look(subject, 'job')).toMatchObject({ kind: 'exists', job: 'live' });
      ota.clock.advance(60 * MINUTE);
    }
    expect([...statuses].sort()).toEqual(['IN_PROGRESS', 'SCHEDULED']);
  });

  it('cancels a job that is SCHEDULED', async () => {
    await plane().create({ ...request, schedulingConfig: { startTime: minuteIn(60) } });
    await plane().stop(subject, order);
    expect(await plane().look(subject, 'both')).toMatchObject({ kind: 'exists', job: 'canceled', reasonCode: 'SUPERSEDED' });
  });

  it('does not fail if AWS refuses to cancel a job that is SCHEDULED, which the next look sees', async () => {
    await restart({ iot: { cancelOfScheduled: 'refused' } });
    await plane().create({ ...request, schedulingConfig: { startTime: minuteIn(60) } });
    await plane().stop(subject, order);
    expect(await plane().look(subject, 'both')).toMatchObject({ kind: 'exists', job: 'live' });
  });

  it('sees when the end of a schedule has canceled a job', async () => {
    await restart({ fleet: { ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 1 } } });
    const endTime = minuteIn(61);
    await plane().create({ ...request, schedulingConfig: { startTime: minuteIn(31), endTime, endBehavior: 'CANCEL' } });
    ota.clock.advance(90 * MINUTE);
    const sighting = await plane().look(subject, 'job');
    expect(sighting).toMatchObject({ kind: 'exists', job: 'canceled', forced: false });
    expect('canceledAt' in sighting ? sighting.canceledAt : 0).toBeGreaterThanOrEqual(Date.parse(`${endTime}:00Z`));
  });

  it('sees a continuous job as completed after the end of its schedule', async () => {
    const schedulingConfig = { startTime: minuteIn(31), endTime: minuteIn(120) };
    await plane().create({ ...request, targetSelection: 'CONTINUOUS', schedulingConfig });
    ota.clock.advance(115 * MINUTE);
    expect(await plane().look(subject, 'job')).toMatchObject({ job: 'live' });
    ota.clock.advance(24 * 60 * MINUTE);
    expect(await plane().look(subject, 'job')).toMatchObject({ job: 'completed' });
  });

  it('sees that AWS has canceled a scheduled job at the limit of concurrent jobs', async () => {
    await restart({ iot: { jobs: { concurrentMax: 0 } } });
    await plane().create({ ...request, schedulingConfig: { startTime: minuteIn(60) } });
    ota.clock.advance(61 * MINUTE);
    expect(await plane().look(subject, 'job')).toMatchObject({ kind: 'exists', job: 'canceled' });
  });

  it.each(['refused', 'answered'] as const)('may stop a job twice, if AWS has the second cancel %s', async (cancelOfCanceled) => {
    await restart({ iot: { cancelOfCanceled, jobs: { cancelMilliseconds: MINUTE } } });
    await plane().create(request);
    await plane().stop(subject, order);
    await plane().stop(subject, order);
    ota.clock.advance(10 * MINUTE);
    await plane().stop(subject, order);
    expect(await plane().look(subject, 'both')).toMatchObject({ kind: 'exists', job: 'canceled', reasonCode: 'SUPERSEDED' });
  });

  it('leaves devices in progress alone without force, and stops them with it', async () => {
    await restart({ fleet: { startMilliseconds: [MINUTE, MINUTE], updateMilliseconds: [50 * MINUTE, 50 * MINUTE] } });
    await plane().create(request);
    ota.clock.advance(5 * MINUTE);
    await plane().stop(subject, order);
    expect(await plane().look(subject, 'both')).toMatchObject({ job: 'canceled', forced: false, counts: { inProgress: 10 } });
    await plane().stop(subject, { ...order, force: true });
    expect(await plane().look(subject, 'both')).toMatchObject({ job: 'canceled', forced: true, counts: { inProgress: 0, canceled: 10 } });
  });

  it('recognises a job whose tags somebody has removed, to stop it', async () => {
    await plane().create(request);
    const { job } = await ota.iot.send(new DescribeJobCommand({ jobId }));
    await ota.iot.send(new UntagResourceCommand({ resourceArn: job?.jobArn ?? '', tagKeys: Object.keys(markers) }));
    expect(await plane().look(subject, 'creation')).toMatchObject({ untagged: true });
    const sighting = await plane().look(subject, 'both');
    expect(sighting).toMatchObject({ kind: 'exists', job: 'live' });
    expect(sighting).not.toHaveProperty('untagged');
  });

  it('does not find a job that somebody has deleted', async () => {
    await plane().create(request);
    await ota.iot.send(new DeleteJobCommand({ jobId, force: true }));
    expect(await plane().look(subject, 'job')).toMatchObject({ job: 'ending' });
    ota.clock.advance(10 * MINUTE);
    for (const at of ['creation', 'job', 'both'] as const) expect(await plane().look(subject, at)).toEqual({ kind: 'notFound' });
  });
});

describe('managed integrations', () => {
  const client = () => new IoTManagedIntegrationsClient(clientSettings(ota));
  const plane = () => withAMinute(managedIntegrations(oneClient(client())));
  const input = {
    S3Url: 's3://documents/job.json',
    OtaType: 'CONTINUOUS',
    OtaTargetQueryString: 'attributes.model=hub-2',
    ClientToken: 'fw-a-1',
    Tags: markers,
  };
  const unanswered = (): Subject => ({
    rolloutId: 'fw-a',
    attempt: 1,
    request: {},
    requestDigest: 'd1',
    aws: {},
    unansweredCreates: { count: 1, firstSentAt: ota.clock.now() },
  });
  async function create(): Promise<Subject> {
    const reply = await plane().create(input);
    if (reply.kind !== 'created') throw new Error(`not created: ${JSON.stringify(reply)}`);
    return { ...unanswered(), aws: reply.aws };
  }

  it('creates a task that counts its devices', async () => {
    expect(await plane().look(unanswered(), 'creation')).toEqual({ kind: 'notFound' });
    const subject = await create();
    const seen = await plane().look(subject, 'job');
    expect(seen).toMatchObject({ kind: 'exists', job: 'live', aws: subject.aws });
    if (seen.kind !== 'exists' || seen.counts === undefined) throw new Error('no counts');
    expect(Object.values(seen.counts).reduce((sum, count) => sum + count)).toBe(10);
  });

  it('finds a task by its tags among many if the answer to its create was lost', async () => {
    for (let other = 0; other < 300; other += 1) {
      await plane().create({ ...input, ClientToken: `other-${other}`, Tags: { 'ota-dispatch.rolloutId': `fw-${other}` } });
    }
    ota.clock.advance(24 * 60 * 60_000);
    const subject = unanswered();
    ota.faults.add({ service: 'iotmanagedintegrations', operation: 'CreateOtaTask', kind: 'lostReply', times: 1 });
    expect(await plane().create(input)).toMatchObject({ kind: 'unknown' });
    expect(await plane().look(subject, 'creation')).toMatchObject({ kind: 'exists', job: 'live', aws: { taskId: expect.any(String) } });
  });

  it('sees a task of a different request as foreign', async () => {
    await plane().create({ ...input, Tags: { ...markers, 'ota-dispatch.requestDigest': 'd2' } });
    expect(await plane().look(unanswered(), 'creation')).toEqual({ kind: 'foreign' });
  });

  it('never creates a second task for the same token with a different request', async () => {
    await create();
    expect(await plane().create({ ...input, OtaTargetQueryString: 'attributes.model=hub-3' })).toEqual({ kind: 'alreadyExists' });
    expect((await client().send(new ListOtaTasksCommand({}))).Tasks).toHaveLength(1);
  });

  it.each([
    ['throttle', { kind: 'refused', retryable: true, code: 'ThrottlingException' }],
    ['error500', { kind: 'unknown' }],
  ] as const)('answers a create at the fault %s with %o', async (kind, reply) => {
    ota.faults.add({ service: 'iotmanagedintegrations', operation: 'CreateOtaTask', kind, times: 1 });
    expect(await plane().create(input)).toMatchObject(reply);
  });

  it('refuses for good a request that the API model forbids', async () => {
    const reply = await plane().create({ ...input, Description: 'v1.2' });
    expect(reply).toMatchObject({ kind: 'refused', retryable: false, code: 'ValidationException' });
  });

  it('deletes a task to stop it, and may stop it twice', async () => {
    const subject = await create();
    await plane().stop(subject, order);
    await plane().stop(subject, order);
    ota.clock.advance(10 * 60_000);
    await plane().stop(subject, order);
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'notFound' });
  });

  it('stops a task whose create was never answered', async () => {
    const subject = unanswered();
    await create();
    await plane().stop(subject, order);
    ota.clock.advance(10 * 60_000);
    expect(await plane().look(subject, 'both')).toEqual({ kind: 'notFound' });
  });

  it('does not find a task that a person deleted', async () => {
    const subject = await create();
    await client().send(new DeleteOtaTaskCommand({ Identifier: subject.aws.taskId ?? '' }));
    ota.clock.advance(10 * 60_000);
    expect(await plane().look(subject, 'job')).toEqual({ kind: 'notFound' });
  });
});
