import { describe, expect, it } from 'vitest';
import { reportLines } from '../../local/report.ts';

const id = 'fw-thermostat-2-4-1-46e4c59805e8c781947581ce6aeffd6b-1';

describe('a reported line', () => {
  it('has three columns', () => {
    expect(reportLines('hub 1.8.0 stable', 'created', ['b4e2201536294d9c9fe0de7b70086fdd'])).toEqual([
      'hub 1.8.0 stable            created   b4e2201536294d9c9fe0de7b70086fdd',
    ]);
    expect(reportLines('thermostat 2.3.9', 'withdrawn', [])).toEqual(['thermostat 2.3.9            withdrawn']);
  });

  it('is at most 100 characters wide: an id moves to the next line, a sentence breaks between words', () => {
    expect(reportLines('gateway 3.0.0-rc.1 gateways', 'created', [id, `job AFR_OTA-${id}`])).toEqual([
      `gateway 3.0.0-rc.1 gateways created   ${id}`,
      `                            job AFR_OTA-${id}`,
    ]);
    const sentence = 'INVALID_RELEASE artifacts[0].sha256 64 lower-case hex characters, got text of 63 characters and more of them';
    const lines = reportLines('thermostat 2.5.0', 'rejected', [sentence]);
    expect(lines.map((line) => line.length <= 100)).toEqual([true, true]);
    expect(lines.map((line) => line.slice(28)).join(' ')).toBe(`rejected  ${sentence}`);
  });

  it('never loses a word, however long it is', () => {
    const word = 'x'.repeat(200);
    expect(reportLines('a', 'b', [word]).join('')).toContain(word);
  });
});
