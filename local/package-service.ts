import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from '../scripts/given-file.ts';

/** osls prints this before the message of an error from infrastructure/computed.ts. */
const REJECTION = 'Received rejection: ';

/** Whether packaging succeeded. If not, `why` is what to print for a person. */
export type Packaged = { readonly ok: true } | { readonly ok: false; readonly why: string };

type PackagingOptions = {
  /** The folder of the service. By default the root of the repository. */
  readonly service?: string;
  /** Receives the template and the bundles. */
  readonly folder: string;
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
export async function packageService({ service = root, folder, channels, signal, log }: PackagingOptions): Promise<Packaged> {
  const options = ['--stage', 'local', '--out', folder, ...(channels === undefined ? [] : ['--channels', channels])];
  const output: string[] = [];
  const child = spawn(process.execPath, [join(root, 'scripts', 'package.ts'), ...options], {
    cwd: service,
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group, so that all of it can be stopped.
    detached: process.platform !== 'win32',
    // npm does the same. This makes it work without npm.
    env: { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter) },
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

/** What went wrong: the errors of channels.yml (`FILE:LINE: ...`), the messages of infrastructure/computed.ts, or else the whole output. */
function failureIn(output: string): string {
  const [, ...rejections] = output.split(REJECTION);
  if (rejections.length > 0) return rejections.map((text) => text.split(/,\n\s*- Cannot resolve /)[0]?.trim()).join('\n');
  const errors = output.split('\n').filter((line) => /^\S.*:\d+: \S+: /.test(line));
  return errors.length > 0 ? errors.join('\n') : output.trim();
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
