import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { wordsOf } from '../../../cli/completion/words.ts';
import { root } from '../../../scripts/installation.ts';
import { newProjects } from './new-project.ts';

const { init, json, remove } = newProjects();
afterAll(remove);

type Step = { readonly uses?: string; readonly run?: string; readonly with?: Readonly<Record<string, unknown>> };
type Job = {
  readonly steps: readonly Step[];
  readonly defaults?: unknown;
  readonly permissions?: unknown;
  readonly [member: string]: unknown;
};

let read: (path: string) => string;
let workflow: {
  readonly on: unknown;
  readonly env: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<'check' | 'deploy', Job>>;
};
beforeAll(async () => {
  ({ read } = await init('--yes'));
  workflow = parse(read('.github/workflows/deploy.yml'));
});

/** The commands of ota in a text: the name, and the options. */
const otaCommands = (text: string) =>
  [...text.matchAll(/\bota (?!init\b)([a-z-]+)((?: [^\s#`]+)*)/g)].map(([line, name = '', words = '']) => ({
    line,
    name,
    words: words.trim().split(' '),
  }));

describe('The workflow of a new project', () => {
  it('checks each pull request, and deploys from main only', () => {
    expect(workflow.on).toEqual({ pull_request: null, push: { branches: ['main'] } });
    expect(workflow.jobs.deploy).toMatchObject({ if: "github.event_name == 'push'", needs: 'check', environment: 'prod' });
    expect(workflow.jobs.check).not.toHaveProperty('if');
  });

  it('has no permission but to read the repository, and the deployment that to get a token for its role', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.check.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.deploy.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(read('.github/workflows/deploy.yml')).not.toContain('secrets.');
  });

  it('never interrupts a deployment, and lets no other one start beside it', () => {
    expect(workflow.jobs.deploy['concurrency']).toEqual({ group: 'deploy-prod', 'cancel-in-progress': false });
  });

  it('names an exact version of each action, and keeps no credentials of the checkout', () => {
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(new Set(actions.map((action) => action.replace(/@.*/, '')))).toEqual(
      new Set(['actions/checkout', 'actions/setup-node', 'aws-actions/configure-aws-credentials']),
    );
    for (const action of actions) expect(action).toMatch(/@v\d+\.\d+\.\d+$/);
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout')))
      expect(step.with).toMatchObject({ 'persist-credentials': false });
  });

  const commandsOf = (job: Job) => job.steps.flatMap(({ run }) => run ?? []);

  it('installs what package-lock.json has, and runs only programs that are installed', () => {
    const [first, ...others] = commandsOf(workflow.jobs.check);
    expect([first, ...others.slice(0, 2)]).toEqual([
      'npm ci',
      'npm exec --no -- ota check --stage prod',
      'npm exec --no -- serverless package --stage prod',
    ]);
    expect(commandsOf(workflow.jobs.deploy)).toEqual(['npm ci', 'npm exec --no -- serverless deploy --stage prod']);
  });

  it('shows in the summary what a pull request changes in the template, if main has a project', () => {
    const [base, diff] = workflow.jobs.check.steps.slice(-2);
    expect(base).toMatchObject({
      if: "github.event_name == 'pull_request'",
      with: { ref: `\${{ github.base_ref }}`, path: '.local/before' },
    });
    expect(diff).toMatchObject({ if: "github.event_name == 'pull_request'" });
    const folder = mkdtempSync(join(tmpdir(), 'ota-workflow-'));
    const before = join(folder, '.local', 'before', 'services', 'ota');
    mkdirSync(before, { recursive: true });
    mkdirSync(join(folder, 'services', 'ota'), { recursive: true });
    writeFileSync(join(folder, 'npm'), '#!/bin/sh\necho "$PWD: npm $*" | sed "s|^$TOP/*||" >> "$TOP/typed"\necho "! changed"\n', {
      mode: 0o755,
    });
    const environment = {
      ...{ PATH: `${folder}:${process.env['PATH']}`, TOP: folder, PROJECT: 'services/ota', RUNNER_TEMP: '/runner' },
      ...{ GITHUB_WORKSPACE: folder, GITHUB_STEP_SUMMARY: join(folder, 'summary') },
    };
    const run = () => {
      const { status, stderr } = spawnSync('bash', ['-e', '-c', diff?.run ?? ''], {
        cwd: join(folder, 'services', 'ota'),
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect([status, stderr]).toEqual([0, '']);
    };
    run();
    expect(readdirSync(folder)).not.toContain('typed');
    writeFileSync(join(before, 'channels.yml'), '');
    run();
    const written = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(written('typed').trim().split('\n')).toEqual([
      '.local/before/services/ota: npm ci',
      '.local/before/services/ota: npm exec --no -- ota diff --save /runner/before.json --stage prod',
      'services/ota: npm exec --no -- ota diff /runner/before.json',
    ]);
    expect(written('summary')).toBe('~~~diff\n! changed\n~~~\n');
    rmSync(join(folder, 'summary'));
    writeFileSync(join(folder, 'npm'), '#!/bin/sh\nexit 2\n');
    run();
    expect(written('summary')).toBe('The project of the base branch cannot be packaged, so nothing was compared.\n');
    rmSync(folder, { recursive: true });
  });

  it('works in a folder of a repository: each command runs there, and npm caches by its package-lock.json', () => {
    for (const { defaults, steps } of Object.values(workflow.jobs)) {
      expect(defaults).toEqual({ run: { 'working-directory': `\${{ env.PROJECT }}` } });
      const node = steps.find(({ uses }) => uses?.startsWith('actions/setup-node'));
      expect(node?.with).toMatchObject({ 'cache-dependency-path': `\${{ env.PROJECT }}/package-lock.json` });
    }
    expect(workflow.env).toEqual({ PROJECT: '.' });
  });

  it('gives no text of a pull request to a command', () => {
    for (const { run = '' } of Object.values(workflow.jobs).flatMap((job) => job.steps)) expect(run).not.toContain('${{');
    const variables = [...read('.github/workflows/deploy.yml').matchAll(/\$\{\{\s*(.*?)\s*\}\}/g)].map(([, name]) => name);
    expect(new Set(variables)).toEqual(new Set(['env.PROJECT', 'github.base_ref', 'vars.DEPLOY_ROLE_ARN']));
  });
});

describe('The pages of a new project', () => {
  it.each(['README.md', 'channels.yml', '.github/workflows/deploy.yml'])('names only commands and options that exist: %s', (path) => {
    for (const { line, name, words } of otaCommands(read(path).replaceAll('`', ' '))) {
      if (name === 'start') continue;
      expect(Object.keys(wordsOf), line).toContain(name);
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(Object.keys(wordsOf[name]?.options ?? {}), line).toContain(option);
    }
  });

  it('has a README of one page, with the way from the first run to an upgrade', () => {
    const page = read('README.md');
    expect(page.split('\n').length).toBeLessThanOrEqual(80);
    const headings = ['Try it on this machine', 'Change the channels', 'Deploy', 'Publish from a CI', 'Upgrade'];
    expect(page.match(/^## .*$/gm)).toEqual(headings.map((heading) => `## ${heading}`));
    for (const [, text = ''] of page.matchAll(/```sh\n([\s\S]*?)```/g)) expect(spawnSync('bash', ['-n', '-c', text]).status, text).toBe(0);
    expect(page).not.toContain('{{');
  });

  it.each([
    [[], "ArtifactBucket=acme-firmware 'ThingGroups=thermostat-*' SigningProfile=thermostat_firmware SignedPrefix=signed/"],
    [['--target', 'lab'], "ArtifactBucket=acme-firmware 'ThingGroups=lab' SigningProfile=thermostat_firmware SignedPrefix=signed/"],
    [
      ['--target', `arn:\${aws:partition}:iot:\${aws:region}:\${aws:accountId}:thing/lab-1`, '--signing-profile', 'acme'],
      "ArtifactBucket=acme-firmware 'Things=lab-1' SigningProfile=acme SignedPrefix=signed/",
    ],
    [['--control-plane', 'createJob'], 'ArtifactBucket=acme-firmware'],
  ])('deploys the role of the channel, with a template and parameters that exist: %j', async (options, expected) => {
    const page = (await init('--yes', ...options)).read('README.md');
    const [, file = '', parameters = ''] = /infrastructure\/([\w-]+\.yml) \\\n +--parameter-overrides (.*)/.exec(page) ?? [];
    expect(parameters).toBe(`Stage=prod ${expected}`);
    const template = parse(readFileSync(join(root, 'infrastructure', file), 'utf8'), { logLevel: 'silent' });
    for (const [, name] of parameters.matchAll(/(\w+)=/g)) expect(Object.keys(template.Parameters)).toContain(name);
  });

  it('deploys no role that managed integrations do not need, and none that a file of the AWS CLI has', async () => {
    const file = json('job.json', {
      jobId: 'a',
      targets: ['arn:aws:iot:eu-west-1:123456789012:thing/a'],
      presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/ota' },
    });
    for (const options of [
      ['--control-plane', 'createOtaTask', '--task-configuration', 'abc'],
      ['--from-cli', file],
    ])
      expect((await init('--yes', ...options)).read('README.md')).not.toContain('cloudformation deploy');
  });

  it('says how to upgrade a package in vendor/, and one of a registry', async () => {
    expect(read('README.md')).toContain('npm install --save-exact ./vendor/ota-dispatch-VERSION.tgz\n');
    expect((await init('--yes', '--package', '2.0.0')).read('README.md')).toContain('npm install --save-exact ota-dispatch@VERSION\n');
  });

  it('names a schema that the package has', () => {
    const [, schema = ''] = /\$schema=\.\/node_modules\/ota-dispatch\/(\S+)/.exec(read('channels.yml')) ?? [];
    expect(existsSync(join(root, schema)), schema).toBe(true);
  });

  it('keeps what serverless and npm write out of git', () => {
    expect(read('.gitignore').trim().split('\n')).toEqual(['node_modules/', 'dist/', '.serverless/', '.local/', '*.log']);
  });
});
