import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { StageInTime } from '../../proof/stage/stage-in-time.ts';

/** What a command printed, and its exit status. */
export type Printed = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

const main = join(import.meta.dirname, '../../cli/main.ts');

/** Runs `ota ...` in its own process. `endpoint` is where it looks for the local service. */
export function ota(endpoint: string, ...args: readonly string[]): Promise<Printed> {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, AWS_ENDPOINT_URL: endpoint, NO_COLOR: '1' } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * A command line for a stage. `typeAndServe` lets the stage's time pass and its messages be consumed while the command runs, and
 * `serve` while any work is done.
 */
export async function openCommandLine(stage: StageInTime) {
  const { endpoint, stop } = await stage.aws.listen();
  async function serve<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    let sandbox = stage.sandbox();
    while (!isDone) {
      sandbox = await stage.settle(sandbox, () => true);
      stage.advance(20_000);
      await stage.sweepWhenDue(sandbox);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // A command may end before its event is consumed: it finds in the ledger that a release is a duplicate.
    await stage.settle(sandbox, () => true);
    return done;
  }
  return {
    endpoint,
    serve,
    type: (...args: readonly string[]) => ota(endpoint, ...args),
    typeAndServe: (...args: readonly string[]): Promise<Printed> => serve(ota(endpoint, ...args)),
    stop,
  };
}
