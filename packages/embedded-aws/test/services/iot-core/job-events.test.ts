import {
  CancelJobCommand,
  CreateJobCommand,
  DeleteJobCommand,
  DescribeEventConfigurationsCommand,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { type Ota, startOta, thingArn } from '../../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const enable = () =>
  ota.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: true } } }));
const createJob = (jobId: string) => ota.iot.send(new CreateJobCommand({ jobId, targets: [thingArn('a'), thingArn('b')], document: '{}' }));
const topics = () => ota.core.events().map((one) => one.topic);

describe('job events', () => {
  it('are off until they are enabled', async () => {
    ota = await startOta();
    await createJob('j');
    ota.clock.advance(60_000);
    expect(ota.core.events()).toEqual([]);
    await enable();
    const { eventConfigurations } = await ota.iot.send(new DescribeEventConfigurationsCommand({}));
    expect(eventConfigurations).toEqual({ JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: true } });
  });

  it('report each end of an execution and of the job, with seconds outside and milliseconds inside', async () => {
    ota = await startOta({ fleet: { devices: { b: 'FAILED' } } });
    await enable();
    await createJob('j');
    ota.clock.advance(60_000);
    expect(topics().sort()).toEqual([
      '$aws/events/job/j/completed',
      '$aws/events/jobExecution/j/failed',
      '$aws/events/jobExecution/j/succeeded',
    ]);
    const payloads = ota.core.events().map((one) => one.payload);
    expect(payloads.at(-1)).toMatchObject({
      eventType: 'JOB',
      operation: 'completed',
      status: 'COMPLETED',
      createdAt: Date.UTC(2026, 0, 1),
      targets: [thingArn('a'), thingArn('b')],
      jobProcessDetails: { numberOfSucceededThings: 1, numberOfFailedThings: 1 },
    });
    expect(payloads.find((one) => one['operation'] === 'failed')).toMatchObject({
      thingArn: thingArn('b'),
      status: 'FAILED',
      statusDetails: {},
    });
    expect(payloads[0]?.['timestamp']).toBeLessThan(Date.UTC(2026, 0, 2) / 1000);
  });

  it('report the beginning and the end of a cancellation and of a deletion', async () => {
    ota = await startOta();
    await enable();
    await createJob('j');
    await ota.iot.send(new CancelJobCommand({ jobId: 'j' }));
    await ota.iot.send(new DeleteJobCommand({ jobId: 'j' }));
    ota.clock.advance(1_000);
    expect(topics().filter((topic) => topic.includes('/job/'))).toEqual([
      '$aws/events/job/j/cancellation_in_progress',
      '$aws/events/job/j/canceled',
      '$aws/events/job/j/deletion_in_progress',
      '$aws/events/job/j/deleted',
    ]);
    expect(topics().filter((topic) => topic.endsWith('jobExecution/j/canceled'))).toHaveLength(2);
  });

  it('have counts only when the job is completed, and a comment only in between', async () => {
    ota = await startOta();
    await enable();
    await createJob('j');
    await ota.iot.send(new CancelJobCommand({ jobId: 'j', reasonCode: 'SUPERSEDED', comment: 'a newer one' }));
    ota.clock.advance(1_000);
    const of = (operation: string) => ota.core.events().find(({ topic }) => topic === `$aws/events/job/j/${operation}`)?.payload;
    expect(of('cancellation_in_progress')).toMatchObject({ status: 'CANCELLATION_IN_PROGRESS', comment: 'a newer one' });
    expect(Object.keys(of('canceled') ?? {}).sort()).toEqual(
      ['eventType', 'eventId', 'timestamp', 'operation', 'jobId', 'status', 'targetSelection', 'targets', 'createdAt', 'lastUpdatedAt']
        .concat('description')
        .sort(),
    );
    expect(of('canceled')).toMatchObject({ status: 'CANCELED', targetSelection: 'SNAPSHOT' });
  });

  it('say nothing of a job that starts or goes on', async () => {
    ota = await startOta({ fleet: { devices: { b: 'DEVICE' } } });
    await ota.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true } } }));
    await createJob('j');
    ota.clock.advance(3_600_000);
    expect(topics()).toEqual([]);
  });
});

describe('a fault', () => {
  const jobTopics = () => topics().filter((topic) => topic.startsWith('$aws/events/job/'));
  const run = async (...faults: Parameters<Ota['faults']['add']>[0][]) => {
    ota = await startOta();
    await ota.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true } } }));
    for (const fault of faults) ota.faults.add(fault);
    await createJob('j');
    ota.clock.advance(60_000);
    await createJob('k');
    ota.clock.advance(60_000);
    return jobTopics().map((topic) => topic.split('/').slice(3).join('/'));
  };

  it('of kind eventLost loses the event', async () => {
    expect(await run({ service: 'iot', kind: 'eventLost', times: 1 })).toEqual(['k/completed']);
  });

  it('of kind eventTwice publishes the same event twice', async () => {
    expect(await run({ service: 'iot', kind: 'eventTwice', times: 1 })).toEqual(['j/completed', 'j/completed', 'k/completed']);
    const [first, second] = ota.core.events();
    expect(second).toEqual(first);
  });

  it('of kind eventLate lets later events overtake it', async () => {
    expect(await run({ service: 'iot', kind: 'eventLate', times: 1, delayMilliseconds: 90_000 })).toEqual(['k/completed', 'j/completed']);
  });

  it('hits only events of its operation, and no request', async () => {
    expect(await run({ service: 'iot', kind: 'eventLost', operation: 'canceled' })).toEqual(['j/completed', 'k/completed']);
    expect(ota.faults.list()).toMatchObject([{ struck: 0 }]);
  });
});
