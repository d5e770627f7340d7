import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../domain/gate/approvals.ts';
import { APPROVALS_MAX, isSameApproval, recordApproval } from '../../../domain/gate/record-approval.ts';
import { inEveryOrder } from './orders.ts';

const board = { account: '000000000000', source: 'com.acme.release-board' };
const health = { account: '000000000000', source: 'com.acme.fleet-health' };

const anApproval = (changes: Partial<Approval> = {}): Approval => ({
  version: '2.4.1',
  revision: 1,
  channels: ['stable'],
  releaseDigest: 'd1'.repeat(32),
  by: board,
  eventId: 'e-1',
  at: 1,
  ...changes,
});

/** The list after these approvals came one after the other, each with whatever it answered. */
function recorded(approvals: readonly Approval[]): readonly Approval[] {
  return approvals.reduce<readonly Approval[]>((list, approval) => {
    const next = recordApproval(list, approval);
    return typeof next === 'string' ? list : next;
  }, []);
}

describe('an approval beside the other approvals of its version', () => {
  it('is known already if it is the same event, whenever it comes again', () => {
    expect(recordApproval([anApproval()], anApproval({ at: 9 }))).toBe('known');
  });

  it('is known without an id if it says the same', () => {
    const { eventId: _, ...nameless } = anApproval();
    expect(recordApproval([nameless], { ...nameless, at: 9 })).toBe('known');
    expect(recordApproval([nameless], { ...nameless, comment: 'another' })).toHaveLength(2);
  });

  it.each<[string, Partial<Approval>]>([
    ['by another approver', { by: health }],
    ['for another channel', { channels: ['hubs'] }],
    ['for another revision', { revision: 2 }],
    ['of other content', { releaseDigest: 'e2'.repeat(32) }],
    ['that skips something', { skip: ['soakMinutes'], comment: 'urgent' }],
    ['that says the same once more', {}],
  ])('is added if it is another event, such as one %s', (_what, changes) => {
    const other = anApproval({ eventId: 'e-2', at: 2, ...changes });
    expect(recordApproval([anApproval()], other)).toEqual([anApproval(), other]);
  });

  it('makes the same list in every order, with copies', () => {
    const events = [
      anApproval(),
      anApproval({ eventId: 'e-2', at: 2, by: health }),
      anApproval({ eventId: 'e-3', at: 2, channels: ['hubs', 'stable'] }),
      anApproval({ eventId: 'e-4', at: 4, revision: 2 }),
    ];
    const lists = new Set(inEveryOrder(events).map((order) => JSON.stringify(recorded([...order, ...order]))));
    expect([...lists].map((list) => JSON.parse(list))).toEqual([events]);
  });

  it('is one too many if the version has fifty', () => {
    const fifty = Array.from({ length: APPROVALS_MAX }, (_, index) => anApproval({ eventId: `e-${index}`, at: index }));
    expect(recorded(fifty)).toHaveLength(50);
    expect(recordApproval(fifty, anApproval({ eventId: 'one more' }))).toBe('tooMany');
    expect(recordApproval(fifty, anApproval({ eventId: 'e-49' }))).toBe('known');
  });

  it('is too large if one item of DynamoDB cannot keep all of them', () => {
    const long = (index: number) =>
      anApproval({ eventId: `e-${index}`, at: index, approvedBy: '🔥'.repeat(256), comment: '🔥'.repeat(2000) });
    const many = Array.from({ length: 49 }, (_, index) => long(index));
    const list = recorded(many);
    expect(list.length).toBeGreaterThan(40);
    expect(list.length).toBeLessThan(49);
    expect(recordApproval(list, long(99))).toBe('tooLarge');
    expect(recordApproval(list, anApproval({ eventId: 'short' }))).toHaveLength(list.length + 1);
  });
});

describe('two approvals', () => {
  it('are the same by the id of their events alone, whatever they say', () => {
    expect(isSameApproval(anApproval(), anApproval({ comment: 'other' }))).toBe(true);
    expect(isSameApproval(anApproval(), anApproval({ eventId: 'e-2' }))).toBe(false);
  });
});
