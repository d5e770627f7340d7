import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, strike } from '../../proof/stage/sandbox.ts';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';

/** The number of calls to each service on each path. bench/README.md explains what each call is for. */
const budgets = JSON.parse(readFileSync(join(import.meta.dirname, '../../bench/budgets.json'), 'utf8')) as {
  calls: Record<string, Record<string, number>>;
};

const template = (channel: string) =>
  `{ targets: ["arn:aws:iot:us-east-1:000000000000:thinggroup/thermostat-${channel}"], roleArn: arn:aws:iam::000000000000:role/ota-service-local, targetSelection: CONTINUOUS }`;
const gatedChannels = `
artifactBuckets: [acme-firmware]
products:
  thermostat:
    sources: [com.acme.firmware-ci]
    approvers: [com.acme.board]
    hardware: [T6-B, T6-C]
    channels:
      beta: { unsigned: allow, createOTAUpdate: ${template('beta')} }
      stable: { unsigned: allow, createOTAUpdate: ${template('stable')}, after: { channel: beta, minSucceededPercentage: 1, maxFailedPercentage: 100 } }
`;

const cameras = `
artifactBuckets: [acme-firmware]
products:
  camera:
    sources: [com.acme.firmware-ci]
    channels:
      canary:
        format: plain
        createJob:
          targets: ["arn:aws:iot:us-east-1:000000000000:thinggroup/cameras"]
          presignedUrlConfig: { roleArn: arn:aws:iam::000000000000:role/ota-service-local }
`;

describe('the calls to AWS are within their budget for', () => {
  let stage: StageInTime;
  let process: Sandbox;
  beforeEach(async () => {
    stage = await openStageInTime();
    process = stage.sandbox();
  });
  afterEach(() => stage.stop());

  const heater = async (version: string, more: object = {}) => ({
    product: 'thermostat',
    version,
    channels: ['beta'],
    hardware: ['T6-B', 'T6-C'],
    artifacts: [await stage.artifact(`thermostat/${version}`)],
    ...more,
  });
  const bodyOf = (detail: object, detailType = 'Firmware Release Published', source = 'com.acme.firmware-ci') =>
    JSON.stringify({ source, account: '000000000000', 'detail-type': detailType, detail });

  const wake = JSON.stringify({
    product: 'thermostat',
    version: '1.0.0',
    revision: 1,
    channel: 'beta',
    formatVersion: 1,
    followUpNumber: '*',
    invocation: 1,
  });

  /** Lets one function process its queue, and returns the number of its calls to each service. */
  async function callsOf(queue: 'releases' | 'steering' | 'follow-ups', bodies: readonly string[] = []): Promise<Record<string, number>> {
    for (const body of bodies) await stage.send(queue, body);
    process.calls.length = 0;
    expect(await stage.poll(queue, process)).toBe(Math.max(1, bodies.length));
    return counted(process);
  }
  const expectBudget = (path: string, calls: Record<string, number>) => expect(calls, path).toEqual(budgets.calls[path]);

  it('a new release on IoT Core, and each look at it until it is COMPLETED', async () => {
    expectBudget('new, IoT Core', await callsOf('releases', [bodyOf(await heater('1.0.0'))]));
    stage.advance(20_000);
    const news = await callsOf('follow-ups');
    expect((await stage.rows()).map(({ state }) => state)).toEqual(['CREATED']);
    expectBudget('follow-up to CREATED', news);
    expectBudget('look that finds progress', await callsOf('follow-ups', [wake]));
    expectBudget('look at a CREATED rollout', await callsOf('follow-ups', [wake]));
    stage.advance(15 * 60_000);
    expectBudget('look that finds it COMPLETED', await callsOf('follow-ups', [wake]));
  });

  it('job events of a live rollout without news, of its end, of one that has ended, and of a job that no rollout has', async () => {
    await callsOf('releases', [bodyOf(await heater('1.0.0'))]);
    stage.advance(20_000);
    await callsOf('follow-ups');
    await callsOf('follow-ups', [wake]);
    const [row] = await stage.rows();
    const jobEvent = (rolloutId = row?.rolloutId) => JSON.stringify({ jobId: `AFR_OTA-${rolloutId}-1`, operation: 'completed' });
    expectBudget('job event without news', await callsOf('follow-ups', [jobEvent()]));
    stage.advance(15 * 60_000);
    expectBudget('job event of the end', await callsOf('follow-ups', [jobEvent(), jobEvent()]));
    expect(await stage.rows()).toMatchObject([{ state: 'COMPLETED' }]);
    expectBudget('job event of a rollout that has ended', await callsOf('follow-ups', [jobEvent()]));
    expectBudget('job event of no rollout', await callsOf('follow-ups', [jobEvent('fw-somebody-else')]));
  });

  it('a new release on managed integrations', async () => {
    const { artifacts } = await heater('1.0.0');
    const release = { product: 'hub', version: '1.0.0', channels: ['stable'], artifacts };
    expectBudget('new, managed integrations', await callsOf('releases', [bodyOf(release)]));
  });

  const camera = async (version: string) => {
    const { artifacts } = await heater(version);
    return bodyOf({ product: 'camera', version, channels: ['canary'], artifacts });
  };

  it('a new release on IoT Jobs', async () => {
    stage.configure(cameras);
    process = stage.sandbox();
    expectBudget('new, IoT Jobs', await callsOf('releases', [await camera('1.0.0')]));
  });

  it('the look that finds a job whose create was not answered', async () => {
    stage.configure(cameras);
    process = stage.sandbox(strike('break after', 'CreateJob'));
    await callsOf('releases', [await camera('1.0.0')]);
    stage.advance(20_000);
    expectBudget('look that finds the job of a create without answer', await callsOf('follow-ups'));
  });

  it('each further channel of a release', async () => {
    const one = await callsOf('releases', [bodyOf(await heater('1.0.0'))]);
    const two = await callsOf('releases', [bodyOf(await heater('2.0.0', { channels: ['beta', 'stable'] }))]);
    const further = Object.entries(two).map(([service, count]) => [service, count - (one[service] ?? 0)] as const);
    expectBudget('each further channel', Object.fromEntries(further.filter(([, count]) => count !== 0)));
  });

  it('a release behind another channel: each look while it waits, and the look that opens its gate', async () => {
    stage.configure(gatedChannels);
    process = stage.sandbox();
    const both = await callsOf('releases', [bodyOf(await heater('1.0.0', { channels: ['beta', 'stable'] }))]);
    const [, stable] = ['beta', 'stable'].map((channel) => JSON.stringify({ ...JSON.parse(wake), channel }));
    const alone = budgets.calls['new, IoT Core'] ?? {};
    const further = Object.entries(both).map(([service, count]) => [service, count - (alone[service] ?? 0)] as const);
    expectBudget('new, behind another channel', Object.fromEntries(further.filter(([, count]) => count !== 0)));
    expectBudget('look at a rollout that waits behind another channel', await callsOf('follow-ups', [stable ?? '']));
    stage.advance(20_000);
    await callsOf('follow-ups');
    stage.advance(15 * 60_000);
    await callsOf('follow-ups', [wake]);
    expect((await stage.rows()).map(({ channel, state }) => `${channel} ${state}`).sort()).toEqual(['beta CREATED', 'stable WAITING']);
    expectBudget('look that opens its gate, to the create', await callsOf('follow-ups', [stable ?? '']));
  });

  it('an approval, and a hold', async () => {
    stage.configure(gatedChannels);
    process = stage.sandbox();
    await callsOf('releases', [bodyOf(await heater('1.0.0', { channels: ['stable'] }))]);
    const steer = (detail: object, detailType: string) => bodyOf({ product: 'thermostat', ...detail }, detailType, 'com.acme.board');
    const approval = steer({ version: '1.0.0', channels: ['stable'] }, 'Firmware Release Approved');
    expectBudget('approval that opens nothing', await callsOf('steering', [approval]));
    expectBudget('hold', await callsOf('steering', [steer({ holdId: 'h', reason: 'r' }, 'Firmware Channel Held')]));
  });

  it('a duplicate', async () => {
    const body = bodyOf(await heater('1.0.0'));
    await callsOf('releases', [body]);
    expectBudget('duplicate', await callsOf('releases', [body]));
  });

  it('a whole batch of duplicates, which publishes its events together', async () => {
    const bodies = await Promise.all(['1.0.0', '2.0.0', '3.0.0', '4.0.0', '5.0.0'].map(async (version) => bodyOf(await heater(version))));
    await callsOf('releases', bodies);
    expectBudget('five duplicates', await callsOf('releases', bodies));
  });

  it('a rejected release, and a body that is not JSON', async () => {
    expectBudget('rejected', await callsOf('releases', [bodyOf({ ...(await heater('1.0.0')), channels: ['nowhere'] })]));
    expectBudget('rejected unread', await callsOf('releases', ['{']));
  });

  it('a stale follow-up', async () => {
    await callsOf('releases', [bodyOf(await heater('1.0.0'))]);
    const [row] = await stage.rows();
    const stale = { ...JSON.parse(wake), followUpNumber: (row?.followUpNumber ?? 0) - 1 };
    expectBudget('stale follow-up', await callsOf('follow-ups', [JSON.stringify(stale)]));
  });

  it('a withdrawal of one CREATED rollout on IoT Core, until its end', async () => {
    await callsOf('releases', [bodyOf(await heater('1.0.0'))]);
    stage.advance(20_000);
    await callsOf('follow-ups');
    process.calls.length = 0;
    await stage.send('releases', bodyOf({ product: 'thermostat', version: '1.0.0' }, 'Firmware Release Withdrawn'));
    await stage.settle(process, (row) => row.state === 'WITHDRAWN' && row.outbox.length === 0);
    expectBudget('withdrawal of one CREATED rollout', withoutSweep(process));
  });

  it('a sweep without due rollouts', async () => {
    process.calls.length = 0;
    await process.sweep();
    expectBudget('sweep without work', counted(process));
  });
});

function counted(process: Sandbox): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service } of process.calls) counts[service] = (counts[service] ?? 0) + 1;
  return counts;
}

function withoutSweep(process: Sandbox): Record<string, number> {
  const counts = counted(process);
  const queries = process.calls.filter(({ body }) => body.includes('"work"')).length;
  return { ...counts, dynamodb: (counts['dynamodb'] ?? 0) - queries };
}
