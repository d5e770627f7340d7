import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { reportLines, wrap } from '../../local/report.ts';

const id = 'fw-thermostat-2-4-1-46e4c59805e8c781947581ce6aeffd6b-1';
const sentence = 'INVALID_RELEASE artifacts[0].sha256: must be 64 lower-case hex digits, got text of 63 characters';

describe('a reported line', () => {
  it('has three columns', () => {
    expect(reportLines('hub 1.8.0 stable', 'created', ['b4e2201536294d9c9fe0de7b70086fdd'], 80)).toEqual([
      'hub 1.8.0 stable            created   b4e2201536294d9c9fe0de7b70086fdd',
    ]);
    expect(reportLines('thermostat 2.3.9', 'withdrawn', [], 80)).toEqual(['thermostat 2.3.9            withdrawn']);
  });

  it('continues a sentence in the third column, between words', () => {
    expect(reportLines('thermostat 2.5.0', 'rejected', [sentence, 'as meant'], 80)).toEqual([
      'thermostat 2.5.0            rejected  INVALID_RELEASE artifacts[0].sha256: must',
      '                                      be 64 lower-case hex digits, got text of',
      '                                      63 characters, as meant',
    ]);
  });

  it('cannot be forged by a text of an event', () => {
    const reason = 'a\n\nthermostat 2.4.1 beta       completed\r\u001b[2J\u202eb';
    expect(reportLines('thermostat\u001b[2J', 'held', [reason], Number.POSITIVE_INFINITY)).toEqual([
      'thermostat [2J              held      a thermostat 2.4.1 beta completed [2J b',
    ]);
  });

  it('puts an id that is wider than the third column at the left', () => {
    expect(reportLines('thermostat 2.4.1 beta', 'created', [id], 80)).toEqual(['thermostat 2.4.1 beta       created', `    ${id}`]);
  });

  it.each([60, 72, 80, 100, 200])('is at most as wide as a terminal of %i columns, and breaks no word', (width) => {
    const details = [sentence, id, 'the end'];
    const lines = reportLines('gateway 3.0.0-rc.1 gateways', 'rejected', details, width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.join(' ').split(/ +/)).toEqual(`gateway 3.0.0-rc.1 gateways rejected ${details.join(', ')}`.split(' '));
  });

  it('is one line where there is no terminal', () => {
    expect(reportLines('a', 'b', [sentence, id], Number.POSITIVE_INFINITY)).toHaveLength(1);
  });

  it('never loses a word, however long it is', () => {
    const word = 'x'.repeat(200);
    expect(reportLines('a', 'b', [word], 80).join('')).toContain(word);
    expect(wrap(`a ${word} b`, 80)).toBe(`a\n${word}\nb`);
  });
});

describe('the colour of a reported line', () => {
  const module = pathToFileURL(join(import.meta.dirname, '../../local/report.ts')).href;
  /** What another process prints. FORCE_COLOR makes Node treat its output as a terminal with colours. */
  function printed(line: string, environment: NodeJS.ProcessEnv): string {
    const program = `const { report } = await import(${JSON.stringify(module)}); report(${line});`;
    const options = { encoding: 'utf8', env: { ...process.env, ...environment } } as const;
    return spawnSync(process.execPath, ['--input-type=module', '--eval', program], options).stdout;
  }
  const [red, yellow, green] = ['\u001b[31m', '\u001b[33m', '\u001b[32m'];

  it.each([
    ['a rejection', "'a', 'rejected', 'CODE'", red],
    ['a rejection that is meant', "'a', 'rejected', 'CODE', 'as meant: x'", yellow],
    ['an example that failed', "'a', 'FAILED'", red],
    ['a completed rollout', "'a', 'completed'", green],
  ])('tells %s from other lines', (_what, line, colour) => {
    expect(printed(line, { FORCE_COLOR: '1' })).toContain(colour);
  });

  it.each([
    ['other lines', "'a', 'published'", { FORCE_COLOR: '1' }],
    ['output that is no terminal', "'a', 'FAILED'", {}],
    ['a terminal with NO_COLOR', "'a', 'FAILED'", { NO_COLOR: '1' }],
  ])('is absent from %s', (_what, line, environment) => {
    expect(printed(line, environment)).not.toContain('\u001b');
  });
});
