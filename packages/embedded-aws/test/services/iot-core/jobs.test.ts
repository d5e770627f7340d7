import {
  AddThingToThingGroupCommand,
  CancelJobCommand,
  CancelJobExecutionCommand,
  CreateJobCommand,
  CreateOTAUpdateCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteJobCommand,
  DescribeJobCommand,
  DescribeJobExecutionCommand,
  ListJobExecutionsForJobCommand,
  ListJobExecutionsForThingCommand,
  ListJobsCommand,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { groupArn, type Ota, otaUpdate, startOta, thingArn } from '../../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const slow = { startMilliseconds: [1_000, 1_000] as const, updateMilliseconds: [60_000, 60_000] as const };
const job = async (jobId: string) => (await ota.iot.send(new DescribeJobCommand({ jobId }))).job;
const createJob = (jobId: string, changes: object = {}) =>
  ota.iot.send(new CreateJobCommand({ jobId, targets: [thingArn('t')], document: '{"do":"it"}', ...changes }));

async function register(group: string, ...things: string[]) {
  await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: group }));
  for (const thingName of things) {
    await ota.iot.send(new CreateThingCommand({ thingName }));
    await ota.iot.send(new AddThingToThingGroupCommand({ thingGroupName: group, thingName }));
  }
}

describe('the job of an OTA update', () => {
  it('counts its things from queued to succeeded and is COMPLETED in the end', async () => {
    ota = await startOta();
    await ota.iot.send(new CreateOTAUpdateCommand(otaUpdate('rollout', { targets: [groupArn('nobody-registered')] })));
    ota.clock.advance(3_000);
    const early = await job('AFR_OTA-rollout');
    expect(early?.status).toBe('IN_PROGRESS');
    ota.clock.advance(10_000);
    expect(await job('AFR_OTA-rollout')).toMatchObject({
      status: 'COMPLETED',
      completedAt: expect.any(Date),
      jobProcessDetails: {
        numberOfSucceededThings: 10,
        numberOfQueuedThings: 0,
        numberOfInProgressThings: 0,
        numberOfFailedThings: 0,
        numberOfRejectedThings: 0,
        numberOfRemovedThings: 0,
        numberOfTimedOutThings: 0,
        numberOfCanceledThings: 0,
      },
    });
  });

  it('has the abort and timeout settings that GetOTAUpdate leaves out', async () => {
    ota = await startOta();
    const criteria = { failureType: 'FAILED', action: 'CANCEL', thresholdPercentage: 25.5, minNumberOfExecutedThings: 3 };
    const changes = {
      protocols: ['HTTP' as const],
      awsJobAbortConfig: { abortCriteriaList: [criteria] },
      awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 7 },
      awsJobPresignedUrlConfig: { expiresInSec: 600 },
    };
    const update = otaUpdate('settings', changes);
    await ota.iot.send(new CreateOTAUpdateCommand(update));
    ota.clock.advance(3_000);
    expect(await job('AFR_OTA-settings')).toMatchObject({
      abortConfig: { criteriaList: [criteria] },
      timeoutConfig: { inProgressTimeoutInMinutes: 7 },
      presignedUrlConfig: { roleArn: update.roleArn, expiresInSec: 600 },
    });
    const presignedUrlConfig = { roleArn: update.roleArn, expiresInSec: 60 };
    await createJob('own', { presignedUrlConfig });
    await createJob('without');
    expect((await job('own'))?.presignedUrlConfig).toEqual(presignedUrlConfig);
    expect((await job('without'))?.presignedUrlConfig).toEqual({});
  });

  it('reaches the members of a registered group, and late joiners of a continuous update at once', async () => {
    ota = await startOta();
    await register('lobby', 'a', 'b');
    const changes = { targets: [groupArn('lobby')], targetSelection: 'CONTINUOUS' };
    await ota.iot.send(new CreateOTAUpdateCommand(otaUpdate('lasting', changes)));
    ota.clock.advance(60_000);
    expect((await job('AFR_OTA-lasting'))?.jobProcessDetails?.numberOfSucceededThings).toBe(2);
    await register('lobby', 'c');
    ota.clock.advance(60_000);
    const described = await job('AFR_OTA-lasting');
    expect(described?.status).toBe('IN_PROGRESS');
    expect(described?.jobProcessDetails?.numberOfSucceededThings).toBe(3);
  });

  it('reaches the things of child groups, even late ones', async () => {
    ota = await startOta();
    await register('parent');
    await ota.iot.send(new CreateThingGroupCommand({ thingGroupName: 'child', parentGroupName: 'parent' }));
    await createJob('lasting', { targets: [groupArn('parent')], targetSelection: 'CONTINUOUS' });
    await ota.iot.send(new CreateThingCommand({ thingName: 'late' }));
    await ota.iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'child', thingName: 'late' }));
    ota.clock.advance(60_000);
    expect((await job('lasting'))?.jobProcessDetails?.numberOfSucceededThings).toBe(1);
  });
});

describe('CancelJob', () => {
  it('without force cancels what is queued, and keeps the reason', async () => {
    ota = await startOta({ fleet: slow });
    await createJob('j', { targets: [groupArn('ten')], jobExecutionsRolloutConfig: { maximumPerMinute: 60 } });
    ota.clock.advance(1_000);
    const answer = await ota.iot.send(new CancelJobCommand({ jobId: 'j', reasonCode: 'BAD_BUILD', comment: 'withdrawn' }));
    expect(answer).toMatchObject({ jobId: 'j', jobArn: expect.stringContaining('job/j') });
    expect(await job('j')).toMatchObject({
      status: 'CANCELED',
      reasonCode: 'BAD_BUILD',
      comment: 'withdrawn',
      forceCanceled: false,
      jobProcessDetails: { numberOfInProgressThings: 1, numberOfCanceledThings: 9 },
    });
    await ota.iot.send(new CancelJobCommand({ jobId: 'j', force: true }));
    expect(await job('j')).toMatchObject({ forceCanceled: true, jobProcessDetails: { numberOfInProgressThings: 0 } });
  });

  it('is refused for a job that is over and for one that does not exist', async () => {
    ota = await startOta();
    await createJob('over');
    ota.clock.advance(60_000);
    await expect(ota.iot.send(new CancelJobCommand({ jobId: 'over' }))).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await expect(ota.iot.send(new CancelJobCommand({ jobId: 'none' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('jobs', () => {
  it('are refused under an id that is taken, and without exactly one source of the document', async () => {
    ota = await startOta();
    await createJob('j');
    await expect(createJob('j')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException', resourceId: 'j' });
    await expect(createJob('none', { document: undefined })).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await expect(createJob('both', { documentSource: 's3://documents/job.json' })).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await createJob('source', { document: undefined, documentSource: 's3://documents/job.json' });
  });

  it('time out after 1 to 10080 minutes', async () => {
    ota = await startOta();
    const within = (inProgressTimeoutInMinutes: number) =>
      createJob(`j${inProgressTimeoutInMinutes}`, { timeoutConfig: { inProgressTimeoutInMinutes } });
    await within(1);
    await within(10_080);
    for (const minutes of [0, 10_081]) {
      await expect(within(minutes)).rejects.toMatchObject({
        name: 'InvalidRequestException',
        message: expect.stringContaining("'timeoutConfig.inProgressTimeoutInMinutes'"),
      });
    }
  });

  it('are listed newest first, by status and selection', async () => {
    ota = await startOta();
    await createJob('one');
    await createJob('two', { targetSelection: 'CONTINUOUS' });
    ota.clock.advance(60_000);
    const ids = async (changes: object) => (await ota.iot.send(new ListJobsCommand(changes))).jobs?.map((one) => one.jobId);
    expect(await ids({})).toEqual(['two', 'one']);
    expect(await ids({ status: 'COMPLETED' })).toEqual(['one']);
    expect(await ids({ targetSelection: 'CONTINUOUS' })).toEqual(['two']);
  });

  it('and their executions are listed by namespace', async () => {
    ota = await startOta();
    await createJob('everywhere');
    await createJob('there', { namespaceId: 'space' });
    expect((await job('there'))?.namespaceId).toBe('space');
    const { jobs } = await ota.iot.send(new ListJobsCommand({ namespaceId: 'space' }));
    expect(jobs?.map((one) => one.jobId)).toEqual(['there']);
    const of = async (namespaceId?: string) =>
      (await ota.iot.send(new ListJobExecutionsForThingCommand({ thingName: 't', namespaceId }))).executionSummaries?.map(
        (one) => one.jobId,
      );
    expect([await of(), await of('space')]).toEqual([['everywhere', 'there'], ['there']]);
  });

  it('are deleted through DELETION_IN_PROGRESS, running ones only by force, ten at once', async () => {
    ota = await startOta();
    await createJob('running');
    await expect(ota.iot.send(new DeleteJobCommand({ jobId: 'running' }))).rejects.toMatchObject({
      name: 'InvalidStateTransitionException',
    });
    await ota.iot.send(new DeleteJobCommand({ jobId: 'running', force: true }));
    expect((await job('running'))?.status).toBe('DELETION_IN_PROGRESS');
    for (const again of [new DeleteJobCommand({ jobId: 'running', force: true }), new CancelJobCommand({ jobId: 'running' })]) {
      await expect(ota.iot.send(again as DeleteJobCommand)).rejects.toMatchObject({
        name: 'InvalidRequestException',
        $metadata: { httpStatusCode: 400 },
      });
    }
    for (let at = 0; at < 10; at++) await createJob(`j${at}`);
    for (let at = 0; at < 9; at++) await ota.iot.send(new DeleteJobCommand({ jobId: `j${at}`, force: true }));
    await expect(ota.iot.send(new DeleteJobCommand({ jobId: 'j9', force: true }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    ota.clock.advance(1_000);
    await expect(job('running')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('list their executions, per job and per thing', async () => {
    ota = await startOta({ fleet: { devices: { 'ten-3': 'FAILED' } } });
    await createJob('j', { targets: [groupArn('ten')] });
    ota.clock.advance(60_000);
    const failed = await ota.iot.send(new ListJobExecutionsForJobCommand({ jobId: 'j', status: 'FAILED' }));
    expect(failed.executionSummaries).toEqual([
      {
        thingArn: thingArn('ten-3'),
        jobExecutionSummary: {
          status: 'FAILED',
          executionNumber: 1,
          retryAttempt: 0,
          queuedAt: expect.any(Date),
          startedAt: expect.any(Date),
          lastUpdatedAt: expect.any(Date),
        },
      },
    ]);
    const pages: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ota.iot.send(new ListJobExecutionsForJobCommand({ jobId: 'j', maxResults: 4, nextToken }));
      pages.push(`${page.executionSummaries?.length}`);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(pages).toEqual(['4', '4', '2']);
    const forThing = await ota.iot.send(new ListJobExecutionsForThingCommand({ thingName: 'ten-3' }));
    expect(forThing.executionSummaries?.map((one) => one.jobId)).toEqual(['j']);
  });

  it('allow one execution to be canceled, by force if it has started', async () => {
    ota = await startOta({ fleet: slow });
    await createJob('j');
    ota.clock.advance(1_000);
    const { execution } = await ota.iot.send(new DescribeJobExecutionCommand({ jobId: 'j', thingName: 't' }));
    expect(execution).toMatchObject({ status: 'IN_PROGRESS', versionNumber: 2, executionNumber: 1 });
    const cancel = (changes: object) => ota.iot.send(new CancelJobExecutionCommand({ jobId: 'j', thingName: 't', ...changes }));
    await expect(cancel({})).rejects.toMatchObject({ name: 'InvalidStateTransitionException', $metadata: { httpStatusCode: 409 } });
    await expect(cancel({ force: true, expectedVersion: 1 })).rejects.toMatchObject({ name: 'VersionConflictException' });
    await cancel({ force: true, expectedVersion: 2 });
    expect((await job('j'))?.status).toBe('COMPLETED');
  });
});

describe('the quota of DescribeJob', () => {
  const ask = async () =>
    await ota.iot.send(new DescribeJobCommand({ jobId: 'j' })).then(
      () => 'ok',
      ({ name }: Error) => name,
    );

  it('is not limited unless it is assumed', async () => {
    ota = await startOta();
    await createJob('j');
    for (let call = 0; call < 30; call += 1) expect(await ask()).toBe('ok');
  });

  it('lets its number of calls pass in a second and throttles the next, and no other operation', async () => {
    ota = await startOta({ iot: { describeJobPerSecond: 2 } });
    await createJob('j');
    expect([await ask(), await ask(), await ask()]).toEqual(['ok', 'ok', 'ThrottlingException']);
    await expect(ota.iot.send(new ListJobsCommand({}))).resolves.toBeDefined();
    ota.clock.advance(500);
    expect([await ask(), await ask()]).toEqual(['ok', 'ThrottlingException']);
  });

  it('counts a call for a job that does not exist', async () => {
    ota = await startOta({ iot: { describeJobPerSecond: 1 } });
    expect([await ask(), await ask()]).toEqual(['ResourceNotFoundException', 'ThrottlingException']);
  });
});
