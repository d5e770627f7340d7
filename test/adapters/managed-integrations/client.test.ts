import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CreateOtaTaskCommand,
  DeleteOtaTaskCommand,
  GetOtaTaskCommand,
  IoTManagedIntegrationsClient,
  type IoTManagedIntegrationsClientConfig,
  IoTManagedIntegrationsServiceException,
  ListOtaTaskExecutionsCommand,
  ListOtaTasksCommand,
  ListTagsForResourceCommand,
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

describe('the host of a request', () => {
  /** The host that a request would go to. Nothing is sent: a middleware reads the host and throws. */
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

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_IOT_MANAGED_INTEGRATIONS'])('is the one that %s sets', async (variable) => {
    vi.stubEnv(variable, 'http://elsewhere.test:4566');
    expect(await hostOf({ region: 'eu-west-1' })).toBe('elsewhere.test');
  });

  it('is not the one that AWS_ENDPOINT_URL_IOT sets', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_IOT', 'http://elsewhere.test:4566');
    expect(await hostOf({ region: 'eu-west-1' })).toBe('api.iotmanagedintegrations.eu-west-1.api.aws');
  });

  it('cannot be both a FIPS host and a custom endpoint', async () => {
    await expect(connect({ useFipsEndpoint: true }).send(new ListOtaTasksCommand({}))).rejects.toThrow('FIPS and custom endpoint');
  });
});

describe('a request', () => {
  it('is signed under the name of the service, not as AWS IoT', async () => {
    server.answer({ status: 200, body: {} });
    await connect().send(new ListOtaTasksCommand({}));
    expect(server.seen[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/iotmanagedintegrations\/aws4_request, /,
    );
  });

  it('names the service in its user agent', async () => {
    server.answer({ status: 200, body: {} });
    await connect().send(new ListOtaTasksCommand({}));
    expect(server.seen[0]?.headers['user-agent']).toContain('api/iot-managed-integrations');
  });
});

describe('a request on the wire', () => {
  it.each([
    ['GetOtaTask', new GetOtaTaskCommand({ Identifier: 'abc1' }), 'GET', '/ota-tasks/abc1'],
    ['DeleteOtaTask', new DeleteOtaTaskCommand({ Identifier: 'abc1' }), 'DELETE', '/ota-tasks/abc1'],
    [
      'ListOtaTasks',
      new ListOtaTasksCommand({ MaxResults: 7, NextToken: 'a/b+c=' }),
      'GET',
      '/ota-tasks?MaxResults=7&NextToken=a%2Fb%2Bc%3D',
    ],
    [
      'ListOtaTaskExecutions',
      new ListOtaTaskExecutionsCommand({ Identifier: 'abc1', MaxResults: 7, NextToken: 'a/b+c=' }),
      'GET',
      '/ota-tasks/abc1/devices?MaxResults=7&NextToken=a%2Fb%2Bc%3D',
    ],
    ['ListTagsForResource', new ListTagsForResourceCommand({ ResourceArn: arn }), 'GET', `/tags/${encodeURIComponent(arn)}`],
  ])('has the method and path of %s, and no body', async (_, command, method, url) => {
    server.answer({ status: 200, body: {} });
    await connect().send(command as GetOtaTaskCommand);
    expect(server.seen).toMatchObject([{ method, url, body: '' }]);
  });

  it('has every member of a CreateOtaTask unchanged', async () => {
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

  it('has the given ClientToken, not one that the SDK makes up', async () => {
    server.answer({ status: 201, body: {} }, { status: 201, body: {} });
    for (const _ of [1, 2]) await connect().send(new CreateOtaTaskCommand({ S3Url: 's3://b/k', OtaType: 'ONE_TIME', ClientToken: 'mine' }));
    expect(server.seen.map(({ body }) => JSON.parse(body).ClientToken)).toEqual(['mine', 'mine']);
  });
});

describe('a response', () => {
  it('gives a task its times, counts and tags', async () => {
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

  it('gives the executions of a task their devices, statuses and times', async () => {
    const at = 1764000000.5;
    const summary = { ExecutionNumber: 1, RetryAttempt: 2, Status: 'FAILED' };
    server.answer({
      status: 200,
      body: {
        ExecutionSummaries: [
          { ManagedThingId: 'm-1', TaskExecutionSummary: { ...summary, QueuedAt: at, StartedAt: at + 1, LastUpdatedAt: at + 2 } },
        ],
        NextToken: 'next',
      },
    });
    const [first, second, third] = [1764000000500, 1764000001500, 1764000002500].map((time) => new Date(time));
    expect(await connect().send(new ListOtaTaskExecutionsCommand({ Identifier: 'abc1' }))).toMatchObject({
      ExecutionSummaries: [
        { ManagedThingId: 'm-1', TaskExecutionSummary: { ...summary, QueuedAt: first, StartedAt: second, LastUpdatedAt: third } },
      ],
      NextToken: 'next',
    });
  });

  it('that is an error throws one with its members', async () => {
    server.answer({
      status: 404,
      headers: { 'x-amzn-errortype': 'ResourceNotFoundException' },
      body: { Message: 'no such task', ResourceId: 'abc1', ResourceType: 'OtaTask' },
    });
    const error = await connect()
      .send(new GetOtaTaskCommand({ Identifier: 'abc1' }))
      .catch((caught: unknown) => caught);
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
  ])('with status %i throws %s by its name', async (status, name) => {
    server.answer({ status, body: { __type: `com.amazonaws.iotmanagedintegrations#${name}`, Message: 'why' } });
    const error = await connect()
      .send(new GetOtaTaskCommand({ Identifier: 'abc1' }))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(IoTManagedIntegrationsServiceException);
    expect(error).toMatchObject({ name, message: 'why', $metadata: { httpStatusCode: status } });
  });
});

describe('like any client of the SDK, this one', () => {
  it('retries a throttle if it may', async () => {
    server.answer(exception(429, 'ThrottlingException'), { status: 200, body: { TaskId: 'abc1' } });
    expect(await connect({ maxAttempts: 2 }).send(new GetOtaTaskCommand({ Identifier: 'abc1' }))).toMatchObject({ TaskId: 'abc1' });
    expect(server.seen).toHaveLength(2);
  });

  it('does not retry if it has only one attempt', async () => {
    server.answer(exception(429, 'ThrottlingException'), { status: 200, body: {} });
    await expect(connect().send(new GetOtaTaskCommand({ Identifier: 'abc1' }))).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(server.seen).toHaveLength(1);
  });

  it('runs its middleware stack, which can answer without a network', async () => {
    const client = connect();
    client.middlewareStack.add(() => async () => ({ output: { TaskId: 'made up', $metadata: {} }, response: {} }), { step: 'initialize' });
    expect(await client.send(new GetOtaTaskCommand({ Identifier: 'abc1' }))).toMatchObject({ TaskId: 'made up' });
    expect(server.seen).toHaveLength(0);
  });
});
