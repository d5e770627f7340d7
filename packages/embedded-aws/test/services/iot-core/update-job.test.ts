import {
  CancelJobCommand,
  CreateJobCommand,
  CreateOTAUpdateCommand,
  DescribeJobCommand,
  GetJobDocumentCommand,
  UpdateJobCommand,
  type UpdateJobCommandInput,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { groupArn, type Ota, otaUpdate, startOta, thingArn } from '../../support/ota-stand-ins.ts';
import { fetchAs } from '../../support/signed-fetch.ts';

let ota: Ota;
afterEach(() => ota.stop());

const MINUTE = 60_000;
const job = async (jobId: string) => (await ota.iot.send(new DescribeJobCommand({ jobId }))).job;
const createJob = (jobId: string, changes: object = {}) =>
  ota.iot.send(new CreateJobCommand({ jobId, targets: [groupArn('ten')], document: '{"do":"it"}', ...changes }));
const update = (jobId: string, changes: Omit<UpdateJobCommandInput, 'jobId'>) => ota.iot.send(new UpdateJobCommand({ jobId, ...changes }));
const refused = { name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } };

describe('UpdateJob', () => {
  it('changes what it is given, and leaves the rest', async () => {
    ota = await startOta();
    const abortConfig = {
      criteriaList: [{ failureType: 'ALL' as const, action: 'CANCEL' as const, thresholdPercentage: 1, minNumberOfExecutedThings: 1 }],
    };
    await createJob('j', { description: 'before', abortConfig, jobExecutionsRolloutConfig: { maximumPerMinute: 1 } });
    ota.clock.advance(1_000);
    const before = await job('j');
    const changes = {
      description: 'after',
      presignedUrlConfig: { roleArn: 'arn:aws:iam::000000000000:role/other', expiresInSec: 90 },
      timeoutConfig: { inProgressTimeoutInMinutes: 9 },
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL' as const, numberOfRetries: 0 }] },
    };
    await update('j', changes);
    expect(await job('j')).toEqual({ ...before, ...changes, lastUpdatedAt: new Date(ota.clock.now()) });
    expect((await ota.iot.send(new GetJobDocumentCommand({ jobId: 'j' }))).document).toBe('{"do":"it"}');
  });

  it('changes the rate of what is left to be notified', async () => {
    ota = await startOta();
    await createJob('j', { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } });
    ota.clock.advance(MINUTE + 10_000);
    expect((await job('j'))?.jobProcessDetails?.numberOfQueuedThings).toBe(8);
    await update('j', { jobExecutionsRolloutConfig: { maximumPerMinute: 60 } });
    ota.clock.advance(2 * MINUTE);
    expect(await job('j')).toMatchObject({ status: 'COMPLETED', jobExecutionsRolloutConfig: { maximumPerMinute: 60 } });
  });

  it('gives a new timeout to what starts later only', async () => {
    ota = await startOta({ fleet: { ratios: { failed: 0, rejected: 0, timedOut: 1, offline: 0 } } });
    await createJob('j', { jobExecutionsRolloutConfig: { maximumPerMinute: 1 }, timeoutConfig: { inProgressTimeoutInMinutes: 2 } });
    ota.clock.advance(10_000);
    await update('j', { timeoutConfig: { inProgressTimeoutInMinutes: 60 } });
    ota.clock.advance(20 * MINUTE);
    expect((await job('j'))?.jobProcessDetails).toMatchObject({ numberOfTimedOutThings: 1, numberOfInProgressThings: 9 });
  });

  it('changes the job of an OTA update as well', async () => {
    ota = await startOta();
    await ota.iot.send(new CreateOTAUpdateCommand(otaUpdate('u')));
    ota.clock.advance(3_000);
    await update('AFR_OTA-u', { description: 'after' });
    expect((await job('AFR_OTA-u'))?.description).toBe('after');
  });

  it('refuses other members, retries above 0, two criteria of a rate and jobs that do not exist', async () => {
    ota = await startOta();
    await createJob('j');
    for (const member of ['targets', 'document', 'targetSelection', 'schedulingConfig', 'tags', 'destinationPackageVersions']) {
      const answer = await fetchAs('iot', ota.endpoint, 'PATCH', '/jobs/j', { [member]: [] });
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(`'${member}'`) } });
    }
    await expect(
      update('j', { jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 1 }] } }),
    ).rejects.toMatchObject(refused);
    const rateIncreaseCriteria = { numberOfNotifiedThings: 1, numberOfSucceededThings: 1 };
    await expect(
      update('j', {
        jobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor: 2, rateIncreaseCriteria } },
      }),
    ).rejects.toMatchObject(refused);
    await expect(update('none', { description: 'x' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it.each([
    ['live', [true, true, false]],
    ['inProgress', [true, false, false]],
    ['any', [true, true, true]],
  ] as const)('takes jobs that are running, scheduled and over, if it is assumed to take %s', async (updateJob, taken) => {
    ota = await startOta({ iot: { updateJob } });
    await createJob('running', { targets: [thingArn('t')] });
    await createJob('scheduled', { schedulingConfig: { startTime: '2026-01-01T02:00' } });
    await createJob('over');
    await ota.iot.send(new CancelJobCommand({ jobId: 'over' }));
    for (const [at, jobId] of ['running', 'scheduled', 'over'].entries()) {
      const sent = update(jobId, { description: 'x' });
      await (taken[at] ? expect(sent).resolves.toBeDefined() : expect(sent).rejects.toMatchObject(refused));
    }
  });
});

describe('CancelJob on a job that is CANCELED', () => {
  it.each([
    ['refused', false],
    ['answered', true],
  ] as const)('is %s, if that is assumed', async (cancelOfCanceled, isAnswered) => {
    ota = await startOta({ iot: { cancelOfCanceled } });
    await createJob('j');
    await ota.iot.send(new CancelJobCommand({ jobId: 'j', reasonCode: 'FIRST' }));
    const again = ota.iot.send(new CancelJobCommand({ jobId: 'j', reasonCode: 'SECOND' }));
    await (isAnswered ? expect(again).resolves.toMatchObject({ jobId: 'j' }) : expect(again).rejects.toMatchObject(refused));
    expect((await job('j'))?.reasonCode).toBe('FIRST');
  });

  it('while the first one still goes on, only adds force', async () => {
    ota = await startOta({ iot: { jobs: { cancelMilliseconds: 10_000 } }, fleet: { updateMilliseconds: [MINUTE, MINUTE] } });
    await createJob('j');
    ota.clock.advance(5_000);
    await ota.iot.send(new CancelJobCommand({ jobId: 'j', reasonCode: 'FIRST', force: true }));
    await ota.iot.send(new CancelJobCommand({ jobId: 'j' }));
    expect(await job('j')).toMatchObject({ status: 'IN_PROGRESS', isConcurrent: true });
    ota.clock.advance(10_000);
    expect(await job('j')).toMatchObject({ status: 'CANCELED', forceCanceled: true, jobProcessDetails: { numberOfInProgressThings: 0 } });
  });
});
