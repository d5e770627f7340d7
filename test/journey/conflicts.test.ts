import { describe, expect, it } from 'vitest';
import { findGateWarnings } from '../../domain/channels/gate-rules.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { minutes } from '../../proof/support/a-rollout.ts';
import { otaTaskChannel, source } from '../../proof/support/fixtures.ts';
import { aHold, anApproval, aPublication, approver, aResume, aWithdrawal } from '../../proof/support/messages.ts';
import { gated, live, stageOf } from '../support/steered-stage.ts';

/*
 * What happens when two things meet: releases, approvals, holds and withdrawals. Each test is one line of the table in
 * docs/explanation/life-of-a-rollout.md. The handlers are real, and so is the adapter of the ledger.
 */

const afterBeta = gated({ after: 'beta' });
const approved = gated({ after: 'beta', approval: 'required' });
const soaking = gated({ after: { channel: 'beta', soakMinutes: 60 }, approval: 'required' });
const open = gated({});

describe('an approval', () => {
  it('before its release: kept if it names the digest, and it counts when that content comes', async () => {
    const first = stageOf(approved);
    await first.publish('2.0.0', 'beta', 'stable');
    const releaseDigest = first.row('2.0.0', 'stable')?.releaseDigest;

    const stage = stageOf(approved);
    expect(await stage.take(anApproval())).toBe('rejected');
    expect(stage.world.rejected.at(-1)?.code).toBe('UNKNOWN_RELEASE');
    expect(await stage.take(anApproval({ releaseDigest }))).toBe('dispatched');
    expect(stage.lastOutcome('OTA Release Approved')).toMatchObject({ rollouts: [{ channel: 'stable', counted: true }] });
    await stage.publish('2.0.0');
    await stage.sweep('2.0.0');
    expect([stage.row('2.0.0', 'stable')?.opened?.approvals.length, stage.sent('2.0.0', 'stable')]).toEqual([1, 1]);

    const other = stageOf(approved);
    await other.take(anApproval({ releaseDigest: 'ff'.repeat(32) }));
    await other.publish('2.0.0');
    await other.sweep('2.0.0');
    expect(other.waits('2.0.0')).toEqual(['APPROVAL']);
  });

  it('of 2.4.0 while 2.5.0 waits too: 2.4.0 goes, and approving 2.5.0 later supersedes it', async () => {
    const stage = stageOf(gated({ approval: 'required' }));
    await stage.publish('2.4.0', 'stable');
    await stage.publish('2.5.0', 'stable');
    await stage.approve('2.4.0');
    await stage.look('2.4.0', 'stable');
    expect([stage.state('2.4.0', 'stable'), stage.state('2.5.0', 'stable')]).toEqual(['CREATED', 'WAITING']);
    await stage.approve('2.5.0');
    await stage.look('2.5.0', 'stable');
    await stage.look('2.4.0', 'stable');
    expect([stage.state('2.4.0', 'stable'), stage.state('2.5.0', 'stable')]).toEqual(['SUPERSEDING', 'CREATED']);
  });

  it('of 2.5.0 first: 2.4.0, which still waits, is superseded', async () => {
    const stage = stageOf(gated({ approval: 'required' }));
    await stage.publish('2.4.0', 'stable');
    await stage.publish('2.5.0', 'stable');
    await stage.approve('2.5.0');
    await stage.look('2.4.0', 'stable');
    expect(stage.row('2.4.0', 'stable')).toMatchObject({ state: 'SUPERSEDED', supersededBy: { version: '2.5.0' } });
    expect(stage.sent('2.4.0', 'stable')).toBe(0);
  });

  it.each([
    ['superseded', 'SUPERSEDED by 2.5.0'],
    ['withdrawn', 'WITHDRAWN'],
    ['failed', 'FAILED (EXPIRED)'],
  ])('of something that is %s: the answer says that it does not count, and why', async (what, why) => {
    const stage = stageOf(gated({ approval: 'required' }));
    const notAfter = new Date(stage.world.clock.now + minutes(5)).toISOString();
    await stage.take(aPublication({ version: '2.0.0', channels: ['stable'], ...(what === 'failed' && { notAfter }) }));
    if (what === 'withdrawn') await stage.take(aWithdrawal());
    if (what === 'superseded') {
      await stage.publish('2.5.0', 'stable');
      await stage.approve('2.5.0');
    }
    stage.pass(6);
    await stage.look('2.0.0', 'stable');
    await stage.approve('2.0.0');
    const { rollouts } = stage.lastOutcome('OTA Release Approved') as { rollouts: { counted: boolean; why: string }[] };
    expect(rollouts).toMatchObject([{ counted: false, why: expect.stringContaining(why) }]);
    expect(stage.sent('2.0.0', 'stable')).toBe(0);
  });
});

describe('a newer release', () => {
  it('reaches beta while the older one soaks: the older one is superseded on stable, too', async () => {
    const stage = stageOf(soaking);
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    expect(stage.waits('2.4.0')).toEqual(['APPROVAL', 'SOAKING']);
    await stage.publish('2.5.0');
    await stage.sweep('2.5.0', '2.4.0');
    expect(stage.row('2.4.0', 'stable')).toMatchObject({ state: 'SUPERSEDED', supersededBy: { version: '2.5.0' } });
    expect(stage.waits('2.5.0')).toEqual(['APPROVAL', 'SOAKING']);
  });

  it('reaches beta after the older one has soaked: the older one stays, and may still be approved', async () => {
    const stage = stageOf(soaking);
    await stage.publish('2.4.0');
    await stage.sweep('2.4.0');
    stage.pass(60);
    await stage.sweep('2.4.0');
    expect(stage.waits('2.4.0')).toEqual(['APPROVAL']);
    await stage.publish('2.5.0');
    await stage.sweep('2.5.0', '2.4.0');
    expect([stage.state('2.4.0', 'beta'), stage.waits('2.4.0')]).toEqual(['SUPERSEDING', ['APPROVAL']]);
    await stage.approve('2.4.0');
    expect(stage.sent('2.4.0', 'stable')).toBe(1);
  });

  it('waits on stable while the gate of the older one opens: the older one goes', async () => {
    const stage = stageOf(gated({ approval: 'required' }));
    await stage.publish('2.4.0', 'stable');
    await stage.publish('2.5.0', 'stable');
    await stage.approve('2.4.0');
    expect([stage.sent('2.4.0', 'stable'), stage.state('2.5.0', 'stable')]).toEqual([1, 'WAITING']);
  });

  it('is a hotfix that is created on stable: everything older that waits there is superseded at the next look', async () => {
    const stage = stageOf(gated({ approval: { required: 1, skip: ['after'] }, after: 'beta' }));
    await stage.publish('2.3.0', 'stable');
    await stage.publish('2.4.0', 'stable');
    await stage.publish('2.4.1', 'stable');
    await stage.take(anApproval({ version: '2.4.1', skip: ['after'], comment: 'hotfix' }));
    await stage.look('2.4.1', 'stable');
    for (const version of ['2.3.0', '2.4.0']) {
      await stage.look(version, 'stable');
      expect(stage.row(version, 'stable')).toMatchObject({ state: 'SUPERSEDED', supersededBy: { version: '2.4.1' } });
    }
    expect(stage.row('2.4.1', 'stable')?.opened).toMatchObject({ after: [], skipped: ['after'] });
  });
});

describe('a hold', () => {
  it.each([
    ['held, then resumed', [aHold(), aResume()]],
    ['resumed, then held', [aResume(), aHold()]],
  ])('of one id, %s: not held', async (_what, bodies) => {
    const stage = stageOf(open);
    for (const body of bodies) expect(await stage.take(body)).toBe('dispatched');
    expect(stage.lastOutcome(JSON.parse(bodies[1] ?? '')['detail-type'].replace('Firmware', 'OTA'))).toMatchObject({ holds: [] });
    await stage.publish('2.0.0', 'stable');
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('again with an ended id: the same event is a duplicate, another one is HOLD_ENDED', async () => {
    const stage = stageOf(open);
    await stage.take(aHold(), 'h-1');
    await stage.take(aResume());
    expect(await stage.take(aHold(), 'h-1')).toBe('duplicate');
    expect(await stage.take(aHold(), 'h-2')).toBe('rejected');
    expect(stage.world.rejected.map(({ code }) => code)).toEqual(['HOLD_ENDED']);
    await stage.publish('2.0.0', 'stable');
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('of two holders: held until both are resumed', async () => {
    const stage = stageOf(open);
    await stage.take(aHold({ holdId: 'sales' }));
    await stage.take(aHold({ holdId: 'support' }));
    await stage.publish('2.0.0', 'stable');
    await stage.take(aResume({ holdId: 'sales' }));
    await stage.look('2.0.0', 'stable');
    expect([stage.sent('2.0.0', 'stable'), stage.waits('2.0.0')]).toEqual([0, ['HELD']]);
    await stage.take(aResume({ holdId: 'support' }));
    await stage.look('2.0.0', 'stable');
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('during CREATING with an answer missing: it is looked for, found and reported as live, and never sent again while held', async () => {
    const stage = stageOf(open);
    stage.world.planes.CreateOTAUpdate.reply = { kind: 'unknown', message: 'timeout' };
    stage.world.planes.CreateOTAUpdate.sighting = { kind: 'notFound' };
    await stage.publish('2.0.0', 'stable');
    await stage.take(aHold());
    for (const _ of [1, 2, 3]) await stage.look('2.0.0', 'stable');
    expect([stage.sent('2.0.0', 'stable'), stage.state('2.0.0', 'stable')]).toEqual([1, 'CREATING']);
    stage.world.planes.CreateOTAUpdate.sighting = live;
    await stage.look('2.0.0', 'stable');
    expect(stage.state('2.0.0', 'stable')).toBe('CREATED');
    await stage.take(aHold({ holdId: 'another' }));
    expect(stage.lastOutcome('OTA Channel Held')).toMatchObject({ waiting: [], live: [{ channel: 'stable', state: 'CREATED' }] });
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('and a withdrawal: the withdrawal acts', async () => {
    const stage = stageOf(open);
    await stage.publish('2.0.0', 'beta');
    await stage.look('2.0.0', 'beta');
    await stage.take(aHold());
    await stage.publish('2.1.0', 'stable');
    expect(stage.waits('2.1.0')).toEqual(['HELD']);
    await stage.take(aWithdrawal());
    await stage.take(aWithdrawal({ version: '2.1.0' }));
    expect([stage.state('2.0.0', 'beta'), stage.state('2.1.0', 'stable')]).toEqual(['WITHDRAWING', 'WITHDRAWN']);
    expect(stage.world.planes.CreateOTAUpdate.stopped).toEqual([stage.row('2.0.0', 'beta')?.rolloutId]);
  });
});

describe('a release', () => {
  it('withdrawn on beta only, while stable waits: the gate is shut', async () => {
    const stage = stageOf(approved);
    await stage.publish('2.0.0');
    await stage.sweep('2.0.0');
    await stage.take(aWithdrawal({ channels: ['beta'] }));
    await stage.look('2.0.0', 'stable');
    expect(stage.state('2.0.0', 'stable')).toBe('FAILED (GATE_SHUT)');
    expect(stage.lastOutcome('OTA Rollout Failed')).toMatchObject({ upstream: { channel: 'beta', state: 'WITHDRAWING' } });
  });

  it('withdrawn on beta only, while stable runs: stable runs on, and a withdrawal without channels stops both', async () => {
    const stage = stageOf(afterBeta);
    await stage.publish('2.0.0');
    await stage.sweep('2.0.0');
    expect(stage.state('2.0.0', 'stable')).toBe('CREATED');
    await stage.take(aWithdrawal({ channels: ['beta'] }));
    await stage.sweep('2.0.0');
    expect([stage.state('2.0.0', 'beta'), stage.state('2.0.0', 'stable')]).toEqual(['WITHDRAWING', 'CREATED']);
    await stage.take(aWithdrawal());
    expect(stage.state('2.0.0', 'stable')).toBe('WITHDRAWING');
  });

  it('of the same version with other content on the next channel: RELEASE_CONFLICT, so beta has always tested this very content', async () => {
    const stage = stageOf(afterBeta);
    await stage.publish('2.0.0', 'beta');
    expect(await stage.take(aPublication({ channels: ['stable'], description: 'other' }))).toBe('rejected');
    expect(stage.world.rejected.map(({ code }) => code)).toEqual(['RELEASE_CONFLICT']);
    expect(stage.row('2.0.0', 'stable')).toBeUndefined();
  });

  it('published again with one more channel: that waits at its own gate, and what happened on beta counts from when it happened', async () => {
    const stage = stageOf(gated({ after: { channel: 'beta', soakMinutes: 60 } }));
    await stage.publish('2.0.0', 'beta');
    await stage.look('2.0.0', 'beta');
    stage.world.planes.CreateOTAUpdate.sighting = { ...live, job: 'completed' };
    await stage.look('2.0.0', 'beta');
    const completedAt = stage.world.clock.now;
    stage.pass(40);
    await stage.publish('2.0.0', 'beta', 'stable');
    expect(stage.row('2.0.0', 'stable')?.waits?.upstreams['beta']?.metAt).toBe(completedAt);
    stage.pass(19);
    await stage.look('2.0.0', 'stable');
    expect(stage.state('2.0.0', 'stable')).toBe('WAITING');
    stage.pass(1);
    await stage.look('2.0.0', 'stable');
    expect(stage.sent('2.0.0', 'stable')).toBe(1);
  });

  it('whose gate was changed in the file: the change is for releases that are claimed afterwards', async () => {
    const stage = stageOf(gated({ approval: 'required' }));
    await stage.publish('2.0.0', 'stable');
    stage.configure(open);
    await stage.look('2.0.0', 'stable');
    expect(stage.waits('2.0.0')).toEqual(['APPROVAL']);
    await stage.publish('2.1.0', 'stable');
    expect(stage.sent('2.1.0', 'stable')).toBe(1);

    const other = stageOf(open);
    await other.take(aHold());
    await other.publish('2.0.0', 'stable');
    other.configure(gated({ approval: 'required' }));
    await other.take(aResume());
    await other.look('2.0.0', 'stable');
    expect(other.sent('2.0.0', 'stable')).toBe(1);
  });

  it('whose startAt passes while it waits: ota check warns of that, and the answer of AWS decides', async () => {
    const hubs: Channels = {
      artifactBuckets: ['acme-firmware'],
      products: {
        thermostat: {
          sources: [source],
          approvers: [approver],
          channels: { hubs: otaTaskChannel({}, { unguarded: 'allow', scheduleFromRelease: 'allow', approval: 'required' }) },
        },
      },
    };
    expect(JSON.stringify(findGateWarnings(hubs))).toContain('startAt');
    for (const [reply, state] of [
      [{ kind: 'created', aws: { taskId: 't-1' } }, 'CREATED'],
      [{ kind: 'refused', retryable: false, code: 'ValidationException', message: 'StartTime' }, 'FAILED (AWS_REFUSED)'],
    ] as const) {
      const stage = stageOf(hubs);
      stage.world.planes.CreateOtaTask.reply = reply;
      const at = (count: number) => new Date(stage.world.clock.now + minutes(count)).toISOString();
      await stage.take(aPublication({ channels: ['hubs'], startAt: at(60), endAt: at(6 * 60) }));
      expect(stage.waits('2.0.0', 'hubs')).toEqual(['APPROVAL']);
      stage.pass(120);
      await stage.take(anApproval({ channels: ['hubs'] }));
      expect([stage.world.planes.CreateOtaTask.sent.length, stage.state('2.0.0', 'hubs')]).toEqual([1, state]);
    }
  });
});
