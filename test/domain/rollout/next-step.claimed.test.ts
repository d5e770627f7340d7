import { describe } from 'vitest';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import type { Seen } from '../../../domain/rollout/step.ts';
import { aHead, aRecordedWithdrawal, aRollout, minutes, now, onMi, ownEntry, rivalOf } from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';
import { specify } from '../../support/specify.ts';

const row = aRollout();
const own = ownEntry(row, { sequence: 2 });
const expired = aRollout({ notAfter: now - 1 });
const older = rivalOf('1.0.0', { sequence: 1, created: true });
const counts = (...rivals: readonly { rolloutId: string }[]): Partial<Seen> => ({
  rivals: Object.fromEntries(rivals.map(({ rolloutId }) => [rolloutId, true])),
});
const dead = (...rivals: readonly { rolloutId: string }[]): Partial<Seen> => ({
  rivals: Object.fromEntries(rivals.map(({ rolloutId }) => [rolloutId, false])),
});

describe('CLAIMED, not in the head: its place in the channel is decided once', () => {
  const newer = rivalOf('3.0.0', { sequence: 1 });
  const newest = rivalOf('4.0.0', { sequence: 2, created: true });
  const equal = rivalOf('2.0.0+other', { sequence: 1 });
  const laterRevision = { rolloutId: 'r2', entry: { version: '2.0.0', revision: 2, sequence: 1 } };
  const allowed = aRollout({ downgrade: true });
  specify([
    ['the channel is empty', aView(row), 'head: enter as 1'],
    ['an older release is there', aView(row, { head: aHead(older) }), 'head: enter as 2'],
    ['a newer release is there, its row not read', aView(row, { head: aHead(newer) }), 'read 3.0.0'],
    [
      'a newer release is there and holds the channel',
      aView(row, { head: aHead(newer), seen: counts(newer) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    ['a newer release is there and is dead', aView(row, { head: aHead(newer), seen: dead(newer) }), 'head: enter as 2, drop 3.0.0'],
    ['the first newer release is dead, the next is not read', aView(row, { head: aHead(newer, newest), seen: dead(newer) }), 'read 4.0.0'],
    [
      'every newer release is dead',
      aView(row, { head: aHead(newer, newest), seen: dead(newer, newest) }),
      'head: enter as 3, drop 3.0.0, 4.0.0',
    ],
    [
      'a newer release has ended and holds the channel',
      aView(row, { head: aHead(rivalOf('3.0.0', { sequence: 1, done: true })), seen: counts(newer) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    [
      'a release that differs only in build metadata holds the channel',
      aView(row, { head: aHead(equal), seen: counts(equal) }),
      'write SUPERSEDED by 2.0.0+other +Superseded',
    ],
    [
      'a later revision holds the channel',
      aView(row, { head: aHead(laterRevision), seen: counts(laterRevision) }),
      'write SUPERSEDED by 2.0.0 +Superseded',
    ],
    ['a newer release is there, downgrade allowed', aView(allowed, { head: aHead(newer) }), 'head: enter as 2'],
    ['notAfter has passed', aView(expired), 'write FAILED(EXPIRED) +Failed'],
    ['notAfter is now', aView(aRollout({ notAfter: now })), 'head: enter as 1'],
  ]);
});

describe('CLAIMED, in the head: the higher number wins, not the higher version', () => {
  const pending = rivalOf('3.0.0', { sequence: 3 });
  const created = rivalOf('3.0.0', { sequence: 3, created: true });
  const ended = rivalOf('3.0.0', { sequence: 3, done: true });
  const laterButOlder = rivalOf('1.0.0', { sequence: 3, created: true });
  const before = rivalOf('9.0.0', { sequence: 1, created: true });
  specify([
    ['alone on the channel', aView(row, { head: aHead(own) }), 'write CREATING attempt 1 unanswered 1 → send'],
    [
      'alone on the channel, at managed integrations',
      aView(aRollout(onMi), { head: aHead(own) }),
      'write CREATING attempt 1 unanswered 1 → send',
    ],
    ['only earlier entries', aView(row, { head: aHead(own, before) }), 'write CREATING attempt 1 unanswered 1 → send'],
    ['a later entry, its row not read', aView(row, { head: aHead(own, pending) }), 'read 3.0.0'],
    ['a later entry is pending', aView(row, { head: aHead(own, pending), seen: counts(pending) }), 'write CLAIMED → rest'],
    [
      'a later entry is pending, and the wait is recorded',
      aView(row, { head: aHead(own, pending), seen: { ...counts(pending), wrote: true, resting: true } }),
      'rest',
    ],
    ['a later entry exists', aView(row, { head: aHead(own, created), seen: counts(created) }), 'write SUPERSEDED by 3.0.0 +Superseded'],
    ['a later entry has ended', aView(row, { head: aHead(own, ended), seen: counts(ended) }), 'write SUPERSEDED by 3.0.0 +Superseded'],
    [
      'a later entry of an older version exists',
      aView(row, { head: aHead(own, laterButOlder), seen: counts(laterButOlder) }),
      'write SUPERSEDED by 1.0.0 +Superseded',
    ],
    [
      'a later entry is dead',
      aView(row, { head: aHead(own, created), seen: dead(created) }),
      'write CREATING attempt 1 unanswered 1 → send',
    ],
    [
      'a later entry exists, whenSuperseded is keep',
      aView(aRollout({ whenSuperseded: 'keep' }), { head: aHead(own, created), seen: counts(created) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    ['notAfter has passed', aView(expired, { head: aHead(own) }), 'write FAILED(EXPIRED) +Failed'],
  ]);
});

describe('CLAIMED, with the other channels of its message in its row', () => {
  const sibling = aRollout({ channel: 'stable' });
  const carrier: Rollout = aRollout({ siblings: [sibling] });
  const put = { siblingsPut: true } as const;
  specify([
    ['at first', aView(carrier), 'put stable'],
    ['even if withdrawn', aView(carrier, { withdrawals: [aRecordedWithdrawal({ at: now })] }), 'put stable'],
    ['even if expired', aView({ ...carrier, notAfter: now - 1 }), 'put stable'],
    ['after the put', aView(carrier, { seen: put }), 'head: enter as 1'],
    ['after the put, in the head', aView(carrier, { seen: put, head: aHead(own) }), 'write CREATING attempt 1 unanswered 1 → send'],
    [
      'after the put, and this rollout fails',
      aView({ ...carrier, notAfter: now - minutes(1) }, { seen: put }),
      'write FAILED(EXPIRED) +Failed',
    ],
  ]);
});
