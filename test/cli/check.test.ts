import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ota-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

const channels = readFileSync(join(root, 'channels.yml'), 'utf8');

function ota(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'cli/main.ts'), ...args],
      { cwd: root, env: { ...process.env, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

function fileWith(text: string): string {
  const file = join(folder, 'channels.yml');
  writeFileSync(file, text);
  return file;
}

describe('ota check', () => {
  it('finds the file of the repository by itself and says that it is right', async () => {
    expect(await ota(['check'])).toEqual({ code: 0, stdout: 'channels.yml: ok, 3 products, 5 channels\n', stderr: '' });
  });

  it('names file, line, path and rule of an error on one line, and exits with 1', async () => {
    const file = fileWith(channels.replace('incrementFactor: 2', 'incrementFactor: 9'));
    const line = channels.split('\n').findIndex((text) => text.includes('incrementFactor')) + 1;
    const { code, stdout, stderr } = await ota(['check', '--channels', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `${file}:${line}: products.thermostat.channels.beta.createOTAUpdate.awsJobExecutionsRolloutConfig.exponentialRate.incrementFactor: 1.1 to 5\n${file}: 1 error\n`,
    );
  });

  it('warns of channels that share a target, and exits with 0', async () => {
    const file = fileWith(channels.replace('thinggroup/gateways', 'thinggroup/thermostat-beta'));
    const { code, stderr } = await ota(['check', '--channels', file]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^\S+:\d+: warning: products\.gateway\.\S+: shares this target with products\.thermostat\.channels\.beta\n$/);
  });

  it('refuses sources that do not fit the rule of the bus: the file could not be deployed', async () => {
    const sources = Array.from({ length: 60 }, (_, index) => `com.acme.firmware-ci-of-product-${index}`);
    const many = channels.replace(/sources: \[.*?\]/, `sources: [${sources.join(', ')}]`);
    const { code, stderr } = await ota(['check', '--channels', fileWith(many)]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/:\d+: products: an event pattern of \d+ characters, EventBridge takes 2048: /),
    ]);
  });

  it('tells a program the same with --json', async () => {
    const file = fileWith(channels.replace('TaskConfigurationId: abc123 #', 'Whatever: 1 #'));
    const { code, stdout } = await ota(['check', '--json', '--channels', file]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      products: 0,
      channels: 0,
      warnings: [],
      errors: [{ line: expect.any(Number), path: 'products.hub.channels.stable.createOtaTask.Whatever', message: 'unknown member' }],
    });
  });

  it('reads a file relative to where the person typed, though npm runs in the root', async () => {
    fileWith(channels);
    writeFileSync(join(folder, 'mine.yml'), channels);
    expect(await ota(['check', '--channels', 'mine.yml'], { INIT_CWD: folder })).toMatchObject({ code: 0 });
  });

  it('reads it relative to where it runs, where that is not the root: an inherited INIT_CWD is of another project', () => {
    fileWith('products: []');
    const args = [join(root, 'cli/main.ts'), 'check', '--channels', 'channels.yml'];
    const { status } = spawnSync(process.execPath, args, { cwd: folder, env: { ...process.env, INIT_CWD: root } });
    expect(status).toBe(1);
  });

  it('never takes the file of that name in the root for theirs', async () => {
    fileWith('products: []');
    expect(await ota(['check', '--channels', 'channels.yml'], { INIT_CWD: folder })).toMatchObject({ code: 1 });
    expect(await ota(['check', '--channels', 'package.json'], { INIT_CWD: folder })).toMatchObject({
      code: 2,
      stderr: 'ota check: cannot read package.json: no such file\n',
    });
  });
});

describe('ota', () => {
  it.each([
    [
      'a file that is not there',
      ['check', '--channels', '/nowhere/channels.yml'],
      'ota check: cannot read /nowhere/channels.yml: no such file\n',
    ],
    ['an option that it does not know', ['check', '--colour'], "ota check: Unknown option '--colour'"],
    ['a command that it does not know', ['chekc'], 'ota: no command "chekc"; there are check, plan,'],
    ['a command with the name of a file elsewhere', ['../local/main'], 'ota: no command "../local/main"'],
    ['a command that every object has', ['constructor'], 'ota: no command "constructor"'],
  ])('answers %s with one line and exit code 2', async (_what, args, line) => {
    const { code, stdout, stderr } = await ota(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(line)).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('asks for a region where the environment names none', async () => {
    const none = {
      AWS_REGION: undefined,
      AWS_DEFAULT_REGION: undefined,
      AWS_CONFIG_FILE: join(folder, 'none'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    };
    expect(await ota(['rejected', '--stage', 'prod'], none)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^ota rejected: no region: set AWS_REGION/),
    });
  });

  it('lists its commands with --help', async () => {
    const { code, stdout } = await ota(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('check     is channels.yml right?');
  });
});
