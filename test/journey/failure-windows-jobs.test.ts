import {
  CancelJobCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  DeleteJobCommand,
  DescribeJobCommand,
  UntagResourceCommand,
  UpdateJobCommand,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { expectPromisesKept } from '../../proof/stage/promises.ts';
import { strike } from '../../proof/stage/sandbox.ts';
import { hasEnded, openStageInTime, type StageInTime, type StageOptions } from '../../proof/stage/stage-in-time.ts';
import { whatAwsHas } from '../../proof/stage/what-aws-has.ts';
import { camera, camerasWith } from './crash-scenarios.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const offline = { ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 1 } };
/** Devices that end after seven minutes. */
const punctual = { startMilliseconds: [3 * MINUTE, 3 * MINUTE], updateMilliseconds: [4 * MINUTE, 4 * MINUTE] } as const;

let stage: StageInTime;
afterEach(() => stage.stop());
const open = async (options: StageOptions = {}) => {
  stage = await openStageInTime({ fleet: offline, channels: camerasWith(), ...options });
};

const row = async () => (await stage.rows())[0];
const jobId = async () => `${(await row())?.rolloutId}-1`;
const jobEvent = async (operation = 'completed') => JSON.stringify({ jobId: await jobId(), operation });
const types = async () => (await stage.published()).map(({ detailType }) => detailType);
const callsOf = (sandbox: { calls: readonly { operation: string }[] }, operation: string) =>
  sandbox.calls.filter((call) => call.operation === operation).length;
/** Publishes a release for the cameras, and lets the service create its job. */
async function create(more: object = {}) {
  await stage.publish({ ...(await camera(stage)), ...more });
  return stage.settle(stage.sandbox());
}
/** Publishes a release. The process dies before its create leaves. Returns the request. */
async function dieBeforeCreate(): Promise<CreateJobCommandInput> {
  await stage.publish(await camera(stage));
  await stage.poll('releases', stage.sandbox(strike('die before', 'CreateJob')));
  return (await row())?.request as unknown as CreateJobCommandInput;
}
/** Lets minutes pass, with sweeps and all follow-ups. */
async function pass(sandbox: ReturnType<StageInTime['sandbox']>, minutes: number) {
  for (let minute = 0; minute < minutes; minute += 1) {
    stage.advance(MINUTE);
    await stage.sweepWhenDue(sandbox);
    for (const queue of ['releases', 'steering', 'follow-ups'] as const) while ((await stage.poll(queue, sandbox)) > 0);
  }
}
const minuteIn = (minutes: number) => new Date(stage.now() + minutes * MINUTE).toISOString().slice(0, 16);

describe('failure windows of job events', () => {
  it('W61: the event of the end of a job gets lost, and the sweep reports the end', async () => {
    await open({ fleet: punctual });
    await create();
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await types()).toContain('OTA Rollout Completed');
  });

  it('W62: events come twice, late and out of order, and the end is reported once', async () => {
    await open({ fleet: punctual });
    const sandbox = await create();
    stage.advance(10 * MINUTE);
    for (const operation of ['deleted', 'completed', 'completed']) await stage.send('follow-ups', await jobEvent(operation));
    await stage.settle(sandbox, hasEnded);
    stage.advance(4 * HOUR);
    await stage.send('follow-ups', await jobEvent('cancellation_in_progress'));
    await stage.settle(sandbox, hasEnded);
    expect((await expectPromisesKept(stage)).rows).toMatchObject([{ state: 'COMPLETED' }]);
    expect((await types()).filter((type) => type === 'OTA Rollout Completed')).toHaveLength(1);
  });

  it('W63: forged events change neither the state nor the rhythm of looks, and create nothing', async () => {
    await open();
    const sandbox = await create();
    await pass(sandbox, 60);
    const before = await row();
    for (const operation of ['completed', 'canceled', 'deleted', 'x'.repeat(1_000)]) {
      await stage.send('follow-ups', await jobEvent(operation));
      await stage.poll('follow-ups', sandbox);
    }
    const after = await row();
    expect(after).toMatchObject({ state: 'CREATED', restsWithoutNews: before?.restsWithoutNews });
    expect(after?.dueAt).toBeLessThanOrEqual(stage.now() + 5 * MINUTE);
    expect((await expectPromisesKept(stage)).made).toHaveLength(1);
  });

  it('W63: forged events neither send a create again sooner nor look without a turn', async () => {
    await open({ settings: { OTA_LOOKS_PER_SECOND: 0.01 } });
    await dieBeforeCreate();
    const sandbox = stage.sandbox();
    for (let count = 0; count < 5; count += 1) {
      await stage.send('follow-ups', await jobEvent());
      await stage.poll('follow-ups', sandbox);
    }
    expect(callsOf(sandbox, 'DescribeJob')).toBe(1);
    await stage.settle(sandbox);
    await expectPromisesKept(stage);
  });

  it('W63: of messages that no rule would write, only those that are neither event nor follow-up come back', async () => {
    await open({ maxReceiveCount: 2 });
    const sandbox = await create();
    const id = await jobId();
    const dropped = [null, { not: 'text' }, `${id}\n`, id.toUpperCase(), `AFR_OTA-AFR_OTA-${id}`, `fw-${'-1'.repeat(8_000)}`];
    for (const one of dropped) await stage.send('follow-ups', JSON.stringify({ jobId: one }));
    await stage.poll('follow-ups', sandbox);
    expect(await stage.messagesIn('follow-ups')).toBe(0);
    const returned = ['null', '[]', '{', `${'['.repeat(15_000)}`, `{"__proto__":{"jobId":"${id}"}}`];
    for (const one of returned) await stage.send('follow-ups', one);
    await stage.poll('follow-ups', sandbox);
    expect(await stage.messagesIn('follow-ups')).toBe(returned.length);
    expect(await row()).toMatchObject({ state: 'CREATED' });
  });

  it('W64: DescribeJob does not show yet what the event reports, and the next look is soon', async () => {
    await open();
    const sandbox = await create();
    do await pass(sandbox, 1);
    while (((await row())?.dueAt ?? 0) < stage.now() + 30 * MINUTE);
    await stage.send('follow-ups', await jobEvent());
    await stage.poll('follow-ups', sandbox);
    expect(await row()).toMatchObject({ state: 'CREATED', dueAt: stage.now() + 5 * MINUTE });
    const looks = callsOf(sandbox, 'DescribeJob');
    await pass(sandbox, 11);
    expect(callsOf(sandbox, 'DescribeJob')).toBeGreaterThan(looks);
  });

  it('W65: so many jobs end at once that a look gets no turn, and the next sweep looks', async () => {
    await open({ fleet: punctual, settings: { OTA_LOOKS_PER_SECOND: 0.01 } });
    const sandbox = await create();
    stage.advance(6.5 * MINUTE);
    const lookAfterEvent = async () => {
      await stage.send('follow-ups', await jobEvent());
      await stage.poll('follow-ups', sandbox);
      return callsOf(sandbox, 'DescribeJob');
    };
    const looks = await lookAfterEvent();
    stage.advance(MINUTE);
    expect(await lookAfterEvent()).toBe(looks);
    expect(await row()).toMatchObject({ state: 'CREATED', dueAt: (await row())?.claimedAt });
    await pass(sandbox, 6);
    expect((await row())?.state).toBe('COMPLETED');
  });

  it('W74: more live rollouts are due than may be looked at, and a withdrawal is not behind them', async () => {
    await open({ channels: camerasWith('', 'whenSuperseded: keep'), settings: { OTA_LOOKS_PER_SECOND: 0.001 } });
    const sandbox = stage.sandbox();
    for (const version of ['5.0.0', '5.1.0', '5.2.0', '5.3.0']) {
      await stage.publish(await camera(stage, version));
      await stage.settle(sandbox);
    }
    await pass(sandbox, 60);
    stage.aws.faults.add({ service: 'iot', operation: 'CancelJob', kind: 'throttle', forMilliseconds: 30 * MINUTE });
    await stage.withdraw({ product: 'camera', version: '5.3.0' });
    await pass(sandbox, 55);
    const states = (await stage.rows()).map(({ version, state }) => `${version} ${state}`).sort();
    expect(states).toEqual(['5.0.0 CREATED', '5.1.0 CREATED', '5.2.0 CREATED', '5.3.0 WITHDRAWN']);
  });
});

describe('failure windows around CreateJob', () => {
  it('W66: the process dies after the create and before its answer is recorded, and the job is found', async () => {
    await open();
    await stage.publish(await camera(stage));
    const next = await stage.settle(stage.sandbox(strike('die after', 'CreateJob')));
    expect(callsOf(next, 'CreateJob')).toBe(0);
    expect((await expectPromisesKept(stage)).made.map(({ id }) => id)).toEqual([await jobId()]);
  });

  it.each(['refused', 'answered'] as const)(
    'W66: the create is sent twice, and AWS has the second one %s: one job',
    async (identicalCreateJob) => {
      await open({ iotCore: { identicalCreateJob, jobVisibleAfterMilliseconds: MINUTE } });
      await stage.publish(await camera(stage));
      await stage.settle(stage.sandbox(strike('break after', 'CreateJob')));
      stage.advance(MINUTE);
      expect((await expectPromisesKept(stage)).made).toHaveLength(1);
    },
  );

  it('W67: the tags of a new job come late, and it is adopted when they have come', async () => {
    await open({ iotCore: { jobTagsVisibleAfterMilliseconds: 5 * MINUTE } });
    await stage.publish(await camera(stage));
    const sandbox = stage.sandbox(strike('break after', 'CreateJob'));
    await pass(sandbox, 3);
    expect(await row()).toMatchObject({ state: 'CREATING' });
    await stage.settle(sandbox);
    expect(await row()).toMatchObject({ state: 'CREATED' });
    expect(callsOf(sandbox, 'CreateJob')).toBe(1);
  });

  it.each([
    ['another document', { document: '{}' }],
    ['other targets', { targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/all'] }],
    ['other tags', { tags: [{ Key: 'ota-dispatch.rolloutId', Value: 'fw-other' }] }],
    ['no tags', { tags: [] }],
  ])('W68: a job of somebody else has the id of the rollout, with %s, and is not adopted', async (_what, changes) => {
    await open();
    const request = await dieBeforeCreate();
    await stage.observer.iot.send(new CreateJobCommand({ ...request, ...changes }));
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await row()).toMatchObject({ state: 'FAILED', code: 'NOT_ADOPTABLE' });
  });

  it('W68: the job is deleted later, and somebody makes another one with its id: its counts are not of this release', async () => {
    await open();
    const sandbox = await create();
    const id = await jobId();
    await stage.observer.iot.send(new DeleteJobCommand({ jobId: id, force: true }));
    stage.advance(MINUTE);
    const targets = ['arn:aws:iot:us-east-1:000000000000:thinggroup/all'];
    await stage.observer.iot.send(new CreateJobCommand({ jobId: id, targets, document: '{}' }));
    await stage.send('follow-ups', await jobEvent('deleted'));
    await stage.settle(sandbox, hasEnded);
    expect(await row()).toMatchObject({ state: 'FAILED', code: 'NOT_ADOPTABLE' });
    expect(await whatAwsHas(stage.observer)).toMatchObject([{ id, live: true }]);
  });

  it('W69: DescribeJob does not show a new job for minutes, and the rollout is not GONE', async () => {
    await open({ iotCore: { jobVisibleAfterMilliseconds: 12 * MINUTE } });
    const sandbox = await create();
    await pass(sandbox, 11);
    expect(callsOf(sandbox, 'DescribeJob')).toBeGreaterThan(0);
    expect(await row()).toMatchObject({ state: 'CREATED' });
    await pass(sandbox, 30);
    expect((await expectPromisesKept(stage)).rows).toMatchObject([{ state: 'CREATED' }]);
  });

  it('W70: somebody changes a job and removes its tags. It is reported, and a withdrawal stops it all the same', async () => {
    await open();
    const sandbox = await create();
    await stage.observer.iot.send(new UpdateJobCommand({ jobId: await jobId(), description: 'slow' }));
    const { job } = await stage.observer.iot.send(new DescribeJobCommand({ jobId: await jobId() }));
    const tagKeys = ['ota-dispatch.rolloutId', 'ota-dispatch.requestDigest', 'ota-dispatch.releaseDigest'];
    await stage.observer.iot.send(new UntagResourceCommand({ resourceArn: job?.jobArn ?? '', tagKeys }));
    await pass(sandbox, 15);
    expect(await row()).toMatchObject({ state: 'CREATED', drift: ['description'] });
    await stage.withdraw({ product: 'camera', version: '5.0.0' });
    await stage.settle(sandbox, hasEnded);
    expect(await row()).toMatchObject({ state: 'WITHDRAWN' });
    expect(await whatAwsHas(stage.observer)).toMatchObject([{ live: false }]);
  });
});

describe('failure windows of schedules and retries', () => {
  const scheduled = camerasWith('schedulingConfig: { endBehavior: CANCEL }', 'scheduleFromRelease: allow');

  it('W71: the end of a schedule cancels a job, and that is its completion', async () => {
    await open({ channels: scheduled });
    const sandbox = await create({ startAt: `${minuteIn(40)}:00Z`, endAt: `${minuteIn(100)}:00Z` });
    await pass(sandbox, 50);
    expect(await row()).toMatchObject({ state: 'CREATED' });
    await stage.settle(sandbox, hasEnded);
    expect(await row()).toMatchObject({ state: 'COMPLETED' });
  });

  it('W71: a person cancels the job before that end, and that is reported as such', async () => {
    await open({ channels: scheduled });
    const sandbox = await create({ startAt: `${minuteIn(40)}:00Z`, endAt: `${minuteIn(100)}:00Z` });
    await stage.observer.iot.send(new CancelJobCommand({ jobId: await jobId() }));
    await stage.settle(sandbox, hasEnded);
    expect(await row()).toMatchObject({ state: 'FAILED', code: 'CANCELED_OUTSIDE', message: expect.stringContaining('concurrent') });
  });

  it('a job that waits between two windows gives way to a newer release, and a withdrawal stops it there', async () => {
    const windows = '{ maintenanceWindows: [{ startTime: cron(0 10 * * ? *), durationInMinutes: 60 }] }';
    await open({ channels: camerasWith(`targetSelection: CONTINUOUS\n          schedulingConfig: ${windows}`) });
    const sandbox = await create();
    await pass(sandbox, 200);
    const { job } = await stage.observer.iot.send(new DescribeJobCommand({ jobId: await jobId() }));
    expect([job?.status, (await row())?.counts?.queued]).toEqual(['SCHEDULED', 10]);
    await stage.publish(await camera(stage, '5.1.0'));
    await pass(sandbox, 30);
    await stage.withdraw({ product: 'camera', version: '5.1.0' });
    await stage.settle(sandbox, hasEnded);
    const states = (await stage.rows()).map(({ version, state }) => `${version} ${state}`).sort();
    expect(states).toEqual(['5.0.0 SUPERSEDED', '5.1.0 WITHDRAWN']);
    expect((await whatAwsHas(stage.observer)).map(({ live }) => live)).toEqual([false, false]);
  });

  it('W72: AWS throttles for so long that the end of the schedule is too near, and nothing is sent any more', async () => {
    await open({ channels: scheduled });
    stage.aws.faults.add({ service: 'iot', operation: 'CreateJob', kind: 'throttle' });
    await stage.publish({ ...(await camera(stage)), endAt: `${minuteIn(90)}:00Z` });
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await row()).toMatchObject({ state: 'FAILED', code: 'EXPIRED' });
    expect(await whatAwsHas(stage.observer)).toEqual([]);
  });

  it('W72: AWS throttles for so long that the start is too near, and AWS decides', async () => {
    await open({ channels: camerasWith('', 'scheduleFromRelease: allow') });
    stage.aws.faults.add({ service: 'iot', operation: 'CreateJob', kind: 'throttle', forMilliseconds: 30 * MINUTE });
    await stage.publish({ ...(await camera(stage)), startAt: `${minuteIn(45)}:00Z` });
    await stage.settle(stage.sandbox(), hasEnded);
    expect(await row()).toMatchObject({ state: 'FAILED', code: 'AWS_REFUSED' });
  });

  it('W73: devices that failed are queued again, and the counts that fall end nothing', async () => {
    await open({
      channels: camerasWith(
        'jobExecutionsRetryConfig: { criteriaList: [{ failureType: FAILED, numberOfRetries: 3 }] }',
        'unguarded: allow',
      ),
      fleet: { ratios: { failed: 1, rejected: 0, timedOut: 0, offline: 0 } },
    });
    const sandbox = await create();
    await stage.settle(sandbox, hasEnded);
    expect((await expectPromisesKept(stage)).rows).toMatchObject([{ state: 'COMPLETED', counts: { failed: 10 } }]);
  });
});
