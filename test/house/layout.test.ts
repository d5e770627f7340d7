import { afterEach, describe, expect, it, vi } from 'vitest';
import { printJson } from '../../cli/json-output.ts';
import { escaped, helpLines, oneLine, print, printError, wrapped } from '../../scripts/layout.ts';

const text = '    withdrawn 2026-11-23T12:00:00.000Z, every revision on every channel: motor_stall: Motor stalls at minus ten degrees';

describe('a text for a terminal', () => {
  it.each([60, 80, 120])('of %i columns breaks at blanks only, and keeps every word', (columns) => {
    const lines = wrapped(text, columns);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(text.trim());
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {8}\S/);
  });

  it('never divides an id, even if it is longer than the line', () => {
    const id = 'AFR_OTA-fw-thermostat-2-4-1-46e4c59805e8c781947581ce6aeffd6b-1';
    expect(wrapped(`    ${id}`, 60)).toEqual([`    ${id}`]);
    expect(wrapped(`    job ${id} of beta`, 60)).toEqual(['    job', `        ${id}`, '        of beta']);
  });

  it('keeps two blanks that divide columns', () => {
    expect(wrapped('thermostat 2.0.0 beta  FAILED', 80)).toEqual(['thermostat 2.0.0 beta  FAILED']);
    expect(wrapped('thermostat 2.0.0 beta  FAILED', 24)).toEqual(['thermostat 2.0.0 beta', '    FAILED']);
  });

  it('is one line where nobody knows the width', () => {
    expect(wrapped(text, undefined)).toEqual([text]);
  });
});

it('a help for a narrow terminal goes on in its columns', () => {
  const help = 'Usage: ota\n\nShows what is there.\n\n  --live         only rollouts that have not ended\n  1    rejected or failed';
  expect(helpLines(help, 40)).toEqual([
    ...['Usage: ota', '', 'Shows what is there.', ''],
    ...['  --live         only rollouts that have', '                 not ended', '  1    rejected or failed'],
  ]);
  expect(helpLines(help, 80)).toEqual(help.split('\n'));
});

it('a text of somebody else loses line breaks and control characters', () => {
  expect(oneLine('one\r\n two\u001b[31m\u0000\u2028three\u202e ')).toBe('one two [31m three');
});

/** Texts of others: one moves the cursor, one begins a forged line, one has the one-character form of an escape, one turns the direction. */
const foreign = ['a\u001b[2Jb', 'a\r\nb', 'a\u009b2Jb', 'a\u202eb', 'a\u2028b'];

describe('a text of somebody else that is printed', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(foreign)('cannot move the cursor or begin a line: %j', (text) => {
    const printed: string[] = [];
    for (const stream of ['log', 'error'] as const) vi.spyOn(console, stream).mockImplementation((line: string) => void printed.push(line));
    print(`    why: ${text}`);
    printError(`why: ${text}`);
    expect(printed).toEqual([expect.stringMatching(/^ {4}why: a[^\p{C}\u2028]+b$/u), expect.stringMatching(/^why: a[^\p{C}\u2028]+b$/u)]);
  });

  it.each(foreign)('is the same text as JSON, without characters that a terminal obeys: %j', (text) => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    printJson({ text, '\u009b': 'é 👩\u200d🚀' });
    const [[json = ''] = []] = printed.mock.calls as string[][];
    expect(json).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    expect(JSON.parse(json)).toEqual({ text, '\u009b': 'é 👩\u200d🚀' });
  });

  it('has an escape of JSON in place of each such character, but keeps its lines', () => {
    expect(escaped('{"a": "\u009b\u{e0041}"}\n\t{}\r\n')).toBe('{"a": "\\u009b\\udb40\\udc41"}\n\t{}\r\n');
  });
});
