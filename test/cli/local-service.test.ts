import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { root } from '../../scripts/installation.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { openCommandLine, ota } from '../journey/command-line.ts';
import { hub, thermostat } from '../journey/crash-scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-cli-'));
const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};
const configuration = readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8');

const examples = join(import.meta.dirname, '../../examples');

let stage: StageInTime;
let line: Awaited<ReturnType<typeof openCommandLine>>;
beforeAll(async () => {
  stage = await openStageInTime();
  line = await openCommandLine(stage);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await line.stop();
  await stage.stop();
});

const [source, published, withdrawn] = ['com.acme.firmware-ci', 'Firmware Release Published', 'Firmware Release Withdrawn'];
const hub1 = { product: 'hub', version: '1.0.0' };
/** A valid release of an object that nobody has uploaded. */
const minimalIn = (bucket: string) => ({
  product: 'thermostat',
  version: '9.1.0',
  channels: ['beta'],
  hardware: ['T6-B', 'T6-C'],
  artifacts: [{ fileName: '/app.bin', fileLocation: { s3Location: { bucket, key: 'app.bin', version: 'v' } }, sha256: 'aa'.repeat(32) }],
});
const minimal = minimalIn('acme-firmware');

/** Valid as attributes of an artifact, but more values than a message may have. */
const withTooManyAttributes = (artifact: object) => ({
  ...artifact,
  attributes: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`a${index}`, ''])),
});

async function takeAllRejected(): Promise<void> {
  for (const message of await stage.receive('rejected', 10)) await stage.remove('rejected', message);
}

const json = async (...args: readonly string[]) => JSON.parse((await line.type(...args, '--json')).stdout);

describe('on an empty stage', () => {
  it('status, rejected and redrive find nothing and end with 0', async () => {
    expect(await line.type('status')).toMatchObject({ status: 0, stderr: '' });
    expect(await json('status')).toEqual({ rollouts: [], withdrawals: [] });
    expect(await line.type('rejected')).toMatchObject({ status: 0, stderr: '' });
    expect(await json('rejected')).toEqual({ rejected: [] });
    expect(await line.type('redrive')).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('ota publish', () => {
  it('follows a release to its end and prints a line for each state', async () => {
    const printed = await line.typeAndServe('publish', file('release.json', await thermostat(stage)));
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    const lines = printed.stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^published thermostat 2\.4\.1 to beta \(event [0-9a-f-]{36}\)$/);
    expect(lines.at(-1)).toBe('beta COMPLETED (10 succeeded)');
    expect(lines.map((text) => text.match(/^beta: (\w+)/)?.[1]).filter(Boolean)).toEqual(['accepted', 'asking', 'created', 'completed']);
  });

  it('ends with 0 for a duplicate', async () => {
    const printed = await line.typeAndServe('publish', join(folder, 'release.json'), '--json');
    expect(printed.status).toBe(0);
    expect(JSON.parse(printed.stdout)).toMatchObject({ duplicate: true, rollouts: [{ channel: 'beta', state: 'COMPLETED' }] });
  });

  it.each<[string, string, object]>([
    ['a release without most of its members', 'INVALID_RELEASE version', { product: 'thermostat' }],
    ['an empty object', 'INVALID_RELEASE product', {}],
    ['a release of an unknown product', 'UNKNOWN_PRODUCT product', { ...minimal, product: 'thermostatt' }],
    ['a release to an unknown channel', 'UNKNOWN_CHANNEL channels[0]', { ...minimal, channels: ['beat'] }],
    ['a dry run with the wrong hardware', 'HARDWARE_MISMATCH hardware', { ...minimal, hardware: ['T5'], dryRun: true }],
    ['an artifact of another bucket', 'BUCKET_NOT_ALLOWED artifacts[0].fileLocation.s3Location.bucket', minimalIn('acme-other')],
    ['too many values', 'TOO_LARGE $', { ...minimal, artifacts: minimal.artifacts.map(withTooManyAttributes) }],
    ['an unknown detail-type', 'UNKNOWN_DETAIL_TYPE detail-type', { source, 'detail-type': 'Firmware Release Publishd', detail: minimal }],
    ['another source', 'SOURCE_NOT_ALLOWED source', { source: 'com.acme.other', 'detail-type': published, detail: minimal }],
    ['no source', 'SOURCE_NOT_ALLOWED source', { 'detail-type': published, detail: minimal }],
    ['an empty withdrawal', 'INVALID_WITHDRAWAL product', { source, 'detail-type': withdrawn, detail: {} }],
    ['a withdrawal of no channel', 'INVALID_WITHDRAWAL channels', { source, 'detail-type': withdrawn, detail: { ...hub1, channels: [] } }],
    [
      'a withdrawal of an unknown product',
      'UNKNOWN_PRODUCT product',
      { source, 'detail-type': withdrawn, detail: { ...hub1, product: 'hubb' } },
    ],
    ['a withdrawal from another source', 'SOURCE_NOT_ALLOWED source', { source: 'com.x', 'detail-type': withdrawn, detail: hub1 }],
  ])('does not publish what the service would reject, and ends with 1, code and path: %s', async (_what, why, content) => {
    const path = file('to-be-rejected.json', content);
    const forAProgram = await line.type('publish', path, '--json');
    expect(forAProgram.status).toBe(1);
    const [code, member] = why.split(' ');
    const rejection = { code, path: member };
    expect(JSON.parse(forAProgram.stdout)).toMatchObject({
      rollouts: [],
      rejected: rejection,
      rejections: expect.arrayContaining([expect.objectContaining(rejection)]),
    });
    expect(await stage.messagesIn('releases')).toBe(0);
  });

  it.each(['iot-release.json', 'details/my-release.json'])(
    'does not publish examples/%s without --upload, because no object has the version that it names',
    async (name) => {
      expect(await line.type('publish', join(examples, name))).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining('artifacts[0].fileLocation.s3Location.version'),
      });
    },
  );

  it.each([{}, { channels: ['beta'], revision: 1 }])('follows a withdrawal (%j) even if it comes before its release', async (scope) => {
    const event = JSON.parse(readFileSync(join(examples, 'withdrawal.json'), 'utf8'));
    const path = file('withdrawal.json', { ...event, detail: { ...event.detail, ...scope } });
    const printed = await line.typeAndServe('publish', path);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout.trim().split('\n')).toHaveLength(2);
    const forAProgram = await line.typeAndServe('publish', path, '--json');
    expect(JSON.parse(forAProgram.stdout)).toEqual({ result: 'succeeded', eventId: expect.any(String), rollouts: [] });
  });

  it('does not publish the detail of a withdrawal without its detail-type', async () => {
    const path = file('bare-withdrawal.json', { product: 'hub', version: '1.0.0' });
    expect(await line.type('publish', path)).toMatchObject({ status: 2, stdout: '' });
  });

  it('ends with 2 and names a bus that does not exist', async () => {
    const path = file('other-bus.json', await thermostat(stage, '2.4.3'));
    expect(await line.type('publish', path, '--bus', 'firmware-prd')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ota publish: .*\bfirmware-prd\b/),
    });
  });

  it('ends with 1, code and path if the service rejects the release', async () => {
    const release = { ...(await thermostat(stage, '2.4.2')), artifacts: [{ ...(await stage.artifact('thermostat/2.4.2')), sizeBytes: 1 }] };
    const printed = await line.typeAndServe('publish', file('rejected.json', release));
    expect(printed).toMatchObject({ status: 1, stdout: expect.stringMatching(/^rejected: ARTIFACT_MISMATCH artifacts\[0\]\.\w+: /m) });
    await takeAllRejected();
  });

  it('prints for a program the event, the rollouts, and why the service rejected it', async () => {
    const printed = await line.typeAndServe('publish', file('hub.json', await hub(stage)), '--json');
    expect(JSON.parse(printed.stdout)).toMatchObject({
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      rollouts: [
        {
          product: 'hub',
          version: '1.0.0',
          channel: 'stable',
          service: 'iotmanagedintegrations',
          state: 'CREATED',
          aws: { taskId: expect.any(String) },
        },
      ],
      duplicate: false,
    });
    const rejected = await line.typeAndServe('publish', join(folder, 'rejected.json'), '--json');
    expect(rejected.status).toBe(1);
    expect(JSON.parse(rejected.stdout)).toMatchObject({ eventId: expect.any(String), rejected: { code: 'ARTIFACT_MISMATCH' } });
    await takeAllRejected();
  });

  it('only puts the event on the bus with --no-wait', async () => {
    const printed = await line.type('publish', join(folder, 'release.json'), '--no-wait', '--json');
    expect(Object.keys(JSON.parse(printed.stdout))).toEqual(['result', 'eventId', 'correlationId', 'warnings']);
    await stage.settle(stage.sandbox());
  });

  it('ends with 2 if there is nothing to publish', async () => {
    for (const args of [['publish'], ['publish', join(folder, 'none.json')], ['publish', folder]]) {
      expect(await line.type(...args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^ota publish: .+\n$/) });
    }
  });
});

describe('ota status', () => {
  it('prints state, devices and ids of every rollout', async () => {
    const { stdout, status } = await line.type('status');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^hub 1\.0\.0 stable {2}CREATED$/m);
    expect(stdout).toMatch(
      /^thermostat 2\.4\.1 beta {2}COMPLETED\n {4}10 devices: 10 succeeded \(100 %\); last moved \S+Z\n {4}fw-thermostat-\S+-1\n {4}AFR_OTA-fw-thermostat-\S+-1\n {4}since /m,
    );
  });

  it('prints the history of one release too', async () => {
    const { stdout } = await line.type('status', 'thermostat', '2.4.1');
    expect(stdout).toMatch(/^thermostat 2\.4\.1 {2}accepted content\n {4}digest [0-9a-f]{64}\n {4}artifact \/app\.bin\n/);
    expect(stdout).toMatch(/^ {8}sha256 [0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^ {4}published by com\.acme\.firmware-ci, account 000000000000, event \S+$/m);
    expect(stdout).toMatch(/^ {4}\S+Z {2}new → CLAIMED {2}.+ {2}\(releases \S+\)$/m);
    expect(stdout).not.toContain('hub');
  });

  it('prints for a program exactly the promised members', async () => {
    const { rollouts } = await json('status', 'thermostat');
    expect(rollouts).toHaveLength(1);
    const [rollout] = rollouts;
    expect(Object.keys(rollout)).toEqual([
      'rolloutId',
      'product',
      'version',
      'revision',
      'channel',
      'service',
      'operation',
      'releaseDigest',
      'state',
      'attempt',
      'aws',
      'counts',
      'countsChangedAt',
      'at',
      'since',
      'publishedBy',
      'history',
    ]);
    expect(rollout).toMatchObject({
      product: 'thermostat',
      version: '2.4.1',
      revision: 1,
      channel: 'beta',
      service: 'iot',
      operation: 'CreateOTAUpdate',
      releaseDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      state: 'COMPLETED',
      attempt: 1,
      publishedBy: { account: '000000000000', source: 'com.acme.firmware-ci', eventId: expect.any(String) },
    });
    expect(rollout.aws).toEqual({ otaUpdateId: `${rollout.rolloutId}-1`, jobId: `AFR_OTA-${rollout.rolloutId}-1` });
    expect(rollout.history.map(({ from, to }: { from: string | null; to: string }) => [from, to])).toEqual([
      [null, 'CLAIMED'],
      ['CLAIMED', 'CREATING'],
      ['CREATING', 'CREATED'],
      ['CREATED', 'COMPLETED'],
    ]);
    for (const { at } of [rollout, { at: rollout.countsChangedAt }, ...rollout.history]) expect(new Date(at).toISOString()).toBe(at);
    expect(rollout.since).toBe(rollout.history.at(-1).at);
  });

  const versionsOf = async (...args: readonly string[]) =>
    (await json('status', ...args)).rollouts.map(({ product, version }: { product: string; version: string }) => `${product} ${version}`);

  it('shows only what is live, what failed, or what changed since an instant', async () => {
    expect(await versionsOf()).toEqual(['hub 1.0.0', 'thermostat 2.4.1']);
    expect(await versionsOf('--live')).toEqual(['hub 1.0.0']);
    expect(await versionsOf('--failed')).toEqual([]);
    expect(await versionsOf('--since', '2026-11-23T00:00:00Z')).toEqual(['hub 1.0.0', 'thermostat 2.4.1']);
    expect(await versionsOf('--since', '2036-11-23T00:00:00Z')).toEqual([]);
  });

  it('names the product or the version that was probably meant', async () => {
    expect((await line.type('status', 'thermostta')).stdout).toMatch(/\bthermostat\?\n$/);
    expect((await line.type('status', 'thermostat', '2.4.1+ci.7')).stdout).toMatch(/ 2\.4\.1\?\n$/);
  });

  it('shows the withdrawal of a release that never came, with who sent it and why', async () => {
    const { withdrawals } = await json('status');
    expect(withdrawals).toContainEqual({
      product: 'thermostat',
      version: '2.3.9',
      account: '000000000000',
      source: 'com.acme.firmware-ci',
      reasonCode: 'RADIO_FAILS',
      comment: expect.any(String),
      at: expect.stringMatching(/Z$/),
    });
    expect(await json('status', 'thermostat', '2.3.9')).toMatchObject({
      rollouts: [],
      withdrawals: [{ version: '2.3.9' }],
    });
    for (const args of [[], ['thermostat', '2.3.9']])
      expect((await line.type('status', ...args)).stdout).toMatch(/^thermostat 2\.3\.9 {2}\S/m);
    expect((await json('status', 'thermostat', '2.4.1')).withdrawals).toEqual([]);
  });
});

describe('ota rejected and ota redrive', () => {
  beforeAll(async () => {
    const release = { ...(await thermostat(stage, '2.4.2')), hardware: ['T5'] };
    for (let time = 0; time < 2; time += 1) await stage.publish(release);
    await stage.settle(stage.sandbox());
  });

  it('show what was rejected, and keep it in the queue', async () => {
    for (let look = 0; look < 2; look += 1) {
      const { rejected } = await json('rejected');
      expect(rejected).toHaveLength(2);
      expect(rejected[0]).toMatchObject({
        code: 'HARDWARE_MISMATCH',
        path: 'hardware',
        product: 'thermostat',
        version: '2.4.2',
        channels: ['beta'],
        account: '000000000000',
        source: 'com.acme.firmware-ci',
        eventId: expect.any(String),
        releaseDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(rejected[0].message).toBe(rejected[0].reason);
    }
    expect((await line.type('rejected')).stdout).toMatch(
      /Z {2}HARDWARE_MISMATCH hardware: .+\n {4}thermostat 2\.4\.2 beta\n {4}published by com\.acme\.firmware-ci, account 0{12}, event \S+\n {4}message \S+$/m,
    );
  });

  it('show one message, and print its body as it came', async () => {
    const [first, second] = (await json('rejected')).rejected;
    expect((await json('rejected', '--id', second.messageId)).rejected).toEqual([second]);
    const body = JSON.parse((await line.type('rejected', '--id', first.messageId, '--body')).stdout);
    expect(body).toMatchObject({ id: first.eventId, 'detail-type': 'Firmware Release Published', detail: { version: '2.4.2' } });
    expect(await line.type('rejected', '--id', 'none')).toMatchObject({ status: 1, stdout: '' });
  });

  it('release a rejected message after the configuration was fixed', async () => {
    const [first] = (await json('rejected')).rejected;
    stage.configure(configuration.replace('hardware: [T6-B, T6-C]', 'hardware: [T5]'));
    const printed = await line.typeAndServe('redrive', '--id', first.messageId);
    expect(printed).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/\nthermostat 2\.4\.2 beta \(message .+, now .+\): accepted\b/),
    });
    await stage.settle(stage.sandbox(), (row) => row.dueAt === undefined || row.continuous);
    expect((await json('status', 'thermostat', '2.4.2')).rollouts).toMatchObject([{ state: 'COMPLETED' }]);
    expect((await json('rejected')).rejected).toHaveLength(1);
  });

  it('redrive a message that was accepted meanwhile as a duplicate', async () => {
    const { redriven } = await json('redrive', '--no-wait');
    expect(redriven).toHaveLength(1);
    const sandbox = stage.sandbox();
    await stage.settle(sandbox);
    expect(sandbox.calls.filter(({ operation }) => operation === 'CreateOTAUpdate')).toEqual([]);
    expect((await stage.published()).map(({ detailType }) => detailType)).toContain('OTA Release Duplicate');
    expect((await json('rejected')).rejected).toEqual([]);
  });

  it('empty a dead-letter queue into the queue that its messages came from', async () => {
    await stage.send('releases-dlq', 'no event');
    expect((await line.type('redrive', '--queue', 'releases')).status).toBe(0);
    expect([await stage.messagesIn('releases-dlq'), await stage.messagesIn('releases')]).toEqual([0, 1]);
  });

  it('end with 1 for a message that is not in the queue, and with 2 for an unknown queue', async () => {
    expect((await line.type('redrive', '--id', 'none')).status).toBe(1);
    expect((await line.type('redrive', '--queue', 'mine')).status).toBe(2);
  });
});

describe('ota withdraw', () => {
  it('waits until every rollout of the release has stopped', async () => {
    const printed = await line.typeAndServe('withdraw', 'hub', '1.0.0', '--reason', 'BAD');
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout).toMatch(/\nstable: WITHDRAWN; 10 \D+\n$/);
  });

  it('blocks a release that was never published, and prints for a program event and rollouts', async () => {
    const printed = await line.typeAndServe('withdraw', 'thermostat', '9.0.0', '--ahead', '--json');
    expect(JSON.parse(printed.stdout)).toEqual({ result: 'succeeded', eventId: expect.any(String), rollouts: [] });
    await stage.settle(stage.sandbox());
    expect((await stage.table.withdrawals('thermostat', '9.0.0')).list).toHaveLength(1);
  });

  it('ends if the ledger already has a withdrawal that covers it', async () => {
    const printed = await line.typeAndServe('withdraw', 'thermostat', '9.0.0', '--channel', 'beta', '--ahead');
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    await stage.settle(stage.sandbox());
    expect((await stage.table.withdrawals('thermostat', '9.0.0')).list).toHaveLength(1);
  });

  it('ends with 2 for an unknown product and for an invalid revision', async () => {
    expect((await line.type('withdraw', 'toaster', '1.0.0')).status).toBe(2);
    expect((await line.type('withdraw', 'hub', '1.0.0', '--revision', '0')).status).toBe(2);
  });
});

describe('if nothing listens', () => {
  let nowhere: string;
  beforeAll(async () => {
    const { endpoint, stop } = await stage.aws.listen();
    nowhere = endpoint;
    await stop();
  });

  it.each<string[]>([
    ['status'],
    ['status', 'thermostat', '1.0.0'],
    ['rejected'],
    ['redrive'],
    ['withdraw', 'thermostat', '1.0.0'],
    ['publish', join(examples, 'withdrawal.json')],
    ['publish', join(examples, 'iot-release.json'), '--upload', import.meta.filename],
    ['fault', 'list'],
  ])('ota %s ... prints one line with the endpoint and ends with 2', async (...args) => {
    const printed = await ota(nowhere, ...args);
    expect(printed).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ota \w+: .*http:\/\/127\.0\.0\.1:\d+.*\n$/),
    });
  });
});
