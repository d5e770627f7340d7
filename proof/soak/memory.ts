import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Heap of one process after its collections: when it had warmed up, and at last; bytes. */
export type ProcessMemory = { readonly functionName: string; readonly processId: number; readonly early: number; readonly late: number };

const PROBE = new URL('./memory-probe.mjs', import.meta.url);
/** A process has loaded all that it loads later after this share of its life. */
const WARM = 0.3;
/** Fewer samples say nothing of growth. */
const SAMPLES_MIN = 6;

/** Watches the heaps of the functions' processes from inside, as nothing outside can tell garbage from what is kept. */
export function watchMemory() {
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-soak-'));
  const file = join(folder, 'memory');
  const forget = () => rmSync(folder, { recursive: true, force: true });
  // Also where Ctrl-C ends the run.
  process.once('exit', forget);
  return {
    /** Variables for every function. */
    environment: { NODE_OPTIONS: `--import ${PROBE.href}`, SOAK_MEMORY_FILE: file },

    /** What the processes that lived long enough have noted. */
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
