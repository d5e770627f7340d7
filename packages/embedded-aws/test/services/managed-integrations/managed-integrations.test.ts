import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT, type Ota, REGION, startOta } from '../../support/ota-stand-ins.ts';
import { fetchAs } from '../../support/signed-fetch.ts';

let ota: Ota;
afterEach(() => ota.stop());

const managedThing = (id: string) => `arn:aws:iotmanagedintegrations:${REGION}:${ACCOUNT}:managed-thing/${id}`;
const oneTime = { S3Url: 's3://documents/job.json', OtaType: 'ONE_TIME', Target: [managedThing('lamp'), managedThing('lock')] };
const continuous = { S3Url: 's3://documents/job.json', OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=x1' };

const create = (changes: object = {}) => ota.mi.createOtaTask({ ...oneTime, ...changes });
const get = (id: string) => ota.mi.getOtaTask(id);
/** The task as it lies on the wire. */
const raw = async (id: string | undefined) => (await fetchAs('iotmanagedintegrations', ota.endpoint, 'GET', `/ota-tasks/${id}`)).body;

describe('creating an OTA task', () => {
  it('answers 201 with id, ARN and description, and has the task at once', async () => {
    ota = await startOta();
    const body = { ...oneTime, Description: 'Autumn release', Tags: { team: 'lamps' }, TaskConfigurationId: 'abc123' };
    const made = await fetchAs('iotmanagedintegrations', ota.endpoint, 'POST', '/ota-tasks', body);
    expect(made).toMatchObject({ status: 201, body: { Description: 'Autumn release', TaskId: expect.stringMatching(/^[A-Za-z0-9]+$/) } });
    expect(made.body.TaskArn).toBe(`arn:aws:iotmanagedintegrations:${REGION}:${ACCOUNT}:ota-task/${made.body.TaskId}`);
    expect(await raw(made.body.TaskId)).toMatchObject({ ...body, Status: 'IN_PROGRESS', CreatedAt: expect.any(Number) });
  });

  it('tells its progress in the mixed case that the model has', async () => {
    ota = await startOta();
    const { TaskId } = await create();
    ota.clock.advance(60_000);
    expect(await raw(TaskId)).toMatchObject({
      Status: 'COMPLETED',
      TaskProcessingDetails: {
        NumberOfCanceledThings: 0,
        NumberOfFailedThings: 0,
        NumberOfInProgressThings: 0,
        numberOfQueuedThings: 0,
        numberOfRejectedThings: 0,
        numberOfRemovedThings: 0,
        numberOfSucceededThings: 2,
        numberOfTimedOutThings: 0,
      },
    });
    const { ExecutionSummaries } = await ota.mi.listOtaTaskExecutions(TaskId);
    expect(ExecutionSummaries.map((one) => one.ManagedThingId)).toEqual(['lamp', 'lock']);
    expect(ExecutionSummaries[0]?.TaskExecutionSummary).toMatchObject({ ExecutionNumber: 1, RetryAttempt: 0, Status: 'SUCCEEDED' });
  });

  it('answers a repeated ClientToken as before, without a second task', async () => {
    ota = await startOta();
    const first = await create({ ClientToken: 'token', Description: 'd' });
    const again = await create({ Description: 'd', ClientToken: 'token' });
    expect(again.TaskId).toBe(first.TaskId);
    expect((await ota.mi.listOtaTasks()).Tasks).toHaveLength(1);
  });

  it('meets a ClientToken that came with other parameters with a conflict (assumed)', async () => {
    ota = await startOta();
    await create({ ClientToken: 'token' });
    await expect(create({ ClientToken: 'token', Description: 'other' })).rejects.toMatchObject({
      name: 'ConflictException',
      $metadata: { httpStatusCode: 409 },
    });
  });

  it('forgets a ClientToken when its life is over (assumed)', async () => {
    ota = await startOta({ mi: { tokenLifetimeMilliseconds: 1_000 } });
    const first = await create({ ClientToken: 'token' });
    ota.clock.advance(1_000);
    expect((await create({ ClientToken: 'token' })).TaskId).not.toBe(first.TaskId);
  });

  it('does not keep the token of a request it refused', async () => {
    ota = await startOta();
    await expect(create({ ClientToken: 'token', S3Url: 's3://documents/none.json' })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await create({ ClientToken: 'token' });
  });
});

describe('what a task may combine', () => {
  const combinations = [
    ['ONE_TIME with a query', { OtaTargetQueryString: 'attributes.a=b', Target: undefined }],
    ['ONE_TIME with both', { OtaTargetQueryString: 'attributes.a=b' }],
    ['ONE_TIME with neither', { Target: undefined }],
    ['CONTINUOUS with targets', { OtaType: 'CONTINUOUS' }],
    ['CONTINUOUS with neither', { OtaType: 'CONTINUOUS', Target: undefined }],
  ] as const;

  it.each(combinations)('%s is refused, by assumption, and can be allowed', async (_what, changes) => {
    ota = await startOta();
    await expect(create(changes)).rejects.toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
    await ota.stop();
    ota = await startOta({ mi: { targetCombinations: 'any' } });
    await create(changes);
  });

  it('takes a hundred managed things, no more, and no other ARNs', async () => {
    ota = await startOta();
    const things = (count: number) => Array.from({ length: count }, (_, at) => managedThing(`t${at}`));
    await create({ Target: things(100) });
    await expect(create({ Target: things(101) })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(create({ Target: ['arn:aws:iot:us-east-1:000000000000:thing/t'] })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each([
    ['another account', `arn:aws:iotmanagedintegrations:${REGION}:999999999999:managed-thing/lamp`],
    ['another Region', `arn:aws:iotmanagedintegrations:eu-west-1:${ACCOUNT}:managed-thing/lamp`],
  ])('finds no managed thing of %s', async (_whose, arn) => {
    ota = await startOta();
    await expect(create({ Target: [managedThing('lamp'), arn] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      ResourceId: arn,
      $metadata: { httpStatusCode: 404 },
    });
    expect((await ota.mi.listOtaTasks()).Tasks).toEqual([]);
  });

  it('wants a readable JSON document behind S3Url, unless told otherwise (assumed)', async () => {
    ota = await startOta();
    ota.objects.put('documents', 'binary', 'no json');
    for (const S3Url of ['s3://documents/none', 's3://documents/binary', 'nonsense']) {
      await expect(create({ S3Url })).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('S3Url') });
    }
    await create({ S3Url: 'https://documents.s3.us-east-1.amazonaws.com/job.json' });
    await ota.stop();
    ota = await startOta({ mi: { documents: 'any' } });
    await create({ S3Url: 'nonsense' });
  });

  it('wants a configuration that exists only when told so (assumed)', async () => {
    ota = await startOta({ mi: { taskConfigurations: 'registered' } });
    await expect(create({ TaskConfigurationId: 'abc123' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('how a task rolls out', () => {
  const failing = { ratios: { failed: 1, rejected: 0, timedOut: 0, offline: 0 } };

  it('a query matches ten simulated things, and the task never completes', async () => {
    ota = await startOta();
    const { TaskId } = await ota.mi.createOtaTask(continuous);
    ota.clock.advance(60_000);
    expect(await raw(TaskId)).toMatchObject({ Status: 'IN_PROGRESS', TaskProcessingDetails: { numberOfSucceededThings: 10 } });
  });

  it('things that come to match join at once', async () => {
    ota = await startOta();
    ota.integrations.match(continuous.OtaTargetQueryString, 'first');
    const { TaskId } = await ota.mi.createOtaTask(continuous);
    ota.clock.advance(60_000);
    ota.integrations.match(continuous.OtaTargetQueryString, 'late');
    ota.clock.advance(60_000);
    expect((await raw(TaskId)).TaskProcessingDetails.numberOfSucceededThings).toBe(2);
  });

  it('retries failures as often as asked', async () => {
    ota = await startOta({ fleet: failing });
    const { TaskId } = await create({
      OtaTaskExecutionRetryConfig: { RetryConfigCriteria: [{ FailureType: 'ALL', MinNumberOfRetries: 2 }] },
    });
    ota.clock.advance(60_000);
    const { ExecutionSummaries } = await ota.mi.listOtaTaskExecutions(TaskId);
    expect(ExecutionSummaries.map((one) => one.TaskExecutionSummary.RetryAttempt)).toEqual([2, 2]);
  });

  it('rate, abort criteria and timeout come from the task configuration', async () => {
    ota = await startOta({ fleet: failing });
    const PushConfig = {
      RolloutConfig: { MaximumPerMinute: 1 },
      AbortConfig: {
        AbortConfigCriteriaList: [{ Action: 'CANCEL', FailureType: 'FAILED', ThresholdPercentage: 100, MinNumberOfExecutedThings: 1 }],
      },
    };
    const made = await ota.mi.createConfiguration({ Name: 'careful', PushConfig });
    const { TaskId } = await create({ TaskConfigurationId: made.TaskConfigurationId });
    ota.clock.advance(60 * 60_000);
    expect(await raw(TaskId)).toMatchObject({
      Status: 'CANCELED',
      TaskProcessingDetails: { NumberOfFailedThings: 1, NumberOfCanceledThings: 1 },
    });
  });

  it('waits for its StartTime and ends at its EndTime', async () => {
    ota = await startOta({ fleet: { devices: { lock: 'OFFLINE' } } });
    const { TaskId } = await create({
      OtaSchedulingConfig: { StartTime: '2026-01-01T01:00', EndTime: '2026-01-01T02:00', EndBehavior: 'CANCEL' },
    });
    expect((await get(TaskId)).Status).toBe('SCHEDULED');
    ota.clock.advance(90 * 60_000);
    expect((await get(TaskId)).Status).toBe('IN_PROGRESS');
    ota.clock.advance(60 * 60_000);
    expect(await raw(TaskId)).toMatchObject({
      Status: 'CANCELED',
      TaskProcessingDetails: { numberOfSucceededThings: 1, NumberOfCanceledThings: 1 },
    });
    await expect(create({ OtaSchedulingConfig: { StartTime: 'soon' } })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('a late failure on request shows as CANCELED, for want of a status of its own', async () => {
    ota = await startOta();
    ota.faults.add({ service: 'iotmanagedintegrations', kind: 'createFailed', times: 1, errorInfo: { code: 'x', message: 'y' } });
    expect((await get((await create()).TaskId)).Status).toBe('CANCELED');
  });
});

describe('tasks afterwards', () => {
  it('are listed newest first, in pages, without description and tags', async () => {
    ota = await startOta();
    const ids: string[] = [];
    for (let at = 0; at < 3; at++) ids.unshift((await create({ Description: 'd', Tags: { a: 'b' } })).TaskId);
    const first = await ota.mi.listOtaTasks({ MaxResults: 2 });
    const second = await ota.mi.listOtaTasks({ MaxResults: 2, NextToken: first.NextToken });
    expect([...first.Tasks, ...second.Tasks].map((one) => one.TaskId)).toEqual(ids);
    expect(second.NextToken).toBeUndefined();
    expect(Object.keys(first.Tasks[0] ?? {}).sort()).toEqual(['CreatedAt', 'LastUpdatedAt', 'Status', 'TaskArn', 'TaskId']);
  });

  it('can be slow to be listed (assumed)', async () => {
    ota = await startOta({ mi: { listingLagMilliseconds: 5_000 } });
    const { TaskId } = await create();
    expect((await ota.mi.listOtaTasks()).Tasks).toEqual([]);
    expect((await get(TaskId)).TaskId).toBe(TaskId);
    ota.clock.advance(5_000);
    expect((await ota.mi.listOtaTasks()).Tasks).toHaveLength(1);
  });

  it('change their description and configuration, nothing else, with 204', async () => {
    ota = await startOta();
    const { TaskId } = await create();
    await ota.mi.updateOtaTask(TaskId, { Description: 'new words', TaskConfigurationId: 'other' });
    expect(await get(TaskId)).toMatchObject({ Description: 'new words', TaskConfigurationId: 'other' });
    const answer = await fetchAs('iotmanagedintegrations', ota.endpoint, 'PUT', `/ota-tasks/${TaskId}`, { S3Url: 's3://a/b' });
    expect(answer).toMatchObject({ status: 400, exception: 'ValidationException' });
    expect((await fetchAs('iotmanagedintegrations', ota.endpoint, 'PUT', `/ota-tasks/${TaskId}`, {})).status).toBe(204);
  });

  it('are stopped by deletion only, by way of DELETION_IN_PROGRESS', async () => {
    ota = await startOta();
    const { TaskId } = await create();
    await ota.mi.deleteOtaTask(TaskId);
    await ota.mi.deleteOtaTask(TaskId);
    expect((await get(TaskId)).Status).toBe('DELETION_IN_PROGRESS');
    ota.clock.advance(1_000);
    await expect(get(TaskId)).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: TaskId });
  });

  it('carry tags that can be added, listed and taken away', async () => {
    ota = await startOta();
    const { TaskArn } = await create({ Tags: { a: '1' } });
    await ota.mi.tagResource(TaskArn, { b: '2' });
    expect((await ota.mi.listTags(TaskArn)).tags).toEqual({ a: '1', b: '2' });
    const path = `/tags/${encodeURIComponent(TaskArn)}?tagKeys=a&tagKeys=zzz`;
    expect((await fetchAs('iotmanagedintegrations', ota.endpoint, 'DELETE', path)).status).toBe(200);
    expect((await ota.mi.listTags(TaskArn)).tags).toEqual({ b: '2' });
    const unknown = `/tags/${encodeURIComponent(`arn:aws:iotmanagedintegrations:${REGION}:${ACCOUNT}:ota-task/none`)}`;
    expect(await fetchAs('iotmanagedintegrations', ota.endpoint, 'GET', unknown)).toMatchObject({
      status: 404,
      exception: 'ResourceNotFoundException',
    });
  });
});

describe('task configurations', () => {
  it('are created, replayed by token, read, listed and deleted', async () => {
    ota = await startOta();
    const wanted = { Name: 'slow', Description: 'one a minute', PushConfig: { RolloutConfig: { MaximumPerMinute: 1 } }, ClientToken: 't' };
    const { TaskConfigurationId } = await ota.mi.createConfiguration(wanted);
    expect((await ota.mi.createConfiguration(wanted)).TaskConfigurationId).toBe(TaskConfigurationId);
    await expect(ota.mi.createConfiguration({ ...wanted, Name: 'fast' })).rejects.toMatchObject({
      name: 'ConflictException',
    });
    const found = await ota.mi.getConfiguration(TaskConfigurationId);
    expect(found).toMatchObject({ TaskConfigurationId, Name: 'slow', PushConfig: wanted.PushConfig, CreatedAt: expect.any(Number) });
    expect((await ota.mi.listConfigurations()).Items).toHaveLength(1);
    await ota.mi.deleteConfiguration(TaskConfigurationId);
    await expect(ota.mi.getConfiguration(TaskConfigurationId)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
