import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { openCommandLine } from '../journey/command-line.ts';

/*
 * `ota publish`, `ota promote` and `ota withdraw` against the running service, with a configuration of their own. Its things
 * succeed, except `broken`, which fails, and `away`, which never answers.
 */

const folder = mkdtempSync(join(tmpdir(), 'ota-publish-'));
const channel = (targetSelection: string, ...things: string[]) => ({
  unsigned: 'allow',
  createOTAUpdate: {
    targets: things.map((thing) => `arn:aws:iot:us-east-1:000000000000:thing/${thing}`),
    roleArn: 'arn:aws:iam::000000000000:role/ota',
    protocols: ['MQTT'],
    targetSelection,
    awsJobAbortConfig: {
      abortCriteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 99, minNumberOfExecutedThings: 50 }],
    },
  },
});
const channels = JSON.stringify({
  artifactBuckets: ['acme-firmware'],
  products: {
    'smart-lock': {
      sources: ['com.acme.firmware-ci'],
      channels: {
        lab: channel('SNAPSHOT', 'lab-1'),
        beta: channel('SNAPSHOT', 'beta-1', 'beta-2'),
        stable: channel('CONTINUOUS', 'stable-1', 'stable-2'),
        broken: channel('CONTINUOUS', 'stable-1', 'broken'),
        away: channel('SNAPSHOT', 'a-1', 'a-2', 'a-3', 'a-4', 'away'),
      },
    },
  },
});
const configured = ['--channels', join(folder, 'channels.yml')];
const firmware = ['--upload', join(folder, 'app.bin')];

let stage: StageInTime;
let line: Awaited<ReturnType<typeof openCommandLine>>;
beforeAll(async () => {
  writeFileSync(join(folder, 'channels.yml'), channels);
  writeFileSync(join(folder, 'app.bin'), 'firmware');
  stage = await openStageInTime({ channels, fleet: { devices: { broken: 'FAILED', away: 'OFFLINE' } } });
  line = await openCommandLine(stage);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await line.stop();
  await stage.stop();
});

/** The detail of a release that nobody has uploaded, under a key of its own. */
const releaseOf = (version: string, ...to: string[]) => ({
  product: 'smart-lock',
  version,
  channels: to,
  artifacts: [
    { fileName: '/app.bin', fileLocation: { s3Location: { bucket: 'acme-firmware', key: `${version}.bin`, version: 'set-at-upload' } } },
  ],
});
const write = (name: string, content: string | Buffer | object): string => {
  writeFileSync(join(folder, name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return join(folder, name);
};
const publish = (version: string, to: string[], ...more: string[]) =>
  line.typeAndServe('publish', write(`${version}.json`, releaseOf(version, ...to)), ...firmware, ...configured, ...more);
const stored = async (key: string) =>
  (await stage.observer.s3.send(new ListObjectVersionsCommand({ Bucket: 'acme-firmware', Prefix: key }))).Versions ?? [];
const rowsOf = async (version: string) => (await stage.rows()).filter((row) => row.version === version);

describe('ota publish --upload', () => {
  it('prints location, S3 version, SHA-256 and size of what it has uploaded', async () => {
    const printed = await publish('1.0.0', ['lab']);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    const [object] = await stored('1.0.0.bin');
    const [uploaded, published] = printed.stdout.split('\n');
    expect(uploaded).toMatch(
      new RegExp(`^uploaded s3://acme-firmware/1.0.0.bin version ${object?.VersionId}, sha256 [0-9a-f]{64}, 8 bytes$`),
    );
    expect(published).toMatch(/^published smart-lock 1\.0\.0 to lab \(event \S+\)$/);
  });

  it('is a duplicate if the same command runs again', async () => {
    const printed = await publish('1.0.0', ['lab'], '--json');
    expect(printed.status).toBe(0);
    const [object] = await stored('1.0.0.bin');
    const uploaded = { bucket: 'acme-firmware', key: '1.0.0.bin', version: object?.VersionId, sizeBytes: 8 };
    expect(JSON.parse(printed.stdout)).toMatchObject({ duplicate: true, uploaded: [uploaded], rollouts: [{ state: 'COMPLETED' }] });
    expect(await stored('1.0.0.bin')).toHaveLength(1);
  });

  it('is a duplicate even if channels.yml has lost the channel meanwhile, because what was accepted is not judged again', async () => {
    const without = write('without-lab.yml', channels.replace('"lab":', '"former-lab":'));
    const file = write('1.0.0.json', releaseOf('1.0.0', 'lab'));
    const printed = await line.typeAndServe('publish', file, ...firmware, '--channels', without, '--json');
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(printed.stdout)).toMatchObject({ duplicate: true, rollouts: [{ channel: 'lab', state: 'COMPLETED' }] });
    const other = write('other.bin', 'other firmware');
    const rejected = await line.typeAndServe('publish', file, '--upload', other, '--channels', without, '--json');
    expect(rejected.status).toBe(1);
    expect(JSON.parse(rejected.stdout)).toMatchObject({ result: 'rejected', rejected: { code: 'UNKNOWN_CHANNEL' } });
    expect(await stored('1.0.0.bin')).toHaveLength(1);
  });

  it('uploads and publishes nothing that the service would reject', async () => {
    const twice = JSON.stringify(releaseOf('1.0.1', 'lab')).replace('"version":"1.0.1"', '"version":"1.0.0","version":"1.0.1"');
    const wrong: [string, string | Buffer | object][] = [
      ['MALFORMED_JSON version', twice],
      ['MALFORMED_JSON $', `\ufeff${JSON.stringify(releaseOf('1.0.1', 'lab'))}`],
      ['INVALID_RELEASE version', { ...releaseOf('v1.0.1', 'lab') }],
      [
        'INVALID_RELEASE revision',
        JSON.stringify(releaseOf('1.0.1', 'lab')).replace('"channels"', '"revision":9007199254740993,"channels"'),
      ],
      ['UNKNOWN_CHANNEL channels[1]', releaseOf('1.0.1', 'lab', 'nightly')],
      ['EXPIRED notAfter', { ...releaseOf('1.0.1', 'lab'), notAfter: '2020-01-01T00:00:00Z' }],
    ];
    for (const [why, content] of wrong) {
      const printed = await line.type('publish', write('wrong.json', content), ...firmware, ...configured);
      expect(printed).toMatchObject({ status: 1, stdout: expect.stringMatching(/\nnothing was published(?:;.*)?\n$/) });
      expect(printed.stdout).toContain(`rejected: ${why}: `);
    }
    expect(await stored('1.0.1.bin')).toEqual([]);
    expect(await stored('v1.0.1.bin')).toEqual([]);
    expect(await stage.messagesIn('releases')).toBe(0);
  });
});

describe('ota publish', () => {
  it('sends the very text of a detail that it has judged', async () => {
    const artifacts = [await stage.artifact('text')];
    const text = JSON.stringify({ ...releaseOf('1.0.2', 'lab'), description: 'f\u00fcr T\u00fcren', artifacts }, null, 4);
    expect((await line.type('publish', write('text.json', text), ...configured, '--no-wait')).status).toBe(0);
    const [message] = await stage.receive('releases', 1);
    expect(JSON.parse(message?.Body ?? '').detail).toEqual(JSON.parse(text));
    if (message) await stage.remove('releases', message);
  });

  it('names the release that superseded it, and why', async () => {
    expect((await publish('2.0.0-rc9', ['beta'])).status).toBe(0);
    const printed = await publish('2.0.0-rc10', ['beta']);
    expect(printed.status).toBe(1);
    const why = '2.0.0-rc9 is newer by SemVer (rc10 sorts before rc9: write rc.10), and the channel does not say downgrade: allow';
    expect(printed.stdout.trim().split('\n').slice(-2)).toEqual([`beta: superseded: ${why}`, `beta SUPERSEDED: ${why}`]);
  });

  it('ends with 0 for a continuous channel when each of its devices has succeeded', async () => {
    const printed = await publish('1.1.0', ['stable']);
    expect([printed.status, printed.stdout.trim().split('\n').at(-1)]).toEqual([0, 'stable CREATED (2 succeeded)']);
  });

  it('ends with 1 for a continuous channel when a device has failed', async () => {
    const printed = await publish('1.2.0', ['broken']);
    expect([printed.status, printed.stdout.trim().split('\n').at(-1)]).toEqual([1, 'broken CREATED (1 succeeded, 1 failed)']);
  });

  it('ends with 0 when the share of devices that was asked for has succeeded', async () => {
    const printed = await publish('1.3.0', ['away'], '--until', '80');
    expect(printed.status).toBe(0);
    const [ended, goesOn] = printed.stdout.trim().split('\n').slice(-2);
    expect([ended, goesOn]).toEqual([
      'away CREATED (1 queued, 4 succeeded)',
      expect.stringContaining('npm run ota -- status smart-lock 1.3.0'),
    ]);
  });

  it('ends with 1 when the time is over, and says so to a program', async () => {
    await publish('1.4.0', ['away'], '--no-wait');
    await stage.settle(stage.sandbox());
    // The release is there already, so that no short time is too short for the service.
    const printed = await publish('1.4.0', ['away'], '--timeout', '0.01', '--json');
    expect(printed.status).toBe(1);
    expect(JSON.parse(printed.stdout)).toMatchObject({ timedOut: true, rollouts: [{ channel: 'away', state: 'CREATED' }] });
  });

  it('says on Ctrl-C that the rollout goes on and how to look again, and ends with 130', async () => {
    const path = write('stopped.json', { ...releaseOf('1.5.0', 'away'), artifacts: [await stage.artifact('stopped')] });
    const main = join(import.meta.dirname, '../../cli/main.ts');
    const child = spawn(process.execPath, [main, 'publish', path, ...configured], {
      env: { ...process.env, AWS_ENDPOINT_URL: line.endpoint },
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.kill('SIGINT'));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, stderr]).toEqual([130, '\nthe rollout goes on; look again with npm run ota -- status smart-lock 1.5.0\n']);
    await stage.settle(stage.sandbox());
  });
});

describe('ota promote', () => {
  it('publishes the accepted content to further channels, and prints what it sends', async () => {
    const printed = await line.typeAndServe('promote', 'smart-lock', '1.0.0', '--to', 'beta', '--to', 'stable', ...configured);
    const rows = await rowsOf('1.0.0');
    expect(rows.map((row) => row.channel).sort()).toEqual(['beta', 'lab', 'stable']);
    expect(new Set(rows.map((row) => row.releaseDigest)).size).toBe(1);
    const [object] = await stored('1.0.0.bin');
    expect(printed.stdout).toContain(`"version": "${object?.VersionId}"`);
    expect(printed.stdout).toMatch(/^published smart-lock 1\.0\.0 to beta, stable \(event \S+\)$/m);
  });

  it('is a duplicate on a channel that has the release', async () => {
    const printed = await line.typeAndServe('promote', 'smart-lock', '1.0.0', '--to', 'lab', '--json', ...configured);
    expect(printed.status).toBe(0);
    expect(JSON.parse(printed.stdout)).toMatchObject({ duplicate: true, detail: { version: '1.0.0', channels: ['lab'] } });
  });

  it('publishes the highest revision, or the one that was asked for', async () => {
    const artifacts = [await stage.artifact('revisions')];
    for (const revision of [1, 2]) await stage.publish({ ...releaseOf('1.6.0', 'lab'), revision, artifacts });
    await stage.settle(stage.sandbox());
    await line.type('promote', 'smart-lock', '1.6.0', '--to', 'away', '--revision', '1', '--no-wait', ...configured);
    await line.type('promote', 'smart-lock', '1.6.0', '--to', 'broken', '--no-wait', ...configured);
    await stage.settle(stage.sandbox());
    const promoted = (await rowsOf('1.6.0')).filter((row) => row.channel !== 'lab');
    expect(promoted.map((row) => [row.channel, row.revision]).sort()).toEqual([
      ['away', 1],
      ['broken', 2],
    ]);
  });

  it.each<[string, string[]]>([
    ['an unknown product', ['smartlock', '1.0.0', '--to', 'beta']],
    ['an unknown version', ['smart-lock', '7.0.0', '--to', 'beta']],
    ['an unknown revision', ['smart-lock', '1.0.0', '--revision', '3', '--to', 'beta']],
    ['an unknown channel', ['smart-lock', '1.0.0', '--to', 'betaa']],
    ['no channel', ['smart-lock', '1.0.0']],
  ])('ends with 2 and publishes nothing for %s', async (_what, args) => {
    expect(await line.type('promote', ...args, ...configured)).toMatchObject({ status: 2, stdout: '' });
    expect(await stage.messagesIn('releases')).toBe(0);
  });
});

describe('ota withdraw', () => {
  it.each<[string, string[]]>([
    ['an unknown product', ['smartlock', '1.0.0']],
    ['an unknown version', ['smart-lock', '7.0.0']],
    ['an unknown revision', ['smart-lock', '1.0.0', '--revision', '3']],
    ['an unknown channel', ['smart-lock', '1.0.0', '--channel', 'satble']],
    ['a channel that does not have the release', ['smart-lock', '1.1.0', '--channel', 'lab']],
    ['one unknown channel beside a known one', ['smart-lock', '1.1.0', '--channel', 'stable', '--channel', 'satble']],
  ])('ends with 2 and publishes nothing for %s', async (_what, args) => {
    expect(await line.type('withdraw', ...args, ...configured)).toMatchObject({ status: 2, stdout: '' });
    expect(await stage.messagesIn('releases')).toBe(0);
  });

  it('blocks a release that is yet to come only with --ahead', async () => {
    const printed = await line.typeAndServe('withdraw', 'smart-lock', '7.0.0', '--ahead', ...configured);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect((await stage.table.releaseOf('smart-lock', '7.0.0')).withdrawals).toHaveLength(1);
  });

  it.each<[string, string[]]>([
    ['an unknown revision', ['7.0.0', '--revision', '7']],
    ['an unknown channel', ['7.0.0', '--channel', 'betaa']],
    ['an unknown channel ahead of the release', ['7.0.0', '--ahead', '--channel', 'labb']],
    ['an unknown channel of another version that is yet to come', ['8.0.0', '--ahead', '--channel', 'lab', '--channel', 'labb']],
  ])('refuses %s after a withdrawal of the whole version, too', async (_what, args) => {
    expect(await line.type('withdraw', 'smart-lock', ...args, ...configured)).toMatchObject({ status: 2, stdout: '' });
    expect(await stage.messagesIn('releases')).toBe(0);
  });

  it('can be repeated as it was typed', async () => {
    const printed = await line.typeAndServe('withdraw', 'smart-lock', '7.0.0', ...configured);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
  });

  it('shows what it will stop, and stops it', async () => {
    const printed = await line.typeAndServe('withdraw', 'smart-lock', '1.6.0', '--channel', 'away', ...configured);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    const [shown] = printed.stdout.split('\n');
    expect(shown).toMatch(/^away CREATED.*: is stopped$/);
    expect((await rowsOf('1.6.0')).filter((row) => row.channel === 'away')).toMatchObject([{ state: 'WITHDRAWN' }]);
  });
});
