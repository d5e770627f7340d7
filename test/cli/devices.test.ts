import { DeleteJobCommand, DescribeJobCommand, IoTClient, UpdateJobCommand } from '@aws-sdk/client-iot';
import type { FleetSettings } from 'embedded-aws/src/fleet/plan.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { devicesOf } from '../../operator/devices/devices-of.ts';
import { sinceOf } from '../../operator/devices/execution.ts';
import { jobExecutions, reasonIn } from '../../operator/devices/job-executions.ts';
import { taskExecutions } from '../../operator/devices/task-executions.ts';
import { exception, type ScriptedServer, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';
import type { Sandbox } from '../../proof/stage/sandbox.ts';
import { openStageInTime, SOURCE, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { otaInProcess } from './in-process.ts';

/*
 * `ota devices` in this process, with real SDK clients, against the embedded AWS and rollouts that the real handlers made there. Virtual
 * time passes only between the commands.
 */

const iot = (rest: string) => `arn:aws:iot:us-east-1:000000000000:${rest}`;
const managedThing = (id: string) => `arn:aws:iotmanagedintegrations:us-east-1:000000000000:managed-thing/${id}`;
const role = 'arn:aws:iam::000000000000:role/ota-service-local';
/** More than AWS IoT lists at once. */
const SENSORS = 260;

/** One product for each control plane. A sensor also has a second channel, on whose group nobody is. */
const channels = JSON.stringify({
  artifactBuckets: ['acme-firmware'],
  products: {
    sensor: {
      sources: [SOURCE],
      channels: {
        beta: { unsigned: 'allow', createOTAUpdate: { targets: [iot('thinggroup/sensors')], roleArn: role } },
        lab: { unsigned: 'allow', createOTAUpdate: { targets: [iot('thing/lab-1')], roleArn: role } },
      },
    },
    camera: {
      sources: [SOURCE],
      channels: {
        stable: {
          format: 'plain',
          unguarded: 'allow',
          createJob: {
            targets: ['cam-1', 'cam-2', 'cam-3', 'cam-4', 'cam-5'].map((name) => iot(`thing/${name}`)),
            presignedUrlConfig: { roleArn: role },
            timeoutConfig: { inProgressTimeoutInMinutes: 30 },
          },
        },
      },
    },
    lamp: {
      sources: [SOURCE],
      channels: {
        homes: {
          unguarded: 'allow',
          artifactUrl: 'https://cdn.example.com/{key}?versionId={version}',
          createOtaTask: { OtaType: 'ONE_TIME', Target: ['lamp-1', 'lamp-2', 'lamp-3'].map(managedThing) },
        },
      },
    },
  },
});

const fleet: Partial<FleetSettings> = {
  startMilliseconds: [60_000, 60_000],
  updateMilliseconds: [60_000, 60_000],
  devices: {
    'sensors-259': 'FAILED',
    'cam-1': 'FAILED',
    'cam-2': 'REJECTED',
    'cam-3': 'TIMED_OUT',
    'cam-4': 'OFFLINE',
    'lamp-2': 'FAILED',
  },
};

let stage: StageInTime;
let sandbox: Sandbox;
let endpoint = '';
let stop: () => Promise<void>;
beforeAll(async () => {
  stage = await openStageInTime({ channels, fleet, iotCore: { simulatedGroupSize: SENSORS } });
  ({ endpoint, stop } = await stage.aws.listen());
  sandbox = stage.sandbox();
  for (const [product, channel] of [
    ['sensor', 'beta'],
    ['sensor', 'lab'],
    ['camera', 'stable'],
    ['lamp', 'homes'],
  ] as const) {
    const artifacts = [await stage.artifact(`${product}/${channel}`)];
    await stage.publish({ product, version: '1.0.0', revision: channel === 'lab' ? 2 : 1, channels: [channel], artifacts });
  }
  await stage.settle(sandbox);
  stage.advance(60 * 60_000);
});
afterAll(async () => {
  await stop();
  await stage.stop();
});
beforeEach(() => vi.stubEnv('AWS_ENDPOINT_URL', endpoint));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

type Device = { channel: string; rolloutId: string; device: string; state: string; since?: string; reason?: string };

const type = (line: string) => otaInProcess('devices', ...line.split(' '));
const devices = async (line: string): Promise<Device[]> => {
  const { status, stdout, stderr } = await type(`${line} --json`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const shown = JSON.parse(stdout);
  expect(Object.keys(shown)).toEqual(['devices']);
  return shown.devices;
};
const row = async (product: string, channel: string, version = '1.0.0'): Promise<Rollout> => {
  const found = (await stage.rows()).find((one) => one.product === product && one.channel === channel && one.version === version);
  if (found === undefined) throw new Error(`no rollout of ${product} ${version} on ${channel}`);
  return found;
};
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('ota devices of a job of its own', () => {
  it('has each device with its state, since when, and the reason of those that failed', async () => {
    const { rolloutId, operation, aws } = await row('camera', 'stable');
    expect({ operation, aws }).toMatchObject({ operation: 'CreateJob', aws: { jobId: `${rolloutId}-1` } });
    const found = await devices('camera 1.0.0');
    expect(found.map(({ device, state }) => `${device} ${state}`)).toEqual([
      'cam-1 FAILED',
      'cam-2 REJECTED',
      'cam-3 TIMED_OUT',
      'cam-4 QUEUED',
      'cam-5 SUCCEEDED',
    ]);
    for (const one of found) expect(one).toMatchObject({ channel: 'stable', rolloutId, since: expect.stringMatching(time) });
    const [failed, rejected, timedOut, queued, succeeded] = found;
    expect(failed?.reason).toMatch(/^(?:the|writing) /);
    expect(rejected?.reason).toMatch(/^the /);
    expect(timedOut?.reason).toMatch(/^step: /);
    expect(queued).not.toHaveProperty('reason');
    expect(succeeded).not.toHaveProperty('reason');
  });

  it('says since when a device is in its state, not when it was queued', async () => {
    const { job } = await stage.observer.iot.send(new DescribeJobCommand({ jobId: (await row('camera', 'stable')).aws.jobId }));
    const createdAt = job?.createdAt?.getTime() ?? Number.NaN;
    const ages = (await devices('camera 1.0.0')).map(({ device, since }) => [
      device,
      Math.round((Date.parse(since ?? '') - createdAt) / 60_000),
    ]);
    expect(Object.fromEntries(ages)).toEqual({ 'cam-1': 2, 'cam-2': 1, 'cam-3': 31, 'cam-4': 0, 'cam-5': 2 });
  });
});

describe('ota status of a job of its own', () => {
  it('says since when on the clock here, if the control planes of the local service run faster', async () => {
    const [before] = await devices('camera 1.0.0');
    const since = Date.parse(before?.since ?? '');
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
      Response.json({ now: new Date(since + 3_600_000).toISOString(), factor: 60 }),
    );
    const [found] = await devices('camera 1.0.0');
    const shown = (await type('camera 1.0.0')).stdout.match(/since (\S+Z)/)?.[1];
    for (const time of [found?.since, shown]) {
      const age = Date.now() - Date.parse(time ?? '');
      expect(age).toBeGreaterThanOrEqual(60_000);
      expect(age).toBeLessThan(120_000);
    }
  });

  it('has what somebody has changed at AWS since, after the next look', async () => {
    const { jobId = '' } = (await row('camera', 'stable')).aws;
    await stage.observer.iot.send(new UpdateJobCommand({ jobId, timeoutConfig: { inProgressTimeoutInMinutes: 45 } }));
    for (let hour = 0; hour < 2; hour += 1) {
      stage.advance(60 * 60_000);
      await stage.sweepWhenDue(sandbox);
      await stage.settle(sandbox);
    }
    const { stdout } = await otaInProcess('status', 'camera', '1.0.0', '--json');
    expect(JSON.parse(stdout).rollouts).toMatchObject([
      { service: 'iot', operation: 'CreateJob', state: 'CREATED', aws: { jobId }, drift: ['timeoutConfig'] },
    ]);
    const shown = await otaInProcess('status', 'camera', '1.0.0');
    expect(shown.stdout).toContain('\n    changed at AWS since it was created: timeoutConfig; the service leaves that as it is\n');
  });
});

describe('ota devices of an OTA update', () => {
  it('has every device once, from every page, in the order of AWS', async () => {
    const found = await devices('sensor 1.0.0 beta');
    expect(found.map(({ device }) => device)).toEqual(Array.from({ length: SENSORS }, (_, index) => `sensors-${index + 1}`));
    expect(new Set(found.map(({ rolloutId }) => rolloutId))).toEqual(new Set([(await row('sensor', 'beta')).rolloutId]));
  });

  it('has the reason of a device that is on the last page', async () => {
    expect(await devices('sensor 1.0.0 beta --state FAILED')).toEqual([
      expect.objectContaining({ device: 'sensors-259', state: 'FAILED', reason: expect.stringMatching(/^(?:the|writing) /) }),
    ]);
  });

  it('has every revision and channel of the version, unless one channel is named', async () => {
    const all = await devices('sensor 1.0.0');
    expect(all).toHaveLength(SENSORS + 1);
    expect(all.at(-1)).toMatchObject({ channel: 'lab', device: 'lab-1', state: 'SUCCEEDED' });
    expect(await devices('sensor 1.0.0 lab')).toEqual([all.at(-1)]);
  });
});

describe('ota devices of an OTA task', () => {
  it('has each managed thing by its id, with its state and since when, and no reasons', async () => {
    const { rolloutId } = await row('lamp', 'homes');
    const found = await devices('lamp 1.0.0 homes');
    expect(found.map(({ device, state }) => `${device} ${state}`)).toEqual(['lamp-1 SUCCEEDED', 'lamp-2 FAILED', 'lamp-3 SUCCEEDED']);
    for (const one of found) {
      expect(one).toMatchObject({ channel: 'homes', rolloutId, since: expect.stringMatching(time) });
      expect(one).not.toHaveProperty('reason');
    }
    const { stdout } = await type('lamp 1.0.0');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('    managed integrations does not report why a device failed');
  });

  it('has only those in the state that is asked for, although AWS lists all', async () => {
    expect((await devices('lamp 1.0.0 --state SUCCEEDED')).map(({ device }) => device)).toEqual(['lamp-1', 'lamp-3']);
  });
});

describe('ota devices for people', () => {
  it('has a line for each rollout, and one for each device below', async () => {
    const { status, stdout } = await type('camera 1.0.0 stable');
    expect(status).toBe(0);
    const [first, second, , , fifth, last, ...more] = stdout.trimEnd().split('\n');
    expect(first).toMatch(/^camera 1\.0\.0 stable {2}CREATED$/);
    expect(second).toMatch(/^ {4}cam-1 {2}FAILED {2}since \S+Z {2}(?:the|writing) .+$/);
    expect(fifth).toMatch(/^ {4}cam-4 {2}QUEUED {2}since \S+Z$/);
    expect(last).toMatch(/^ {4}cam-5 {2}SUCCEEDED {2}since \S+Z$/);
    expect(more).toEqual([]);
  });

  it('says that no device is in the state, and ends with 0', async () => {
    expect(await type('camera 1.0.0 --state REMOVED')).toEqual({
      status: 0,
      stdout: 'camera 1.0.0 stable  CREATED\n    AWS lists no device that is REMOVED\n',
      stderr: '',
    });
    expect(await devices('camera 1.0.0 --state REMOVED')).toEqual([]);
  });

  it('leaves out the reasons with --no-reasons', async () => {
    const found = await devices('camera 1.0.0 --no-reasons');
    expect(found).toHaveLength(5);
    for (const one of found) expect(one).not.toHaveProperty('reason');
  });
});

describe('ota devices', () => {
  it.each([
    ['camera 1.0.1', 1, 'camera has no rollout of version "1.0.1": did you mean 1.0.0? it has 1.0.0'],
    ['camera 1.0.0 stabel', 1, 'camera 1.0.0 has no rollout on channel "stabel": did you mean stable? it has stable'],
    ['camra 1.0.0', 1, 'camra has no rollouts: npm run ota -- status shows all products that have any'],
    [
      'camera 1.0.0 --state failed',
      2,
      '--state takes QUEUED, IN_PROGRESS, SUCCEEDED, FAILED, TIMED_OUT, REJECTED, REMOVED, CANCELED, not failed: did you mean FAILED?',
    ],
    [
      'camera 1.0.0 --state BROKEN',
      2,
      '--state takes QUEUED, IN_PROGRESS, SUCCEEDED, FAILED, TIMED_OUT, REJECTED, REMOVED, CANCELED, not BROKEN',
    ],
    ['camera', 2, 'exactly a product and a version are required, and at most one channel'],
    ['camera 1.0.0 stable beta', 2, 'exactly a product and a version are required, and at most one channel'],
  ])('%s ends with %i and says why', async (line, status, why) => {
    const stderr = `ota devices: ${why}\n`;
    expect(await type(line)).toEqual({ status, stdout: '', stderr });
    expect(await type(`${line} --json`)).toEqual({ status, stdout: `${JSON.stringify({ error: why })}\n`, stderr });
  });

  it('outlasts throttling', async () => {
    stage.aws.faults.add({ kind: 'throttle', service: 'iot', operation: 'ListJobExecutionsForJob', times: 2 });
    stage.aws.faults.add({ kind: 'throttle', service: 'iotmanagedintegrations', operation: 'ListOtaTaskExecutions', times: 2 });
    expect(await devices('camera 1.0.0')).toHaveLength(5);
    expect(await devices('lamp 1.0.0')).toHaveLength(3);
    expect(stage.aws.faults.list().map(({ struck }) => struck)).toEqual([2, 2]);
    stage.aws.faults.clear();
  });

  it('ends with 0 if AWS has not created the rollout yet', async () => {
    await stage.publish({ product: 'camera', version: '2.0.0', channels: ['stable'], artifacts: [await stage.artifact('camera/2')] });
    stage.aws.faults.add({ kind: 'throttle', service: 'iot', operation: 'CreateJob' });
    while ((await stage.poll('releases', sandbox)) === 0) stage.advance(1_000);
    stage.aws.faults.clear();
    expect((await row('camera', 'stable', '2.0.0')).state).toBe('CREATING');
    expect(await devices('camera 2.0.0')).toEqual([]);
    const { status, stdout } = await type('camera 2.0.0');
    expect(status).toBe(0);
    expect(stdout).toBe('camera 2.0.0 stable  CREATING\n    AWS lists no devices for it yet\n');
  });

  it('ends with 0 and says so if AWS no longer has the job', async () => {
    const { aws } = await row('sensor', 'lab');
    await stage.observer.iot.send(new DeleteJobCommand({ jobId: aws.jobId, force: true }));
    stage.advance(60_000);
    const gone = `AWS has no job ${aws.jobId}, so it lists no devices`;
    expect(await type('sensor 1.0.0 lab')).toMatchObject({ status: 0, stdout: expect.stringContaining(`\n    ${gone}\n`), stderr: '' });
    expect(await type('sensor 1.0.0 lab --json')).toEqual({ status: 0, stdout: '{"devices":[]}\n', stderr: `${gone}\n` });
  });
});

describe('the executions of a job', () => {
  it('throw what AWS answers, and do not end as if there were no more', async () => {
    const { jobId = '' } = (await row('camera', 'stable')).aws;
    stage.aws.faults.add({ kind: 'error503', service: 'iot', operation: 'DescribeJobExecution' });
    const client = new IoTClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'made', secretAccessKey: 'up' },
      maxAttempts: 1,
    });
    const read = Array.fromAsync(jobExecutions(client, jobId, { withReasons: true }));
    await expect(read).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
    stage.aws.faults.clear();
  });
});

describe('a list of several pages', () => {
  let server: ScriptedServer;
  const settings = () => ({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'made', secretAccessKey: 'up' },
    maxAttempts: 1,
  });
  beforeAll(async () => {
    server = await startScriptedServer();
  });
  beforeEach(() => server.reset());
  afterAll(() => server.close());

  const ofTask = (id: string, NextToken?: string) => ({
    status: 200,
    body: { ExecutionSummaries: [{ ManagedThingId: id, TaskExecutionSummary: { Status: 'QUEUED' } }], NextToken },
  });
  const ofJob = (name: string, nextToken?: string) => ({
    status: 200,
    body: { executionSummaries: [{ thingArn: iot(`thing/${name}`), jobExecutionSummary: { status: 'SUCCEEDED' } }], nextToken },
  });
  const ofTasks = () => Array.fromAsync(taskExecutions(new IoTManagedIntegrationsClient(settings()), 'abc1', { withReasons: true }));
  const ofJobs = () => Array.fromAsync(jobExecutions(new IoTClient(settings()), 'fw-a-1', { state: 'SUCCEEDED', withReasons: true }));

  it('of a task is read to its end', async () => {
    server.answer(ofTask('m-1', 'more'), ofTask('m-2'));
    expect(await ofTasks()).toEqual([
      { device: 'm-1', state: 'QUEUED' },
      { device: 'm-2', state: 'QUEUED' },
    ]);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/ota-tasks/abc1/devices?MaxResults=1000',
      '/ota-tasks/abc1/devices?MaxResults=1000&NextToken=more',
    ]);
  });

  it('of a job is read to its end, and AWS leaves out the other states', async () => {
    server.answer(ofJob('a', 'more'), ofJob('b:2'));
    expect(await ofJobs()).toEqual([
      { device: 'a', state: 'SUCCEEDED' },
      { device: 'b:2', state: 'SUCCEEDED' },
    ]);
    expect(server.seen.map(({ url }) => [...new URL(url, server.endpoint).searchParams].sort().join(' '))).toEqual([
      'maxResults,250 status,SUCCEEDED',
      'maxResults,250 nextToken,more status,SUCCEEDED',
    ]);
  });

  it('is an error if the job is deleted before its last page, because the list is not whole', async () => {
    server.answer(ofJob('a', 'more'), exception(404, 'ResourceNotFoundException'));
    const clients = { iot: new IoTClient(settings()), managedIntegrations: new IoTManagedIntegrationsClient(settings()) };
    const { executions, isLost } = devicesOf(clients, await row('camera', 'stable'), { withReasons: true });
    expect((await executions.next()).value).toMatchObject({ device: 'a' });
    await expect(executions.next()).rejects.toThrow(
      /^job fw-camera-\S+ was deleted at AWS while its devices were listed, so the list ends after 1$/,
    );
    expect(isLost()).toBe(false);
  });

  it('does not go on for ever if AWS gives the same page again', async () => {
    server.answer(ofTask('m-1', 'more'), ofTask('m-1', 'more'));
    await expect(ofTasks()).rejects.toThrow('ListOtaTaskExecutions returned the same page twice');
    server.answer(ofJob('a', 'more'), ofJob('a', 'more'));
    await expect(ofJobs()).rejects.toThrow('ListJobExecutionsForJob returned the same page twice');
  });
});

describe('the reason of a device', () => {
  it.each([
    ['nothing', {}, undefined],
    ['a reason', { reason: 'no space left', updatedBy: '0x2' }, 'no space left'],
    [
      'the exit status and the errors of a step',
      { reason: 'exited with status: 1', stderr: 'wrong SHA-256' },
      'exited with status: 1: wrong SHA-256',
    ],
    ['only errors of a step', { stderr: 'wrong SHA-256', stdout: '' }, 'wrong SHA-256'],
    ['anything else', { self_test: 'active', updatedBy: '0x2' }, 'self_test: active, updatedBy: 0x2'],
  ])('is what it reported: %s', (_what, details, reason) => {
    expect(reasonIn(details as Record<string, string>)).toBe(reason);
  });
});

describe('the time since when a device is in its state', () => {
  const [queued, started, updated] = [new Date(1_000), new Date(2_000), new Date(3_000)];

  it.each([
    ['QUEUED', 1_000],
    ['IN_PROGRESS', 2_000],
    ['SUCCEEDED', 3_000],
    ['CANCELED', 3_000],
  ])('is when it came to it, not when it last reported its progress: %s', (state, since) => {
    expect(sinceOf(state, { queued, started, updated })).toBe(since);
  });

  it('is the last update if AWS does not say more, and nothing if AWS says nothing', () => {
    expect(sinceOf('QUEUED', { updated })).toBe(3_000);
    expect(sinceOf('QUEUED', {})).toBeUndefined();
  });
});
