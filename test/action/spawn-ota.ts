import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Printed } from '../journey/command-line.ts';

/** Runs `ota ...` of a package, as a shell in the folder `workspace` would that has only these variables. */
export function spawnOta(
  tarball: string,
  words: readonly string[],
  { folder, workspace, env }: { readonly folder: string; readonly workspace: string; readonly env: Readonly<Record<string, string>> },
): Promise<Printed> {
  const installed = join(folder, 'installed');
  if (!existsSync(installed)) {
    mkdirSync(installed);
    execFileSync('npm', ['install', '--prefix', installed, '--offline', '--silent', tarball], { cwd: installed });
  }
  const program = join(installed, 'node_modules/.bin/ota');
  const child = spawn(program, [...words], { cwd: workspace, env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
