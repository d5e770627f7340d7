import { describe, expect, it } from 'vitest';
import { type Approval, approversOf, countingApprovals, evidenceOf } from '../../../domain/gate/approvals.ts';

const board = { account: '000000000000', source: 'com.acme.release-board' };
const health = { account: '000000000000', source: 'com.acme.fleet-health' };
const publisher = { account: '000000000000', source: 'com.acme.ci' };
const digest = 'd1'.repeat(32);
let events = 0;
const approval = (changes: Partial<Approval> = {}): Approval => {
  events += 1;
  return {
    version: '2.0.0',
    revision: 1,
    channels: ['stable'],
    releaseDigest: digest,
    by: board,
    eventId: `e-${events}`,
    at: events,
    ...changes,
  };
};
const rollout = { version: '2.0.0', revision: 1, channel: 'stable', releaseDigest: digest, publishedBy: publisher };

describe('an approval', () => {
  it('counts for its own version, revision, channel and content only, and never if the publisher gave it', () => {
    const own = approval();
    const others = [
      approval({ version: '2.0.0+b2' }),
      approval({ revision: 2 }),
      approval({ channels: ['beta'] }),
      approval({ releaseDigest: 'e2'.repeat(32) }),
      approval({ by: publisher }),
    ];
    expect(countingApprovals(rollout, [...others, own])).toEqual([own]);
  });

  it('is different from another one if its source differs, whoever it names and whichever account sent it', () => {
    expect(
      approversOf([approval(), approval({ approvedBy: 'somebody else' }), approval({ by: { ...board, account: '111111111111' } })]),
    ).toBe(1);
    expect(approversOf([approval(), approval({ by: health })])).toBe(2);
  });
});

describe('the approvals that a gate opens with', () => {
  it('are the first of each approver, as many as are required', () => {
    const [first, again, second] = [approval(), approval(), approval({ by: health })];
    expect(evidenceOf([first, again, second], 1, [])).toEqual([first]);
    expect(evidenceOf([first, again, second], 2, [])).toEqual([first, second]);
  });

  it('include the first that asks for each skipped part', () => {
    const [plain, skips, skipsAgain] = [approval(), approval({ skip: ['soakMinutes'] }), approval({ by: health, skip: ['soakMinutes'] })];
    expect(evidenceOf([plain, skips, skipsAgain], 1, ['soakMinutes'])).toEqual([plain, skips]);
  });

  it('lose their comments if they would not fit into the row beside the request', () => {
    const long = Array.from({ length: 12 }, (_, index) =>
      approval({ by: { ...board, source: `com.acme.board-${index}` }, comment: 'x'.repeat(2_000) }),
    );
    const evidence = evidenceOf(long, 12, []);
    expect(evidence).toHaveLength(12);
    expect(evidence.every(({ comment }) => comment === undefined)).toBe(true);
    expect(evidenceOf(long.slice(0, 3), 3, [])[0]?.comment).toHaveLength(2_000);
  });

  it('are measured in bytes, and lose the names of people if they would still not fit', () => {
    const from = (count: number, changes: Partial<Approval>) =>
      Array.from({ length: count }, (_, index) => approval({ by: { ...board, source: `com.acme.board-${index}` }, ...changes }));
    const chinese = from(9, { comment: '\u6e29'.repeat(2_000), approvedBy: 'kim' });
    expect(evidenceOf(chinese, 9, []).map(({ comment, approvedBy }) => [comment, approvedBy])).toEqual(Array(9).fill([undefined, 'kim']));
    const named = from(50, { comment: 'ok', approvedBy: '\u6e29'.repeat(256) });
    const evidence = evidenceOf(named, 50, []);
    expect(evidence).toHaveLength(50);
    expect(Buffer.byteLength(JSON.stringify(evidence))).toBeLessThanOrEqual(20_000);
    expect(evidence[0]).toEqual(from(1, { eventId: named[0]?.eventId ?? '', at: named[0]?.at ?? 0 })[0]);
  });

  it('may take 20,000 bytes, and not one more', () => {
    const from = (count: number, changes: Partial<Approval>) =>
      Array.from({ length: count }, (_, index) => ({
        ...approval({ by: { ...board, source: `b-${index}` }, at: 1, eventId: 'e' }),
        ...changes,
      }));
    const bytes = (list: readonly Approval[]) => Buffer.byteLength(JSON.stringify(list));
    const filled = (list: Approval[], member: 'comment' | 'approvedBy', to: number) => {
      const [first, ...others] = list;
      const empty = [{ ...(first ?? approval()), [member]: '' }, ...others];
      return [{ ...(first ?? approval()), [member]: 'x'.repeat(to - bytes(empty)) }, ...others];
    };
    const commented = (to: number) => filled(from(10, {}), 'comment', to);
    expect([20_000, 20_001].map((to) => evidenceOf(commented(to), 10, [])[0]?.comment !== undefined)).toEqual([true, false]);
    const named = (to: number) => filled(from(10, {}), 'approvedBy', to).map((one) => ({ ...one, comment: 'ok' }));
    expect([20_000, 20_001].map((to) => evidenceOf(named(to), 10, [])[0]?.approvedBy !== undefined)).toEqual([true, false]);
  });
});
