import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { defaultLambdaAssumptions, type LambdaAssumptions } from './assumptions.ts';
import type { Invoke, Reply } from './lambda-runtime.ts';
import { lineageOf } from './lineage.ts';

export type Invocation =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string; readonly trace: string };

export type LogLine = {
  readonly functionName: string;
  readonly processId: number;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
};

export type FunctionOptions = {
  readonly name: string;
  readonly arn: string;
  /** `dist/releases/index.handler` */
  readonly handler: string;
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly region: string;
  readonly endpoint: string;
  /** What Lambda does at the 17th invocation in one chain. Default: `Terminate`, as on Lambda. */
  readonly recursiveLoop?: RecursiveLoop | undefined;
  readonly assumptions?: LambdaAssumptions;
  /** Is called with every line that a process writes. */
  readonly onLog: (line: LogLine) => void;
};

/** The recursive loop detection of a function, by the names of its CloudFormation property. */
export type RecursiveLoop = 'Terminate' | 'Allow';

export type LambdaFunction = {
  /**
   * Runs the function in an idle process or a new one. Never rejects because of what the function does. `traceHeaders` are
   * those of the messages in the event. If they show that the function has been invoked 16 times in one chain, it is
   * refused with a RecursiveInvocationException and does not run, unless its `recursiveLoop` is `Allow`.
   */
  invoke(event: unknown, traceHeaders?: readonly (string | undefined)[]): Promise<Invocation>;
  /** The ids of its processes, for tests that kill them. */
  processIds(): number[];
  /** Ends every process and waits until they are gone. */
  stop(): Promise<void>;
};

type Sandbox = {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  busy: boolean;
  settle: ((answer: Invocation) => void) | undefined;
};

/** In the words of the API model of Lambda, 2015-03-31. */
const RECURSIVE: Invocation = {
  ok: false,
  errorType: 'RecursiveInvocationException',
  errorMessage:
    "Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services resources and stopped your function's invocation.",
  trace: '',
};

/** TypeScript in the repository, JavaScript in the package. */
const RUNTIME = fileURLToPath(new URL(`./lambda-runtime${extname(import.meta.url)}`, import.meta.url));

/**
 * A function in processes of its own, as on Lambda. A process handles one event at a time and is used again. It is killed
 * when the function times out, and replaced when it has died. Processes start when they are needed and end with this one.
 * @throws if there is no bundle at the path of the handler
 */
export function createFunction(options: FunctionOptions): LambdaFunction {
  const { modulePath, exportName } = locate(options);
  let sandboxes: Sandbox[] = [];
  let stopped = false;

  function start(): Sandbox {
    const child = fork(RUNTIME, [modulePath, exportName], {
      env: environmentOf(options),
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let becomeReady = () => {};
    const ready = new Promise<void>((resolve) => {
      becomeReady = resolve;
    });
    const sandbox: Sandbox = { child, ready, busy: true, settle: undefined };
    const settle = (answer: Invocation) => {
      sandbox.settle?.(answer);
      becomeReady();
    };
    for (const stream of ['stdout', 'stderr'] as const) {
      const source = child[stream];
      if (source === null) continue;
      createInterface({ input: source }).on('line', (line) =>
        options.onLog({ functionName: options.name, processId: child.pid ?? 0, stream, line }),
      );
    }
    child.on('message', (reply: Reply) => {
      if (reply.kind === 'ready') becomeReady();
      else if (reply.kind === 'result') settle({ ok: true, payload: JSON.parse(reply.payload) });
      else {
        settle({ ok: false, errorType: reply.errorType, errorMessage: reply.errorMessage, trace: reply.trace });
        if (reply.requestId === undefined) child.kill('SIGKILL');
      }
    });
    const gone = (why: string) => {
      sandboxes = sandboxes.filter((other) => other !== sandbox);
      settle({ ok: false, errorType: 'Runtime.ExitError', errorMessage: why, trace: '' });
    };
    child.once('error', (error) => gone(`the process could not be started: ${error.message}`));
    child.once('exit', (code, signal) => gone(`Runtime exited with ${signal === null ? `exit status ${code}` : `signal ${signal}`}`));
    sandboxes.push(sandbox);
    return sandbox;
  }

  async function run(sandbox: Sandbox, event: unknown, lineage: string): Promise<Invocation> {
    const requestId = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Invocation>((resolve) => {
        sandbox.settle = resolve;
        sandbox.ready.then(() => {
          if (!sandbox.child.connected) return;
          const milliseconds = options.timeoutSeconds * 1000;
          const root = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
          const trace = `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0;${lineage}`;
          const invoke: Invoke = { requestId, event: JSON.stringify(event), deadline: Date.now() + milliseconds, arn: options.arn, trace };
          timer = setTimeout(() => {
            resolve({
              ok: false,
              errorType: 'Sandbox.Timedout',
              errorMessage: `RequestId: ${requestId} Error: Task timed out after ${options.timeoutSeconds.toFixed(2)} seconds`,
              trace: '',
            });
            sandboxes = sandboxes.filter((other) => other !== sandbox);
            sandbox.child.kill('SIGKILL');
          }, milliseconds);
          sandbox.child.send(invoke, (error) => {
            if (error !== null) resolve({ ok: false, errorType: 'Runtime.ExitError', errorMessage: error.message, trace: '' });
          });
        });
      });
    } finally {
      clearTimeout(timer);
      sandbox.settle = undefined;
      sandbox.busy = false;
    }
  }

  return {
    invoke(event, traceHeaders = []) {
      if (stopped) return Promise.resolve({ ok: false, errorType: 'Stopped', errorMessage: 'the function has been stopped', trace: '' });
      const lineage = lineageOf(options.arn, traceHeaders, options.assumptions ?? defaultLambdaAssumptions);
      if (lineage.tooLong && options.recursiveLoop !== 'Allow') return Promise.resolve(RECURSIVE);
      const idle = sandboxes.find(({ busy, child }) => !busy && child.connected && child.exitCode === null);
      const sandbox = idle ?? start();
      sandbox.busy = true;
      return run(sandbox, event, lineage.member);
    },
    processIds: () => sandboxes.flatMap(({ child }) => child.pid ?? []),
    async stop() {
      stopped = true;
      await Promise.all(
        sandboxes.map(async ({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }),
      );
    },
  };
}

function locate({ name, handler, codeDirectory }: FunctionOptions): { readonly modulePath: string; readonly exportName: string } {
  const dot = handler.lastIndexOf('.');
  const base = join(codeDirectory, handler.slice(0, dot));
  const modulePath = ['.mjs', '.js', '.cjs'].map((extension) => base + extension).find(existsSync);
  if (modulePath === undefined) throw new Error(`${name}: there is no bundle at ${base}.mjs; package the service first`);
  return { modulePath, exportName: handler.slice(dot + 1) };
}

function environmentOf(options: FunctionOptions): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: ':UTC',
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_ACCESS_KEY_ID: 'ASIALOCALEMBEDDEDAWS',
    AWS_SECRET_ACCESS_KEY: 'embedded',
    AWS_SESSION_TOKEN: 'embedded',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: options.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${options.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomBytes(16).toString('hex')}`,
    LAMBDA_TASK_ROOT: options.codeDirectory,
    _HANDLER: options.handler,
    ...options.environment,
  };
}
