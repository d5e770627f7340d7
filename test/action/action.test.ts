import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signals } from '../../scripts/command.ts';
import { root } from '../../scripts/installation.ts';
import { action, type Runner, runAction } from './composite.ts';
import { fakeCheckout, packFake } from './fake-command-line.ts';

/*
 * The steps of action.yml as GitHub runs them, with a program in place of the command line that only notes what it is asked. The file
 * action-on-a-stage.test.ts has the real one.
 */

const folder = mkdtempSync(join(tmpdir(), 'ota-action-'));
const workspace = join(folder, 'workspace');
const seen = join(folder, 'seen.json');
let tarball = '';
beforeAll(() => {
  mkdirSync(workspace);
  tarball = packFake(folder);
  writeFileSync(join(workspace, 'release.json'), '{}');
  writeFileSync(join(workspace, 'app.bin'), 'firmware');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the action. `answer` is what `ota publish --json` prints. */
async function run(inputs: Readonly<Record<string, string>>, answer: unknown = {}, status = 0, runner: Partial<Runner> = {}) {
  rmSync(seen, { force: true });
  const env = {
    OTA_SEEN: seen,
    OTA_ANSWER: typeof answer === 'string' ? answer : JSON.stringify(answer),
    OTA_STATUS: String(status),
    AWS_SECRET_ACCESS_KEY: 'secret',
    ...runner.env,
  };
  const ran = await runAction({ release: 'release.json', stage: 'prod', package: tarball, ...inputs }, { workspace, ...runner, env });
  return { ...ran, asked: existsSync(seen) ? (JSON.parse(readFileSync(seen, 'utf8')) as { words: string[]; region?: string }) : undefined };
}

/** The workflow commands in a log that GitHub would obey. */
function commandsIn(log: string): string[] {
  let stopped: string | undefined;
  return log.split('\n').flatMap((line) => {
    const [, command, value] = /^\s*::([\w-]+).*?::(.*)$/.exec(line) ?? [];
    if (line === `::${stopped}::`) stopped = undefined;
    else if (stopped === undefined && command === 'stop-commands') stopped = value;
    else if (stopped === undefined && command !== undefined) return [line];
    return [];
  });
}

const uploaded = [{ bucket: 'acme', key: 'app.bin', version: 'v1', sha256: 'ab'.repeat(32), sizeBytes: 8 }];
const rollout = {
  channel: 'beta',
  rolloutId: 'fw-lock-1',
  state: 'COMPLETED',
  aws: { jobId: 'AFR_OTA-1' },
  counts: { succeeded: 9, failed: 1 },
};

describe('action.yml', () => {
  it('gives inputs to its script as variables only, so that no input becomes a part of the script', () => {
    for (const { run: script } of action.runs.steps) expect(script).not.toContain('${{');
    const expressions = action.runs.steps.flatMap(({ env }) => Object.values(env));
    expect(expressions.sort()).toEqual(
      Object.keys(action.inputs)
        .map((name) => `\${{ inputs.${name} }}`)
        .sort(),
    );
  });

  it('answers every output that its script writes', async () => {
    const { outputs } = await run({}, { result: 'succeeded' });
    expect(Object.keys(outputs)).toEqual(Object.keys(action.outputs));
    for (const [name, { value }] of Object.entries(action.outputs)) expect(value).toBe(`\${{ steps.publish.outputs.${name} }}`);
  });
});

describe('the inputs', () => {
  it('become the words of ota publish, and a file name never becomes an option', async () => {
    const { asked, status } = await run({
      release: '--help',
      upload: '-x.bin',
      source: 'com.acme.ci',
      channels: 'a b.yml',
      until: '50',
      'timeout-minutes': '5',
    });
    expect(status).toBe(0);
    expect(asked?.words).toEqual([
      ...[
        'publish',
        '--json',
        '--stage=prod',
        '--upload=-x.bin',
        '--source=com.acme.ci',
        '--channels=a b.yml',
        '--until=50',
        '--timeout=5',
      ],
      ...['--', '--help'],
    ]);
  });

  it('choose whether and how long it follows, and the Region', async () => {
    expect((await run({ wait: 'false' }))?.asked?.words).toContain('--no-wait');
    const { asked } = await run({ 'wait-for-gates': 'true', region: 'ca-central-1' }, {}, 0, { env: { AWS_REGION: 'eu-west-1' } });
    expect(asked).toMatchObject({ words: expect.arrayContaining(['--wait-for-gates']), region: 'ca-central-1' });
    expect((await run({}, {}, 0, { env: { AWS_REGION: 'eu-west-1' } })).asked?.region).toBe('eu-west-1');
  });

  const hostile = '$(touch pwned) `touch pwned`; touch pwned #\' " \\ é%0A::set-output name=result::x.json';
  it('may have any characters: the shell reads none of them', async () => {
    const { asked, status } = await run({ release: hostile, source: hostile });
    expect(status).toBe(0);
    expect(asked?.words).toEqual(expect.arrayContaining([hostile, `--source=${hostile}`]));
    expect(existsSync(join(workspace, 'pwned'))).toBe(false);
  });

  it('name a scoped package, which comes from the registry of the repository', async () => {
    const asked: { readonly url: string | undefined; readonly authorization: string | undefined }[] = [];
    const registry = createServer(({ url, headers: { authorization } }, response) => {
      asked.push({ url, authorization });
      response.writeHead(404).end('{}');
    });
    await new Promise<void>((done) => void registry.listen(0, '127.0.0.1', done));
    const { port } = registry.address() as AddressInfo;
    const file = join(workspace, '.npmrc');
    writeFileSync(file, `ignore-scripts=false\n@acme:registry=http://127.0.0.1:${port}/\n//127.0.0.1:${port}/:_authToken=\${CI_TOKEN}\n`);
    const { status } = await run({ package: '@acme/cli@1.0.0' }, {}, 0, {
      env: { CI_TOKEN: 'token', npm_config_offline: 'false', npm_config_fetch_retries: '0' },
    });
    rmSync(file);
    registry.close();
    expect(status).toBe(1);
    expect(asked[0]).toEqual({ url: '/@acme%2fcli', authorization: 'Bearer token' });
  });

  it.each<[string, Record<string, string>, string]>([
    ['no release', { release: '' }, 'the input release is required'],
    ['no stage', { stage: ' ' }, 'the input stage is required'],
    ['a choice that is neither true nor false', { wait: 'no' }, 'wait takes true or false, not no'],
    ['a checksum that is none', { upload: 'app.bin', sha256: 'abc' }, 'sha256 takes 64 hex digits, not abc'],
    ['a checksum without a file', { sha256: 'ab'.repeat(32) }, 'sha256 is the checksum of the file in upload: give both'],
    ['a file that is not there', { upload: 'none.bin', sha256: 'ab'.repeat(32) }, 'cannot read none.bin: '],
    ['a package without a scope, which anybody can publish', { package: 'ota-dispatch-cli@1.0.0' }, 'package takes a .tgz file, '],
    ['a package without an exact version', { package: '@acme/cli@latest' }, 'package takes a .tgz file, '],
    ['a scope that ends like a file', { package: '@acme/cli.tgz' }, 'package takes a .tgz file, '],
    ['a package from elsewhere', { package: 'git+ssh://git@example.com/x.tgz' }, 'package takes a .tgz file, '],
    ['a package that is not there', { package: 'none.tgz' }, 'cannot read the package none.tgz: '],
  ])('end the step with 2 before anything is asked: %s', async (_what, inputs, why) => {
    const { status, log, outputs, asked, summary } = await run(inputs);
    expect([status, outputs['result'], asked]).toEqual([2, 'error', undefined]);
    expect(commandsIn(log)).toEqual([expect.stringContaining(`::error title=ota publish::${why}`)]);
    expect(summary).toContain('Firmware release: error');
  });

  it('publish nothing if the firmware has another checksum', async () => {
    const sha256 = createHash('sha256').update('firmware').digest('hex');
    expect((await run({ upload: 'app.bin', sha256: sha256.toUpperCase() })).asked?.words).toContain('--upload=app.bin');
    const { status, asked } = await run({ upload: 'app.bin', sha256: 'ab'.repeat(32) });
    expect([status, asked]).toEqual([2, undefined]);
  });
});

describe('the package', () => {
  it('may have any file name', async () => {
    const named = join(workspace, "it's $HOME #1%20.tgz");
    renameSync(packFake(join(folder, 'named')), named);
    expect((await run({ package: "it's $HOME #1%20.tgz" })).status).toBe(0);
  });

  it('runs no script while it is installed, and gets the credentials when it publishes', async () => {
    expect((await run({})).asked).toMatchObject({ secret: 'secret' });
    expect(existsSync(join(folder, 'install-ran'))).toBe(false);
  });

  it('is packed from the repository of the action, without credentials, if no input names one', async () => {
    const actionPath = fakeCheckout(folder, join(root, 'action'));
    const { status, asked } = await run({ package: '' }, { result: 'published' }, 0, { actionPath });
    expect([status, asked?.words[0]]).toEqual([0, 'publish']);
    expect(readFileSync(join(folder, 'prepack-env'), 'utf8')).not.toMatch(/^(?:AWS|INPUT)_/m);
  });

  it('that has no program ota, or that npm cannot install, ends the step with 1', async () => {
    const other = await run({ package: packFake(join(folder, 'other'), { atom: 'ota.cjs' }) });
    expect([other.status, other.outputs['result']]).toEqual([1, 'error']);
    writeFileSync(join(workspace, 'broken.tgz'), 'no package');
    const broken = await run({ package: 'broken.tgz' });
    expect([broken.status, commandsIn(broken.log)]).toEqual([1, [expect.stringContaining('npm install ended with 1')]]);
  });
});

describe('what became of the release', () => {
  it('is in the outputs, and the exit status of ota is kept', async () => {
    const answer = { result: 'succeeded', eventId: 'e-1', correlationId: 'build-7', uploaded, rollouts: [rollout], duplicate: false };
    const { status, outputs, log, summary } = await run({}, answer);
    expect(status).toBe(0);
    expect({ ...outputs, rollouts: JSON.parse(outputs['rollouts'] ?? '') }).toEqual({
      result: 'succeeded',
      'event-id': 'e-1',
      'correlation-id': 'build-7',
      rollouts: [rollout],
      'waiting-for': '[]',
      version: 'v1',
      sha256: 'ab'.repeat(32),
    });
    expect(commandsIn(log)).toEqual([]);
    for (const text of ['### Firmware release: succeeded', 'COMPLETED', '9 succeeded, 1 failed', 'AFR&#95;OTA-1', 'e-1', 'v1'])
      expect(summary.replace('AFR_', 'AFR&#95;')).toContain(text);
  });

  it('is a notice where only a gate is missing', async () => {
    const reasons = [{ reason: 'APPROVAL', message: '0 of 1 approvals' }];
    const waiting = [{ channel: 'stable', rolloutId: 'fw-lock-2', waitingFor: ['APPROVAL'], reasons }];
    const rollouts = [rollout, { ...rollout, channel: 'stable', state: 'WAITING', counts: undefined }];
    const { status, outputs, log, summary } = await run({}, { result: 'waiting', eventId: 'e-1', rollouts, waiting });
    expect([status, outputs['result'], JSON.parse(outputs['waiting-for'] ?? '')]).toEqual([
      0,
      'waiting',
      [{ channel: 'stable', rolloutId: 'fw-lock-2', waitingFor: ['APPROVAL'] }],
    ]);
    expect(commandsIn(log)).toEqual(['::notice title=ota publish::stable waits: 0 of 1 approvals']);
    expect(summary).toContain('WAITING: 0 of 1 approvals');
  });

  it('is an error for each rejection, each failed rollout and the time, with the exit status of ota', async () => {
    const rejections = [{ code: 'UNKNOWN_CHANNEL', path: 'channels[0]', message: 'no channel gold', channel: 'gold' }];
    const rejected = await run({}, { result: 'rejected', rejected: rejections[0], rejections, rollouts: [] }, 1);
    expect([rejected.status, commandsIn(rejected.log)]).toEqual([
      1,
      ['::error title=ota publish::UNKNOWN_CHANNEL channels[0]: no channel gold (gold)'],
    ]);
    const failed = await run(
      {},
      { result: 'failed', rollouts: [{ ...rollout, state: 'FAILED', code: 'AWS_REFUSED', message: 'no role' }] },
      1,
    );
    expect(commandsIn(failed.log)).toEqual(['::error title=ota publish::beta FAILED: AWS_REFUSED: no role: 9 succeeded, 1 failed']);
    const beside = { ...rollout, channel: 'stable', rolloutId: 'fw-lock-2', state: 'FAILED', code: 'AWS_REFUSED', counts: undefined };
    const held = { ...rollout, channel: 'gold', rolloutId: 'fw-lock-3', state: 'WAITING', counts: undefined };
    const waiting = [{ channel: 'gold', rolloutId: 'fw-lock-3', waitingFor: ['HOLD'], reasons: [{ reason: 'HOLD', message: 'held' }] }];
    const mixed = await run({}, { result: 'failed', rollouts: [rollout, beside, held], waiting }, 1);
    expect(commandsIn(mixed.log)).toEqual([
      '::notice title=ota publish::gold waits: held',
      '::error title=ota publish::stable FAILED: AWS_REFUSED',
    ]);
    const tooFew = await run({ until: '95' }, { result: 'failed', rollouts: [rollout] }, 1);
    expect(commandsIn(tooFew.log)).toEqual(['::error title=ota publish::beta COMPLETED: 9 succeeded, 1 failed']);
    const timeout = await run({}, { result: 'timeout', rollouts: [rollout] }, 1);
    expect(commandsIn(timeout.log)).toEqual([expect.stringMatching(/^::error .*The time passed/)]);
    const error = await run({}, { result: 'error', error: 'no AWS credentials' }, 2);
    expect([error.status, commandsIn(error.log)]).toEqual([2, ['::error title=ota publish::no AWS credentials']]);
  });

  it('is an error if ota printed no JSON', async () => {
    const { status, outputs, log } = await run({}, 'no JSON', 7);
    expect([status, outputs['result'], commandsIn(log)]).toEqual([7, 'error', [expect.stringContaining('ended with 7')]]);
  });

  it('quotes text of other people, and none of it sets an output, gives a command or writes Markdown', async () => {
    const evil = 'x\n::set-env name=A::b\nend\nresult<<E\nsucceeded\nE\n<img src=x>|`*`';
    const rejections = [{ code: 'INVALID_RELEASE', path: evil, message: evil }];
    const answer = {
      result: 'rejected',
      eventId: evil,
      correlationId: evil,
      rollouts: [{ ...rollout, channel: evil }],
      rejected: rejections[0],
      rejections,
    };
    const { outputs, log, summary } = await run({}, answer, 1);
    expect([outputs['result'], outputs['correlation-id']]).toEqual(['rejected', evil]);
    expect(commandsIn(log)).toHaveLength(1);
    expect(summary).not.toMatch(/<img|\|`/);
    expect(summary.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
  });

  it('is not known if the job is cancelled: the command line gets the signal', async () => {
    for (const [signal, expected] of Object.entries(signals)) {
      const cancel = { at: 'from the release', signal: signal as NodeJS.Signals };
      const { status, outputs } = await run({}, '', 0, { env: { OTA_HANG: '1' }, cancel });
      expect([status, outputs['result']]).toEqual([expected, 'error']);
    }
  });
});
