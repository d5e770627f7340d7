import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createRealClock } from 'embedded-aws/src/clock.ts';
import type { Faults } from 'embedded-aws/src/faults.ts';
import { startGateway } from 'embedded-aws/src/gateway.ts';
import { type Mapping, startMapping } from 'embedded-aws/src/lambda/event-source-mapping.ts';
import { createFunction, type LambdaFunction } from 'embedded-aws/src/lambda/lambda-process.ts';
import { type ProvisionedFunction, provision } from 'embedded-aws/src/provision.ts';
import type { Template } from 'embedded-aws/src/template.ts';
import { packageService } from '../../scripts/compiled-template.ts';
import { withoutClose } from '../stage/aws-in-process.ts';
import { ACCOUNT, createStandIns, REGION } from '../stage/stand-ins.ts';

/** What happens to a process at a call, or between two calls. */
export type Blow = 'killed before a call' | 'killed after a call' | 'killed at random' | 'stopped for a while';

/** Decides for every call of every process. `place` is `FUNCTION SERVICE OPERATION`. */
export type Aim = (place: string) => Blow | undefined;

const RUNTIME = fileURLToPath(new URL('../../packages/embedded-aws/src/lambda/lambda-runtime.ts', import.meta.url));

/** The service runs this many times as fast: the first follow-up comes after one second, a sweep every five. */
const TIME_FACTOR = 60;
const SWEEP_MILLISECONDS = 5_000;
/** How long a batch stays hidden when its process died. It is six minutes on AWS. */
const VISIBILITY_SECONDS = '1';
/** How often all locks are taken away. */
const UNLOCK_MILLISECONDS = 1_000;
const LOCKS = 'ota-dispatch-local-lock';
/** Longer than the visibility timeout: the process wakes up when another process has its message. */
const STOPPED_MILLISECONDS = 2_500;
/** A call and the code after it take a few of these, so a random strike falls somewhere within. */
const SOON_MILLISECONDS = 15;
/** The number of processes for each queue, like Lambda's maximum concurrency. */
const LANES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const;

/**
 * The packaged functions in real processes on the embedded AWS, six for each queue. Each process has its own endpoint.
 * So the process that calls can be killed before its call takes effect, or between the effect and the answer.
 */
export async function startKilling(aim: Aim) {
  const { folder } = await packageService({ code: 'real' });
  const compileCache = mkdtempSync(join(tmpdir(), 'ota-dispatch-compile-cache-'));
  const template = JSON.parse(await readFile(join(folder, '.serverless', 'cloudformation-template-update-stack.json'), 'utf8')) as Template;
  const clock = createRealClock();
  const worldClock = createRealClock({ factor: TIME_FACTOR });
  const { services, faults, endLongPolls } = createStandIns({ clock, worldClock });
  const gateway = await startGateway({ port: 0, accountId: ACCOUNT, services, faults });
  const access = { endpoint: gateway.endpoint, region: REGION, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } };
  const sqs = new SQSClient(access);
  const dynamodb = new DynamoDBClient(access);
  let stopping = false;
  const blows: Record<Blow, number> = {
    'killed before a call': 0,
    'killed after a call': 0,
    'killed at random': 0,
    'stopped for a while': 0,
  };
  const lanes: { readonly name: string; readonly run: LambdaFunction; readonly stop: () => Promise<void> }[] = [];
  const mappings: Mapping[] = [];
  const timers = new Set<NodeJS.Timeout>();

  const provisioned = await provision(template, {
    accountId: ACCOUNT,
    region: REGION,
    endpoint: gateway.endpoint,
    stackName: 'ota-dispatch-local',
    parameters: {},
    codeDirectory: folder,
  });

  const later = (milliseconds: number, what: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      what();
    }, milliseconds);
    timers.add(timer);
  };

  const signal = (run: LambdaFunction, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): number => {
    const ids = run.processIds();
    for (const id of ids) sendSignal(id, name);
    return ids.length;
  };

  function strike(run: LambdaFunction, blow: Blow): void {
    if (blow === 'killed at random') {
      later(randomInt(SOON_MILLISECONDS), () => {
        blows[blow] += signal(run, 'SIGKILL');
      });
      return;
    }
    blows[blow] += signal(run, blow === 'stopped for a while' ? 'SIGSTOP' : 'SIGKILL');
    if (blow === 'stopped for a while') later(STOPPED_MILLISECONDS, () => signal(run, 'SIGCONT'));
  }

  /** Fills the compile cache. Node writes it when a process exits normally, which the killed processes never do. */
  async function warmUp({ codeDirectory, handler, environment }: ProvisionedFunction): Promise<void> {
    const dot = handler.lastIndexOf('.');
    const child = fork(RUNTIME, [`${join(codeDirectory, handler.slice(0, dot))}.mjs`, handler.slice(dot + 1)], {
      env: { ...environment, AWS_REGION: REGION, NODE_COMPILE_CACHE: compileCache },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', () => child.disconnect());
    await once(child, 'exit');
  }

  /** One process of a function, with its own endpoint. */
  async function openLane(functionName: string, lane: string): Promise<LambdaFunction> {
    const given = provisioned.functions.find(({ name }) => name === functionName);
    if (given === undefined) throw new Error(`the template has no function ${functionName}`);
    let run: LambdaFunction | undefined;
    const own: Faults = {
      ...faults,
      strike(service, operation) {
        const blow = aim(`${functionName.split('-').slice(3).join('-')} ${service} ${operation}`);
        if (run === undefined || blow === undefined) return { slowMilliseconds: 0 };
        strike(run, blow);
        return blow === 'killed before a call' ? { slowMilliseconds: 0, kind: 'outage' } : { slowMilliseconds: 0 };
      },
    };
    const door = await startGateway({ port: 0, accountId: ACCOUNT, services: services.map(withoutClose), faults: own });
    const environment = Object.fromEntries(
      Object.entries(given.environment).map(([name, value]) => [name, value.replace(gateway.endpoint, door.endpoint)]),
    );
    run = createFunction({
      ...given,
      environment: { ...environment, OTA_TIME_FACTOR: String(TIME_FACTOR), NODE_COMPILE_CACHE: compileCache, OTA_CREATES_PER_SECOND: '50' },
      region: REGION,
      endpoint: door.endpoint,
      onLog: () => undefined,
    });
    lanes.push({ name: `${functionName} ${lane}`, run, stop: () => door.stop() });
    return run;
  }

  await Promise.all(provisioned.functions.map(warmUp));
  for (const mapping of provisioned.mappings) {
    const attributes = { VisibilityTimeout: VISIBILITY_SECONDS, RedrivePolicy: '' };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: mapping.queueUrl, Attributes: attributes }));
    for (const lane of LANES) {
      const { invoke } = await openLane(mapping.functionName, lane);
      mappings.push(
        startMapping({
          ...mapping,
          maximumConcurrency: 1,
          longPollSeconds: 1,
          client: sqs,
          region: REGION,
          invoke,
          onTrouble: () => undefined,
        }),
      );
    }
  }
  for (const { functionName } of provisioned.schedules) {
    const { invoke } = await openLane(functionName, 'only');
    const timer = setInterval(() => void invoke({}), SWEEP_MILLISECONDS);
    timers.add(timer);
  }

  /** The lock of a dead process would stay for the rest of its minute. To remove it early is harder for the service, whose safety must not need it. */
  async function takeLocksAway(): Promise<void> {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: LOCKS }));
    for (const { id, status } of Items) {
      if (id && status?.S === 'INPROGRESS') await dynamodb.send(new DeleteItemCommand({ TableName: LOCKS, Key: { id } }));
    }
  }
  const unlocking = setInterval(() => {
    takeLocksAway().catch((error: unknown) => {
      if (!stopping) throw error;
    });
  }, UNLOCK_MILLISECONDS);
  timers.add(unlocking);

  const removeCache = () => rmSync(compileCache, { recursive: true, force: true });
  /** Kills all processes on Ctrl-C. A stopped process would not get the signal. */
  const abandon = () => {
    for (const { run } of lanes) signal(run, 'SIGKILL');
    removeCache();
  };
  process.once('exit', abandon);

  return {
    access,
    sqs,
    blows,
    async stop(): Promise<void> {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      for (const { run } of lanes) signal(run, 'SIGCONT');
      endLongPolls();
      const drained = Promise.all(mappings.map((mapping) => mapping.stop()));
      await Promise.all(lanes.map(({ run }) => run.stop()));
      await drained;
      await Promise.all(lanes.map(({ stop }) => stop()));
      sqs.destroy();
      dynamodb.destroy();
      await gateway.stop();
      clock.stop();
      worldClock.stop();
      process.off('exit', abandon);
      removeCache();
    },
  };
}

export type Killing = Awaited<ReturnType<typeof startKilling>>;

/** The process may have exited at this moment. */
function sendSignal(id: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(id, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
