import { describe } from 'vitest';
import type { Reply, Sighting } from '../../../domain/rollout/observation.ts';
import { createdOutcome } from '../../../domain/rollout/outcome.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import { aHead, aRollout, minutes, now, onMi, ownEntry, rivalOf, seconds, sentAgo } from '../../../proof/support/a-rollout.ts';
import { aView } from '../../../proof/support/a-view.ts';
import { specify } from '../../support/specify.ts';

const sent = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', ...sentAgo(seconds(20)), ...changes });
const iot = sent();
const mi = sent(onMi);
const longAgo = sentAgo(minutes(21));
const allRefused = { attempt: 1, unansweredCreates: { count: 0 } } as const;
const twoOpen = {
  unansweredCreates: {
    count: 2,
    firstSentAt: now - minutes(3),
    lastSentAt: now - seconds(1),
    beforeLast: { count: 1, firstSentAt: now - minutes(3), lastSentAt: now - minutes(3) },
  },
};
const twoOpenLong = {
  ...twoOpen,
  unansweredCreates: {
    ...twoOpen.unansweredCreates,
    firstSentAt: now - minutes(30),
    beforeLast: { count: 1, firstSentAt: now - minutes(30), lastSentAt: now - minutes(30) },
  },
};

const wrote = { wrote: true } as const;
const accepted: Reply = { kind: 'accepted', aws: {} };
const created: Reply = { kind: 'created', aws: { taskId: 't1' } };
const alreadyExists: Reply = { kind: 'alreadyExists' };
const throttled: Reply = { kind: 'refused', retryable: true, code: 'ThrottlingException', message: 'slow down' };
const refused: Reply = { kind: 'refused', retryable: false, code: 'UnauthorizedException', message: 'not allowed' };
const unknown: Reply = { kind: 'unknown', message: 'timeout' };

const notFound: Sighting = { kind: 'notFound' };
const exists: Sighting = { kind: 'exists', job: 'live', aws: { otaUpdateId: 'u', jobId: 'j' } };
const failed = (code: string, job: 'none' | 'live' | 'ending' | 'completed' | 'canceled' | 'gone' = 'none'): Sighting => ({
  kind: 'createFailed',
  errorInfo: { code, message: 'why' },
  job,
});

describe('CREATING: the answer to a create', () => {
  specify([
    ['the intent was just written', aView(iot, { seen: { ...wrote, intent: true } }), 'read the holds again'],
    ['the holds were read after the intent', aView(iot, { seen: { ...wrote, intent: true, holdsReadAgain: true } }), 'send'],
    ['accepted', aView(iot, { seen: { ...wrote, reply: accepted } }), 'rest'],
    ['AWS returned a TaskId', aView(mi, { seen: { ...wrote, reply: created } }), 'write CREATED unanswered 0 +Created'],
    ['the id exists already', aView(iot, { seen: { ...wrote, reply: alreadyExists } }), 'look at creation'],
    [
      'the id exists already, but a read that lags finds nothing',
      aView(iot, { seen: { ...wrote, reply: alreadyExists, sighting: notFound } }),
      'rest',
    ],
    [
      'the id exists already, and the update is adopted',
      aView(iot, { seen: { ...wrote, reply: alreadyExists, sighting: exists } }),
      'write CREATED +Created',
    ],
    [
      'the token exists already, but nothing is found',
      aView(sent({ ...onMi, ...longAgo }), { seen: { ...wrote, reply: alreadyExists, sighting: notFound } }),
      'rest',
    ],
    ['throttled, so the intent is undone', aView(iot, { seen: { ...wrote, reply: throttled } }), 'write CREATING unanswered 0 → rest'],
    [
      'throttled while another create is unanswered',
      aView(sent(twoOpen), { seen: { ...wrote, reply: throttled } }),
      'write CREATING unanswered 1 → rest',
    ],
    ['refused finally', aView(iot, { seen: { ...wrote, reply: refused } }), 'write FAILED(AWS_REFUSED) unanswered 0 +Failed'],
    [
      'refused finally at managed integrations',
      aView(mi, { seen: { ...wrote, reply: refused } }),
      'write FAILED(AWS_REFUSED) unanswered 0 +Failed',
    ],
    [
      'refused finally while another create may still take effect',
      aView(sent(twoOpen), { seen: { ...wrote, reply: refused } }),
      'write CREATING unanswered 1 → rest',
    ],
    [
      'refused finally, the other create unanswered for too long',
      aView(sent(twoOpenLong), { seen: { ...wrote, reply: refused } }),
      'write FAILED(AWS_REFUSED) unanswered 1 +Failed',
    ],
    ['no answer, which is not a refusal', aView(iot, { seen: { ...wrote, reply: unknown } }), 'rest'],
    ['no answer at managed integrations', aView(mi, { seen: { ...wrote, reply: unknown } }), 'rest'],
  ]);
});

describe('CREATING: every create was refused', () => {
  const again = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', ...allRefused, ...changes });
  const own = ownEntry(iot, { sequence: 2 });
  const pending = rivalOf('3.0.0', { sequence: 3 });
  const newer = rivalOf('3.0.0', { sequence: 3, created: true });
  const seen = { rivals: { [newer.rolloutId]: true } };
  specify([
    ['the next create needs no look', aView(again()), 'write CREATING unanswered 1 → send'],
    ['at managed integrations', aView(again(onMi)), 'write CREATING unanswered 1 → send'],
    ['a later attempt', aView(again({ attempt: 3 })), 'write CREATING unanswered 1 → send'],
    [
      'the head was read before the rollout entered it, so its write fails and both are read again',
      aView(again(), { head: aHead() }),
      'head: enter as 1',
    ],
    ['the same, and the head has a newer rollout', aView(again(), { head: aHead(newer) }), 'head: enter as 4'],
    ['notAfter has passed', aView(again({ notAfter: now - 1 })), 'write FAILED(EXPIRED) +Failed'],
    ['a later entry is pending', aView(again(), { head: aHead(own, pending), seen }), 'write CREATING → rest'],
    ['a later entry is pending, its row not read', aView(again(), { head: aHead(own, pending) }), 'read 3.0.0'],
    ['a later entry exists', aView(again(), { head: aHead(own, newer), seen }), 'write SUPERSEDING by 3.0.0'],
    [
      'a later entry exists, whenSuperseded is keep',
      aView(again({ whenSuperseded: 'keep' }), { head: aHead(own, newer), seen }),
      'write SUPERSEDING by 3.0.0',
    ],
    [
      'a later entry is dead',
      aView(again(), { head: aHead(own, newer), seen: { rivals: { [newer.rolloutId]: false } } }),
      'write CREATING unanswered 1 → send',
    ],
  ]);
});

describe('CREATING: a create may still take effect', () => {
  const look = (row: Rollout, sighting: Sighting, stopSent?: true) => aView(row, { seen: { sighting, ...(stopSent && { stopSent }) } });
  specify([
    ['nothing seen yet', aView(iot), 'look at creation'],
    ['at managed integrations', aView(mi), 'look at creation'],
    ['not found at IoT Core, where the id prevents a second update', look(iot, notFound), 'write CREATING unanswered 2 → send'],
    [
      'not found at IoT Core, expired, a create may still take effect',
      look(sent({ notAfter: now - 1 }), notFound),
      'write CREATING → rest',
    ],
    [
      'not found at IoT Core, expired, no create can take effect any more',
      look(sent({ ...longAgo, notAfter: now - 1 }), notFound),
      'write FAILED(EXPIRED) +Failed',
    ],
    ['not found at managed integrations, where a second create could start a second task', look(mi, notFound), 'write CREATING → rest'],
    ['not found at managed integrations for 20 minutes', look(sent({ ...onMi, ...longAgo }), notFound), 'write FAILED(UNCERTAIN) +Failed'],
    [
      'not found at managed integrations after exactly 20 minutes',
      look(sent({ ...onMi, ...sentAgo(minutes(20)) }), notFound),
      'write CREATING → rest',
    ],
    ['not found at managed integrations, expired', look(sent({ ...onMi, notAfter: now - 1 }), notFound), 'write CREATING → rest'],
    ['the id belongs to an update of somebody else', look(iot, { kind: 'foreign' }), 'write FAILED(NOT_ADOPTABLE) +Failed'],
    ['being created', look(iot, { kind: 'pending' }), 'write CREATING → rest'],
    ['created', look(iot, exists), 'write CREATED +Created'],
    ['a task found by its tags', look(mi, { kind: 'exists', job: 'live', aws: { taskId: 't1' } }), 'write CREATED unanswered 0 +Created'],
    ['created, and its job is already deleted', look(iot, { ...exists, job: 'gone' }), 'write CREATED +Created'],
    ['found although notAfter has passed', look(sent({ notAfter: now - 1 }), exists), 'write CREATED +Created'],
  ]);
});

describe('CREATING: CREATE_FAILED', () => {
  const look = (sighting: Sighting, changes: Partial<Rollout> = {}, stopSent?: true) =>
    aView(sent(changes), { seen: { sighting, ...(stopSent && { stopSent }) } });
  specify([
    ['the cause can pass', look(failed('ThrottlingException')), 'write CREATING attempt 2 unanswered 0 → rest'],
    [
      'the cause can pass, at the second attempt',
      look(failed('ThrottlingException'), { attempt: 2 }),
      'write CREATING attempt 3 unanswered 0 → rest',
    ],
    [
      'the cause can pass, at the third attempt',
      look(failed('ThrottlingException'), { attempt: 3 }),
      'write FAILED(CREATE_FAILED) +Failed',
    ],
    [
      'the cause can pass, but notAfter has passed',
      look(failed('ThrottlingException'), { notAfter: now - 1 }),
      'write FAILED(CREATE_FAILED) +Failed',
    ],
    ['the cause is final', look(failed('AccessDeniedException')), 'write FAILED(CREATE_FAILED) +Failed'],
    ['AWS gave no cause', look({ kind: 'createFailed', errorInfo: {}, job: 'none' }), 'write FAILED(CREATE_FAILED) +Failed'],
    ['the failed update left a live job', look(failed('ThrottlingException', 'live')), 'cancel at AWS (CREATE_FAILED)'],
    ['its job was sent a cancel', look(failed('ThrottlingException', 'live'), {}, true), 'write CREATING → rest'],
    ['its job is still ending', look(failed('ThrottlingException', 'ending')), 'write CREATING → rest'],
    ['its job has been canceled', look(failed('ThrottlingException', 'canceled')), 'write CREATING attempt 2 unanswered 0 → rest'],
    ['its job is deleted', look(failed('ThrottlingException', 'gone')), 'write CREATING attempt 2 unanswered 0 → rest'],
    ['the cause is final, but its job is live', look(failed('AccessDeniedException', 'live')), 'cancel at AWS (CREATE_FAILED)'],
    [
      'the cause is final, and its job has ended',
      look(failed('AccessDeniedException', 'completed')),
      'write FAILED(CREATE_FAILED) +Failed',
    ],
  ]);
});

describe('CREATING beside a newer release', () => {
  const own = ownEntry(iot, { sequence: 1 });
  const newer = rivalOf('3.0.0', { sequence: 2, created: true });
  const ended = rivalOf('3.0.0', { sequence: 2, done: true });
  const pending = rivalOf('3.0.0', { sequence: 2 });
  const counts = { rivals: { [newer.rolloutId]: true } };
  const dead = { rivals: { [newer.rolloutId]: false } };
  specify([
    ['that exists, its row not read', aView(iot, { head: aHead(own, newer) }), 'read 3.0.0'],
    ['that exists and holds the channel', aView(iot, { head: aHead(own, newer), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    ['that has ended and holds the channel', aView(iot, { head: aHead(own, ended), seen: counts }), 'write SUPERSEDING by 3.0.0'],
    ['that is dead', aView(iot, { head: aHead(own, newer), seen: dead }), 'look at creation'],
    ['that is pending', aView(iot, { head: aHead(own, pending) }), 'look at creation'],
    [
      'that is pending, and a create is needed',
      aView(iot, { head: aHead(own, pending), seen: { ...counts, sighting: notFound } }),
      'write CREATING → rest',
    ],
    [
      'that exists, whenSuperseded is keep',
      aView(sent({ whenSuperseded: 'keep' }), { head: aHead(own, newer), seen: counts }),
      'look at creation',
    ],
    [
      'that exists, after the intent was written',
      aView(iot, { head: aHead(own, newer), seen: { ...counts, intent: true, holdsReadAgain: true } }),
      'send',
    ],
    [
      'that exists, after AWS returned a TaskId',
      aView(mi, { head: aHead(own, newer), seen: { ...counts, reply: created } }),
      'write CREATED unanswered 0 +Created',
    ],
  ]);
});

describe('CREATING: waiting', () => {
  const conflict = createdOutcome(iot, false, now);
  const full = sent({ outbox: [conflict] });
  const pending = { kind: 'pending' } as const;
  specify([
    ['the outbox has an outcome', aView(full, { seen: { sighting: pending } }), 'publish'],
    ['the outbox is published', aView(full, { seen: { sighting: pending, published: true } }), 'write CREATING -outbox → rest'],
    ['the bus refused the outcome', aView(full, { seen: { sighting: pending, unpublished: true } }), 'write CREATING → rest'],
    [
      'the bus refused the outcome, and a write has set the follow-up already',
      aView(full, { seen: { ...wrote, resting: true, unpublished: true } }),
      'rest',
    ],
    ['rests before any write', aView(iot, { seen: { resting: true } }), 'write CREATING → rest'],
    ['rests after a write', aView(iot, { seen: { ...wrote, resting: true } }), 'rest'],
  ]);
});
