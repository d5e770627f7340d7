import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { nameOfRegion } from '../../operator/stage/channels-of-stage.ts';
import { EXAMPLE_CHANNELS, TEST_PARAMETERS } from '../../scripts/service-copy.ts';
import { otaInProcess } from './in-process.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ota-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As channels.yml spells the partition. */
const partitionOfTheStage = ['arn:$', '{aws:partition}:'].join('');

const channels = readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8');

/** Types `ota ...` in the process of the test. `env` has variables of the environment. */
async function ota(
  args: string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const { status: code, stdout, stderr } = await otaInProcess(...args);
  vi.unstubAllEnvs();
  return { code, stdout, stderr };
}

function fileWith(text: string): string {
  const file = join(folder, 'channels.yml');
  writeFileSync(file, text);
  return file;
}

describe('ota check', () => {
  it('finds the file of the stage on its own', async () => {
    expect(await ota(['check'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^examples\/channels\.yml: ok, /), stderr: '' });
  });

  it('prints file, line and path of an error, and ends with 1', async () => {
    const file = fileWith(channels.replace('incrementFactor: 2', 'incrementFactor: 9'));
    const line = channels.split('\n').findIndex((text) => text.includes('incrementFactor')) + 1;
    const path = 'products.thermostat.channels.beta.createOTAUpdate.awsJobExecutionsRolloutConfig.exponentialRate.incrementFactor';
    const { code, stdout, stderr } = await ota(['check', '--channels', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${file}:${line}: ${path}: `);
  });

  it('prints file, line and path of an error of a gate, and of an allowed time that has passed for ever', async () => {
    const gate = '        after: bta\n        allowedTimes: [{ cron: "* 9 ? * * 2025", timeZone: Europe/Berlin }]\n';
    const file = fileWith(channels.replace(/( {6}beta:\n)/, `$1${gate}`));
    const line = channels.split('\n').indexOf('      beta:') + 2;
    const { code, stdout, stderr } = await ota(['check', '--channels', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${file}:${line}: products.thermostat.channels.beta.after: `);
    expect(stderr).toContain(`${file}:${line + 1}: products.thermostat.channels.beta.allowedTimes[0].cron: `);
  });

  it('warns about channels that share a target, and ends with 0', async () => {
    const file = fileWith(channels.replace('thinggroup/gateways', 'thinggroup/thermostat-beta'));
    const { code, stderr } = await ota(['check', '--channels', file]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^\S+:\d+: warning: products\.gateway\.\S+: .*\bproducts\.thermostat\.channels\.beta\b.*\n$/);
  });

  it('warns of managed integrations in a region where AWS documents none, and ends with 0', async () => {
    const { code, stderr } = await ota(['check', '--stage', 'prod', '--region', 'us-east-1']);
    expect(code).toBe(0);
    expect(stderr.match(/warning: products\.\S+/g)).toEqual([
      'warning: products.hub.channels.stable.createOtaTask:',
      'warning: products.gateway.channels.hubs.createOtaTask:',
    ]);
    expect(await ota(['check', '--stage', 'prod', '--region', 'eu-west-1'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('warns of managed integrations without a URL that devices can read, at the line of the channel, and ends with 0', async () => {
    const { code, stderr } = await ota(['check', '--channels', fileWith(channels.replace(/ {8}artifactUrl: .*\n/, ''))]);
    const line =
      channels.split('\n').findIndex((text, at, all) => text === '      stable:' && all[at + 1] === '        createOtaTask:') + 1;
    expect([code, stderr]).toEqual([0, expect.stringContaining(`:${line}: warning: products.hub.channels.stable.artifactUrl: `)]);
  });

  it.each([
    ['cn-north-1', 'arn:aws:', 1],
    ['cn-north-1', 'arn:aws-cn:', 0],
    ['us-gov-west-1', 'arn:aws-us-gov:', 0],
    ['us-gov-west-1', 'arn:aws-cn:', 1],
    ['eu-west-1', 'arn:aws:', 0],
  ])('in %s and with a role of %s ends with %i', async (region, beginning, status) => {
    const file = fileWith(channels.replace(`roleArn: ${partitionOfTheStage}`, `roleArn: ${beginning}`));
    const { code, stderr } = await ota(['check', '--channels', file, '--stage', 'prod', '--region', region]);
    expect(code).toBe(status);
    if (status === 1) expect(stderr).toContain(': products.thermostat.channels.beta.createOTAUpdate.roleArn: ');
  });

  it('takes the account of the local service as named if it is the one of --account', async () => {
    const file = fileWith(channels.replace(`iam::\${aws:accountId}:role`, 'iam::999999999999:role'));
    const { code, stderr } = await ota(['check', '--channels', file, '--account', '000000000000']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\S+:\d+: products\.thermostat\.channels\.beta\.createOTAUpdate\.roleArn: .*000000000000/);
    expect(stderr).not.toContain('name the account');
  });

  it.each([
    [
      'a target of another account',
      `iot:\${aws:region}:\${aws:accountId}:thinggroup/thermostat-beta`,
      `iot:\${aws:region}:999999999999:thinggroup/a`,
    ],
    [
      'a target of another region',
      `iot:\${aws:region}:\${aws:accountId}:thinggroup/thermostat-beta`,
      `iot:ap-south-1:\${aws:accountId}:thinggroup/a`,
    ],
    ['a role of another account', `iam::\${aws:accountId}:role`, 'iam::999999999999:role'],
  ])('finds %s with --account, and warns of it without', async (_what, from, to) => {
    const file = fileWith(channels.replace(from, to));
    const args = ['check', '--channels', file, '--region', 'us-east-1'];
    const { code, stderr } = await ota([...args, '--account', '123456789012']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^\S+:\d+: products\.thermostat\.channels\.beta\.createOTAUpdate\..*\n\S+: 1 error\n$/),
    ]);
    expect(await ota(args)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^\S+:\d+: warning: products\.thermostat\.channels\.beta\.createOTAUpdate\..*\n$/),
    });
  });

  it('takes the region from serverless.yml if nobody names one', async () => {
    // Both channels have the same target only in the region of the stage.
    const region = nameOfRegion('prod', readFileSync(join(root, TEST_PARAMETERS), 'utf8'));
    const literal = `arn:aws:iot:${region}:000000000000:thinggroup/thermostat-beta`;
    const file = fileWith(channels.replace(/"[^"]*thinggroup\/gateways"/, `"${literal}"`));
    const { stderr } = await ota(['check', '--channels', file, '--stage', 'prod']);
    expect(stderr).toContain('warning: products.gateway.channels.gateways.createOTAUpdate.targets[0]: ');
    const elsewhere = await ota(['check', '--channels', file, '--stage', 'prod', '--region', 'ap-south-1']);
    expect(elsewhere.stderr).not.toContain('warning: products.gateway.channels.gateways.createOTAUpdate');
  });

  it('does not accept sources that do not fit into the rule of the bus, because they could not be deployed', async () => {
    const sources = Array.from({ length: 60 }, (_, index) => `com.acme.firmware-ci-of-product-${index}`);
    const many = channels.replace(/sources: \[.*?\]/, `sources: [${sources.join(', ')}]`);
    const { code, stderr } = await ota(['check', '--channels', fileWith(many)]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^\S+:\d+: products: .*\n\S+: 1 error\n$/)]);
  });

  it('prints the same as JSON with --json', async () => {
    const file = fileWith(channels.replace('TaskConfigurationId: abc123 #', 'Whatever: 1 #'));
    const { code, stdout } = await ota(['check', '--json', '--channels', file]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      products: 0,
      channels: 0,
      warnings: [],
      errors: [
        { line: expect.any(Number), path: 'products.hub.channels.stable.createOtaTask.Whatever', message: expect.stringMatching(/./) },
      ],
    });
  });

  it('reads a file relative to the folder in which the command was typed, although npm runs in the root', async () => {
    fileWith(channels);
    writeFileSync(join(folder, 'mine.yml'), channels);
    expect(await ota(['check', '--channels', 'mine.yml'], { INIT_CWD: folder })).toMatchObject({ code: 0 });
  });

  it('reads it relative to the working directory if that is not the root, because then INIT_CWD is of another project', () => {
    fileWith('products: []');
    const args = [join(root, 'cli/main.ts'), 'check', '--channels', 'channels.yml'];
    const { status } = spawnSync(process.execPath, args, { cwd: folder, env: { ...process.env, INIT_CWD: root } });
    expect(status).toBe(1);
  });

  it('never reads the file of that name in the root instead', async () => {
    fileWith('products: []');
    expect(await ota(['check', '--channels', 'channels.yml'], { INIT_CWD: folder })).toMatchObject({ code: 1 });
    expect(await ota(['check', '--channels', 'package.json'], { INIT_CWD: folder })).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('ota', () => {
  it.each([
    ['a file that does not exist', ['check', '--channels', '/nowhere/channels.yml']],
    ['an option that it does not know', ['check', '--colour']],
    ['a stage that packaging refuses', ['check', '--stage', 'Prod_X']],
    ['a command that it does not know', ['chekc']],
    ['a command with the name of a file elsewhere', ['../local/main']],
    ['a command with the name of a member of every object', ['constructor']],
  ])('prints one line and ends with 2 for %s', async (_what, args) => {
    expect(await ota(args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^ota\b.*: .+\n$/) });
  });
});
