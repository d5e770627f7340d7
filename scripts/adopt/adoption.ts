import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../installation.ts';

/** What the steps of an adoption work with. All of it is gone when the adoption ends. */
export type Adoption = {
  /** Does one thing that a stranger does, and prints a line with what it answers. Prints the error and throws if it does not succeed. */
  step(title: string, work: () => Promise<string> | string): Promise<void>;
  /** A new, empty folder. */
  emptyFolder(): string;
  /** The packed package, by its folder in this repository: `packages/embedded-aws`, or `.` for the root. */
  pack(workspace: string): Promise<string>;
  /**
   * Runs a program on the oldest Node to its end, with a home of its own, and without what npm and this repository add to the environment.
   */
  run(folder: string, program: string, ...args: readonly string[]): Promise<Ended>;
  /** Starts a program in the same way and resolves once its output has `awaited`. It is stopped at the latest when the adoption ends. */
  start(awaited: RegExp, folder: string, program: string, ...args: readonly string[]): Promise<Started>;
  freePort(): Promise<number>;
  /** Resolves when nothing listens on the port any more; rejects after ten seconds. */
  untilFree(port: number): Promise<void>;
};
/** How a program ended, and how long it took in milliseconds. */
export type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string; readonly milliseconds: number };
export type Started = {
  readonly output: () => string;
  /** Sends SIGTERM to the program alone and answers its exit status, or the signal that ended it. */
  stop(): Promise<number | string>;
};

/** A step did not succeed, and has said so. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

const STOPPED_AT_THE_LATEST_MILLISECONDS = 10_000;
const RUN_AT_THE_LATEST_MILLISECONDS = 180_000;
const STARTED_AT_THE_LATEST_MILLISECONDS = 60_000;

/** The oldest Node that the packages promise to run on, as `engines` in package.json names it, to the last digit. */
export function oldestNode(): string {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  const version = engines.node.replace(/^>=/, '');
  return version.split('.').length === 2 ? `${version}.0` : version;
}

/** An adoption in the temporary `folder`; `children` holds the processes that run. Every program waits for `installNode`. */
export function createAdoption(folder: string, children: Set<ChildProcess>): Adoption & { installNode(): Promise<string> } {
  const nodeFolder = join(folder, 'node');
  const environment = strangersEnvironment(join(nodeFolder, 'node_modules', '.bin'), join(folder, 'home'));
  const node = Promise.withResolvers<void>();
  node.promise.catch(() => undefined);
  let folders = 0;

  async function spawned(where: string, program: string, args: readonly string[]) {
    // In a process group of its own, so that npx and what npx starts end together.
    const child = spawn(program, args, {
      cwd: where,
      env: { ...environment, PWD: where },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('close', () => children.delete(child));
    await once(child, 'spawn');
    return child;
  }

  async function runNow(where: string, program: string, ...args: readonly string[]): Promise<Ended> {
    const began = performance.now();
    const child = await spawned(where, program, args);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    const closed = once(child, 'close') as Promise<[status: number | null, signal: string | null]>;
    const ended = await Promise.race([closed, afterAWhile(RUN_AT_THE_LATEST_MILLISECONDS)]);
    const typed = [program, ...args].join(' ');
    if (ended === undefined) {
      endGroup(child);
      throw new Error(`${typed} did not end within ${RUN_AT_THE_LATEST_MILLISECONDS} ms: ${output.stdout}${output.stderr}`);
    }
    const [status, signal] = ended;
    if (status === null) throw new Error(`${typed} was ended by ${signal}: ${output.stdout}${output.stderr}`);
    return { status, ...output, milliseconds: performance.now() - began };
  }

  return {
    freePort,
    untilFree,
    async step(title, work) {
      const began = performance.now();
      try {
        const result = await work();
        console.log(`ok   ${title}: ${result} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        console.error(`FAIL ${title}: ${error instanceof Error ? error.message : error}`);
        throw new StepFailed(title, { cause: error });
      }
    },
    async run(where, program, ...args) {
      await node.promise;
      return await runNow(where, program, ...args);
    },
    emptyFolder() {
      folders += 1;
      const path = join(folder, `folder-${folders}`);
      mkdirSync(path);
      return path;
    },
    async installNode() {
      try {
        mkdirSync(nodeFolder);
        mkdirSync(environment['HOME'] ?? '');
        Object.assign(environment, await settingsOfNpm(folder));
        // The package installs Node with a script, which npm 11 runs only for packages that are named here.
        writeFileSync(join(nodeFolder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
        succeeded(await runNow(nodeFolder, 'npm', 'install', '--no-audit', '--no-fund', `node@${oldestNode()}`));
        const { stdout } = succeeded(await runNow(nodeFolder, 'node', '--version'));
        if (stdout.trim() !== `v${oldestNode()}`) throw new Error(`node --version prints ${stdout.trim()}`);
        node.resolve();
        return stdout.trim();
      } catch (error) {
        node.reject(error);
        throw error;
      }
    },
    async pack(workspace) {
      const where = workspace === '.' ? [] : ['--workspace', workspace];
      const { stdout } = await promisify(execFile)('npm', ['pack', '--json', ...where, '--pack-destination', folder], {
        cwd: root,
        maxBuffer: 64 * 1024 * 1024,
      });
      const [, filename] = /"filename":\s*"([^"]+)"/.exec(stdout) ?? [];
      if (filename === undefined) throw new Error(`npm pack names no file: ${stdout}`);
      return join(folder, filename);
    },
    async start(awaited, where, program, ...args) {
      await node.promise;
      const child = await spawned(where, program, args);
      const exited = once(child, 'exit').then(([status, signal]) => (typeof status === 'number' ? status : String(signal)));
      let output = '';
      const ready = new Promise<'ready'>((resolve) => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
            if (awaited.test(output)) resolve('ready');
          });
        }
      });
      const first = await Promise.race([ready, exited, afterAWhile(STARTED_AT_THE_LATEST_MILLISECONDS)]);
      if (first !== 'ready') throw new Error(`${program} ${args.join(' ')} did not start (${first ?? 'too slow'}): ${output}`);
      return {
        output: () => output,
        async stop() {
          child.kill('SIGTERM');
          const status = await Promise.race([exited, afterAWhile(STOPPED_AT_THE_LATEST_MILLISECONDS)]);
          if (status === undefined)
            throw new Error(`it did not end within ${STOPPED_AT_THE_LATEST_MILLISECONDS} ms after SIGTERM: ${output}`);
          return status;
        },
      };
    },
  };
}

/**
 * The environment of a stranger: the oldest Node first, an empty home, and nothing that npm or this repository put there. The certificates
 * of the network stay, or npm would reach no registry behind a proxy that has its own.
 */
export function strangersEnvironment(nodeBin: string, home: string, environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const ofOthers = /^(npm_|INIT_CWD$|NODE_(?!EXTRA_CA_CERTS$)|AWS_|OTA_|XDG_|PWD$|OLDPWD$)/i;
  const kept = Object.entries(environment).filter(([name, value]) => value !== undefined && !ofOthers.test(name) && !value.includes(root));
  const path = (environment['PATH'] ?? '').split(delimiter).filter((part) => !part.includes('node_modules') && !part.startsWith(root));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: home,
    USERPROFILE: home,
    PATH: [nodeBin, ...path].join(delimiter),
  };
}

/** What npm must know of the caller's: its cache of packages, and where its registry is. What npx installs lies in the temporary folder. */
async function settingsOfNpm(folder: string): Promise<Record<string, string>> {
  const get = async (key: string) => (await promisify(execFile)('npm', ['config', 'get', key], { cwd: folder })).stdout.trim();
  const [cache, userconfig] = await Promise.all([get('cache'), get('userconfig')]);
  const ownCache = join(folder, 'npm-cache');
  mkdirSync(join(cache, '_cacache'), { recursive: true });
  mkdirSync(ownCache);
  symlinkSync(join(cache, '_cacache'), join(ownCache, '_cacache'), 'dir');
  return {
    npm_config_cache: ownCache,
    ...(existsSync(userconfig) && { npm_config_userconfig: userconfig }),
    // Whatever the caller's settings are, npm warns as it does by default.
    npm_config_loglevel: 'notice',
    npm_config_update_notifier: 'false',
    // By default npm gives a download that stands still five minutes, longer than a run may last. So it never tries again.
    npm_config_fetch_timeout: String(RUN_AT_THE_LATEST_MILLISECONDS / 3),
  };
}

/** What ended, if it ended well; throws what it printed otherwise. */
export function succeeded(ended: Ended): Ended {
  if (ended.status !== 0) throw new Error(`exit status ${ended.status}\n${ended.stdout}${ended.stderr}`);
  return ended;
}

/** Ends a process and all that it has started. */
export function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function afterAWhile(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined).unref());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

async function untilFree(port: number): Promise<void> {
  const end = Date.now() + STOPPED_AT_THE_LATEST_MILLISECONDS;
  while (await isTaken(port)) {
    if (Date.now() > end) throw new Error(`port ${port} is still taken after ${STOPPED_AT_THE_LATEST_MILLISECONDS} ms`);
    await sleep(100);
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
