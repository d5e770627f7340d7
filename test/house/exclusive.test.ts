import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-exclusive-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'made', 'lock');
const module = pathToFileURL(resolve(import.meta.dirname, '../../scripts/exclusive.ts')).href;
const holding = `
  const { holdExclusively } = await import(${JSON.stringify(module)});
  await holdExclusively(process.argv[1], 'waiting', console.log, Number(process.argv[2]));
  console.log('holding');
  process.stdin.resume();`;

/** A process that holds the file until it is killed or `end`s. `says` waits for its next line. */
function holder(patience = 60_000) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holding, file, String(patience)]);
  const says = async () => String((await once(child.stdout, 'data'))[0]).trim();
  const ended = once(child, 'exit');
  return {
    pid: child.pid,
    says,
    kill: () => child.kill('SIGKILL'),
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

it('lets one process hold the file, and the next one as soon as the first is killed', async () => {
  const first = holder();
  expect(await first.says()).toBe('holding');
  const second = holder();
  try {
    expect(await second.says()).toBe(`waiting: process ${first.pid} holds ${file}`);
    const held = second.says();
    first.kill();
    expect(await held).toBe('holding');
  } finally {
    for (const { kill } of [first, second]) kill();
  }
});

it('leaves nothing behind when the process ends', async () => {
  const only = holder();
  expect(await only.says()).toBe('holding');
  await only.end();
  expect(readdirSync(join(folder, 'made'))).toEqual([]);
});

it('lets exactly one of many processes take the file that a killed process has left behind', async () => {
  const killed = holder();
  expect(await killed.says()).toBe('holding');
  const others = [holder(), holder(), holder(), holder()];
  try {
    for (const other of others) expect(await other.says()).toMatch(/^waiting/);
    const next = others.map(({ says }) => says());
    killed.kill();
    await Promise.race(next);
    const holding = others.filter(({ pid }) => String(pid) === readFileSync(file, 'utf8'));
    expect(holding).toHaveLength(1);
  } finally {
    for (const { kill } of others) kill();
  }
});

const halfAMinuteAgo = new Date(Date.now() - 30_000);

it.each([
  ['of before the computer started', String(process.pid), new Date(0)],
  ['that names no process, such as the lock of an earlier version', '', halfAMinuteAgo],
])('does not wait for a file %s', async (_what, text, made) => {
  writeFileSync(file, text);
  utimesSync(file, made, made);
  const only = holder();
  try {
    expect(await only.says()).toBe('holding');
  } finally {
    only.kill();
  }
});

it('does not wait for ever for a process that only has the number of the one that held the file', async () => {
  writeFileSync(file, String(process.pid));
  const only = holder(300);
  try {
    expect(await only.says()).toBe(`waiting: process ${process.pid} holds ${file}`);
    expect(await only.says()).toBe('holding');
  } finally {
    only.kill();
  }
});
