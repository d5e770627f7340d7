import { afterEach, describe, expect, it, vi } from 'vitest';
import { telemetry } from '../../adapters/telemetry.ts';
import type { PlannedRollout } from '../../domain/request/planned-rollout.ts';
import { duplicateOutcome, type MessageFacts, plannedOutcome, rejectedOutcome, withdrawalOutcome } from '../../domain/rollout/outcome.ts';
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
