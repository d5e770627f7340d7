import { DeleteOTAUpdateCommand, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { iotCore } from '../../adapters/iot-core.ts';
import { DeleteOtaTaskCommand, IoTManagedIntegrationsClient, ListOtaTasksCommand } from '../../adapters/managed-integrations/client.ts';
import { managedIntegrations } from '../../adapters/managed-integrations/managed-integrations.ts';
import { requestForAttempt } from '../../domain/request/identity.ts';
import type { Subject } from '../../domain/rollout/observation.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { groupArn, type Ota, otaUpdate, startOta } from '../../packages/embedded-aws/test/support/ota-stand-ins.ts';
import { oneClient, withAMinute } from '../../proof/support/control-plane.ts';

/** The two control planes over the embedded AWS, which validates requests, creates with a delay, and fails if a test asks for it. */
let ota: Ota;
beforeEach(async () => {
  ota = await startOta();
});
afterEach(() => ota.stop());

const order = { force: false, reasonCode: 'SUPERSEDED', comment: 'by 2.4.2' };
const markers = { 'ota-dispatch.rolloutId': 'fw-a', 'ota-dispatch.requestDigest': 'd1' };

describe('AWS IoT Core', () => {
  const subject: Subject = { rolloutId: 'fw-a', attempt: 1, requestDigest: 'd1', aws: {}, unansweredCreates: { count: 1 } };
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
