import { type ChildProcess, spawn } from 'node:child_process';
import { projectFolder } from '../scripts/installation.ts';
import { installationFault, serverlessProgram } from '../scripts/serverless.ts';

/** osls prints this before the message of an error from infrastructure/computed.ts. */
const REJECTION = 'Received rejection: ';

/** Whether packaging succeeded. If not, `why` is what to print for a person. */
export type Packaged = { readonly ok: true } | { readonly ok: false; readonly why: string };

type PackagingOptions = {
  /** The folder of serverless.yml. By default that of the project, which in a clone is the root of the repository. */
  readonly service?: string;
  /** Receives the template and the bundles. */
  readonly folder: string;
  /** The stage. By default `local`. */
  readonly stage?: string;
  /** Parameters as `serverless --param` takes them, each NAME=VALUE. */
  readonly params?: readonly string[];
  /** The path of the file to use instead of channels.yml. */
  readonly channels: string | undefined;
  /** Ends packaging early, with all its processes. */
  readonly signal: AbortSignal;
  /** Gets a line if this packaging must wait for another one. */
  readonly log: (line: string) => void;
};

/**
 * Packages the service as `serverless deploy` would. The bundles go into `folder` too, so that a later build cannot remove
 * them from under a running service.
 */
export async function packageService({
  service = projectFolder(),
  folder,
  stage = 'local',
  params = [],
  channels,
  signal,
  log,
}: PackagingOptions): Promise<Packaged> {
  const fault = installationFault(service);
  if (fault !== undefined) return { ok: false, why: fault };
  const given = [...params, ...(channels === undefined ? [] : [`channels=${channels}`])].flatMap((param) => ['--param', param]);
  const output: string[] = [];
  const child = spawn(process.execPath, [serverlessProgram(), 'package', '--stage', stage, '--package', folder, ...given], {
    cwd: service,
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group, so that all of it can be stopped.
    detached: process.platform !== 'win32',
  });
  const stop = () => endGroup(child);
  signal.addEventListener('abort', stop, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output.push(data.toString());
      const waiting = data.toString().match(/^waiting .*$/m);
      if (waiting) log(waiting[0]);
    });
  }
  const status = await new Promise((done) => child.on('close', done));
  signal.removeEventListener('abort', stop);
  return status === 0 ? { ok: true } : { ok: false, why: failureIn(output.join('')) };
}

/**
 * What went wrong: the errors of channels.yml (`FILE:LINE: ...`), the messages of infrastructure/computed.ts, what else osls calls an
 * error, or else the whole output.
 */
function failureIn(output: string): string {
  const [, ...rejections] = output.split(REJECTION);
  if (rejections.length > 0) return rejections.map((text) => text.split(/,\n\s*- Cannot resolve /)[0]?.trim()).join('\n');
  const errors = output.split('\n').filter((line) => /^\S.*:\d+: \S+: /.test(line));
  if (errors.length > 0) return errors.join('\n');
  return (output.split(/^Error:$/m)[1] ?? output).trim();
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
