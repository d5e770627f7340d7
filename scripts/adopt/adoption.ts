import { type ChildProcess, type ExecFileException, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What the steps of an adoption work with. All of it is gone when the adoption ends. */
export type Adoption = {
  /** A new, empty folder. */
  emptyFolder(): string;
  /** The packed package, by its folder in this repository: `packages/embedded-aws`. */
  pack(workspace: string): Promise<string>;
  /** Runs a program on the oldest Node to its end, without what npm and this repository add to the environment. */
  run(folder: string, program: string, ...args: readonly string[]): Promise<Ended>;
  /** Starts a program in the same way and resolves once its output has `awaited`. It is stopped at the latest when the adoption ends. */
  start(awaited: RegExp, folder: string, program: string, ...args: readonly string[]): Promise<Started>;
  freePort(): Promise<number>;
  /** Resolves when nothing listens on the port any more; rejects after ten seconds. */
  untilFree(port: number): Promise<void>;
};
export type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };
export type Started = {
  readonly output: () => string;
  /** Sends SIGTERM to the program alone and answers its exit status, or the signal that ended it. */
  stop(): Promise<number | string>;
};

/** One thing that a stranger does. It answers what is worth reading about it, and throws if it does not succeed. */
export type Step = readonly [title: string, work: () => Promise<string>];

const STOPPED_AT_THE_LATEST_MILLISECONDS = 10_000;
const RUN_AT_THE_LATEST_MILLISECONDS = 120_000;
const STARTED_AT_THE_LATEST_MILLISECONDS = 60_000;
const root = join(import.meta.dirname, '..', '..');

/** The oldest Node that the packages promise to run on, as `engines` in package.json names it, to the last digit. */
export function oldestNode(): string {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  const version = engines.node.replace(/^>=/, '');
  return version.split('.').length === 2 ? `${version}.0` : version;
}

/** An adoption in the temporary `folder`; `children` holds the processes that it starts. */
export function createAdoption(folder: string, children: Set<ChildProcess>): Adoption & { installNode(): Promise<string> } {
  const nodeFolder = join(folder, 'node');
  const environment = strangersEnvironment(join(nodeFolder, 'node_modules', '.bin'));
  let folders = 0;

  async function run(where: string, program: string, ...args: readonly string[]): Promise<Ended> {
    const options = { cwd: where, env: environment, maxBuffer: 64 * 1024 * 1024, timeout: RUN_AT_THE_LATEST_MILLISECONDS };
    try {
      return { status: 0, ...(await promisify(execFile)(program, args, options)) };
    } catch (error) {
      const { code, killed, stdout = '', stderr = '', message } = error as ExecFileException & Partial<Ended>;
      if (killed)
        throw new Error(`${program} did not end within ${RUN_AT_THE_LATEST_MILLISECONDS} ms: ${stdout}${stderr}`, { cause: error });
      if (typeof code !== 'number') throw new Error(`${program} could not be run: ${message}`, { cause: error });
      return { status: code, stdout, stderr };
    }
  }

  return {
    run,
    freePort,
    untilFree,
    emptyFolder() {
      folders += 1;
      const path = join(folder, `folder-${folders}`);
      mkdirSync(path);
      return path;
    },
    async installNode() {
      mkdirSync(nodeFolder);
      // npm's own cache of packages is used again; what npx installs lies in the temporary folder.
      const { stdout: cache } = await promisify(execFile)('npm', ['config', 'get', 'cache'], { cwd: nodeFolder });
      const ownCache = join(folder, 'npm-cache');
      mkdirSync(join(cache.trim(), '_cacache'), { recursive: true });
      mkdirSync(ownCache);
      symlinkSync(join(cache.trim(), '_cacache'), join(ownCache, '_cacache'), 'dir');
      environment['npm_config_cache'] = ownCache;
      // By default npm gives a download that stands still five minutes, longer than a run may last. So it never tries again.
      environment['npm_config_fetch_timeout'] = String(RUN_AT_THE_LATEST_MILLISECONDS / 2);
      // The package installs Node with a script, which npm 11 runs only for packages that are named here.
      writeFileSync(join(nodeFolder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
      succeeded(await run(nodeFolder, 'npm', 'install', '--no-audit', '--no-fund', `node@${oldestNode()}`));
      const { stdout } = succeeded(await run(nodeFolder, 'node', '--version'));
      if (stdout.trim() !== `v${oldestNode()}`) throw new Error(`node --version prints ${stdout.trim()}`);
      return stdout.trim();
    },
    async pack(workspace) {
      const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--workspace', workspace, '--pack-destination', folder], {
        cwd: root,
        maxBuffer: 64 * 1024 * 1024,
      });
      const [, filename] = /"filename":\s*"([^"]+)"/.exec(stdout) ?? [];
      if (filename === undefined) throw new Error(`npm pack names no file: ${stdout}`);
      return join(folder, filename);
    },
    async start(awaited, where, program, ...args) {
      // In a process group of its own, so that npx and what npx starts end together.
      const child = spawn(program, args, { cwd: where, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      children.add(child);
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
 * The environment of a stranger: the oldest Node first, and nothing that npm or this repository put there. The certificates of the network
 * stay, or npm would reach no registry behind a proxy that has its own.
 */
function strangersEnvironment(nodeBin: string): Record<string, string> {
  const ofNpm =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|workspaces?|global_prefix|prefix|noproxy))|INIT_CWD|NODE_(?!EXTRA_CA_CERTS$)|AWS_|OTA_)/;
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !ofNpm.test(name));
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
  return { ...(Object.fromEntries(kept) as Record<string, string>), PATH: [nodeBin, ...path].join(delimiter) };
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
