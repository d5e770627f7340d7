import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm, requireTerminal } from '../../cli/ask.ts';
import { UsageError } from '../../scripts/command.ts';

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });

describe('a question to a person', () => {
  it.each([
    ['y\n', true],
    ['Yes\n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
    ['', false],
  ])('is answered with %j: %s', async (answer, expected) => {
    const [stdin, stderr] = [stream(true), stream(true)];
    stdin.end(answer);
    expect(await confirm('Sure?', { stdin, stderr })).toBe(expected);
    expect(String(stderr.read())).toContain('Sure? [y/N] ');
  });

  it.each([
    [false, true],
    [true, false],
    [false, false],
  ])('needs a terminal: stdin %s, stderr %s', (input, output) => {
    expect(() => requireTerminal('this', { stdin: stream(input), stderr: stream(output) })).toThrow(UsageError);
  });

  it('can be asked on a terminal', () => {
    expect(() => requireTerminal('this', { stdin: stream(true), stderr: stream(true) })).not.toThrow();
  });
});
