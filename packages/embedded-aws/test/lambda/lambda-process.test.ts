import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFunction, type FunctionOptions, type LambdaFunction, type LogLine } from '../../src/lambda/lambda-process.ts';
import { lineageOf } from '../../src/lambda/lineage.ts';
import { eventually } from '../support/eventually.ts';

const CODE = `
let count = 0;
export const handler = async (event, context) => {
  count += 1;
  console.log(JSON.stringify({ message: 'line', requestId: context.awsRequestId }));
  if (event.kind === 'environment') return Object.fromEntries(Object.entries(process.env).filter(([name]) => event.names.includes(name)));
  if (event.kind === 'context') return { name: context.functionName, arn: context.invokedFunctionArn, remaining: context.getRemainingTimeInMillis(), memory: context.memoryLimitInMB };
  if (event.kind === 'throw') throw new TypeError('no such thing');
  if (event.kind === 'hang') await new Promise((resolve) => setInterval(resolve, 2 ** 30));
  if (event.kind === 'exit') process.exit(7);
  if (event.kind === 'circular') { const loop = {}; loop.self = loop; return loop; }
  if (event.kind === 'nothing') return undefined;
  return { pid: process.pid, count, event };
};
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lambda-'));
  await mkdir(join(directory, 'dist/job'), { recursive: true });
  await writeFile(join(directory, 'dist/job/index.mjs'), CODE);
  await writeFile(join(directory, 'dist/job/broken.mjs'), "throw new Error('cannot load');");
});
afterAll(() => rm(directory, { recursive: true }));

const started: LambdaFunction[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stop()));
});

const lines: LogLine[] = [];
function create(options: Partial<FunctionOptions> = {}): LambdaFunction {
  const created = createFunction({
    name: 'work',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:work',
    handler: 'dist/job/index.handler',
    codeDirectory: directory,
    environment: { OTA_STAGE: 'local' },
    timeoutSeconds: 30,
    memoryMegabytes: 512,
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    onLog: (line) => lines.push(line),
    ...options,
  });
  started.push(created);
  return created;
}

const isAlive = (id: number) => {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
};
const pidOf = (invocation: unknown) => (invocation as { payload: { pid: number } }).payload.pid;

describe('a function', () => {
  it('runs in a process of its own, which is used again', async () => {
    const work = create();
    const first = await work.invoke({ n: 1 });
    const second = await work.invoke({ n: 2 });
    expect(first).toEqual({ ok: true, payload: { pid: expect.any(Number), count: 1, event: { n: 1 } } });
    expect(second).toMatchObject({ payload: { pid: pidOf(first), count: 2, event: { n: 2 } } });
    expect(pidOf(first)).not.toBe(process.pid);
  });

  it('is refused before it starts if its messages have gone through it sixteen times, unless that is allowed', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:work';
    let header = '';
    for (let count = 0; count < 16; count += 1) header = lineageOf(arn, [header], { lineageOfBatch: 'oldest' }).member;
    const guarded = create();
    expect(await guarded.invoke({}, [undefined, header])).toMatchObject({ ok: false, errorType: 'RecursiveInvocationException' });
    expect(guarded.processIds()).toEqual([]);
    const first = create({ assumptions: { lineageOfBatch: 'first' } });
    expect(await first.invoke({}, [undefined, header])).toMatchObject({ ok: true });
    const allowed = create({ recursiveLoop: 'Allow' });
    expect(await allowed.invoke({}, [undefined, header])).toMatchObject({ ok: true });
  });

  it('knows its trace with its lineage', async () => {
    const environment = { kind: 'environment', names: ['_X_AMZN_TRACE_ID'] };
    expect(await create().invoke(environment)).toMatchObject({
      payload: {
        _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24};Parent=[\da-f]{16};Sampled=0;Lineage=1:[\da-f]{8}:0$/),
      },
    });
  });

  it('handles one event at a time in each process, and simultaneous events in several', async () => {
    const work = create();
    const invocations = await Promise.all([work.invoke({}), work.invoke({}), work.invoke({})]);
    expect(new Set(invocations.map(pidOf)).size).toBe(3);
    await work.invoke({});
    expect(work.processIds()).toHaveLength(3);
  });

  it('has the environment that Lambda would give it, and nothing of this process', async () => {
    process.env['OTA_SECRET_OF_THE_PARENT'] = 'x';
    const names = [
      'OTA_STAGE',
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      '_HANDLER',
      'OTA_SECRET_OF_THE_PARENT',
    ];
    expect(await create().invoke({ kind: 'environment', names })).toEqual({
      ok: true,
      payload: {
        OTA_STAGE: 'local',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_REGION: 'us-east-1',
        AWS_LAMBDA_FUNCTION_NAME: 'work',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        _HANDLER: 'dist/job/index.handler',
      },
    });
    delete process.env['OTA_SECRET_OF_THE_PARENT'];
  });

  it('has its name and the remaining time in the context', async () => {
    const invocation = await create().invoke({ kind: 'context' });
    expect(invocation).toMatchObject({
      payload: { name: 'work', arn: 'arn:aws:lambda:us-east-1:000000000000:function:work', memory: '512' },
    });
    const { remaining } = (invocation as { payload: { remaining: number } }).payload;
    expect(remaining).toBeGreaterThan(25_000);
    expect(remaining).toBeLessThanOrEqual(30_000);
  });

  it('answers null if it returns nothing', async () => {
    expect(await create().invoke({ kind: 'nothing' })).toEqual({ ok: true, payload: null });
  });

  it('that throws fails with the name of its error, and goes on', async () => {
    const work = create();
    expect(await work.invoke({ kind: 'throw' })).toMatchObject({
      ok: false,
      errorType: 'TypeError',
      errorMessage: 'no such thing',
      trace: expect.stringContaining('index.mjs'),
    });
    expect(await work.invoke({})).toMatchObject({ ok: true, payload: { count: 2 } });
  });

  it('whose answer is not JSON fails', async () => {
    expect(await create().invoke({ kind: 'circular' })).toMatchObject({ ok: false, errorMessage: expect.stringContaining('circular') });
  });

  it('is killed at its timeout, and the next event gets a new process', async () => {
    const work = create({ timeoutSeconds: 1 });
    const first = await work.invoke({});
    expect(await work.invoke({ kind: 'hang' })).toMatchObject({
      ok: false,
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds$/),
    });
    const next = await work.invoke({});
    expect(next).toMatchObject({ ok: true, payload: { count: 1 } });
    expect(pidOf(next)).not.toBe(pidOf(first));
    await eventually(() => isAlive(pidOf(first))).toBe(false);
  });

  it('that dies fails its event and is replaced', async () => {
    const work = create();
    expect(await work.invoke({ kind: 'exit' })).toMatchObject({
      ok: false,
      errorType: 'Runtime.ExitError',
      errorMessage: 'Runtime exited with exit status 7',
    });
    expect(await work.invoke({})).toMatchObject({ ok: true });
    const hanging = work.invoke({ kind: 'hang' });
    await eventually(() => work.processIds().length).toBe(1);
    process.kill(work.processIds()[0] ?? 0, 'SIGKILL');
    expect(await hanging).toMatchObject({ ok: false, errorMessage: 'Runtime exited with signal SIGKILL' });
  });

  it('that cannot be loaded fails each event with the reason', async () => {
    expect(await create({ handler: 'dist/job/broken.handler' }).invoke({})).toMatchObject({ ok: false, errorMessage: 'cannot load' });
    expect(await create({ handler: 'dist/job/index.other' }).invoke({})).toMatchObject({
      ok: false,
      errorMessage: expect.stringContaining('does not export a function other'),
    });
    expect(() => create({ handler: 'dist/nobody/index.handler' })).toThrow(/no bundle at .*dist\/nobody\/index\.mjs/);
  });

  it('passes its lines on', async () => {
    lines.length = 0;
    await create().invoke({});
    await eventually(() => lines.map(({ line }) => JSON.parse(line))).toEqual([{ message: 'line', requestId: expect.any(String) }]);
    expect(lines[0]).toMatchObject({ functionName: 'work', stream: 'stdout' });
  });

  it('has no process left when it is stopped, even in the middle of an event', async () => {
    const work = create();
    const hanging = work.invoke({ kind: 'hang' });
    await eventually(() => work.processIds().length).toBe(1);
    const ids = work.processIds();
    await work.stop();
    expect(await hanging).toMatchObject({ ok: false });
    expect(ids.map(isAlive)).toEqual([false]);
    expect(await work.invoke({})).toMatchObject({ ok: false, errorType: 'Stopped' });
  });
});
