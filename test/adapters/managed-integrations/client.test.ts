import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CreateOtaTaskCommand,
  CreateOtaTaskConfigurationCommand,
  DeleteOtaTaskCommand,
  DeleteOtaTaskConfigurationCommand,
  GetOtaTaskCommand,
  GetOtaTaskConfigurationCommand,
  IoTManagedIntegrationsClient,
  type IoTManagedIntegrationsClientConfig,
  IoTManagedIntegrationsServiceException,
  ListOtaTaskConfigurationsCommand,
  ListOtaTaskExecutionsCommand,
  ListOtaTasksCommand,
  ListTagsForResourceCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  ThrottlingException,
  UpdateOtaTaskCommand,
} from '../../../adapters/managed-integrations/client.ts';
import { exception, type ScriptedServer, startScriptedServer } from '../../../packages/embedded-aws/test/support/scripted-server.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const arn = 'arn:aws:iotmanagedintegrations:eu-west-1:000000000000:ota-task/abc1';
let server: ScriptedServer;

beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterEach(() => vi.unstubAllEnvs());
afterAll(() => server.close());

const connect = (more: IoTManagedIntegrationsClientConfig = {}) =>
  new IoTManagedIntegrationsClient({ endpoint: server.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1, ...more });

describe('where requests go', () => {
  /** The host a request would go to, seen where it is handed to HTTP; nothing is sent. */
  async function hostOf(configuration: IoTManagedIntegrationsClientConfig): Promise<string> {
    let host = '';
    const client = new IoTManagedIntegrationsClient({ credentials, maxAttempts: 1, ...configuration });
    client.middlewareStack.add(
      () => async (args) => {
        host = (args.request as { hostname: string }).hostname;
        throw new Error('seen enough');
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(client.send(new ListOtaTasksCommand({}))).rejects.toThrow('seen enough');
    return host;
  }

  it('is the dual-stack host of the region', async () => {
    expect(await hostOf({ region: 'eu-west-1' })).toBe('api.iotmanagedintegrations.eu-west-1.api.aws');
    expect(await hostOf({ region: 'eu-west-1', useDualstackEndpoint: true })).toBe('api.iotmanagedintegrations.eu-west-1.api.aws');
    expect(await hostOf({ region: 'cn-north-1' })).toBe('api.iotmanagedintegrations.cn-north-1.api.amazonwebservices.com.cn');
  });

  it('has a FIPS variant', async () => {
    expect(await hostOf({ region: 'ca-central-1', useFipsEndpoint: true })).toBe('api.iotmanagedintegrations-fips.ca-central-1.api.aws');
  });

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_IOT_MANAGED_INTEGRATIONS'])('is what %s says', async (variable) => {
    vi.stubEnv(variable, 'http://elsewhere.test:4566');
    expect(await hostOf({ region: 'eu-west-1' })).toBe('elsewhere.test');
  });

  it('is not what is said of AWS IoT', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_IOT', 'http://elsewhere.test:4566');
    expect(await hostOf({ region: 'eu-west-1' })).toBe('api.iotmanagedintegrations.eu-west-1.api.aws');
  });

  it('is nowhere for FIPS at an endpoint of one’s own', async () => {
    await expect(connect({ useFipsEndpoint: true }).send(new ListOtaTasksCommand({}))).rejects.toThrow('FIPS and custom endpoint');
  });
});

describe('how requests are signed', () => {
  it('under the name of the service, never as AWS IoT', async () => {
    server.answer({ status: 200, body: {} });
    await connect().send(new ListOtaTasksCommand({}));
    expect(server.seen[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/iotmanagedintegrations\/aws4_request, /,
    );
  });

  it('and say who calls', async () => {
    server.answer({ status: 200, body: {} });
    await connect().send(new ListOtaTasksCommand({}));
    expect(server.seen[0]?.headers['user-agent']).toContain('api/iot-managed-integrations');
  });
});

describe('what goes over the wire', () => {
  it.each([
    [new GetOtaTaskCommand({ Identifier: 'abc1' }), 'GET', '/ota-tasks/abc1', undefined],
    [
      new UpdateOtaTaskCommand({ Identifier: 'abc1', Description: 'new', TaskConfigurationId: 'c1' }),
      'PUT',
      '/ota-tasks/abc1',
      { Description: 'new', TaskConfigurationId: 'c1' },
    ],
    [new DeleteOtaTaskCommand({ Identifier: 'abc1' }), 'DELETE', '/ota-tasks/abc1', undefined],
    [new ListOtaTasksCommand({ MaxResults: 7, NextToken: 'a/b+c=' }), 'GET', '/ota-tasks?MaxResults=7&NextToken=a%2Fb%2Bc%3D', undefined],
    [new ListOtaTaskExecutionsCommand({ Identifier: 'abc1', MaxResults: 7 }), 'GET', '/ota-tasks/abc1/devices?MaxResults=7', undefined],
    [new GetOtaTaskConfigurationCommand({ Identifier: 'c1' }), 'GET', '/ota-task-configurations/c1', undefined],
    [new ListOtaTaskConfigurationsCommand({}), 'GET', '/ota-task-configurations', undefined],
    [new DeleteOtaTaskConfigurationCommand({ Identifier: 'c1' }), 'DELETE', '/ota-task-configurations/c1', undefined],
    [new TagResourceCommand({ ResourceArn: arn, Tags: { a: 'b' } }), 'POST', `/tags/${encodeURIComponent(arn)}`, { Tags: { a: 'b' } }],
    [new ListTagsForResourceCommand({ ResourceArn: arn }), 'GET', `/tags/${encodeURIComponent(arn)}`, undefined],
  ])('%o: %s %s', async (command, method, url, body) => {
    server.answer({ status: 200, body: {} });
    await connect().send(command as GetOtaTaskCommand);
    expect(server.seen).toMatchObject([{ method, url }]);
    expect(server.seen[0]?.body).toBe(body === undefined ? '' : JSON.stringify(body));
  });

  it('a task, every member as it was given', async () => {
    const input = {
      Description: 'thermostat 2-4-1',
      S3Url: 's3://documents/job-documents/1.json',
      Protocol: 'HTTP' as const,
      Target: ['arn:aws:iotmanagedintegrations:eu-west-1:000000000000:managed-thing/1'],
      TaskConfigurationId: 'c1',
      OtaMechanism: 'PUSH' as const,
      OtaType: 'ONE_TIME' as const,
      OtaTargetQueryString: 'attributes.model=hub-2',
      ClientToken: 'fw-hub-2-1',
      OtaSchedulingConfig: {
        EndBehavior: 'CANCEL' as const,
        EndTime: '2026-12-01T10:00',
        MaintenanceWindows: [{ DurationInMinutes: 60, StartTime: 'cron(0 0 * * ? *)' }],
        StartTime: '2026-11-30T10:00',
      },
      OtaTaskExecutionRetryConfig: { RetryConfigCriteria: [{ FailureType: 'ALL' as const, MinNumberOfRetries: 0 }] },
      Tags: { 'ota-dispatch.rolloutId': 'fw-hub-2' },
    };
    server.answer({ status: 201, body: { TaskId: 'abc1', TaskArn: arn } });
    expect(await connect().send(new CreateOtaTaskCommand(input))).toMatchObject({ TaskId: 'abc1', TaskArn: arn });
    expect(server.seen).toMatchObject([{ method: 'POST', url: '/ota-tasks' }]);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(input);
  });

  it('a configuration, with the mixed case of the model', async () => {
    const input = {
      Name: 'careful',
      PushConfig: {
        AbortConfig: {
          AbortConfigCriteriaList: [
            { Action: 'CANCEL' as const, FailureType: 'ALL' as const, MinNumberOfExecutedThings: 20, ThresholdPercentage: 5 },
          ],
        },
        RolloutConfig: {
          ExponentialRolloutRate: { BaseRatePerMinute: 10, IncrementFactor: 2, RateIncreaseCriteria: { numberOfSucceededThings: 50 } },
          MaximumPerMinute: 100,
        },
        TimeoutConfig: { InProgressTimeoutInMinutes: 60 },
      },
      ClientToken: 'careful',
    };
    server.answer({ status: 201, body: { TaskConfigurationId: 'c1' } });
    expect(await connect().send(new CreateOtaTaskConfigurationCommand(input))).toMatchObject({ TaskConfigurationId: 'c1' });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(input);
  });

  it('a ClientToken is never invented where one was given', async () => {
    server.answer({ status: 201, body: {} }, { status: 201, body: {} });
    for (const _ of [1, 2]) await connect().send(new CreateOtaTaskCommand({ S3Url: 's3://b/k', OtaType: 'ONE_TIME', ClientToken: 'mine' }));
    expect(server.seen.map(({ body }) => JSON.parse(body).ClientToken)).toEqual(['mine', 'mine']);
  });
});

describe('what comes back', () => {
  it('a task with times, counts and tags', async () => {
    server.answer({
      status: 200,
      body: {
        TaskId: 'abc1',
        Status: 'IN_PROGRESS',
        CreatedAt: 1764000000.5,
        TaskProcessingDetails: { NumberOfInProgressThings: 1, numberOfQueuedThings: 2, processingTargets: ['x'] },
        Tags: { a: 'b' },
      },
    });
    expect(await connect().send(new GetOtaTaskCommand({ Identifier: 'abc1' }))).toMatchObject({
      TaskId: 'abc1',
      Status: 'IN_PROGRESS',
      CreatedAt: new Date(1764000000500),
      TaskProcessingDetails: { NumberOfInProgressThings: 1, numberOfQueuedThings: 2, processingTargets: ['x'] },
      Tags: { a: 'b' },
    });
  });

  it('a list of executions', async () => {
    const ExecutionSummaries = [{ ManagedThingId: 't1', TaskExecutionSummary: { ExecutionNumber: 1, Status: 'QUEUED' } }];
    server.answer({ status: 200, body: { ExecutionSummaries, NextToken: 'n' } });
    expect(await connect().send(new ListOtaTaskExecutionsCommand({ Identifier: 'abc1' }))).toMatchObject({
      ExecutionSummaries,
      NextToken: 'n',
    });
  });

  it('typed errors, with their members', async () => {
    server.answer({
      status: 404,
      headers: { 'x-amzn-errortype': 'ResourceNotFoundException' },
      body: { Message: 'no such task', ResourceId: 'abc1', ResourceType: 'OtaTask' },
    });
    const error = await connect()
      .send(new GetOtaTaskCommand({ Identifier: 'abc1' }))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toBeInstanceOf(IoTManagedIntegrationsServiceException);
    expect(error).toMatchObject({ name: 'ResourceNotFoundException', message: 'no such task', ResourceId: 'abc1', $fault: 'client' });
  });

  it.each([
    [400, 'ValidationException'],
    [401, 'UnauthorizedException'],
    [403, 'AccessDeniedException'],
    [409, 'ConflictException'],
    [410, 'LimitExceededException'],
    [429, 'ThrottlingException'],
    [500, 'InternalServerException'],
    [400, 'InvalidRequestException'],
    [418, 'NotInTheModelException'],
  ])('%i %s by its name', async (status, name) => {
    server.answer({ status, body: { __type: `com.amazonaws.iotmanagedintegrations#${name}`, Message: 'why' } });
    const error = await connect()
      .send(new GetOtaTaskCommand({ Identifier: 'abc1' }))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(IoTManagedIntegrationsServiceException);
    expect(error).toMatchObject({ name, message: 'why', $metadata: { httpStatusCode: status } });
  });
});

describe('what a client of the SDK can do, this one can', () => {
  it('retries a throttle when it is let', async () => {
    server.answer(exception(429, 'ThrottlingException'), { status: 200, body: { TaskId: 'abc1' } });
    expect(await connect({ maxAttempts: 2 }).send(new GetOtaTaskCommand({ Identifier: 'abc1' }))).toMatchObject({ TaskId: 'abc1' });
    expect(server.seen).toHaveLength(2);
  });

  it('does not retry when it is not', async () => {
    server.answer(exception(429, 'ThrottlingException'), { status: 200, body: {} });
    await expect(connect().send(new GetOtaTaskCommand({ Identifier: 'abc1' }))).rejects.toBeInstanceOf(ThrottlingException);
    expect(server.seen).toHaveLength(1);
  });

  it('can be answered by its middleware stack, without a network', async () => {
    const client = connect();
    client.middlewareStack.add(() => async () => ({ output: { TaskId: 'made up', $metadata: {} }, response: {} }), { step: 'initialize' });
    expect(await client.send(new GetOtaTaskCommand({ Identifier: 'abc1' }))).toMatchObject({ TaskId: 'made up' });
    expect(server.seen).toHaveLength(0);
  });
});
