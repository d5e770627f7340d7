import { afterEach, describe, expect, it, vi } from 'vitest';
import { print } from '../../scripts/layout.ts';
import { clearProgress, exactSpanOf, progress } from '../../scripts/progress.ts';

/** What is written to stderr while `stdout` and `stderr` are terminals or not. */
function written(stdout: boolean, stderr: boolean, columns = 80): string {
  let text = '';
  const write = (part: string | Uint8Array): boolean => {
    text += String(part);
    return true;
  };
  const output = { stdout: { isTTY: stdout }, stderr: { isTTY: stderr, columns, write } };
  progress('beta CREATED', output);
  clearProgress(output);
  return text;
}

describe('the line that shows what a command waits for', () => {
  it('overwrites itself on a terminal, and is cleared', () => {
    expect(written(true, true)).toBe('\r\u001b[2Kbeta CREATED\r\u001b[2K');
  });

  it('is not longer than the terminal is wide', () => {
    expect(written(true, true, 5)).toBe('\r\u001b[2Kbeta\r\u001b[2K');
  });

  it.each([
    ['the output goes through a pipe, such as tee, which writes to the same terminal', false, true],
    ['stderr goes to a file', true, false],
    ['nobody looks', false, false],
  ])('is not shown if %s', (_when, stdout, stderr) => {
    expect(written(stdout, stderr)).toBe('');
  });
});

it('A duration to the second has minutes from a minute on', () => {
  expect([400, 59_400, 59_600, 425_000].map(exactSpanOf)).toEqual(['0 s', '59 s', '1 min 0 s', '7 min 5 s']);
});

describe('a printed line', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    [20, ['the quick brown fox', '    jumps over']],
    [0, ['the quick brown fox jumps over']],
  ])('is as wide as a terminal of %i columns, and whole on one that does not know its width', (columns, lines) => {
    const printed: string[] = [];
    vi.spyOn(process, 'stdout', 'get').mockReturnValue({ isTTY: true, columns } as never);
    vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
    print('the quick brown fox jumps over');
    expect(printed).toEqual(lines);
  });
});
