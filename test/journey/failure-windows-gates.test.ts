import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APPROVALS_MAX } from '../../domain/gate/record-approval.ts';
import type { Sighting } from '../../domain/rollout/observation.ts';
import { type Sandbox, strike } from '../../proof/stage/sandbox.ts';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { minutes, someCounts } from '../../proof/support/a-rollout.ts';
import { aHold, anApproval, approver, aResume, aWithdrawal } from '../../proof/support/messages.ts';
import { gated, healthy, live, stageOf } from '../support/steered-stage.ts';
import { thermostat } from './crash-scenarios.ts';

const MINUTE = 60_000;
const approval = gated({ approval: 'required' });
const soaking = gated({ after: { channel: 'beta', soakMinutes: 60 } });
const open = gated({});
const seen = (changes: Partial<typeof healthy>): Sighting => ({ ...live, counts: { ...healthy, succeeded: 0, ...changes } });
/** Minutes that are allowed in Berlin. The stage begins on Monday at 13:00 there. */
const inBerlin = (cron: string, more: object = {}) => gated({ allowedTimes: [{ cron, timeZone: 'Europe/Berlin' }], ...more });

describe('failure windows of approvals', () => {
  it('W37: an approval that comes before its release is kept, and counts', async () => {
    const { releaseDigest } = await digestOf('2.0.0');
    const stage = stageOf(approval);
    await stage.take(anApproval({ releaseDigest }));
    await stage.publish('2.0.0', 'stable');
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('W38: an approval of other content never counts, be the release there or not', async () => {
    const stage = stageOf(approval);
    await stage.take(anApproval({ releaseDigest: 'ff'.repeat(32) }));
    await stage.publish('2.0.0', 'stable');
    expect(stage.waits('2.0.0')).toEqual(['APPROVAL']);
    expect(await stage.take(anApproval({ releaseDigest: 'ff'.repeat(32) }))).toBe('rejected');
    expect(stage.world.rejected.at(-1)?.code).toBe('APPROVAL_MISMATCH');
    expect(stage.sent('2.0.0', 'stable')).toBe(0);
  });

  it('W39: an approval of one version, revision or channel is not taken for another', async () => {
    const { releaseDigest } = await digestOf('2.0.0');
    const stage = stageOf(approval);
    await stage.publish('2.0.0', 'stable');
    for (const other of [{ channels: ['beta'] }, { revision: 2 }, { version: '1.9.0' }]) {
      expect(await stage.take(anApproval({ releaseDigest, ...other }))).toBe('dispatched');
    }
    await stage.look('2.0.0', 'stable');
    expect([stage.waits('2.0.0'), stage.sent('2.0.0', 'stable')]).toEqual([['APPROVAL'], 0]);
    await stage.take(anApproval({ releaseDigest }));
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('W56: nobody is asked to approve what would be refused', async () => {
    const stage = stageOf(approval);
    await stage.publish('2.5.0', 'stable');
    await stage.approve('2.5.0');
    await stage.publish('2.4.0', 'stable');
    expect(stage.row('2.4.0', 'stable')).toMatchObject({ state: 'SUPERSEDED', supersededBy: { version: '2.5.0' } });
    const asked = stage.world.published.filter(({ detailType }) => detailType === 'OTA Rollout Waiting').map(({ detail }) => detail);
    expect(asked).not.toContainEqual(expect.objectContaining({ version: '2.4.0' }));
  });

  it('W58: the approvals of a version do not grow without end, and a copy adds nothing', async () => {
    const stage = stageOf(gated({ approval: { required: 2 } }));
    await stage.publish('2.0.0', 'stable');
    for (let count = 0; count < APPROVALS_MAX; count += 1) await stage.take(anApproval({ comment: `${count}` }), `a-${count}`);
    expect(await stage.take(anApproval({ comment: '7' }), 'a-7')).toBe('duplicate');
    expect(await stage.take(anApproval({ comment: 'one more' }))).toBe('rejected');
    expect(stage.world.rejected.at(-1)?.code).toBe('INVALID_APPROVAL');
    expect((await stage.world.services.ledger.approvals('thermostat', '2.0.0')).list).toHaveLength(APPROVALS_MAX);
  });

  /** The digest of a publication, as `ota plan` prints it. */
  async function digestOf(version: string) {
    const stage = stageOf(open);
    await stage.publish(version, 'stable');
    return { releaseDigest: stage.row(version, 'stable')?.releaseDigest };
  }
});

describe('failure windows of holds', () => {
  it('W40: a hold and its resume that pass each other leave nothing held', async () => {
    const stage = stageOf(open);
    await stage.take(aResume());
    await stage.take(aHold());
    await stage.publish('2.0.0', 'stable');
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('W41: a hold that is delivered again after its resume holds nothing', async () => {
    const stage = stageOf(open);
    await stage.take(aHold(), 'h-1');
    await stage.take(aResume());
    expect(await stage.take(aHold(), 'h-1')).toBe('duplicate');
    await stage.publish('2.0.0', 'stable');
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('W42: one of two holders resumes, and the other one still holds', async () => {
    const stage = stageOf(open);
    await stage.take(aHold({ holdId: 'one' }));
    await stage.take(aHold({ holdId: 'other' }));
    await stage.take(aResume({ holdId: 'one' }));
    await stage.publish('2.0.0', 'stable');
    expect([stage.sent('2.0.0', 'stable'), stage.waits('2.0.0')]).toEqual([0, ['HELD']]);
  });

  it('W43: a hold that is answered between the load and the send keeps the create from being sent', async () => {
    for (const line of ['load stable', 'head stable', 'write stable CREATING']) {
      const stage = stageOf(open);
      stage.world.hooks.after = async (call) => {
        if (call !== line) return;
        delete stage.world.hooks.after;
        await stage.take(aHold());
      };
      await stage.publish('2.0.0', 'stable');
      expect([stage.sent('2.0.0', 'stable'), stage.waits('2.0.0')]).toEqual([0, ['HELD']]);
      await stage.take(aResume());
      await stage.look('2.0.0', 'stable');
      expect(stage.sent('2.0.0', 'stable')).toBe(1);
    }
  });
});

describe('failure windows of the channel before', () => {
  it('W46: a soak does not count while a newer release is on the channel', async () => {
    const stage = stageOf(soaking);
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    stage.pass(59);
    await stage.publish('2.5.0', 'beta');
    await stage.sweep('2.5.0');
    stage.pass(1);
    await stage.sweep('2.4.0');
    expect([stage.state('2.4.0', 'stable'), stage.sent('2.4.0', 'stable')]).toEqual(['SUPERSEDED', 0]);
  });

  it('W47: a newer release that was withdrawn and left no trace has nevertheless broken the soak', async () => {
    const stage = stageOf(gated({ after: { channel: 'beta', soakMinutes: 60 } }, { whenSuperseded: 'keep' }));
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    await stage.publish('2.5.0', 'beta');
    await stage.sweep('2.5.0');
    await stage.take(aWithdrawal({ version: '2.5.0' }));
    stage.world.planes.CreateOTAUpdate.sighting = { ...live, job: 'canceled' };
    await stage.look('2.5.0', 'beta');
    expect(stage.state('2.5.0', 'beta')).toBe('WITHDRAWN');
    const { entries, taken } = stage.world.headAt('thermostat', 'beta');
    expect([Object.values(entries).map(({ version }) => version), taken]).toEqual([['2.4.0'], 2]);
    stage.world.planes.CreateOTAUpdate.sighting = live;
    stage.pass(60);
    await stage.look('2.4.0', 'stable');
    expect([stage.state('2.4.0', 'stable'), stage.sent('2.4.0', 'stable')]).toEqual(['FAILED (GATE_SHUT)', 0]);
  });

  it('W47: so has one that was sent and withdrawn before AWS had confirmed it', async () => {
    const stage = stageOf(soaking);
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    await stage.publish('2.5.0', 'beta');
    await stage.take(aWithdrawal({ version: '2.5.0' }));
    stage.world.planes.CreateOTAUpdate.sighting = { ...live, job: 'canceled' };
    await stage.look('2.5.0', 'beta');
    expect([stage.state('2.5.0', 'beta'), stage.world.headAt('thermostat', 'beta').taken]).toEqual(['WITHDRAWN', 2]);
    stage.world.planes.CreateOTAUpdate.sighting = live;
    stage.pass(60);
    await stage.look('2.4.0', 'stable');
    expect([stage.state('2.4.0', 'stable'), stage.sent('2.4.0', 'stable')]).toEqual(['FAILED (GATE_SHUT)', 0]);
  });

  it('W47: but one that AWS refused has not', async () => {
    const stage = stageOf(soaking);
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    stage.world.planes.CreateOTAUpdate.reply = { kind: 'refused', retryable: false, code: 'UnauthorizedException', message: 'no' };
    await stage.publish('2.5.0', 'beta');
    expect([stage.state('2.5.0', 'beta'), stage.world.headAt('thermostat', 'beta').taken]).toEqual(['FAILED (AWS_REFUSED)', 0]);
    stage.world.planes.CreateOTAUpdate.reply = { kind: 'accepted', aws: {} };
    stage.pass(60);
    await stage.look('2.4.0', 'stable');
    expect(stage.sent('2.4.0', 'stable')).toBe(1);
  });

  it('W48: counts that are old at the end of the soak open nothing: AWS is asked', async () => {
    const stage = stageOf(soaking);
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    stage.pass(60);
    stage.world.planes.CreateOTAUpdate.sighting = seen({ succeeded: 5, failed: 5 });
    await stage.look('2.4.0', 'stable');
    expect([stage.row('2.4.0', 'beta')?.counts, stage.waits('2.4.0')]).toEqual([healthy, ['THRESHOLD']]);
    // The soak begins anew.
    stage.world.planes.CreateOTAUpdate.sighting = live;
    stage.pass(1);
    await stage.look('2.4.0', 'stable');
    expect([stage.waits('2.4.0'), stage.sent('2.4.0', 'stable')]).toEqual([['SOAKING'], 0]);
  });

  it('W49: a release that nobody on beta has taken proves nothing', async () => {
    const stage = stageOf(soaking);
    stage.world.planes.CreateOTAUpdate.sighting = seen({});
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    expect(stage.waits('2.4.0')).toEqual(['THRESHOLD']);
    stage.world.planes.CreateOTAUpdate.sighting = { ...live, job: 'completed', counts: someCounts() };
    await stage.sweep('2.4.0');
    expect(stage.state('2.4.0', 'stable')).toBe('FAILED (GATE_SHUT)');
  });

  it('W52: a rollout that was held for weeks after its gate had opened is not created if the channel before has gone bad', async () => {
    for (const [sighting, state] of [
      [{ ...live, job: 'canceled', counts: someCounts({ failed: 9 }) }, 'FAILED (GATE_SHUT)'],
      [seen({ succeeded: 5, failed: 5 }), 'CLAIMED'],
    ] as const) {
      const stage = stageOf(gated({ after: 'beta' }));
      await stage.publish('2.4.0', 'beta');
      await stage.sweep('2.4.0');
      stage.world.hooks.after = async (line) => {
        if (line !== 'write stable CLAIMED') return;
        delete stage.world.hooks.after;
        await stage.take(aHold());
      };
      stage.world.hooks.before = async (line) => {
        if (line === 'head stable') throw new Error('the process dies here');
      };
      await stage.publish('2.4.0', 'beta', 'stable').catch(() => undefined);
      delete stage.world.hooks.before;
      await stage.look('2.4.0', 'stable');
      expect([stage.state('2.4.0', 'stable'), stage.waits('2.4.0')]).toEqual(['CLAIMED', ['HELD']]);
      stage.pass(21 * 24 * 60);
      stage.world.planes.CreateOTAUpdate.sighting = sighting;
      await stage.look('2.4.0', 'beta');
      await stage.take(aResume());
      await stage.look('2.4.0', 'stable');
      expect([stage.state('2.4.0', 'stable'), stage.sent('2.4.0', 'stable')]).toEqual([state, 0]);
    }
  });

  it('W53: the channel before goes bad while a create is unanswered: it ends only when that create can take no effect any more', async () => {
    const stage = stageOf(gated({ after: 'beta' }));
    await stage.publish('2.4.0', 'beta');
    await stage.sweep('2.4.0');
    stage.world.planes.CreateOTAUpdate.reply = { kind: 'unknown', message: 'timeout' };
    await stage.publish('2.4.0', 'beta', 'stable');
    expect(stage.sent('2.4.0', 'stable')).toBe(1);
    await stage.take(aWithdrawal({ version: '2.4.0', channels: ['beta'] }));
    stage.world.planes.CreateOTAUpdate.sighting = { kind: 'notFound' };
    stage.pass(11);
    await stage.look('2.4.0', 'stable');
    expect([stage.state('2.4.0', 'stable'), stage.sent('2.4.0', 'stable')]).toEqual(['CREATING', 1]);
    stage.pass(10);
    await stage.look('2.4.0', 'stable');
    expect([stage.state('2.4.0', 'stable'), stage.sent('2.4.0', 'stable')]).toEqual(['FAILED (GATE_SHUT)', 1]);
  });

  it('W55: a rollout that waits blocks nobody: an older one is created meanwhile', async () => {
    const stage = stageOf(approval);
    await stage.publish('2.5.0', 'stable');
    await stage.publish('2.4.0', 'stable');
    await stage.approve('2.4.0');
    expect([stage.sent('2.4.0', 'stable'), stage.state('2.5.0', 'stable')]).toEqual([1, 'WAITING']);
    expect(Object.values(stage.world.headAt('thermostat', 'stable').entries).map(({ version }) => version)).toEqual(['2.4.0']);
  });

  it('W54: a head that is older than the row shows no rivals, so the intent needs the own entry in it', async () => {
    const stage = stageOf(gated({ after: 'beta' }));
    await stage.publish('2.4.0', 'beta');
    await stage.sweep('2.4.0');
    stage.world.limits.turn = false;
    await stage.publish('2.4.0', 'beta', 'stable');
    stage.world.limits.turn = true;
    // The rollout has entered its channel, and this load sees the head from before that.
    const { ledger } = stage.world.services;
    expect(stage.row('2.4.0', 'stable')).toMatchObject({ state: 'CREATING', sequence: 1, unansweredCreates: { count: 0 } });
    let isTorn = true;
    const load: typeof ledger.load = async (identity) => {
      const loaded = await ledger.load(identity);
      if (!isTorn) return loaded;
      isTorn = false;
      return { ...loaded, head: { itemRevision: 0, lastSequence: 0, taken: 0, entries: {} } };
    };
    stage.world.calls();
    await stage.look('2.4.0', 'stable', { ...ledger, load });
    expect(stage.world.calls().filter((line) => line === 'load stable')).toHaveLength(2);
    expect(Object.values(stage.world.headAt('thermostat', 'stable').entries)).toMatchObject([{ sequence: 1 }]);
    expect(stage.sent('2.4.0', 'stable')).toBe(1);
  });

  it('W59: what a rollout waits for is reported when it changes, and not again and again', async () => {
    // It is allowed from 14:00 to 14:59, and beta is never there. A hold comes and goes beside that.
    const stage = stageOf(inBerlin('* 14 ? * * *', { after: 'beta' }));
    await stage.publish('2.4.0', 'stable');
    const told = () => stage.world.published.filter(({ detailType }) => detailType === 'OTA Rollout Waiting').length;
    for (let hour = 0; hour < 72; hour += 1) {
      stage.pass(60);
      await stage.look('2.4.0', 'stable');
      await stage.take(hour % 2 === 0 ? aHold({ holdId: `h-${hour}` }) : aResume({ holdId: `h-${hour - 1}` }));
      await stage.look('2.4.0', 'stable');
    }
    expect(told()).toBe(1);
  });
});

describe('failure windows of allowed times', () => {
  it('W51: the allowed minutes end between the opening and the send, and nothing is sent', async () => {
    for (const line of ['write stable CLAIMED', 'head stable', 'write stable CREATING', 'holds']) {
      const stage = stageOf(inBerlin('0-29 13 ? * * *', { approval: 'required' }));
      await stage.publish('2.4.0', 'stable');
      stage.world.hooks.before = (call) => {
        if (call !== line) return;
        delete stage.world.hooks.before;
        stage.pass(30);
      };
      await stage.approve('2.4.0');
      await stage.look('2.4.0', 'stable');
      expect([line, stage.sent('2.4.0', 'stable'), stage.waits('2.4.0')]).toEqual([line, 0, ['CLOSED']]);
      stage.pass(24 * 60 - 30);
      await stage.look('2.4.0', 'stable');
      expect(stage.sent('2.4.0', 'stable')).toBe(1);
    }
  });

  it.each([
    // Clocks are put forward on 28 March 2027 at 02:00, and put back on 31 October 2027 at 03:00.
    ['forward', '2027-03-27T08:01:00Z', '2027-03-28T07:00:00.000Z'],
    ['back', '2027-10-30T07:01:00Z', '2027-10-31T08:00:00.000Z'],
  ])('W60: clocks are put %s, and the time that opens is 09:00 by the clock on the wall', async (_how, from, until) => {
    const stage = stageOf(inBerlin('0 9 ? * * *'));
    stage.world.clock.now = Date.parse(from);
    await stage.publish('2.4.0', 'stable');
    const detail = stage.lastOutcome('OTA Rollout Waiting');
    expect(detail).toMatchObject({
      onlyWaitingFor: 'CLOSED',
      reasons: [{ until, message: expect.stringContaining('09:00 Europe/Berlin') }],
    });
    stage.world.clock.now = Date.parse(until) - 1;
    await stage.look('2.4.0', 'stable');
    expect(stage.sent('2.4.0', 'stable')).toBe(0);
    stage.world.clock.now = Date.parse(until);
    await stage.look('2.4.0', 'stable');
    expect(stage.sent('2.4.0', 'stable')).toBe(1);
  });
});

describe('failure windows of gates on a whole stage', () => {
  const template = (channel: string) =>
    `{ targets: ["arn:aws:iot:us-east-1:000000000000:thinggroup/thermostat-${channel}"], roleArn: arn:aws:iam::000000000000:role/ota-service-local }`;
  const yaml = (stable: string) => `
artifactBuckets: [acme-firmware]
products:
  thermostat:
    sources: [com.acme.firmware-ci]
    approvers: [${approver}]
    hardware: [T6-B, T6-C]
    channels:
      beta:
        unsigned: allow
        createOTAUpdate: ${template('beta')}
      stable:
        unsigned: allow
        createOTAUpdate: ${template('stable')}
${stable}
`;
  const soak = yaml('        after: { channel: beta, soakMinutes: 60, minSucceededPercentage: 1 }');
  let stage: StageInTime;
  beforeEach(async () => {
    // Some devices stay offline, so the rollout on beta never completes.
    stage = await openStageInTime({ channels: soak, fleet: { ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 0.3 } } });
  });
  afterEach(() => stage.stop());

  /** Lets time pass, in which the queues and the sweep work. */
  async function pass(by: Sandbox, count: number) {
    for (let minute = 0; minute < count; minute += 1) {
      for (const queue of ['steering', 'releases', 'follow-ups'] as const) while (!by.isDead() && (await stage.poll(queue, by)) > 0);
      if (by.isDead()) return;
      stage.advance(MINUTE);
      await stage.sweepWhenDue(by);
    }
  }
  const publish = async (version: string, channels: readonly string[]) =>
    stage.publish({ ...(await thermostat(stage, version)), channels });
  const rowOn = async (channel: string) => (await stage.rows()).find((row) => row.channel === channel);
  const createsOf = (sandbox: Sandbox) => sandbox.calls.filter(({ operation }) => operation === 'CreateOTAUpdate').length;

  it('W44: the process dies between the intent and the look at the holds, and the hold that comes then is obeyed', async () => {
    stage.configure(yaml(''));
    await publish('2.4.0', ['stable']);
    const dying = stage.sandbox(strike('die before', 'GetItem', { about: 'HOLDS' }));
    await stage.poll('releases', dying);
    expect([dying.isDead(), (await rowOn('stable'))?.unansweredCreates.count]).toEqual([true, 1]);
    await stage.send('steering', aHold());
    const next = stage.sandbox();
    await pass(next, 40);
    expect([createsOf(next), (await rowOn('stable'))?.waits?.told]).toEqual([0, ['HELD']]);
    await stage.send('steering', aResume());
    await pass(next, 10);
    expect([createsOf(next), (await rowOn('stable'))?.state]).toEqual([1, 'CREATED']);
  });

  it('W45: neither a redelivery nor a deployment begins a soak anew', async () => {
    const detail = await thermostat(stage, '2.4.0');
    await stage.publish({ ...detail, channels: ['beta', 'stable'] });
    await pass(stage.sandbox(), 30);
    const metAt = (await rowOn('stable'))?.waits?.upstreams['beta']?.metAt;
    expect(metAt).toBeDefined();
    await stage.publish({ ...detail, channels: ['beta', 'stable'] });
    stage.configure(yaml('        after: { channel: beta, soakMinutes: 600 }'));
    const next = stage.sandbox();
    await pass(next, 65);
    const row = await rowOn('stable');
    expect((await rowOn('beta'))?.state).toBe('CREATED');
    expect([row?.opened?.after[0]?.metAt, row?.state]).toEqual([metAt, 'CREATED']);
    expect((row?.opened?.at ?? 0) - (metAt ?? 0)).toBeLessThanOrEqual(minutes(70));
  });

  it('W50: nobody sends a wake at the end of a soak, and the gate opens all the same', async () => {
    await publish('2.4.0', ['beta', 'stable']);
    const sandbox = stage.sandbox();
    await pass(sandbox, 20);
    // All follow-ups get lost from now on. Only the sweep is left.
    for (const lost of await stage.receive('follow-ups', 10)) await stage.remove('follow-ups', lost);
    await pass(sandbox, 75);
    expect((await rowOn('stable'))?.opened).toBeDefined();
    expect((await rowOn('stable'))?.state).toBe('CREATED');
  });

  it('W57: a file that changes while a rollout waits changes nothing for it', async () => {
    await publish('2.4.0', ['beta', 'stable']);
    await pass(stage.sandbox(), 20);
    stage.configure(yaml(''));
    const next = stage.sandbox();
    await pass(next, 20);
    expect([await rowOn('stable')]).toMatchObject([{ state: 'WAITING', waits: { told: ['SOAKING'] } }]);
    await pass(next, 55);
    expect((await rowOn('stable'))?.state).toBe('CREATED');
  });
});
