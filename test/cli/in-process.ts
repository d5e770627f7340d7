import { vi } from 'vitest';
import { runOta } from '../../cli/ota.ts';
import type { Printed } from '../journey/command-line.ts';

/** Types `ota ...` in the process of the test, which takes less time than a process of its own. Answers what it printed. */
export async function otaInProcess(...args: readonly string[]): Promise<Printed> {
  let [stdout, stderr] = ['', ''];
  const out = vi.spyOn(console, 'log').mockImplementation((line) => {
    stdout += `${line}\n`;
  });
  const err = vi.spyOn(console, 'error').mockImplementation((line) => {
    stderr += `${line}\n`;
  });
  try {
    return { status: await runOta(args), stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}
