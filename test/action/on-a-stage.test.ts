import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStageInTime, SOURCE, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { root } from '../../scripts/installation.ts';
import { openCommandLine, type Printed } from '../journey/command-line.ts';
import { channelYaml } from '../support/channel-yaml.ts';
import { runAction } from './composite.ts';
import { spawnOta } from './spawn-ota.ts';

/*
 * The action and the packed command line, in a folder that has only the release and the firmware: no channels.yml, no serverless.yml and no
 * repository. They publish to a running service, whose time passes meanwhile.
 */

const channels = `
artifactBuckets: [acme-firmware]
products:
  smart-lock:
    sources: [${SOURCE}]
    approvers: [com.acme.release-board]
    channels:${channelYaml('lab')}${channelYaml('stable', { more: 'approval: { required: 1 }\n        after: { channel: lab }' })}
`;
const folder = mkdtempSync(join(tmpdir(), 'ota-action-stage-'));
const workspace = join(folder, 'workspace');
let stage: StageInTime;
let line: Awaited<ReturnType<typeof openCommandLine>>;
let tarball = '';
let environment: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  mkdirSync(join(folder, 'packed'));
  const words = ['pack', '--silent', '--workspace', 'packages/ota-dispatch-cli', '--pack-destination', join(folder, 'packed')];
  execFileSync('npm', words, { cwd: root });
  tarball = join(folder, 'packed', readdirSync(join(folder, 'packed'))[0] ?? '');
  stage = await openStageInTime({ channels });
  line = await openCommandLine(stage);
  environment = { AWS_ENDPOINT_URL: line.endpoint, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'made', AWS_SECRET_ACCESS_KEY: 'up' };
  await acceptSources(SOURCE);
}, 120_000);
beforeEach(() => {
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'app.bin'), 'firmware');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await line.stop();
  await stage.stop();
});

/** Lets the rule of the stage name these sources, as that of a deployed stage does. */
async function acceptSources(...source: readonly string[]): Promise<void> {
  const EventPattern = JSON.stringify({ source });
  const rule = { EventBusName: 'firmware-local', Name: 'ota-dispatch-local-releases', EventPattern };
  await stage.observer.eventbridge.send(new PutRuleCommand(rule));
}

/** Writes a release that nobody has uploaded, and answers its file. */
function write(version: string, to: readonly string[], file = 'release.json', more: object = {}): string {
  const s3Location = { bucket: 'acme-firmware', key: `lock/${version}.bin`, version: 'set-at-upload' };
  const artifacts = [{ fileName: '/app.bin', fileLocation: { s3Location } }];
  writeFileSync(join(workspace, file), JSON.stringify({ product: 'smart-lock', version, channels: to, artifacts, ...more }));
  return file;
}

const publish = (inputs: Readonly<Record<string, string>>) =>
  line.serve(runAction({ stage: 'local', package: tarball, upload: 'app.bin', ...inputs }, { workspace, env: environment }));

describe('the action', () => {
  it('uploads, publishes and follows to the end, with the source that the stage accepts', async () => {
    const release = write('1.0.0', ['lab'], 'release.json', { correlationId: 'build-7' });
    const { status, outputs, log, summary } = await publish({ release });
    expect([status, outputs['result'], outputs['correlation-id']]).toEqual([0, 'succeeded', 'build-7']);
    expect(outputs['event-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(outputs['sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(outputs['rollouts'] ?? '')).toMatchObject([
      { channel: 'lab', state: 'COMPLETED', rolloutId: expect.any(String), aws: { otaUpdateId: expect.any(String) } },
    ]);
    expect(log).toContain('the channels are not judged here, because there is no channels.yml');
    expect(log).toContain(`the source is ${SOURCE}, the only one from which stage local accepts releases`);
    expect(summary).toContain('Every channel ended well.');
  });

  it('ends at once if it does not wait', async () => {
    const { status, outputs } = await publish({ release: write('1.0.1', ['lab']), wait: 'false' });
    expect([status, outputs['result'], outputs['rollouts']]).toEqual([0, 'published', '[]']);
    expect(outputs['version']).not.toBe('');
  });

  it('says where only a gate is missing', async () => {
    const { status, outputs, log } = await publish({ release: write('1.0.2', ['stable']) });
    expect([status, outputs['result']]).toEqual([0, 'waiting']);
    expect(JSON.parse(outputs['waiting-for'] ?? '')).toMatchObject([{ channel: 'stable', waitingFor: ['APPROVAL', 'UPSTREAM_MISSING'] }]);
    expect(log).toMatch(/^::notice title=ota publish::stable waits: /m);
  });

  it('shows why the service rejected a release whose channels nobody has judged before', async () => {
    const { status, outputs, log } = await publish({ release: write('1.0.3', ['gold']) });
    expect([status, outputs['result'], outputs['event-id'] !== '']).toEqual([1, 'rejected', true]);
    expect(log).toMatch(/^::error title=ota publish::UNKNOWN_CHANNEL channels\[0\]: /m);
  });

  it('publishes nothing if the release alone is wrong', async () => {
    const { status, outputs } = await publish({ release: write('v1', ['lab']) });
    expect([status, outputs['result'], outputs['event-id']]).toEqual([1, 'rejected', '']);
  });

  it('takes files with any name', async () => {
    const upload = "-- $(touch pwned) 'app'.bin";
    writeFileSync(join(workspace, upload), 'firmware');
    const { status, outputs } = await publish({ release: write('1.0.4', ['lab'], '--stage=prod `touch pwned`.json'), upload });
    expect([status, outputs['result']]).toEqual([0, 'succeeded']);
    expect(readdirSync(workspace)).not.toContain('pwned');
  });
});

describe('the role of the CI in docs/how-to/publish-from-ci.md', () => {
  type Policy = { readonly Statement: readonly { readonly Action: string | readonly string[] }[] };
  /** The IAM actions of a request, where they have other names. A HEAD of a version is judged as one that reads it. */
  const RENAMED: Readonly<Record<string, readonly string[]>> = {
    's3:HeadObject': ['s3:GetObject', 's3:GetObjectVersion'],
    's3:ListObjectVersions': ['s3:ListBucketVersions'],
  };

  it('allows what the action has asked above, and nothing else', async () => {
    const page = readFileSync(join(root, 'docs/how-to/publish-from-ci.md'), 'utf8');
    const policy = JSON.parse(page.match(/```json parsed\n(\{\n {2}"Version"[\s\S]*?)```/)?.[1] ?? '{}') as Policy;
    const answer = await fetch(`${line.endpoint}/_ota/requests`);
    const { requests } = (await answer.json()) as { requests: { service: string; operation: string }[] };
    const asked = requests.map(({ service, operation }) => `${service}:${operation}`).flatMap((one) => RENAMED[one] ?? [one]);
    expect([...new Set(asked)].sort()).toEqual(policy.Statement.flatMap(({ Action }) => Action).sort());
  });
});

describe('the packed command line, with only credentials', () => {
  const type = (...words: readonly string[]): Promise<Printed> =>
    line.serve(spawnOta(tarball, words, { folder, workspace, env: environment }));

  it('publishes what is uploaded already, and prints one JSON value', async () => {
    const release = write('1.1.0', ['lab']);
    const printed = await type('publish', release, '--upload', 'app.bin', '--json');
    expect(printed.status).toBe(0);
    expect(JSON.parse(printed.stdout)).toMatchObject({ result: 'succeeded', duplicate: false, uploaded: [{ sizeBytes: 8 }] });
  });

  it('asks for the source if the stage accepts several, and takes the one that is given', async () => {
    await acceptSources(SOURCE, 'com.acme.other');
    const release = write('1.1.1', ['lab']);
    const printed = await type('publish', release, '--upload', 'app.bin', '--json');
    expect([printed.status, JSON.parse(printed.stdout)]).toEqual([
      2,
      { result: 'error', error: expect.stringContaining(`${SOURCE}, com.acme.other`) },
    ]);
    expect((await type('publish', release, '--upload', 'app.bin', '--source', SOURCE)).status).toBe(0);
    await acceptSources(SOURCE);
  });

  it('also holds, resumes, withdraws, promotes and shows', async () => {
    expect(await type('status', 'smart-lock', '--json')).toMatchObject({ status: 0, stderr: '' });
    expect((await type('hold', 'smart-lock', 'lab', '--reason', 'r', '--id', 'h')).status).toBe(0);
    const approver = ['--source', 'com.acme.release-board'];
    expect((await type('resume', 'smart-lock', '--id', 'h', '--yes', ...approver)).status).toBe(0);
    const promoted = await type('promote', 'smart-lock', '1.1.1', '--to', 'stable', '--json');
    expect([promoted.status, JSON.parse(promoted.stdout).result]).toEqual([0, 'waiting']);
    const withdrawn = await type('withdraw', 'smart-lock', '1.1.1', '--channel', 'stable', '--yes', '--json');
    expect([withdrawn.status, JSON.parse(withdrawn.stdout)]).toMatchObject([
      0,
      { result: 'succeeded', rollouts: [{ state: 'WITHDRAWN' }] },
    ]);
  });

  it('says in one line what is missing where a file is needed', async () => {
    const one = async (...words: readonly string[]) => {
      const { status, stderr } = await type(...words);
      return [status, stderr];
    };
    const noChannels = 'there is no channels.yml here: pass --channels FILE\n';
    expect(await one('approve', 'smart-lock', '1.1.0', 'stable', '--yes')).toEqual([2, `ota approve: ${noChannels}`]);
    expect(await one('check', '--region', 'eu-west-1')).toEqual([2, `ota check: ${noChannels}`]);
    expect(await one('doctor')).toEqual([
      2,
      'ota doctor: there is no serverless.yml here: run doctor in the folder from which the stage is deployed\n',
    ]);
  });

  it('needs a Region for a deployed stage', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'made', AWS_SECRET_ACCESS_KEY: 'up', AWS_ENDPOINT_URL: line.endpoint };
    const release = write('1.1.2', ['lab']);
    const printed = await spawnOta(tarball, ['publish', release, '--upload', 'app.bin', '--stage', 'prod'], { folder, workspace, env });
    expect(printed).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('no region is known, because there is no serverless.yml here: set AWS_REGION'),
    });
  });
});
