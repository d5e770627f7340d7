import { afterEach, describe, expect, it, vi } from 'vitest';
import { telemetry } from '../../adapters/telemetry.ts';
import type { PlannedRollout } from '../../domain/request/planned-rollout.ts';
import { noDevices } from '../../domain/rollout/counts.ts';
import {
  duplicateOutcome,
  type MessageFacts,
  plannedOutcome,
  promotedOutcome,
  rejectedOutcome,
  waitingOutcome,
  withdrawalOutcome,
} from '../../domain/rollout/outcome.ts';
import type { OutcomeEvent } from '../../domain/rollout/outcome-schema.ts';
import { createNarrator, type Extent } from '../../local/narrator.ts';
import { aRollout, now } from '../../proof/support/a-rollout.ts';

type Telemetry = ReturnType<typeof telemetry>;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The lines that the functions write when they log as `log` does. */
function linesOf(log: (to: Telemetry) => void): string[] {
  const written: string[] = [];
  const take = (chunk: unknown) => {
    written.push(String(chunk));
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  log(telemetry({ stage: 'local', now: () => now }));
  for (const stream of streams) stream.mockRestore();
  return written.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}

/** What the narrator reports of these lines, and what it prints unchanged. */
function narrated(extent: Extent, log: (to: Telemetry) => void) {
  const reported: string[][] = [];
  const printed: unknown[] = [];
  const narrator = createNarrator((...columns) => reported.push(columns), extent);
  const lines = linesOf(log);
  vi.spyOn(console, 'error').mockImplementation((line) => printed.push(line));
  for (const line of lines) narrator.onLogLine(line);
  return { reported, printed, narrator, lines };
}

const row = aRollout({ messageId: '6f1d0000-1' });
const to = (state: typeof row.state, changes: Partial<typeof row> = {}, why = 'because') =>
  aRollout({ ...row, attempt: 1, ...changes, state, history: [{ at: now, to: state, why, who: 'x' }] });
const message = (readable = {}) => ({ messageId: '6f1d0000-1', bodySha256: 'b0', readable });
const rejection = { code: 'INVALID_RELEASE', path: 'artifacts[0].sha256', message: 'x' } as const;

const duplicate = { source: 'ota-dispatch', 'detail-type': 'OTA Release Duplicate', detail: { product: 'thermostat', version: '2.0.0' } };

/** A rollout from its claim to its end, as the two functions log it. */
function aLife(log: Telemetry): void {
  const creating = to('CREATING');
  const created = to('CREATED', { aws: { otaUpdateId: 'fw-1', jobId: 'AFR_OTA-fw-1' } });
  log.accepted(row, 'releases');
  log.transition(row, creating, 'releases');
  log.record('dispatched', { messageId: row.messageId });
  log.transition(creating, created, 'follow-ups');
  log.transition(created, to('COMPLETED', {}, 'every device has ended'), 'follow-ups');
}

describe('the narrator', () => {
  const about = 'thermostat 2.0.0 beta';

  it('reports a rollout from its claim to its end', () => {
    expect(narrated('everything', aLife).reported).toEqual([
      [about, 'accepted'],
      [about, 'creating', 'on CreateOTAUpdate, attempt 1'],
      [about, 'created', 'fw-1'],
      [about, 'completed', 'every device has ended'],
    ]);
  });

  it('reports only beginnings while somebody else reports the outcomes, and then everything', () => {
    const { reported, narrator, lines } = narrated('beginnings', aLife);
    narrator.onEvent(duplicate);
    expect(reported.map(([, happened]) => happened)).toEqual(['accepted', 'creating']);
    narrator.reportEverything();
    for (const line of lines) narrator.onLogLine(line);
    narrator.onEvent(duplicate);
    expect(reported.slice(2).map(([, happened]) => happened)).toEqual(['accepted', 'creating', 'created', 'completed', 'duplicate']);
  });

  it('reports a job event of a rollout that it knows', () => {
    const { reported, narrator } = narrated('beginnings', aLife);
    narrator.onJobEvent(`$aws/events/job/${row.rolloutId}-1/completed`);
    narrator.onJobEvent(`$aws/events/job/AFR_OTA-${row.rolloutId}-2/cancellation_in_progress`);
    narrator.onJobEvent('$aws/events/job/fw-unknown-1/completed');
    narrator.onJobEvent('$aws/events/job/other/completed');
    narrator.onJobEvent(`$aws/events/jobExecution/${row.rolloutId}-1/succeeded`);
    expect(reported.slice(2)).toEqual([
      [about, 'job event', 'AWS IoT says that its job is completed'],
      [about, 'job event', 'AWS IoT says that its job is being canceled'],
    ]);
  });

  it('reports the id of a job that has no other', () => {
    const created = to('CREATED', { aws: { jobId: 'fw-1-1' } });
    expect(narrated('everything', (log) => log.transition(row, created, 'follow-ups')).reported).toEqual([[about, 'created', 'fw-1-1']]);
  });

  const facts: MessageFacts = { ...message({ product: 'thermostat', version: '2.5.0', channels: ['beta', 'stable'] }) };
  const planned = (channel: string) =>
    ({ rolloutId: 'r', channel, service: 'iot', operation: 'CreateOTAUpdate', input: {} }) as PlannedRollout;

  it.each<[string, OutcomeEvent, string[]]>([
    [
      'a rejection with its reason',
      rejectedOutcome(facts, rejection, now),
      ['thermostat 2.5.0', 'rejected', 'INVALID_RELEASE artifacts[0].sha256: x'],
    ],
    [
      'the rejection of a message that could not be read',
      rejectedOutcome(message(), { ...rejection, code: 'MALFORMED_JSON', path: '$' }, now),
      ['message 6f1d0000', 'rejected', 'MALFORMED_JSON $: x'],
    ],
    ['a duplicate', duplicateOutcome(facts, [row], now), ['thermostat 2.5.0', 'duplicate', 'accepted before, so nothing is started again']],
    [
      'a dry run that would make requests',
      plannedOutcome(facts, { rollouts: [planned('beta'), planned('stable')], rejections: [] }, now),
      ['thermostat 2.5.0', 'planned', 'a dry run would make 2 requests: CreateOTAUpdate for beta, CreateOTAUpdate for stable'],
    ],
    [
      'a dry run with what keeps a channel',
      plannedOutcome(
        facts,
        { rollouts: [{ ...planned('stable'), reasons: [{ reason: 'APPROVAL', message: '0 of 1 approval' }] }], rejections: [] },
        now,
      ),
      ['thermostat 2.5.0', 'planned', 'a dry run would make 1 request: CreateOTAUpdate for stable, which waits (0 of 1 approval)'],
    ],
    [
      'a dry run with the channel of a rejection',
      plannedOutcome(facts, { rollouts: [], rejections: [{ ...rejection, path: '$', channel: 'beta' }] }, now),
      ['thermostat 2.5.0', 'planned', 'a dry run has 1 rejection: INVALID_RELEASE $ for beta: x'],
    ],
    [
      'a dry run with one rejection',
      plannedOutcome(facts, { rollouts: [], rejections: [rejection] }, now),
      ['thermostat 2.5.0', 'planned', 'a dry run has 1 rejection: INVALID_RELEASE artifacts[0].sha256: x'],
    ],
    [
      'a dry run with many rejections, the first three',
      plannedOutcome(facts, { rollouts: [], rejections: Array(5).fill({ ...rejection, path: 'p' }) }, now),
      ['thermostat 2.5.0', 'planned', `a dry run has 5 rejections: ${'INVALID_RELEASE p: x; '.repeat(3)}2 more`],
    ],
    [
      'a withdrawal',
      withdrawalOutcome(facts, {}, [row, aRollout({ channel: 'stable' })], now),
      ['thermostat 2.5.0', 'withdrawn', 'the withdrawal covers the rollouts of beta, stable'],
    ],
    [
      'a withdrawal of a release that never came',
      withdrawalOutcome(facts, {}, [], now),
      ['thermostat 2.5.0', 'withdrawn', 'the withdrawal covers no rollout, and rejects a release that comes later'],
    ],
  ])('reports from its event: %s', (_what, { detailType, detail }, columns) => {
    const { narrator, reported } = narrated('everything', () => undefined);
    narrator.onEvent({ source: 'ota-dispatch', 'detail-type': detailType, detail });
    expect(reported).toEqual([columns]);
  });

  const waiting = aRollout({ channel: 'stable', state: 'WAITING' });
  const seconds = (count: number) => now + count * 1_000;
  const upstream = { channel: 'beta', rolloutId: 'fw-1', counts: { ...noDevices, succeeded: 9, failed: 1 }, metAt: now, soakedAt: now };
  const given = { version: '2.0.0', revision: 1, channels: ['stable'], releaseDigest: 'd', at: now };
  const board = { account: '000000000000', source: 'com.acme.release-board' };
  const gate = 'thermostat 2.0.0 stable';

  it.each<[string, OutcomeEvent, string[]]>([
    [
      'every reason to wait, with its end where one is known',
      waitingOutcome(
        waiting,
        [
          { reason: 'SOAKING', message: 'soaking: beta 9 of 10 succeeded', until: seconds(90) },
          { reason: 'APPROVAL', message: '0 of 1 approvals' },
        ],
        now,
      ),
      [gate, 'waiting', '2 reasons: soaking until 12:01:30 UTC: beta 9 of 10 succeeded; 0 of 1 approvals'],
    ],
    [
      'a hold with an end',
      waitingOutcome(waiting, [{ reason: 'HELD', message: 'held: a', until: seconds(90) }], now),
      [gate, 'waiting', '1 reason: held: a, until 12:01:30 UTC'],
    ],
    [
      'a time that is not allowed, whose message has the end',
      waitingOutcome(waiting, [{ reason: 'CLOSED', message: 'closed until later', until: seconds(90) }], now),
      [gate, 'waiting', '1 reason: closed until later'],
    ],
    [
      'a gate that opens, with its evidence',
      promotedOutcome(
        waiting,
        { at: now, after: [upstream], approvals: [{ ...given, by: board, approvedBy: 'kim' }], skipped: ['soakMinutes'] },
        now,
      ),
      [gate, 'promoted', '9 devices of beta succeeded, approved by com.acme.release-board (kim), skipped: soakMinutes'],
    ],
    [
      'a gate without a channel before and without a name',
      promotedOutcome(waiting, { at: now, after: [], approvals: [{ ...given, by: board }], skipped: [] }, now),
      [gate, 'promoted', 'approved by com.acme.release-board'],
    ],
  ])('reports from the event of a rollout: %s', (_what, { detailType, detail }, columns) => {
    const { narrator, reported } = narrated('everything', () => undefined);
    narrator.onEvent({ source: 'ota-dispatch', 'detail-type': detailType, detail });
    expect(reported).toEqual([columns]);
  });

  it('reports that a gate has opened before the create, even if somebody else reports the outcomes', () => {
    const opened = aRollout({ ...waiting, state: 'CLAIMED' });
    const { reported } = narrated('beginnings', (log) => log.transition(waiting, opened, 'follow-ups'));
    expect(reported).toEqual([[gate, 'opened', 'the gate has opened']]);
  });

  const answer = (channel: string, counted: boolean, why: string) => ({ channel, revision: 1, counted, why });
  const hold = (holdId: string) => ({ holdId, reason: 'radio fails', by: board, at: 'x' });
  const one = { rolloutId: 'fw-1', version: '2.0.0', revision: 1, channel: 'stable', state: 'CLAIMED' };
  it.each<[string, string, object, string]>([
    [
      'an approval that counts on one of two channels',
      'OTA Release Approved',
      { rollouts: [answer('stable', true, '1 of 1 approvals'), answer('beta', false, 'beta asks for none')] },
      'counts for stable: 1 of 1 approvals; does not count for beta: beta asks for none',
    ],
    [
      'a hold, with what it keeps back and what it does not',
      'OTA Channel Held',
      { holdId: 'a', holds: [hold('a')], waiting: [one], live: [one, one] },
      'nothing new starts while hold a lasts: radio fails (1 rollout waits, 2 rollouts run all the same)',
    ],
    [
      'a hold that is not active',
      'OTA Channel Held',
      { holdId: 'a', holds: [hold('b')], waiting: [], live: [one] },
      'hold a is not active now',
    ],
    [
      'the last resume',
      'OTA Channel Resumed',
      { holdId: 'a', holds: [], waiting: [one, one], live: [] },
      'hold a has ended, and no other hold is active',
    ],
    [
      'a resume of one of two',
      'OTA Channel Resumed',
      { holdId: 'a', holds: [hold('b')], waiting: [], live: [] },
      'hold a has ended, still held by b',
    ],
  ])('reports from its event: %s', (_what, type, detail, words) => {
    const { narrator, reported } = narrated('everything', () => undefined);
    narrator.onEvent({ source: 'ota-dispatch', 'detail-type': type, detail: { product: 'thermostat', ...detail } });
    expect(reported.map(([, , ...details]) => details)).toEqual([[words]]);
  });

  it('reports no event of a rollout, because the log has it, and none of somebody else', () => {
    const { narrator, reported } = narrated('everything', () => undefined);
    narrator.onEvent({ ...duplicate, 'detail-type': 'OTA Rollout Created' });
    narrator.onEvent({ ...duplicate, source: 'com.acme.ci' });
    expect(reported).toEqual([]);
  });

  it.each<[string, (log: Telemetry) => void, string[]]>([
    [
      'a task at managed integrations',
      (log) => log.transition(to('CREATING'), to('CREATED', { aws: { taskId: 't-1' } }), 'x'),
      [about, 'created', 't-1'],
    ],
    [
      'a failure with its code, once',
      (log) => log.transition(to('CREATED'), to('FAILED', { code: 'ABORTED' }, 'ABORTED: because'), 'x'),
      [about, 'failed', 'ABORTED: because'],
    ],
    ['a withdrawal', (log) => log.transition(to('CREATED'), to('WITHDRAWING'), 'x'), [about, 'withdrawing', 'because']],
    [
      'another attempt',
      (log) => log.transition(to('CREATING'), to('CREATING', { attempt: 2 }), 'x'),
      [about, 'creating', 'on CreateOTAUpdate, attempt 2'],
    ],
    [
      'an error in words, with its causes',
      (log) =>
        log.problem('the record failed; SQS delivers it again', new TypeError('no\nreply', { cause: new Error('cut') }), {
          messageId: row.messageId,
        }),
      ['message 6f1d0000', 'error', 'the record failed; SQS delivers it again: TypeError: no reply, caused by Error: cut'],
    ],
    [
      'an error about a rollout under the name of the rollout',
      (log) =>
        log.problem('a look failed', Object.assign(new Error('no'), { name: 'AccessDeniedException' }), {
          product: 'thermostat',
          version: '2.0.0',
        }),
      ['thermostat 2.0.0', 'error', 'a look failed: AccessDeniedException: no'],
    ],
  ])('reports %s', (_what, log, columns) => {
    expect(narrated('everything', log)).toMatchObject({ reported: [columns], printed: [] });
  });

  it('reports nothing for a refusal or the end of a record, because an outcome event has more', () => {
    const { reported, printed } = narrated('everything', (log) => {
      log.refusal(message({ product: 'thermostat', version: '2.5.0' }), rejection);
      for (const word of ['rejected', 'duplicate', 'dispatched', 'retried'] as const) log.record(word, { messageId: row.messageId });
    });
    expect([reported, printed]).toEqual([[], []]);
  });

  it.each(['Segmentation fault', '{"level":"ERROR","message":"not a line of the service"}'])(
    'prints what is not a log line of the service unchanged: %s',
    (line) => {
      const { narrator, printed, reported } = narrated('everything', () => undefined);
      narrator.onLogLine(line);
      expect([printed, reported]).toEqual([[line], []]);
    },
  );

  it('prints every line unchanged with OTA_DEBUG', () => {
    vi.stubEnv('OTA_DEBUG', '1');
    const { reported, printed, lines } = narrated('everything', aLife);
    expect([reported, printed]).toEqual([[], lines]);
  });
});
