import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-exclusive-'));
afterAll(() => rmSync(folder, { recursive: true }));

const module = pathToFileURL(resolve(import.meta.dirname, '../../scripts/exclusive.ts')).href;
const holding = `
  const { holdExclusively } = await import(${JSON.stringify(module)});
  await holdExclusively(process.argv[1], 'waiting', console.log);
  globalThis.gc();
  console.log('holding');
  setInterval(() => undefined, 1000);`;

/** A process that holds the file until it is killed. `says` waits for its next line. */
function holder() {
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', holding, join(folder, 'made', 'lock')]);
  const says = async () => String((await once(child.stdout, 'data'))[0]).trim();
  return { says, kill: () => child.kill('SIGKILL') };
}

it('lets one process hold the file, and the next one as soon as the first is killed', async () => {
  const first = holder();
  expect(await first.says()).toBe('holding');
  const second = holder();
  try {
    expect(await second.says()).toBe('waiting');
    const held = second.says();
    first.kill();
    expect(await held).toBe('holding');
  } finally {
    for (const { kill } of [first, second]) kill();
  }
});
