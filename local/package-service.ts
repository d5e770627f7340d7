import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** osls puts this before the message of an error in infrastructure/computed.ts. */
const REFUSAL = 'Received rejection: ';

/** What packaging ended with: nothing to say, or what is to be told a person. */
export type Packaged = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** What is to be packaged. `say` is told where one must wait for another packaging. */
export type Packaging = {
  readonly folder: string;
  readonly channels: string | undefined;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

/**
 * Packages as `serverless deploy` would into `folder`, with the bundles, so that a build beside it pulls nothing away from a
 * running service. Ends early, with all its processes, when `signal` is aborted.
 */
export async function packageService({ folder, channels, signal, say }: Packaging): Promise<Packaged> {
  const options = ['--stage', 'local', '--out', folder, ...(channels === undefined ? [] : ['--channels', channels])];
  const output: string[] = [];
  const child = spawn(process.execPath, [join(root, 'scripts', 'package.ts'), ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, to be ended whole.
    detached: process.platform !== 'win32',
    // So that it works without npm, which does the same.
    env: { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter) },
  });
  const stop = () => endGroup(child);
  signal.addEventListener('abort', stop, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output.push(data.toString());
      const waiting = data.toString().match(/^waiting .*$/m);
      if (waiting) say(waiting[0]);
    });
  }
  const status = await new Promise((done) => child.on('close', done));
  signal.removeEventListener('abort', stop);
  return status === 0 ? { ok: true } : { ok: false, why: failureIn(output.join('')) };
}

/** What went wrong, without the greeting before it: `FILE:LINE: …` where channels.yml is wrong, or what a variable refused. */
function failureIn(output: string): string {
  const [, ...refusals] = output.split(REFUSAL);
  if (refusals.length > 0) return refusals.map((refusal) => refusal.split(/,\n\s*- Cannot resolve /)[0]?.trim()).join('\n');
  const faults = output.split('\n').filter((line) => /^\S.*:\d+: \S+: /.test(line));
  return faults.length > 0 ? faults.join('\n') : output.trim();
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
