import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { root } from '../../scripts/given-file.ts';
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
    expect(await json('status')).toEqual({ rollouts: [] });
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
    expect(lines[0]).toMatch(/[0-9a-f-]{36}$/);
    expect(lines.at(-1)).toBe('beta COMPLETED (10 succeeded)');
    expect(lines.map((text) => text.match(/^beta: (\w+): /)?.[1]).filter(Boolean)).toEqual(['claimed', 'creating', 'created', 'completed']);
  });

  it('ends with 0 for a duplicate', async () => {
    const printed = await line.typeAndServe('publish', join(folder, 'release.json'), '--json');
    expect(printed.status).toBe(0);
    expect(JSON.parse(printed.stdout)).toMatchObject({ duplicate: true, rollouts: [{ channel: 'beta', state: 'COMPLETED' }] });
  });

  it('does not publish a release that it could not follow to its rejection, and names what is wrong', async () => {
    expect(await line.type('publish', file('bare.json', { product: 'thermostat' }))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ota publish: version: ./),
    });
    expect((await json('rejected')).rejected).toEqual([]);
  });

  it('names a missing product before it looks for a source', async () => {
    expect(await line.type('publish', file('empty.json', {}))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ota publish: product: ./),
    });
  });

  it.each([
    ['Firmware Release Publishd', { product: 'thermostat', version: '2.5.0' }, /^ota publish: detail-type: ./],
    ['Firmware Release Withdrawn', {}, /^ota publish: product: ./],
    ['Firmware Release Withdrawn', { product: 'hub', version: '1.0.0', channels: [] }, /^ota publish: channels: ./],
  ])('does not publish an event whose rejection could not be followed: %s %j', async (detailType, detail, stderr) => {
    const path = file('event.json', { source: 'com.acme.firmware-ci', 'detail-type': detailType, detail });
    expect(await line.type('publish', path)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(stderr) });
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
    expect(JSON.parse(forAProgram.stdout)).toEqual({ eventId: expect.any(String), rollouts: [] });
  });

  it('ends with 1, code and path if a withdrawal is rejected', async () => {
    const detail = { product: 'toaster', version: '1.0.0' };
    const path = file('rejected-withdrawal.json', { source: 'com.acme.firmware-ci', 'detail-type': 'Firmware Release Withdrawn', detail });
    expect(await line.typeAndServe('publish', path)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/UNKNOWN_PRODUCT product: /),
    });
    await takeAllRejected();
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

  it('ends with 2 and names a bucket that does not exist', async () => {
    const artifacts = [{ fileName: '/app.bin', fileLocation: { s3Location: { bucket: 'acme-other', key: 'app.bin' } } }];
    const path = file('other-bucket.json', { product: 'thermostat', version: '9.0.0', channels: ['beta'], artifacts });
    const printed = await line.type('publish', path, '--upload', path);
    expect(printed).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^ota publish: .*\bacme-other\b/) });
  });

  it.each<[string, string, (release: Awaited<ReturnType<typeof thermostat>>) => object]>([
    ['that is invalid', 'INVALID_RELEASE version', () => ({ version: 'v2.4.1' })],
    ['with more values than a message may have', 'TOO_LARGE $', ({ artifacts }) => ({ artifacts: artifacts.map(withTooManyAttributes) })],
  ])('ends with 1, code and path for a dry run %s', async (_what, why, changes) => {
    const release = await thermostat(stage);
    const path = file('dry-run.json', { ...release, ...changes(release), dryRun: true });
    const printed = await line.typeAndServe('publish', path);
    expect([printed.status, printed.stdout.split('\n')[1]]).toEqual([1, expect.stringContaining(`${why}: `)]);
    const forAProgram = await line.typeAndServe('publish', path, '--json');
    const [code] = why.split(' ');
    expect(forAProgram.status).toBe(1);
    expect(JSON.parse(forAProgram.stdout)).toMatchObject({
      eventId: expect.any(String),
      rollouts: [],
      duplicate: false,
      rejected: { code },
    });
    await takeAllRejected();
  });

  it('ends with 1, code and path if the release is rejected', async () => {
    const release = { ...(await thermostat(stage, '2.4.2')), hardware: ['T5'] };
    const printed = await line.typeAndServe('publish', file('rejected.json', release));
    expect(printed.status).toBe(1);
    expect(printed.stdout).toMatch(/\bHARDWARE_MISMATCH hardware: /m);
  });

  it('prints for a program the event, the rollouts, and why it was rejected', async () => {
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
    expect(JSON.parse(rejected.stdout).rejected).toMatchObject({ code: 'HARDWARE_MISMATCH', path: 'hardware' });
  });

  it('only puts the event on the bus with --no-wait', async () => {
    const printed = await line.type('publish', join(folder, 'release.json'), '--no-wait', '--json');
    expect(Object.keys(JSON.parse(printed.stdout))).toEqual(['eventId']);
    await stage.settle(stage.sandbox());
  });

  it('ends with 2 if there is nothing to publish', async () => {
    for (const args of [['publish'], ['publish', join(folder, 'none.json')], ['publish', file('strange.json', { product: 'toaster' })]]) {
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
      /^thermostat 2\.4\.1 beta {2}COMPLETED\n {4}10 succeeded\n {4}fw-thermostat-\S+-1 {2}AFR_OTA-fw-thermostat-\S+-1\n {4}since /m,
    );
  });

  it('prints the history of one release too', async () => {
    const { stdout } = await line.type('status', 'thermostat', '2.4.1');
    expect(stdout).toMatch(/^ {4}from event \S+, message \S+$/m);
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
      'state',
      'attempt',
      'aws',
      'counts',
      'at',
      'since',
      'history',
    ]);
    expect(rollout).toMatchObject({
      product: 'thermostat',
      version: '2.4.1',
      revision: 1,
      channel: 'beta',
      service: 'iot',
      state: 'COMPLETED',
      attempt: 1,
    });
    expect(rollout.aws).toEqual({ otaUpdateId: `${rollout.rolloutId}-1`, jobId: `AFR_OTA-${rollout.rolloutId}-1` });
    expect(rollout.history.map(({ from, to }: { from: string | null; to: string }) => [from, to])).toEqual([
      [null, 'CLAIMED'],
      ['CLAIMED', 'CREATING'],
      ['CREATING', 'CREATED'],
      ['CREATED', 'COMPLETED'],
    ]);
    for (const { at } of [rollout, ...rollout.history]) expect(new Date(at).toISOString()).toBe(at);
    expect(rollout.since).toBe(rollout.history.at(-1).at);
  });
});

describe('ota rejected and ota redrive', () => {
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
      });
    }
    expect((await line.type('rejected')).stdout).toMatch(/ {2}HARDWARE_MISMATCH hardware: .+ {2}\(thermostat 2\.4\.2 beta\)$/m);
  });

  it('release a rejected message after the configuration was fixed', async () => {
    const [first] = (await json('rejected')).rejected;
    stage.configure(configuration.replace('hardware: [T6-B, T6-C]', 'hardware: [T5]'));
    expect(await line.type('redrive', '--id', first.messageId)).toMatchObject({ status: 0, stderr: '' });
    await stage.settle(stage.sandbox(), (row) => row.dueAt === undefined || row.continuous);
    expect((await json('status', 'thermostat', '2.4.2')).rollouts).toMatchObject([{ state: 'COMPLETED' }]);
    expect((await json('rejected')).rejected).toHaveLength(1);
  });

  it('redrive a message that was accepted meanwhile as a duplicate', async () => {
    const { redriven } = await json('redrive');
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
    const printed = await line.typeAndServe('withdraw', 'thermostat', '9.0.0', '--json');
    expect(JSON.parse(printed.stdout)).toEqual({ eventId: expect.any(String), rollouts: [] });
    await stage.settle(stage.sandbox());
    expect((await stage.table.withdrawals('thermostat', '9.0.0')).list).toHaveLength(1);
  });

  it('ends if the ledger already has a withdrawal that covers it', async () => {
    const printed = await line.typeAndServe('withdraw', 'thermostat', '9.0.0', '--channel', 'beta');
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
