import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../cli/main.ts');

describe('ota withdraw', () => {
  it.each([
    ['a version that is none', ['thermostat', 'v2.4.1'], 'version'],
    ['a channel that no product can have', ['thermostat', '2.4.1', '--channel', 'Beta!'], 'channels[0]'],
    ['a channel twice', ['thermostat', '2.4.1', '--channel', 'beta', '--channel', 'beta'], 'channels[1]'],
    ['a comment that is too long', ['thermostat', '2.4.1', '--comment', 'x'.repeat(2001)], 'comment'],
  ])('sends nothing for %s, which would stop nothing', (_what, args, path) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'withdraw', ...args, '--endpoint', 'http://127.0.0.1:1'], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`ota withdraw: ${path}: `);
  });
});
