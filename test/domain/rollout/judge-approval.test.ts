import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../domain/gate/approvals.ts';
import type { Gate } from '../../../domain/gate/gate.ts';
import type { ReleaseApproval } from '../../../domain/release/approval.ts';
import { type Approvable, answersTo, bindApproval, rejectPublisher } from '../../../domain/rollout/judge-approval.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import { aRollout, now } from '../../../proof/support/a-rollout.ts';

const gate: Gate = { approval: { required: 2, skip: ['soakMinutes', 'after'] } };
const waiting = (changes: Partial<Rollout> = {}) => aRollout({ channel: 'stable', state: 'WAITING', gate, ...changes });
const digest = aRollout().releaseDigest;
const event: ReleaseApproval = { schemaVersion: '1', product: 'thermostat', version: '2.0.0', revision: 1, channels: ['stable'] };
const none: Approvable = { rows: [], accepted: undefined, gates: {} };

const bound = (changes: Partial<ReleaseApproval>, known: Partial<Approvable> = {}) => {
  const result = bindApproval({ ...event, ...changes }, { ...none, ...known });
  return result.ok ? result.value : [result.rejection.code, result.rejection.path, result.rejection.channel];
};

describe('an approval is bound', () => {
  it('to the digest of its rollouts, if it has no digest of its own', () => {
    expect(bound({}, { rows: [waiting()] })).toBe(digest);
    expect(bound({}, { rows: [waiting()], accepted: { version: '2.0.0', releaseDigest: digest } })).toBe(digest);
  });

  it('to the digest that it names, if nothing else was accepted', () => {
    const releaseDigest = 'f'.repeat(64);
    expect(bound({ releaseDigest })).toBe(releaseDigest);
    expect(bound({ releaseDigest: digest }, { rows: [waiting()] })).toBe(digest);
    expect(bound({ releaseDigest }, { rows: [waiting()] })).toEqual(['APPROVAL_MISMATCH', 'releaseDigest', undefined]);
    expect(bound({ releaseDigest }, { accepted: { version: '2.0.0', releaseDigest: digest } })).toEqual([
      'APPROVAL_MISMATCH',
      'releaseDigest',
      undefined,
    ]);
  });

  it('to nothing without a digest and without a rollout on each channel', () => {
    expect(bound({ channels: ['stable', 'hubs'] }, { rows: [waiting()] })).toEqual(['UNKNOWN_RELEASE', 'releaseDigest', 'hubs']);
    expect(bound({}, { accepted: { version: '2.0.0', releaseDigest: digest } })).toEqual(['UNKNOWN_RELEASE', 'releaseDigest', 'stable']);
  });

  it('only if each channel permits all that it skips: the gate of the rollout, else that of channels.yml', () => {
    const skip = ['after', 'allowedTimes'] as const;
    expect(bound({ skip: ['after'] }, { rows: [waiting()], gates: { stable: {} } })).toBe(digest);
    expect(bound({ skip }, { rows: [waiting()] })).toEqual(['SKIP_NOT_ALLOWED', 'skip[1]', 'stable']);
    expect(bound({ skip: ['after'] }, { rows: [waiting({ gate: { after: [] } })] })).toEqual(['SKIP_NOT_ALLOWED', 'skip[0]', 'stable']);
    expect(bound({ skip: ['after'] }, { rows: [aRollout({ channel: 'stable' })], gates: { stable: gate } })).toEqual([
      'SKIP_NOT_ALLOWED',
      'skip[0]',
      'stable',
    ]);
    expect(bound({ skip: ['after'], releaseDigest: digest }, { gates: { stable: gate } })).toBe(digest);
    expect(bound({ skip: ['after'], releaseDigest: digest, channels: ['stable', 'hubs'] }, { gates: { stable: gate } })).toEqual([
      'SKIP_NOT_ALLOWED',
      'skip[0]',
      'hubs',
    ]);
  });
});

describe('a source that published one of the rollouts', () => {
  it('may not approve them', () => {
    const { source } = aRollout().publishedBy;
    expect(rejectPublisher([waiting({ publishedBy: { account: '1', source: 'other' } }), waiting()], source)).toMatchObject({
      code: 'SELF_APPROVAL',
      path: 'source',
    });
    expect(rejectPublisher([waiting()], 'other')).toBeUndefined();
    expect(rejectPublisher([], source)).toBeUndefined();
  });
});

const anApproval = (changes: Partial<Approval> = {}): Approval => ({
  version: '2.0.0',
  revision: 1,
  channels: ['stable'],
  releaseDigest: digest,
  by: { account: '000000000000', source: 'com.acme.board' },
  eventId: 'a-1',
  at: now,
  ...changes,
});
const other = anApproval({ eventId: 'a-2', by: { account: '000000000000', source: 'com.acme.health' } });
const answerTo = (
  row: Rollout | undefined,
  list: readonly Approval[] = [anApproval()],
  approval = anApproval(),
  gates: Approvable['gates'] = {},
) => {
  const [answer] = answersTo(approval, list, { rows: row ? [row] : [], gates });
  return [answer?.counted, answer?.why];
};

describe('an approval counts', () => {
  it('while the rollout waits, and the answer says how many are there', () => {
    expect(answersTo(anApproval(), [anApproval()], { rows: [waiting()], gates: {} })).toEqual([
      { channel: 'stable', revision: 1, rolloutId: waiting().rolloutId, state: 'WAITING', counted: true, why: '1 of 2 approvals' },
    ]);
    expect(answerTo(waiting(), [anApproval(), other])).toEqual([true, '2 of 2 approvals']);
    expect(answerTo(waiting({ gate: { approval: { required: 1, skip: [] } } }))).toEqual([true, '1 of 1 approvals']);
  });

  it('on each of its channels by the rollout there', () => {
    const rows = [waiting(), aRollout({ channel: 'hubs', state: 'CREATED' })];
    const answers = answersTo(anApproval({ channels: ['hubs', 'stable'] }), [anApproval()], { rows, gates: {} });
    expect(answers.map(({ channel, rolloutId, counted }) => [channel, rolloutId, counted])).toEqual([
      ['hubs', rows[1]?.rolloutId, false],
      ['stable', rows[0]?.rolloutId, true],
    ]);
  });

  it('not if the list has none of this source for the channel', () => {
    expect(answerTo(waiting(), [other])).toEqual([false, '1 of 2 approvals']);
    expect(answerTo(waiting(), [anApproval({ channels: ['hubs'] })])).toEqual([false, '0 of 2 approvals']);
  });

  it('before the release, if channels.yml asks for approvals', () => {
    expect(answersTo(anApproval(), [anApproval()], { rows: [], gates: { stable: gate } })).toEqual([
      { channel: 'stable', revision: 1, counted: true, why: 'it is kept until this content is published to stable' },
    ]);
    expect(answerTo(undefined, [anApproval()], anApproval(), { stable: { after: [] } })).toEqual([false, 'stable asks for no approval']);
    expect(answerTo(undefined)).toEqual([false, 'stable asks for no approval']);
  });

  it('once the gate has opened, as evidence or as one more', () => {
    const opened = { at: now, after: [], approvals: [anApproval()], skipped: [] };
    const created = waiting({ state: 'CREATED', opened });
    expect(answerTo(created)).toEqual([true, 'the gate has opened with an approval of this source']);
    expect(answerTo(created, [anApproval(), anApproval({ eventId: 'a-3' })], anApproval({ eventId: 'a-3' }))).toEqual([
      true,
      'the gate has opened with an approval of this source',
    ]);
    expect(answerTo(created, [anApproval(), other], other)).toEqual([true, 'it is kept, but the gate had opened before']);
    const openedByTwo = waiting({ state: 'CREATED', opened: { ...opened, approvals: [other, anApproval()] } });
    expect(answerTo(openedByTwo)).toEqual([true, 'the gate has opened with an approval of this source']);
  });

  it.each(['SUPERSEDING', 'WITHDRAWING', 'COMPLETED', 'SUPERSEDED', 'WITHDRAWN', 'FAILED'] as const)(
    'not if the rollout is %s, unless this very event is in its evidence',
    (state) => {
      const opened = { at: now, after: [], approvals: [anApproval()], skipped: [] };
      expect(answerTo(waiting({ state, opened }))[0]).toBe(true);
      expect(answerTo(waiting({ state, opened }), [anApproval({ eventId: 'a-3' })], anApproval({ eventId: 'a-3' }))[0]).toBe(false);
      expect(answerTo(waiting({ state }))[0]).toBe(false);
    },
  );

  it('not where no approval is asked for', () => {
    expect(answerTo(aRollout({ channel: 'stable', state: 'CREATED' }))).toEqual([false, 'stable asks for no approval']);
  });
});

describe('the answer to an approval of what has ended', () => {
  it.each<[string, Partial<Rollout>]>([
    ['the rollout is SUPERSEDED by 2.1.0', { state: 'SUPERSEDED', supersededBy: { rolloutId: 'r', version: '2.1.0', revision: 1 } }],
    ['the rollout is SUPERSEDING by 2.1.0', { state: 'SUPERSEDING', supersededBy: { rolloutId: 'r', version: '2.1.0', revision: 1 } }],
    ['the rollout is SUPERSEDED by another release', { state: 'SUPERSEDED' }],
    ['the rollout is FAILED (GATE_SHUT)', { state: 'FAILED', code: 'GATE_SHUT' }],
    ['the rollout is WITHDRAWN', { state: 'WITHDRAWN' }],
  ])('says: %s', (why, changes) => {
    expect(answerTo(waiting(changes))).toEqual([false, why]);
  });

  it('says that the gate had opened with it, if it had', () => {
    const opened = { at: now, after: [], approvals: [anApproval()], skipped: [] };
    expect(answerTo(waiting({ state: 'COMPLETED', opened }))).toEqual([
      true,
      'the gate opened with it; since then the rollout is COMPLETED',
    ]);
  });
});
