import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The bytes of a process's heap after garbage collections: when it had warmed up, and at the end. */
export type ProcessMemory = { readonly functionName: string; readonly processId: number; readonly early: number; readonly late: number };

const PROBE = new URL('./memory-probe.mjs', import.meta.url);
/** After this share of its life a process has loaded everything. */
const WARM = 0.3;
/** Fewer samples do not show growth. */
const SAMPLES_MIN = 6;

/** Watches the heaps of the functions' processes from inside, as only the process itself can collect its garbage. */
export function watchMemory() {
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-soak-'));
  const file = join(folder, 'memory');
  const forget = () => rmSync(folder, { recursive: true, force: true });
  // Even if Ctrl-C ends the run.
  process.once('exit', forget);
  return {
    /** Environment variables for every function. */
    environment: { NODE_OPTIONS: `--import ${PROBE.href}`, SOAK_MEMORY_FILE: file },

    /** The measurements of processes that lived long enough. */
    report(): ProcessMemory[] {
      const samples = new Map<string, number[]>();
      for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
        const [functionName, processId, bytes] = line.split(' ');
        if (bytes === undefined) continue;
        const key = `${functionName} ${processId}`;
        samples.set(key, [...(samples.get(key) ?? []), Number(bytes)]);
      }
      return [...samples].flatMap(([key, all]) => {
        const [functionName = '', processId = ''] = key.split(' ');
        if (all.length < SAMPLES_MIN) return [];
        const early = all[Math.floor(all.length * WARM)] ?? 0;
        return [{ functionName, processId: Number(processId), early, late: all.at(-1) ?? 0 }];
      });
    },

    forget: () => {
      process.off('exit', forget);
      forget();
    },
  };
}
