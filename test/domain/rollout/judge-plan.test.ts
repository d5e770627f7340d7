import { describe, expect, it } from 'vitest';
import { gateOfChannel } from '../../../domain/channels/gate.ts';
import type { Channel } from '../../../domain/channels/schema.ts';
import type { Approval } from '../../../domain/gate/approvals.ts';
import type { Hold } from '../../../domain/gate/holds.ts';
import { noDevices } from '../../../domain/rollout/counts.ts';
import { emptyLedger, judgeAccepted, judgePlanned, type PlanFacts } from '../../../domain/rollout/judge-plan.ts';
import { plannedInEvent } from '../../../domain/rollout/outcome.ts';
import type { OutlookFacts } from '../../../domain/rollout/outlook-of.ts';
import { emptyHead, type Rollout } from '../../../domain/rollout/rollout.ts';
import { aRollout } from '../../../proof/support/a-rollout.ts';
import { now, otaUpdateChannel, planOn } from '../../../proof/support/fixtures.ts';

const publishedBy = { account: '000000000000', source: 'com.acme.firmware-ci' };
const board = { account: '000000000000', source: 'com.acme.board' };
const facts = (changes: Partial<PlanFacts> = {}): OutlookFacts => ({
  ...emptyLedger,
  now,
  soakMinute: 60_000,
  openForLong: 600_000,
  ...changes,
});
const hold: Hold = { holdId: 'fair', reason: 'trade fair', by: board, at: now };
const held = { holds: { held: [hold], ended: [] } };

/** A planned rollout on a channel with these members, and its verdict. */
function planned(members: Partial<Channel>, changes: Partial<PlanFacts> = {}) {
  const [rollout] = planOn(otaUpdateChannel({}, members)).rollouts;
  if (!rollout) throw new Error('the plan has no rollout');
  return judgePlanned(rollout, publishedBy, facts(changes));
}

const reasonsOf = ({ reasons = [] }: ReturnType<typeof judgeAccepted>) =>
  reasons.map(({ reason, channel }) => (channel === undefined ? reason : `${reason} ${channel}`));

/** The release of {@link planned} on the channel canary. */
function upstream(changes: Partial<Rollout>): Pick<PlanFacts, 'upstreams'> {
  const { version, releaseDigest } = planned({});
  const row = aRollout({ version, releaseDigest, channel: 'canary', state: 'CREATED', sequence: 1, ...changes });
  return { upstreams: { canary: { row, head: { ...emptyHead, taken: 1 }, newer: [] } } };
}

const counts = { ...noDevices, succeeded: 10 };

describe('a planned rollout', () => {
  it('without a gate waits for holds alone, and says nothing of its own if there are none', () => {
    expect(plannedInEvent(planned({}))).toEqual({ releaseDigest: planned({}).releaseDigest });
    expect(plannedInEvent(planned({}, held))).toEqual({
      releaseDigest: planned({}).releaseDigest,
      waitingFor: ['HELD'],
      reasons: [{ reason: 'HELD', message: expect.any(String) }],
    });
  });

  it('with a gate says all that an empty ledger lacks, in the order of people and as a sorted set', () => {
    const allowedTimes = [{ cron: '* 9 1 1 ? *', timeZone: 'Europe/Berlin' }];
    const judged = plannedInEvent(planned({ after: { channel: ['canary', 'lab'] }, approval: 'required', allowedTimes }));
    expect(judged).toMatchObject({
      gate: gateOfChannel({ after: { channel: ['canary', 'lab'] }, approval: 'required', allowedTimes }),
      waitingFor: ['APPROVAL', 'CLOSED', 'UPSTREAM_MISSING'],
      reasons: [
        { reason: 'UPSTREAM_MISSING', channel: 'canary' },
        { reason: 'UPSTREAM_MISSING', channel: 'lab' },
        { reason: 'APPROVAL' },
        { reason: 'CLOSED', until: '2027-01-01T08:00:00.000Z', message: 'closed until 2027-01-01T08:00Z (2027-01-01 09:00 Europe/Berlin)' },
      ],
    });
  });

  it('has those parts of its gate in the event that the channel asks for, and no others', () => {
    const gateIn = (members: Partial<Channel>) => {
      const event = plannedInEvent(planned(members));
      return 'gate' in event ? event.gate : undefined;
    };
    expect(gateIn({ approval: { skip: ['after'] }, after: 'canary' })).toEqual(
      gateOfChannel({ approval: { skip: ['after'] }, after: 'canary' }),
    );
    expect(gateIn({ approval: 'required' })).toStrictEqual({ approval: { required: 1, skip: [] } });
  });

  it('with a gate that would open has empty lists', () => {
    const open = plannedInEvent(planned({ after: 'canary' }, upstream({ state: 'COMPLETED', counts })));
    expect(open).toMatchObject({ waitingFor: [], reasons: [] });
    expect(planned({ after: 'canary' }, upstream({ state: 'COMPLETED', counts })).reasons).toEqual([]);
  });

  it('is approved by others than its publisher only', () => {
    const { version, revision, channel, releaseDigest } = planned({});
    const approval = (by: Approval['by']): Approval => ({ version, revision, channels: [channel], releaseDigest, by, at: now });
    expect(reasonsOf(planned({ approval: 'required' }, { approvals: [approval(publishedBy)] }))).toEqual(['APPROVAL']);
    expect(reasonsOf(planned({ approval: 'required' }, { approvals: [approval(board)] }))).toEqual([]);
  });

  it('names the channel before, whatever became of the release there', () => {
    const behind = (changes: Partial<Rollout>) => reasonsOf(planned({ after: 'canary' }, upstream(changes)));
    expect(behind({ state: 'CREATING' })).toEqual(['UPSTREAM_PENDING canary']);
    expect(behind({ state: 'CREATED', counts: noDevices })).toEqual(['THRESHOLD canary']);
    expect(behind({ state: 'CREATED', counts })).toEqual(['SOAKING canary']);
    expect(behind({ releaseDigest: 'f'.repeat(64) })).toEqual(['UPSTREAM_MISSING canary']);
  });

  it('never has empty lists behind a gate that stays shut, and says how it would end', () => {
    const failed = planned({ after: 'canary' }, upstream({ state: 'FAILED', code: 'ABORTED' }));
    expect(failed.reasons).toEqual([
      {
        reason: 'THRESHOLD',
        channel: 'canary',
        message: 'canary is FAILED (ABORTED), so this gate never opens: the rollout would end with GATE_SHUT',
      },
    ]);
    const winner = aRollout({ version: '9.0.0', channel: 'canary', state: 'CREATED', aws: { jobId: 'j' }, sequence: 2 });
    const { upstreams } = upstream({ state: 'SUPERSEDED' });
    const canary = { head: emptyHead, row: undefined, ...upstreams['canary'], newer: [winner] };
    expect(planned({ after: 'canary' }, { upstreams: { canary } }).reasons).toEqual([
      {
        reason: 'THRESHOLD',
        channel: 'canary',
        message: '9.0.0 revision 1 has taken the channel before, so this rollout would be superseded',
      },
    ]);
  });
});

describe('a rollout that was accepted before', () => {
  const gate = gateOfChannel({ approval: 'required' });
  const row = (changes: Partial<Rollout>) => aRollout({ ...(gate && { gate }), ...changes });

  it('has the request and the gate of its row', () => {
    const judged = judgeAccepted(row({ state: 'WAITING' }), facts());
    expect(judged).toMatchObject({ rolloutId: aRollout().rolloutId, input: aRollout().request, gate });
    expect(reasonsOf(judged)).toEqual(['APPROVAL']);
  });

  it('waits for nothing once its gate has opened, except for holds until it is created', () => {
    expect(reasonsOf(judgeAccepted(row({ state: 'CLAIMED' }), facts()))).toEqual([]);
    expect(reasonsOf(judgeAccepted(row({ state: 'CLAIMED' }), facts(held)))).toEqual(['HELD']);
    expect(reasonsOf(judgeAccepted(row({ state: 'CREATED' }), facts(held)))).toEqual([]);
  });

  it('waits for a hold that came between the intent and the send, but not if a create may have reached AWS', () => {
    const creating = (count: number) => row({ state: 'CREATING', attempt: 1, unansweredCreates: { count } });
    expect(reasonsOf(judgeAccepted(creating(0), facts(held)))).toEqual(['HELD']);
    expect(reasonsOf(judgeAccepted(creating(1), facts(held)))).toEqual([]);
  });

  it('waits for the channel before again if its gate opened more than ten minutes ago', () => {
    const after = gateOfChannel({ after: 'canary' });
    const opened = (minutesAgo: number) => {
      const { version, releaseDigest } = planned({});
      const evidence = { at: now - minutesAgo * 60_000, after: [], approvals: [], skipped: [] };
      return row({ version, releaseDigest, state: 'CLAIMED', opened: evidence, ...(after && { gate: after }) });
    };
    const unhealthy = facts(upstream({ counts: { ...counts, failed: 10 } }));
    expect(reasonsOf(judgeAccepted(opened(9), unhealthy))).toEqual([]);
    expect(reasonsOf(judgeAccepted(opened(11), unhealthy))).toEqual(['THRESHOLD canary']);
    const failed = judgeAccepted(opened(11), facts(upstream({ state: 'FAILED' })));
    expect(failed.reasons?.[0]?.message).toContain('the rollout would end with GATE_SHUT');
  });
});
