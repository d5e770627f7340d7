import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { openCommandLine, ota } from '../journey/command-line.ts';
import { hub, thermostat } from '../journey/crash-scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-cli-'));
const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};
const configuration = readFileSync(join(import.meta.dirname, '../../channels.yml'), 'utf8');

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

/** Nothing that a rule of releases is against, but more values than a message may have. */
const withTooManyAttributes = (artifact: object) => ({
  ...artifact,
  attributes: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`a${index}`, ''])),
});

async function takeAllRejected(): Promise<void> {
  for (const message of await stage.receive('rejected', 10)) await stage.remove('rejected', message);
}

const json = async (...args: readonly string[]) => JSON.parse((await line.type(...args, '--json')).stdout);

describe('on an empty stage', () => {
  it('there are no rollouts and nothing was rejected, which is no failure', async () => {
    expect(await line.type('status')).toEqual({ status: 0, stdout: 'no rollouts\n', stderr: '' });
    expect(await json('status')).toEqual({ rollouts: [] });
    expect(await line.type('rejected')).toEqual({ status: 0, stdout: 'nothing was rejected\n', stderr: '' });
    expect(await line.type('redrive')).toMatchObject({ status: 0, stdout: 'nothing to send round\n' });
  });
});

describe('ota publish', () => {
  it('follows a release to its end, a line for each step', async () => {
    const said = await line.typeAndServe('publish', file('release.json', await thermostat(stage)));
    expect(said).toMatchObject({ status: 0, stderr: '' });
    const lines = said.stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^published Firmware Release Published as event [0-9a-f-]{36}$/);
    expect(lines.at(-1)).toBe('beta COMPLETED (10 succeeded)');
    expect(lines.map((text) => text.match(/^beta: (\w+): /)?.[1]).filter(Boolean)).toEqual(['claimed', 'creating', 'created', 'completed']);
  });

  it('says of a copy that it is one', async () => {
    const said = await line.typeAndServe('publish', join(folder, 'release.json'));
    expect(said.status).toBe(0);
    expect(said.stdout).toMatch(/a duplicate, nothing was doubled: beta COMPLETED \(10 succeeded\)\n$/);
  });

  it('does not publish what it could not follow to its refusal, and names what is wrong', async () => {
    expect(await line.type('publish', file('bare.json', { product: 'thermostat' }))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ota publish: version: required/),
    });
    expect((await json('rejected')).rejected).toEqual([]);
  });

  it('names the product first that a detail lacks, before it looks for a source', async () => {
    expect(await line.type('publish', file('empty.json', {}))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ota publish: product: required/),
    });
  });

  it.each([
    ['Firmware Release Publishd', { product: 'thermostat', version: '2.5.0' }, /^ota publish: detail-type: Firmware Release Published or /],
    ['Firmware Release Withdrawn', {}, /^ota publish: product: required/],
    ['Firmware Release Withdrawn', { product: 'hub', version: '1.0.0', channels: [] }, /^ota publish: channels: /],
  ])('does not publish what nobody would hear of again: %s %j', async (detailType, detail, stderr) => {
    const path = file('event.json', { source: 'com.acme.firmware-ci', 'detail-type': detailType, detail });
    expect(await line.type('publish', path)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(stderr) });
  });

  it.each(['iot-release.json', 'details/my-release.json'])(
    'does not publish examples/%s without --upload: nothing has the version that it names',
    async (name) => {
      expect(await line.type('publish', join(examples, name))).toEqual({
        status: 2,
        stdout: '',
        stderr: 'ota publish: artifacts[0].fileLocation.s3Location.version is still "set-at-upload": add --upload FILE\n',
      });
    },
  );

  it.each([{}, { channels: ['beta'], revision: 1 }])('follows a withdrawal (%j), also one that comes first', async (scope) => {
    const event = JSON.parse(readFileSync(join(examples, 'withdrawal.json'), 'utf8'));
    const path = file('withdrawal.json', { ...event, detail: { ...event.detail, ...scope } });
    const said = await line.typeAndServe('publish', path);
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toMatch(/^published Firmware Release Withdrawn as event \S+\nnothing of it was there; .+\n$/);
    const forAProgram = await line.typeAndServe('publish', path, '--json');
    expect(JSON.parse(forAProgram.stdout)).toEqual({ eventId: expect.any(String), rollouts: [] });
  });

  it('ends with 1 and the reason where a withdrawal is refused', async () => {
    const detail = { product: 'toaster', version: '1.0.0' };
    const path = file('refused-withdrawal.json', { source: 'com.acme.firmware-ci', 'detail-type': 'Firmware Release Withdrawn', detail });
    expect(await line.typeAndServe('publish', path)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^ota publish: refused: UNKNOWN_PRODUCT product: /),
    });
    await takeAllRejected();
  });

  it('does not take a detail without its detail-type for the withdrawal that it is', async () => {
    const path = file('bare-withdrawal.json', { product: 'hub', version: '1.0.0' });
    expect(await line.type('publish', path)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/this detail reads as a withdrawal/),
    });
  });

  it('says in words that there is no such bus', async () => {
    const path = file('other-bus.json', await thermostat(stage, '2.4.3'));
    expect(await line.type('publish', path, '--bus', 'firmware-prd')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ota publish: there is no bus firmware-prd here: /),
    });
  });

  it('names the bucket that is not there', async () => {
    const artifacts = [{ fileName: '/app.bin', fileLocation: { s3Location: { bucket: 'acme-other', key: 'app.bin' } } }];
    const path = file('other-bucket.json', { product: 'thermostat', version: '9.0.0', channels: ['beta'], artifacts });
    const said = await line.type('publish', path, '--upload', path);
    expect(said).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^ota publish: there is no bucket acme-other; /) });
  });

  it.each<[string, string, (release: Awaited<ReturnType<typeof thermostat>>) => object]>([
    ['that breaks a rule', 'INVALID_RELEASE version', () => ({ version: 'v2.4.1' })],
    ['with more values than a message may have', 'TOO_LARGE $', ({ artifacts }) => ({ artifacts: artifacts.map(withTooManyAttributes) })],
  ])('ends with 1 and the reason for a dry run %s: nothing was planned', async (_what, why, changes) => {
    const release = await thermostat(stage);
    const path = file('dry-run.json', { ...release, ...changes(release), dryRun: true });
    const said = await line.typeAndServe('publish', path);
    expect([said.status, said.stdout.split('\n')[1]]).toEqual([1, expect.stringContaining(`rejected: ${why}: `)]);
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

  it('ends with 1 and the reason when the release is refused', async () => {
    const release = { ...(await thermostat(stage, '2.4.2')), hardware: ['T5'] };
    const said = await line.typeAndServe('publish', file('refused.json', release));
    expect(said.status).toBe(1);
    expect(said.stdout).toMatch(/^rejected: HARDWARE_MISMATCH hardware: /m);
  });

  it('for a program: the event, the rollouts, and why it was rejected', async () => {
    const said = await line.typeAndServe('publish', file('hub.json', await hub(stage)), '--json');
    expect(JSON.parse(said.stdout)).toMatchObject({
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
    const refused = await line.typeAndServe('publish', join(folder, 'refused.json'), '--json');
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout).rejected).toMatchObject({ code: 'HARDWARE_MISMATCH', path: 'hardware' });
  });

  it('only puts the event on the bus with --no-wait', async () => {
    const said = await line.type('publish', join(folder, 'release.json'), '--no-wait', '--json');
    expect(Object.keys(JSON.parse(said.stdout))).toEqual(['eventId']);
    await stage.settle(stage.sandbox());
  });

  it('ends with 2 where there is nothing to publish', async () => {
    for (const args of [['publish'], ['publish', join(folder, 'none.json')], ['publish', file('strange.json', { product: 'toaster' })]]) {
      expect(await line.type(...args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^ota publish: .+\n$/) });
    }
  });
});

describe('ota status', () => {
  it('tells of every rollout where it stands, its devices and its ids', async () => {
    const { stdout, status } = await line.type('status');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^hub 1\.0\.0 stable {2}CREATED$/m);
    expect(stdout).toMatch(
      /^thermostat 2\.4\.1 beta {2}COMPLETED\n {4}10 succeeded\n {4}fw-thermostat-\S+-1 {2}AFR_OTA-fw-thermostat-\S+-1\n {4}since /m,
    );
  });

  it('of one release tells its history too', async () => {
    const { stdout } = await line.type('status', 'thermostat', '2.4.1');
    expect(stdout).toMatch(/^ {4}brought by event \S+, message \S+$/m);
    expect(stdout).toMatch(/^ {4}\S+Z {2}new → CLAIMED {2}accepted {2}\(releases \S+\)$/m);
    expect(stdout).not.toContain('hub');
  });

  it('for a program has exactly the members that are promised', async () => {
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
  });
});

describe('ota rejected and ota redrive', () => {
  it('show what was refused, and take nothing away', async () => {
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

  it('accept after the configuration was mended what was refused before', async () => {
    const [first] = (await json('rejected')).rejected;
    stage.configure(configuration.replace('hardware: [T6-B, T6-C]', 'hardware: [T5]'));
    expect(await line.type('redrive', '--id', first.messageId)).toMatchObject({ status: 0, stdout: '1 sent round to releases\n' });
    await stage.settle(stage.sandbox(), (row) => row.due === undefined || row.continuous);
    expect((await json('status', 'thermostat', '2.4.2')).rollouts).toMatchObject([{ state: 'COMPLETED' }]);
    expect((await json('rejected')).rejected).toHaveLength(1);
  });

  it('send one that is accepted by now round as a duplicate', async () => {
    const { redriven } = await json('redrive');
    expect(redriven).toHaveLength(1);
    const sandbox = stage.sandbox();
    await stage.settle(sandbox);
    expect(sandbox.calls.filter(({ operation }) => operation === 'CreateOTAUpdate')).toEqual([]);
    expect((await stage.published()).map(({ detailType }) => detailType)).toContain('OTA Release Duplicate');
    expect((await json('rejected')).rejected).toEqual([]);
  });

  it('empty a dead-letter queue into the queue it came from', async () => {
    await stage.send('releases-dlq', 'no event');
    expect((await line.type('redrive', '--queue', 'releases')).stdout).toBe('1 sent round to releases\n');
    expect([await stage.messagesIn('releases-dlq'), await stage.messagesIn('releases')]).toEqual([0, 1]);
  });

  it('end with 1 for a message that is not there, with 2 for a queue that does not exist', async () => {
    expect((await line.type('redrive', '--id', 'none')).status).toBe(1);
    expect(await line.type('redrive', '--queue', 'mine')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ota redrive: no queue "mine"; there are /),
    });
  });
});

describe('ota withdraw', () => {
  it('waits until nothing of the release is live', async () => {
    const said = await line.typeAndServe('withdraw', 'hub', '1.0.0', '--reason', 'BAD');
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toMatch(/^withdrew hub 1\.0\.0 as event \S+\nstable: WITHDRAWN; 10 devices had already succeeded and keep it\n$/);
  });

  it('blocks what was never published, and for a program names event and rollouts', async () => {
    const said = await line.typeAndServe('withdraw', 'thermostat', '9.0.0', '--json');
    expect(JSON.parse(said.stdout)).toEqual({ eventId: expect.any(String), rollouts: [] });
    await stage.settle(stage.sandbox());
    expect((await stage.table.lookUp('thermostat', '9.0.0', [])).tombstones.list).toHaveLength(1);
  });

  it('is content with the withdrawal that is there already and covers it', async () => {
    const said = await line.typeAndServe('withdraw', 'thermostat', '9.0.0', '--channel', 'beta');
    expect(said).toMatchObject({ status: 0, stderr: '' });
    await stage.settle(stage.sandbox());
    expect((await stage.table.lookUp('thermostat', '9.0.0', [])).tombstones.list).toHaveLength(1);
  });

  it('ends with 2 for a product that nobody knows, and for a revision that is none', async () => {
    expect((await line.type('withdraw', 'toaster', '1.0.0')).status).toBe(2);
    expect((await line.type('withdraw', 'hub', '1.0.0', '--revision', '0')).status).toBe(2);
  });
});

describe('where nothing listens', () => {
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
  ])('ota %s … says so in one line and ends with 2', async (...args) => {
    const said = await ota(nowhere, ...args);
    expect(said).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^ota \w+: nothing listens at http:\/\/127\.0\.0\.1:\d+\S*: start the local service with npm start.*\n$/,
      ),
    });
  });
});
