import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError, whole } from '../../scripts/command.ts';

const root = resolve(import.meta.dirname, '../..');

function run(script: string, ...args: readonly string[]): Promise<{ status: number; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [script, ...args], { cwd: root }, (error, _stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, stderr });
    });
  });
}

describe('a command with wrong usage', () => {
  it.concurrent.each([
    ['proof/simulate/main.ts', '--exhaustive --scenario nowhere', 'simulate: --scenario: no name contains nowhere; there are '],
    ['proof/prove/main.ts', '--only nothing', 'prove: --only: there is no proof called nothing; there are '],
    ['proof/prove/main.ts', '--except nothing', 'prove: --except: there is no proof called nothing; there are '],
    ['proof/kill/main.ts', '--kills x', 'kill: --kills takes a whole number of at least 1, not "x"'],
    ['proof/soak/main.ts', '--quota 0', 'soak: --quota takes a whole number of at least 1, not "0"'],
    ['proof/foreign/main.ts', '--nope', "foreign: Unknown option '--nope'"],
    ['proof/conformance/main.ts', '--nope', "conformance: Unknown option '--nope'"],
    ['bench/main.ts', 'nothing', 'bench: there is no benchmark called nothing; there are '],
    ['scripts/check.ts', '--nope', "check: Unknown option '--nope'"],
    ['scripts/browser.ts', '--nope', "browser: Unknown option '--nope'"],
    ['scripts/package.ts', '--nope', "package: Unknown option '--nope'"],
    ['scripts/adopt.ts', '--nope', "adopt: Unknown option '--nope'"],
  ])('prints one line, then its usage, and ends with 2: %s %s', async (script, args, line) => {
    const { status, stderr } = await run(script, ...args.split(' '));
    expect(stderr.split('\n')[0]).toContain(line);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
  });
});

describe('a whole number as an option', () => {
  it('is refused if it is another text or too small', () => {
    expect(whole('seeds', '20')).toBe(20);
    for (const text of ['', ' ', '1.5', 'x', '-1', '1e400']) expect(() => whole('seeds', text)).toThrow(UsageError);
    expect(() => whole('seeds', '4', 5)).toThrow('--seeds takes a whole number of at least 5, not "4"');
  });
});
