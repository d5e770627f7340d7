import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../../scripts/installation.ts';
import { otaInProcess } from '../in-process.ts';
import { newProjects } from './new-project.ts';

const { folder, tarball, init, remove } = newProjects();
afterAll(remove);

const files = [
  'channels.yml',
  'serverless.yml',
  'package.json',
  '.gitignore',
  '.github/workflows/deploy.yml',
  'README.md',
  'examples/first-release.json',
  'examples/artifacts/acme-firmware/thermostat/0.1.0/firmware.bin',
  'vendor/ota-dispatch-1.2.3.tgz',
];

/** Answers of each control plane, and the outcome that its first release declares. */
const controlPlanes = [
  ['createOTAUpdate', [], 'OTA Rollout Completed'],
  ['createJob', [], 'OTA Rollout Completed'],
  ['createJob', ['--format', 'plain'], 'OTA Rollout Completed'],
  ['createOtaTask', ['--task-configuration', 'abc123'], 'OTA Rollout Created'],
  [
    'createOtaTask',
    [
      '--task-configuration',
      'abc123',
      '--target',
      `arn:\${aws:partition}:iotmanagedintegrations:\${aws:region}:\${aws:accountId}:managed-thing/hub1`,
    ],
    'OTA Rollout Completed',
  ],
] as const;

describe('ota init', () => {
  it.each(controlPlanes)('makes a project that ota check and ota plan accept: %s %j', async (controlPlane, options, end) => {
    const made = await init('--control-plane', controlPlane, '--yes', ...options);
    expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining('\n  npm install\n') });
    const channels = join(made.project, 'channels.yml');
    expect(Object.keys(parse(made.read('channels.yml')).products.thermostat.channels.beta)).toContain(controlPlane);
    for (const stage of ['local', 'prod'])
      expect(await otaInProcess('check', '--channels', channels, '--stage', stage, '--region', 'eu-west-1')).toMatchObject({ status: 0 });
    const release = join(made.project, 'examples/first-release.json');
    const planned = await otaInProcess('plan', release, '--channels', channels);
    expect(planned.status).toBe(0);
    expect(JSON.parse(planned.stdout)).toMatchObject({ rollouts: [{ channel: 'beta' }], rejections: [] });
    expect(JSON.parse(made.read('examples/first-release.json')).ends).toEqual([{ 'detail-type': end, detail: { channel: 'beta' } }]);
  });

  it('needs no more than product, bucket and control plane, also without --yes and without a terminal', async () => {
    const { status, stderr, read } = await init('--control-plane', 'createJob');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(parse(read('channels.yml')).products.thermostat.channels.beta).toMatchObject({ format: 'device-client' });
    expect(parse(read('serverless.yml')).params.default.region).toBe('eu-west-1');
  });

  it('lists what it wrote, and what to type next', async () => {
    const { stdout, project, stderr } = await init('--yes');
    expect(stdout).toContain(`written to ${project}:\n${files.map((file) => `  ${file}\n`).join('')}`);
    expect(stdout).toContain(`  cd ${project}\n  npm install\n  npm exec --no -- ota start `);
    expect(stderr).toBe('');
  });

  it('prints one JSON document for a program', async () => {
    const { stdout, project } = await init('--yes', '--json');
    expect(JSON.parse(stdout)).toEqual({ folder: project, files, package: 'file:vendor/ota-dispatch-1.2.3.tgz', moved: [], warnings: [] });
  });

  it('prints the warnings of ota check', async () => {
    const { stderr } = await init('--yes', '--control-plane', 'createOtaTask', '--task-configuration', 'abc123');
    expect(stderr).toMatch(/^channels\.yml: warning: artifactUrl: [^\n]+\n$/);
  });

  it('takes product, source, channel, target, bucket and Region from its options', async () => {
    const { read } = await init(
      ...['--yes', '--product', '123', '--source', 'com.acme.ci', '--channel', 'on', '--target', 'lab', '--region', 'eu-central-1'],
    );
    const { products } = parse(read('channels.yml'));
    expect(products).toMatchObject({
      123: { sources: ['com.acme.ci'], channels: { on: { createOTAUpdate: { targets: [expect.stringMatching(/:thinggroup\/lab$/)] } } } },
    });
    expect(parse(read('serverless.yml')).params.default.region).toBe('eu-central-1');
    expect(read('.github/workflows/deploy.yml')).toContain('aws-region: eu-central-1\n');
    expect(read('README.md')).toContain('--region eu-central-1 ');
  });

  it('depends on one package, in one version, and permits one install script below it', async () => {
    const { read } = await init('--yes');
    const { dependencies, allowScripts, private: isPrivate, devDependencies } = JSON.parse(read('package.json'));
    expect({ dependencies, isPrivate, devDependencies }).toEqual({
      dependencies: { 'ota-dispatch': 'file:vendor/ota-dispatch-1.2.3.tgz' },
      isPrivate: true,
    });
    const { packages } = JSON.parse(readFile('package-lock.json'));
    const withScripts = Object.entries(packages as Record<string, { hasInstallScript?: boolean }>).filter(
      ([, { hasInstallScript }]) => hasInstallScript,
    );
    const names = withScripts.map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(names).toEqual(expect.arrayContaining(Object.keys(allowScripts)));
    // Nothing but the store of the local DynamoDB needs its script.
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(['classic-level']);
  });

  it('includes the infrastructure of the package in serverless.yml', async () => {
    const text = (await init('--yes')).read('serverless.yml');
    expect(parse(text, { logLevel: 'silent' }).plugins).toEqual(['./node_modules/ota-dispatch/lib/infrastructure/plugin.js']);
    for (const [, path] of text.matchAll(/\$\{file\(([^)]*)\)/g))
      expect(path).toMatch(/^node_modules\/ota-dispatch\/lib\/infrastructure\//);
  });

  it('takes an empty folder, and one that has only .git', async () => {
    const mine = join(folder, 'mine');
    mkdirSync(join(mine, '.git'), { recursive: true });
    const args = ['init', mine, '--product', 'a', '--bucket', 'acme', '--yes', '--package', tarball];
    expect(await otaInProcess(...args)).toMatchObject({ status: 0 });
    expect(readdirSync(mine)).toContain('channels.yml');
  });
});

describe('ota init in a repository', () => {
  it('writes the folder into the workflow, and where GitHub reads that', async () => {
    const repository = join(folder, 'mono');
    mkdirSync(join(repository, '.git'), { recursive: true });
    const project = join(repository, 'services', 'lamp fleet');
    const args = ['init', project, '--product', 'a', '--bucket', 'acme', '--yes', '--package', tarball];
    const { status, stdout } = await otaInProcess(...args);
    expect(status).toBe(0);
    expect(stdout).toContain('move .github/workflows/deploy.yml to .github/workflows there.\n');
    expect(stdout).not.toContain('workspace of npm');
    expect(parse(readFileSync(join(project, '.github/workflows/deploy.yml'), 'utf8')).env).toEqual({ PROJECT: 'services/lamp fleet' });
  });

  it('says how to leave the project out of the workspaces of npm', async () => {
    const repository = join(folder, 'workspaces');
    mkdirSync(repository);
    writeFileSync(join(repository, 'package.json'), JSON.stringify({ workspaces: ['services/*'] }));
    const args = ['init', join(repository, 'services/ota'), '--product', 'a', '--bucket', 'acme', '--yes', '--package', tarball];
    expect((await otaInProcess(...args)).stdout).toMatch(/workspaces\/package\.json has it in workspaces, add "!services\/ota" there\.\n/);
  });
});

const readFile = (path: string) => readFileSync(join(root, path), 'utf8');

describe('ota init writes nothing', () => {
  it('into a folder that has a file, and leaves the file as it is', async () => {
    const mine = join(folder, 'full');
    mkdirSync(mine);
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(mine, name), name);
    expect(await otaInProcess('init', mine, '--yes')).toEqual({
      status: 2,
      stdout: '',
      stderr: `ota init: ${mine} is not empty, it has a, b, c, …: name a new or an empty folder\n`,
    });
    expect(readdirSync(mine)).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([
    [['--product', 'Thermostat'], '--product must be 1 to 64 characters of a-z, 0-9 and -, got text of 10 characters'],
    [['--channel', 'b c'], '--channel must be 1 to 64 characters of a-z, 0-9 and -, got text of 3 characters'],
    [['--bucket', '10.0.0.1'], /^--bucket must be the name of an S3 bucket: 3 to 63 characters of .*, got text of \d+ characters$/],
    [['--source', 'aws.iot'], /^--source must be an event source other than aws\.\* .*, got text of \d+ characters$/],
    [['--region', 'frankfurt'], '--region takes a region such as eu-west-1, not frankfurt'],
    [
      ['--control-plane', 'createOtaUpdate'],
      '--control-plane takes createOTAUpdate, createJob or createOtaTask, not createOtaUpdate: did you mean createOTAUpdate?',
    ],
    [['--control-plane', 'createJob', '--format', 'json'], '--format takes device-client or plain, not json'],
    [['--format', 'plain'], '--format is only for createJob: leave it out with createOTAUpdate'],
    [['--control-plane', 'createOtaTask'], '--task-configuration is required: there is no default'],
    [['--target', 'a b'], /^these answers make no valid channel: createOTAUpdate\.targets\[0\]: /],
    [['--target', ''], '--target takes a thing group, an ARN, or the query of a createOtaTask, not nothing'],
    [
      ['--target', 'arn:aws:iot:us-west-2:111122223333:thinggroup/a'],
      /^these answers make no valid channel: createOTAUpdate\.targets\[0\]: the ARN is of the region "us-west-2"/,
    ],
    [
      ['--signing-profile', 'a-b'],
      /^these answers make no valid channel: createOTAUpdate\.files\[0\]\.codeSigning\.startSigningJobParameter\.signingProfileName: /,
    ],
  ])('with a wrong answer: %j', async (options, line) => {
    const { status, stdout, stderr, project } = await init('--yes', ...options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const [, message] = /^ota init: (.*)\n$/.exec(stderr) ?? [];
    expect(message).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
    expect(existsSync(project)).toBe(false);
  });

  it('without a terminal and with answers missing, which it names', async () => {
    expect(await otaInProcess('init', join(folder, 'none'), '--package', tarball)).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ota init: --product, --bucket and --control-plane are required, because there is no terminal to ask you\n',
    });
    expect(await otaInProcess('init', join(folder, 'none'), '--package', tarball, '--yes')).toMatchObject({
      stderr: 'ota init: --product and --bucket are required: there is no default\n',
    });
  });

  it.each([
    [[], 'exactly one folder is required, such as my-fleet; see --help'],
    [['a', 'b'], 'exactly one folder is required, such as my-fleet; see --help'],
    [['package.json'], 'package.json is not a folder: name a new or an empty one'],
    [['new', '--from-cli', '/nowhere.json'], 'cannot read /nowhere.json: no such file'],
    [['new', '--prodcut', 'a'], 'there is no option --prodcut: did you mean --product?'],
  ])('after wrong usage: %j', async (args, line) => {
    expect(await otaInProcess('init', ...args, ...(args[0] === 'new' ? ['--package', tarball] : []))).toEqual({
      status: 2,
      stdout: '',
      stderr: `ota init: ${line}\n`,
    });
  });
});
