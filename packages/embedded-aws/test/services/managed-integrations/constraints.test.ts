import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, type Ota, REGION, startOta } from '../../support/ota-stand-ins.ts';
import { setPath } from '../../support/set-path.ts';
import { fetchAs } from '../../support/signed-fetch.ts';

/**
 * Every constraint of the published API model (IoT managed integrations 2025-03-03), one by one. A value on the bound is
 * accepted. A value just beyond it is a ValidationException whose `Message` names the member.
 */
type Row = readonly [path: string, valid: readonly unknown[], invalid: readonly unknown[]];

let ota: Ota;
beforeAll(async () => {
  // These options switch off the checks beyond the model.
  ota = await startOta({ mi: { targetCombinations: 'any', documents: 'any' } });
});
afterAll(() => ota.stop());

const x = (length: number) => 'x'.repeat(length);
const call = (method: string, path: string, body?: unknown) => fetchAs('iotmanagedintegrations', ota.endpoint, method, path, body);
const refused = (path: string) => ({
  status: 400,
  exception: 'ValidationException',
  body: { Message: expect.stringContaining(`'${path}`) },
});

const description: Row = ['Description', ['a', x(256), 'A-Z_0 9'], ['', x(257), 'v1.2.3', 'a:b', 'a/b', 'ü']];
const token: Row = ['ClientToken', ['a=_-Z9', x(64)], ['', x(65), 'a.b', 'a:b', 'a b']];
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']));

const taskRows: readonly Row[] = [
  description,
  ['S3Url', ['a', x(1000)], [undefined, '', x(1001)]],
  ['Protocol', ['HTTP', undefined], ['MQTT', 'http']],
  ['Target', [[], undefined], ['arn', [7]]],
  ['TaskConfigurationId', ['abc123', x(64)], ['', x(65), 'a-b', 'a_b']],
  ['OtaMechanism', ['PUSH', undefined], ['PULL']],
  ['OtaType', ['ONE_TIME', 'CONTINUOUS'], [undefined, 'SNAPSHOT']],
  ['OtaTargetQueryString', ['', x(5000)], [7]],
  ['OtaSchedulingConfig.EndBehavior', ['STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'], ['STOP']],
  ['OtaSchedulingConfig.MaintenanceWindows[0].DurationInMinutes', [1, 1430], [0, 1431, 1.5]],
  ['OtaTaskExecutionRetryConfig.RetryConfigCriteria[0].FailureType', ['FAILED', 'TIMED_OUT', 'ALL', undefined], ['REJECTED']],
  ['OtaTaskExecutionRetryConfig.RetryConfigCriteria[0].MinNumberOfRetries', [0, 10], [-1, 11]],
  ['Tags', [many(1), many(50), { [x(128)]: x(256) }, { a: '' }], [{}, many(51), [{ Key: 'a', Value: 'b' }]]],
  ['Tags', [], [{ a: x(257) }, { [x(129)]: 'v' }]],
  token,
];

const push = 'PushConfig.AbortConfig.AbortConfigCriteriaList[0]';
const rate = 'PushConfig.RolloutConfig';
const configurationRows: readonly Row[] = [
  description,
  ['Name', ['a', x(128), 'A-Z_0 9'], ['', x(129), 'a.b']],
  [`${push}.Action`, ['CANCEL', undefined], ['PAUSE']],
  [`${push}.FailureType`, ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'], ['CANCELED']],
  [`${push}.MinNumberOfExecutedThings`, [1, 100], [0, 101]],
  [`${push}.ThresholdPercentage`, [0, 100], [100.1]],
  [`${rate}.MaximumPerMinute`, [1, 1_000_000], [0]],
  [`${rate}.ExponentialRolloutRate.BaseRatePerMinute`, [1, 100], [0, 101]],
  [`${rate}.ExponentialRolloutRate.IncrementFactor`, [1.1, 5], [1.09, 5.01]],
  [`${rate}.ExponentialRolloutRate.RateIncreaseCriteria.numberOfNotifiedThings`, [1, 100], [0, 101]],
  [`${rate}.ExponentialRolloutRate.RateIncreaseCriteria.numberOfSucceededThings`, [1, 100], [0, 101]],
  [`${rate}.ExponentialRolloutRate.RateIncreaseCriteria.NumberOfNotifiedThings`, [], [1]],
  ['PushConfig.TimeoutConfig.InProgressTimeoutInMinutes', [1, 10_080], [0, 10_081]],
  token,
];

const named = (rows: readonly Row[], which: 1 | 2) =>
  rows.flatMap((row) => row[which].map((value) => [row[0], (JSON.stringify(value) ?? 'nothing').slice(0, 40), value] as const));

describe('CreateOtaTask', () => {
  const base = {
    S3Url: 's3://documents/job.json',
    OtaType: 'ONE_TIME',
    OtaSchedulingConfig: { MaintenanceWindows: [{ StartTime: 'cron(0 0 * * ? *)', DurationInMinutes: 10 }] },
  };

  it.each(named(taskRows, 1))('%s accepts %s', async (path, _text, value) => {
    expect(await call('POST', '/ota-tasks', setPath(base, path, value))).toMatchObject({ status: 201 });
  });

  it.each(named(taskRows, 2))('%s refuses %s', async (path, _text, value) => {
    expect(await call('POST', '/ota-tasks', setPath(base, path, value))).toMatchObject(refused(path));
  });
});

describe('CreateOtaTaskConfiguration', () => {
  it('has no required members', async () => {
    expect(await call('POST', '/ota-task-configurations', {})).toMatchObject({
      status: 201,
      body: { TaskConfigurationId: expect.any(String) },
    });
  });

  it.each(named(configurationRows, 1))('%s accepts %s', async (path, _text, value) => {
    expect(await call('POST', '/ota-task-configurations', setPath({}, path, value))).toMatchObject({ status: 201 });
  });

  it.each(named(configurationRows, 2))('%s refuses %s', async (path, _text, value) => {
    expect(await call('POST', '/ota-task-configurations', setPath({}, path, value))).toMatchObject(refused(path));
  });
});

describe('paths, query strings and wire forms', () => {
  it.each([
    ['GET', '/ota-tasks/a-b', 'Identifier'],
    ['GET', `/ota-tasks/${x(201)}`, 'Identifier'],
    ['DELETE', '/ota-tasks/a.b', 'Identifier'],
    ['PUT', '/ota-tasks/a.b', 'Identifier'],
    ['GET', '/ota-tasks/a.b/devices', 'Identifier'],
    ['GET', '/ota-tasks?MaxResults=0', 'MaxResults'],
    ['GET', '/ota-tasks?MaxResults=1001', 'MaxResults'],
    ['GET', '/ota-tasks?NextToken=a.b', 'NextToken'],
    ['GET', '/ota-tasks/a/devices?MaxResults=1001', 'MaxResults'],
    ['GET', `/ota-task-configurations/${x(65)}`, 'Identifier'],
    ['DELETE', '/ota-task-configurations/a-b', 'Identifier'],
    ['GET', '/ota-task-configurations?MaxResults=1001', 'MaxResults'],
    ['GET', '/ota-task-configurations?NextToken=a%2Bb', 'NextToken'],
  ])('%s %s names %s', async (method, path, member) => {
    expect(await call(method, path)).toMatchObject(refused(member));
  });

  it('lists return up to a thousand at a time', async () => {
    expect((await call('GET', '/ota-tasks?MaxResults=1000')).status).toBe(200);
    expect((await call('GET', '/ota-task-configurations?MaxResults=1000')).status).toBe(200);
  });

  it('a resource that does not exist is a 404 that names it, in the spelling of managed integrations', async () => {
    const answer = await call('GET', `/ota-tasks/${x(200)}`);
    expect(answer).toMatchObject({ status: 404, exception: 'ResourceNotFoundException' });
    expect(answer.body).toEqual({ Message: expect.any(String), ResourceId: x(200), ResourceType: 'OtaTask' });
  });

  it('deletion answers 200 for a task and 204 for a configuration', async () => {
    const task = await call('POST', '/ota-tasks', { S3Url: 'a', OtaType: 'ONE_TIME' });
    expect((await call('DELETE', `/ota-tasks/${task.body.TaskId}`)).status).toBe(200);
    const configuration = await call('POST', '/ota-task-configurations', {});
    expect((await call('DELETE', `/ota-task-configurations/${configuration.body.TaskConfigurationId}`)).status).toBe(204);
  });

  it('tagging answers InvalidRequestException if the input breaks the model', async () => {
    const arn = encodeURIComponent(`arn:aws:iotmanagedintegrations:${REGION}:${ACCOUNT}:ota-task/a`);
    expect(await call('POST', `/tags/${arn}`, { Tags: {} })).toMatchObject({ status: 400, exception: 'InvalidRequestException' });
    expect(await call('GET', '/tags/nonsense')).toMatchObject({ status: 400, exception: 'InvalidRequestException' });
    expect(await call('DELETE', `/tags/${arn}`)).toMatchObject({ status: 400, exception: 'InvalidRequestException' });
  });

  it('throttling is a 429 here', () => {
    expect(ota.integrations.error(429, 'ThrottlingException', 'slow down')).toMatchObject({
      status: 429,
      headers: { 'x-amzn-errortype': 'ThrottlingException' },
      body: '{"Message":"slow down"}',
    });
  });
});
