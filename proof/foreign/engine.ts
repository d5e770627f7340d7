import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRealClock, type EmbeddedAws, startEmbeddedAws } from 'embedded-aws/src/index.ts';
import { run } from './commands.ts';
import { CannotBegin, FOLDER } from './tools.ts';

/** How much faster than real time the fleet and the functions run: follow-ups come after less than a second, looks after 15. */
export const TIME_FACTOR = 20;

export const ACCOUNT = '000000000000';
/** The region that serverless.yml deploys to. */
export const REGION = 'eu-west-1';
const START_SECONDS = 60;

/** The foreign engine, and the stand-in for the two control planes that it lacks. */
export type Engine = {
  readonly endpoint: string;
  /** Only IoT Core and managed integrations of it are used. */
  readonly controlPlanes: EmbeddedAws;
  /** The environment of every process of the run: credentials that are made up, and nothing of the caller's AWS settings. */
  readonly env: NodeJS.ProcessEnv;
  /** The processes that run functions of a stage now. */
  sandboxes(stage: string): Promise<number[]>;
  stop(): Promise<void>;
};

/**
 * Starts an empty ministack, as it is published, and the stand-in. Functions are processes of ministack, which inherit its
 * environment. So they find the control planes by the SDK's own variables, and the template needs no change. Throws CannotBegin if
 * ministack does not start.
 */
export async function startEngine(program: string, temporary: string): Promise<Engine> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const controlPlanes = await startEmbeddedAws({
    artifactsEndpoint: endpoint,
    region: REGION,
    clock: createRealClock({ factor: TIME_FACTOR }),
  });
  const env = environmentOf(endpoint);
  const log = join(FOLDER, 'ministack.log');
  mkdirSync(FOLDER, { recursive: true });
  const output = openSync(log, 'w');
  const engine = spawn(program, [], {
    env: {
      ...env,
      AWS_ENDPOINT_URL: undefined,
      AWS_ENDPOINT_URL_IOT: controlPlanes.endpoint,
      AWS_ENDPOINT_URL_IOT_MANAGED_INTEGRATIONS: controlPlanes.endpoint,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      TMPDIR: temporary,
    },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const kill = () => void engine.kill('SIGKILL');
  process.once('exit', kill);
  await hasStarted(engine, endpoint, log);
  return {
    endpoint,
    controlPlanes,
    env,
    sandboxes: (stage) => sandboxesOf(engine.pid, stage),
    async stop() {
      process.off('exit', kill);
      const ended = new Promise((resolve) => engine.once('exit', resolve));
      const functions = await sandboxesOf(engine.pid);
      engine.kill('SIGKILL');
      await ended;
      for (const pid of functions) end(pid);
      await controlPlanes.stop();
      controlPlanes.clock.stop();
    },
  };
}

/** Ends a process at once. Does nothing if it has ended. */
export function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:AWS_|OTA_|SLS_|npm_)/.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CI: '1',
  };
}

async function hasStarted(engine: ChildProcess, endpoint: string, log: string): Promise<void> {
  const deadline = performance.now() + START_SECONDS * 1000;
  while (performance.now() < deadline && engine.exitCode === null) {
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new CannotBegin(`ministack does not answer at ${endpoint}: see ${log}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** The processes below the engine that run functions, of one stage or of all. The engine names their folders after the functions. */
async function sandboxesOf(engine: number | undefined, stage?: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args=']);
  const folder = `/ministack-lambda-ota-dispatch-${stage === undefined ? '' : `${stage}-`}`;
  const rows = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? []);
  return rows.filter(([, , parent, args = '']) => Number(parent) === engine && args.includes(folder)).map(([, pid]) => Number(pid));
}
