import { Agent } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { CreateOTAUpdateCommand, IoTClient, type IoTClientConfig } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { causeOf, isAway, isDenied, isThrottle, knownExceptions, replyOf } from '../../adapters/aws-errors.ts';
import { CreateOtaTaskCommand, IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import { exception, type ScriptedServer, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';

let server: ScriptedServer;
const iot = (more: IoTClientConfig = {}) => new IoTClient({ ...settings(), ...more });
const mi = () => new IoTManagedIntegrationsClient(settings());
const settings = () => ({
  endpoint: server.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
});

beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

/** The error that the real SDK throws for a response. */
async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const createUpdate = (client = iot()) =>
  errorOf(client.send(new CreateOTAUpdateCommand({ otaUpdateId: 'fw-1', targets: ['t'], files: [{}], roleArn: 'r' })));
const createTask = () => errorOf(mi().send(new CreateOtaTaskCommand({ S3Url: 's3://b/k', OtaType: 'ONE_TIME', ClientToken: 'fw-1' })));

const retryable = { kind: 'refused', retryable: true };
const permanent = { kind: 'refused', retryable: false };
const exists = { kind: 'alreadyExists' };
const unknown = { kind: 'unknown' };

describe('an error of CreateOTAUpdate', () => {
  it.each([
    [400, 'InvalidRequestException', permanent],
    [400, 'ThrottlingException', retryable],
    [401, 'UnauthorizedException', retryable],
    [403, 'AccessDeniedException', retryable],
    [403, 'ExpiredTokenException', retryable],
    [403, 'InvalidSignatureException', retryable],
    [403, 'UnrecognizedClientException', retryable],
    [404, 'ResourceNotFoundException', permanent],
    [409, 'ResourceAlreadyExistsException', exists],
    [410, 'LimitExceededException', retryable],
    [429, 'TooManyRequestsException', retryable],
    [500, 'InternalFailureException', unknown],
    [503, 'ServiceUnavailableException', unknown],
    [400, 'SomethingNewException', unknown],
  ])('%i %s means %o', async (status, name, reply) => {
    server.answer(exception(status, name));
    const error = await createUpdate();
    expect(replyOf(error)).toMatchObject(reply);
    if (reply.kind === 'refused') expect(replyOf(error)).toMatchObject({ code: name, message: `${name}, as scripted` });
  });
});

describe('an error of CreateOtaTask', () => {
  it.each([
    [400, 'ValidationException', permanent],
    [401, 'UnauthorizedException', retryable],
    [403, 'AccessDeniedException', retryable],
    [404, 'ResourceNotFoundException', permanent],
    [409, 'ConflictException', exists],
    [429, 'ThrottlingException', retryable],
    [500, 'InternalServerException', unknown],
    [502, 'BadGateway', unknown],
  ])('%i %s means %o', async (status, name, reply) => {
    server.answer({ status, headers: { 'x-amzn-errortype': name }, body: { Message: 'capital M' } });
    const error = await createTask();
    expect(error).toMatchObject({ name, message: 'capital M' });
    expect(replyOf(error)).toMatchObject(reply);
  });
});

describe('the table', () => {
  it.each(knownExceptions)('knows %s under any status', (name) => {
    const error = Object.assign(new Error('x'), { name, $metadata: { httpStatusCode: 500 } });
    expect(causeOf(error)).not.toBe('unknown');
  });

  it('decides by name, not by status: 400 can be a throttle or a bad request', async () => {
    server.answer(exception(400, 'ThrottlingException'), exception(500, 'InvalidRequestException'));
    expect(causeOf(await createUpdate())).toBe('throttled');
    expect(causeOf(await createUpdate())).toBe('invalid');
  });

  it('knows which names mean denied access and which mean a throttle', () => {
    expect(['AccessDeniedException', 'ExpiredTokenException', 'UnauthorizedException'].every(isDenied)).toBe(true);
    expect(isDenied('ThrottlingException')).toBe(false);
    expect(['ThrottlingException', 'LimitExceededException'].every(isThrottle)).toBe(true);
    expect(isThrottle('AccessDeniedException')).toBe(false);
  });

  it('returns unknown for page markup, numbers and other values that are not exceptions', async () => {
    server.answer({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Forbidden</html>' });
    expect(causeOf(await createUpdate())).toBe('unknown');
    expect([undefined, null, 'ThrottlingException', 7, {}].map((value) => causeOf(value))).toEqual(Array(5).fill('unknown'));
  });

  it('returns unknown for a response that cannot be parsed', async () => {
    server.answer({ status: 200, body: '{"otaUpdateId":' });
    expect(replyOf(await createUpdate())).toMatchObject(unknown);
  });
});

describe('on the network', () => {
  it('a connection that is cut after the request was read means unknown', async () => {
    server.answer({ hangUp: true });
    expect(replyOf(await createUpdate())).toMatchObject(unknown);
  });

  it('a timeout while waiting for the response means unknown', () => {
    const error = Object.assign(new Error('the request has exceeded the configured 5000 ms requestTimeout'), { name: 'TimeoutError' });
    expect(replyOf(error)).toMatchObject(unknown);
    expect(replyOf(Object.assign(new Error('aborted'), { name: 'AbortError' }))).toMatchObject(unknown);
  });

  it('a refused connection means that nothing was sent', async () => {
    const closed = await startScriptedServer();
    await closed.close();
    const error = await createUpdate(iot({ endpoint: closed.endpoint }));
    expect(replyOf(error)).toMatchObject({ ...retryable, code: 'ECONNREFUSED' });
  });

  it('a host name that cannot be resolved means that nothing was sent', async () => {
    const lookup = (_host: string, _options: unknown, done: (error: Error) => void) =>
      done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }));
    const httpAgent = new Agent({ lookup } as object);
    const error = await createUpdate(iot({ endpoint: 'http://nowhere.test', requestHandler: { httpAgent } }));
    expect(replyOf(error)).toMatchObject({ ...retryable, code: 'ENOTFOUND' });
  });

  it('a connection that is never established means that nothing was sent', async () => {
    const httpAgent = new Agent({ lookup: () => undefined } as object);
    const error = await createUpdate(iot({ endpoint: 'http://nowhere.test', requestHandler: { httpAgent, connectionTimeout: 20 } }));
    expect(replyOf(error)).toMatchObject({ ...retryable, code: 'TimeoutError' });
  });

  it('a connection that is cut before TLS is established means that nothing was sent', async () => {
    const cutting = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((done) => void cutting.listen(0, '127.0.0.1', done));
    const { port } = cutting.address() as AddressInfo;
    const error = await createUpdate(iot({ endpoint: `https://127.0.0.1:${port}` }));
    cutting.close();
    expect(replyOf(error)).toMatchObject({ ...retryable, code: 'TimeoutError' });
  });

  it('missing credentials mean that nothing was sent', () => {
    expect(causeOf(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }))).toBe('unsent');
  });

  it('a refused connection proves nothing if an earlier attempt of the same call may have been sent', () => {
    const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect', $metadata: { attempts: 2 } });
    expect(causeOf(error)).toBe('unknown');
  });

  it('several addresses count as refused only if each of them was', () => {
    const refused = Object.assign(new Error('refused'), { syscall: 'connect' });
    expect(causeOf(new AggregateError([refused, refused]))).toBe('unsent');
    expect(causeOf(new AggregateError([refused, new Error('reset')]))).toBe('unknown');
    // The SDK renames an error whose code is that of a timeout.
    expect(causeOf(Object.assign(new AggregateError([refused, refused]), { name: 'TimeoutError' }))).toBe('unsent');
  });
});

describe('a service of AWS is away', () => {
  const named = (name: string, more: object = {}) => Object.assign(new Error('sorry'), { name }, more);
  const coded = (code: string) => Object.assign(new Error('sorry'), { code });

  it.each([
    ['it did not answer in time', named('TimeoutError')],
    ['the connection ended before the answer', coded('ECONNRESET')],
    ['nothing listens', coded('ECONNREFUSED')],
    ['it says that it failed', named('InternalServerError', { $fault: 'server' })],
    ['its status is 500 or more', named('UnknownError', { $metadata: { httpStatusCode: 503 } })],
    ['that is the cause of the error', new Error('could not read', { cause: new Error('sorry', { cause: named('TimeoutError') }) })],
  ])('if %s', (_what, error) => {
    expect(isAway(error)).toBe(true);
  });

  it.each([
    ['it throttles, with the status 503 as S3 does', named('SlowDown', { $fault: 'server', $metadata: { httpStatusCode: 503 } })],
    ['it refuses', named('AccessDeniedException', { $fault: 'client', $metadata: { httpStatusCode: 400 } })],
    ['the code has a mistake', new TypeError('undefined is not a function')],
    ['something other than an Error was thrown', 'TimeoutError'],
  ])('but not if %s', (_what, error) => {
    expect(isAway(error)).toBe(false);
  });
});
