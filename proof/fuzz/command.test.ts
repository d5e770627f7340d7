import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bodyOf, sampleDetail } from '../support/sample.ts';
import type { FuzzReport } from './fuzz.ts';
import { quoted, reportLines } from './report-lines.ts';

const root = resolve(import.meta.dirname, '../..');

function command(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [join(root, 'proof/fuzz/main.ts'), ...args], (error, stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe('npm run fuzz', () => {
  it('prints the report as JSON and exits with 0', async () => {
    const { status, stdout, stderr } = await command('--inputs', '300', '--seed', '4', '--workers', '1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ inputs: 300, seed: 4, broken: {}, isGood: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each([['--inputs', '0'], ['--inputs', 'many'], ['--seed', '-1'], ['--workers', '1.5'], ['--colour'], ['stray']])(
    'refuses the arguments %s %s',
    async (...args) => {
      const { status, stderr } = await command(...args);
      expect(status).toBe(2);
      expect(stderr).toContain('npm run fuzz -- [--inputs N]');
    },
  );

  it('replays the body of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ota-fuzz-'));
    try {
      const [one, several] = [join(folder, 'one'), join(folder, 'several')];
      writeFileSync(one, bodyOf({ ...sampleDetail(), version: '2' }));
      writeFileSync(several, JSON.stringify([bodyOf(sampleDetail()), '{}']));
      expect(await command('--replay', one)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^INVALID_RELEASE in \d/) });
      expect(await command('--replay', several)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^NOT_AN_EVENT in \d/) });
      expect(await command('--replay', one, '--queue', 'follow-ups')).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^failed in/),
      });
      expect(await command('--replay', one, '--queue', 'none')).toMatchObject({ status: 2 });
      expect(await command('--replay', join(folder, 'none'))).toMatchObject({ status: 2 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the report', () => {
  const failure = {
    index: 9,
    rule: 'never thrown',
    what: 'Error: \n',
    base: 'size: a',
    mutators: ['cut off'],
    queue: 'follow-ups' as const,
    body: '{"a":1}',
    minimised: '\u001b',
  };
  const report: FuzzReport = {
    inputs: 10,
    seed: 987_654_321,
    seconds: 2,
    perSecond: 5,
    batches: 1,
    kinds: { release: [5, 4, 1], wake: [5, 3, 2], 'no event': [0, 3, 0] },
    outcomes: { dispatched: 1, EXPIRED: 9 },
    mutators: { 'cut off': [4, 1] },
    slowest: { milliseconds: 3.21, index: 2, body: 'é' },
    heap: { start: 2 ** 20, end: 2 ** 21 },
    missingCodes: ['TOO_LARGE'],
    missingKinds: ['denial', 'hold'],
    broken: { 'never thrown': 3 },
    failures: [failure],
    isGood: false,
  };

  it('names the broken rule, the input and the command that replays it', () => {
    const lines = [...reportLines(report)];
    const file = join(tmpdir(), 'ota-fuzz-987654321-9.txt');
    expect(lines).toEqual([
      '10 inputs of seed 987654321 in 2.0 s, 5 a second; 1 batches of up to ten tried as well',
      'events: inputs made from one, inputs that still are one, and how many of those were accepted or led to a look',
      '        5        4        1  release',
      '        0        0        0  withdrawal',
      '        0        0        0  denial',
      '        0        0        0  approval',
      '        0        0        0  hold',
      '        0        0        0  resume',
      '        0        0        0  follow-up',
      '        5        3        2  wake',
      '        0        0        0  job event',
      '        0        3        0  no event',
      'events that never were accepted: denial, hold',
      'outcomes: of messages, the word or the code; of follow-ups and job events, whether the rollout was looked at',
      '        9  90.00%  rejected EXPIRED',
      '        1  10.00%  dispatched',
      'codes that no input met: TOO_LARGE',
      'mutators: how often each was used, and the share of its bodies that was accepted',
      '        4  25.00%  cut off',
      'slowest: 3.2 ms, input 2, 1 characters: "\\u00e9"',
      'heap: 1.0 MB when warm, 2.0 MB at the end',
      'BROKEN never thrown, 3 times. The first, input 9: "Error: \\n"',
      '  made from "size: a" by cut off, 7 characters, 1 left:',
      '  "\\u001b"',
      `  npm run fuzz -- --replay ${file} --queue follow-ups`,
      'BROKEN, or too little was met: see above',
    ]);
    expect(readFileSync(file, 'utf8')).toBe('\u001b');
    rmSync(file);
  });

  it('cuts and escapes the bodies that it quotes', () => {
    expect(quoted('x'.repeat(1000))).toBe(`"${'x'.repeat(400)}\\u2026"`);
    expect(quoted('\u001b[31m\r\n🔥"')).toBe('"\\u001b[31m\\r\\n\\ud83d\\udd25\\""');
  });
});
