import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/installation.ts';

const empty = mkdtempSync(join(tmpdir(), 'ota-no-chromium-'));
afterAll(() => rmSync(empty, { recursive: true }));

/** `npm run browser` where the PATH has no Chromium. */
function browser(variables: NodeJS.ProcessEnv) {
  const env = { ...process.env, PATH: empty, CHROME_PATH: '', CI: '', ...variables };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/browser.ts')], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const line = 'browser: there is no Chromium: install the package chromium, or name a Chromium or Chrome in CHROME_PATH\n';

describe('npm run browser without a Chromium', () => {
  it('says in one line what to install, and ends with 0', () => {
    expect(browser({})).toEqual({ status: 0, stdout: line, stderr: '' });
  });

  it('fails in CI', () => {
    expect(browser({ CI: 'true' })).toEqual({ status: 1, stdout: '', stderr: line });
  });

  it('refuses a CHROME_PATH that is not a program', () => {
    const { status, stderr } = browser({ CHROME_PATH: join(root, 'README.md') });
    expect(status).toBe(2);
    expect(stderr).toContain('which is not a program');
  });
});
