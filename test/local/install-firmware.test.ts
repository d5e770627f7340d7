import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/installation.ts';

const tests = join(root, 'examples', 'device-client', 'install-firmware.test.sh');

/** The shells of this machine. `sh` is always one of them. */
const shells = ['sh', 'dash', 'bash', 'ksh'].filter((shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0);

describe('the install handler for the AWS IoT Device Client', () => {
  it.each(shells)('passes its own tests in %s', (shell) => {
    const { status, stdout, stderr } = spawnSync('sh', [tests, shell], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => !/^(ok|1\.\.)/.test(line)).join('\n') + stderr).toBe('');
    const planned = Number(lines.at(-1)?.replace('1..', ''));
    expect(planned).toBeGreaterThan(0);
    expect([status, lines.length]).toEqual([0, planned + 1]);
  });
});
