import { describe } from 'vitest';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import type { Seen } from '../../../domain/rollout/step.ts';
import { aHead, aRollout, minutes, now, onMi, ownEntry, rivalOf } from '../../../proof/support/a-rollout.ts';
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

describe('CLAIMED, not in the head: the order of the channel is decided now, once', () => {
  const newer = rivalOf('3.0.0', { sequence: 1 });
  const newest = rivalOf('4.0.0', { sequence: 2, created: true });
  const equal = rivalOf('2.0.0+other', { sequence: 1 });
  const laterRevision = { rolloutId: 'r2', entry: { version: '2.0.0', revision: 2, sequence: 1 } };
  const allowed = aRollout({ downgrade: true });
  specify([
    ['nobody on the channel', aView(row), 'head: enter as 1'],
    ['an older one there', aView(row, { head: aHead(older) }), 'head: enter as 2'],
    ['a newer one there, its row not read', aView(row, { head: aHead(newer) }), 'read 3.0.0'],
    ['a newer one there that counts', aView(row, { head: aHead(newer), seen: counts(newer) }), 'write SUPERSEDED by 3.0.0 +Superseded'],
    ['a newer one there that is dead', aView(row, { head: aHead(newer), seen: dead(newer) }), 'head: enter as 2, drop 3.0.0'],
    ['the first newer one dead, the next not read', aView(row, { head: aHead(newer, newest), seen: dead(newer) }), 'read 4.0.0'],
    ['every newer one dead', aView(row, { head: aHead(newer, newest), seen: dead(newer, newest) }), 'head: enter as 3, drop 3.0.0, 4.0.0'],
    [
      'an ended newer one that counts',
      aView(row, { head: aHead(rivalOf('3.0.0', { sequence: 1, done: true })), seen: counts(newer) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    [
      'one that differs only in build metadata counts',
      aView(row, { head: aHead(equal), seen: counts(equal) }),
      'write SUPERSEDED by 2.0.0+other +Superseded',
    ],
    [
      'a later revision counts',
      aView(row, { head: aHead(laterRevision), seen: counts(laterRevision) }),
      'write SUPERSEDED by 2.0.0 +Superseded',
    ],
    ['a newer one there, downgrade allowed', aView(allowed, { head: aHead(newer) }), 'head: enter as 2'],
    ['notAfter passed', aView(expired), 'write FAILED(EXPIRED) +Failed'],
    ['notAfter is this very instant', aView(aRollout({ notAfter: now })), 'head: enter as 1'],
  ]);
});

describe('CLAIMED, in the head: the higher number wins, versions are not compared again', () => {
  const pending = rivalOf('3.0.0', { sequence: 3 });
  const created = rivalOf('3.0.0', { sequence: 3, created: true });
  const ended = rivalOf('3.0.0', { sequence: 3, done: true });
  const laterButOlder = rivalOf('1.0.0', { sequence: 3, created: true });
  const before = rivalOf('9.0.0', { sequence: 1, created: true });
  specify([
    ['alone', aView(row, { head: aHead(own) }), 'write CREATING attempt 1 unanswered 1 → send'],
    ['at managed integrations too', aView(aRollout(onMi), { head: aHead(own) }), 'write CREATING attempt 1 unanswered 1 → send'],
    ['only earlier ones', aView(row, { head: aHead(own, before) }), 'write CREATING attempt 1 unanswered 1 → send'],
    ['a later one, its row not read', aView(row, { head: aHead(own, pending) }), 'read 3.0.0'],
    ['a later one pending: wait', aView(row, { head: aHead(own, pending), seen: counts(pending) }), 'write CLAIMED → rest'],
    [
      'a later one pending, the wait noted',
      aView(row, { head: aHead(own, pending), seen: { ...counts(pending), wrote: true, resting: true } }),
      'rest',
    ],
    ['a later one exists', aView(row, { head: aHead(own, created), seen: counts(created) }), 'write SUPERSEDED by 3.0.0 +Superseded'],
    ['a later one has ended', aView(row, { head: aHead(own, ended), seen: counts(ended) }), 'write SUPERSEDED by 3.0.0 +Superseded'],
    [
      'a later one of an older version exists',
      aView(row, { head: aHead(own, laterButOlder), seen: counts(laterButOlder) }),
      'write SUPERSEDED by 1.0.0 +Superseded',
    ],
    ['a later one dead', aView(row, { head: aHead(own, created), seen: dead(created) }), 'write CREATING attempt 1 unanswered 1 → send'],
    [
      'a later one exists, policy keep',
      aView(aRollout({ whenSuperseded: 'keep' }), { head: aHead(own, created), seen: counts(created) }),
      'write SUPERSEDED by 3.0.0 +Superseded',
    ],
    ['notAfter passed', aView(expired, { head: aHead(own) }), 'write FAILED(EXPIRED) +Failed'],
  ]);
});

describe('CLAIMED, carrying the other channels of its message', () => {
  const sibling = aRollout({ channel: 'stable' });
  const carrier: Rollout = aRollout({ siblings: [sibling] });
  const conflict = { code: 'RELEASE_CONFLICT', path: '$', message: 'accepted with another content', channel: 'stable' } as const;
  const told = { siblings: { conflicts: [conflict] } };
  const put = { siblings: { conflicts: [] } };
  specify([
    ['before anything else', aView(carrier), 'put stable'],
    ['even when withdrawn', aView(carrier, { withdrawals: [{ version: '2.0.0', force: false, at: now }] }), 'put stable'],
    ['even when expired', aView({ ...carrier, notAfter: now - 1 }), 'put stable'],
    ['put: goes on', aView(carrier, { seen: put }), 'head: enter as 1'],
    ['put and entered', aView(carrier, { seen: put, head: aHead(own) }), 'write CREATING attempt 1 unanswered 1 → send'],
    [
      'one has another content: told by the next write',
      aView(carrier, { seen: told, head: aHead(own) }),
      'write CREATING attempt 1 unanswered 1 +Rejected → send',
    ],
    [
      'one has another content, and this one fails',
      aView({ ...carrier, notAfter: now - minutes(1) }, { seen: told }),
      'write FAILED(EXPIRED) +Failed +Rejected',
    ],
  ]);
});
