import { afterEach, describe, expect, it, vi } from 'vitest';
import { telemetry } from '../../adapters/telemetry.ts';
import { createNarrator, type Extent } from '../../local/narrator.ts';
import { aRollout, now } from '../../proof/support/a-rollout.ts';

type Telemetry = ReturnType<typeof telemetry>;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The lines that the functions write when they log what `log` logs. */
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

/** What is told of them, and what is printed as it is. */
function heard(extent: Extent, log: (to: Telemetry) => void) {
  const told: string[][] = [];
  const printed: unknown[] = [];
  const narrator = createNarrator((...columns) => told.push(columns), extent);
  const lines = linesOf(log);
  vi.spyOn(console, 'error').mockImplementation((line) => printed.push(line));
  for (const line of lines) narrator.hear(line);
  return { told, printed, narrator, lines };
}

const row = aRollout({ messageId: '6f1d0000-1' });
const to = (state: typeof row.state, changes: Partial<typeof row> = {}, why = 'because') =>
  aRollout({ ...row, attempt: 1, ...changes, state, history: [{ at: now, to: state, why, who: 'x' }] });
const message = (readable = {}) => ({ messageId: '6f1d0000-1', bodySha256: 'b0', readable });
const rejection = { code: 'INVALID_RELEASE', path: 'artifacts[0].sha256', message: 'x' } as const;

/** A release from its claim to its end, as the two functions log it. */
function aLife(log: Telemetry): void {
  const creating = to('CREATING');
  const created = to('CREATED', { aws: { otaUpdateId: 'fw-1', jobId: 'AFR_OTA-fw-1' } });
  log.accepted(row, 'releases');
  log.transition(row, creating, 'releases');
  log.record('dispatched', { messageId: row.messageId });
  log.transition(creating, created, 'follow-ups');
  log.transition(created, to('COMPLETED', {}, 'every device has ended'), 'follow-ups');
}

describe('what the functions log', () => {
  const about = 'thermostat 2.0.0 beta';

  it('is told from the claim of a release to its end', () => {
    expect(heard('everything', aLife).told).toEqual([
      [about, 'accepted', row.rolloutId],
      [about, 'creating', 'at iot, attempt 1'],
      [about, 'created', 'fw-1', 'job AFR_OTA-fw-1'],
      [about, 'completed', 'every device has ended'],
    ]);
  });

  it('is told as far as it begins while the outcomes are told by another, and then to the end', () => {
    const { told, narrator, lines } = heard('beginnings', (log) => {
      aLife(log);
      log.refusal(message({ product: 'thermostat', version: '2.5.0' }), rejection);
      log.record('rejected', { messageId: row.messageId });
      log.record('duplicate', { messageId: 'd-1' });
    });
    expect(told.map(([, happened]) => happened)).toEqual(['accepted', 'creating']);
    narrator.tellEverything();
    for (const line of lines) narrator.hear(line);
    expect(told.slice(2).map(([, happened]) => happened)).toEqual([
      'accepted',
      'creating',
      'created',
      'completed',
      'rejected',
      'duplicate',
    ]);
  });

  it.each<[string, (log: Telemetry) => void, string[]]>([
    [
      'a task at managed integrations',
      (log) => log.transition(to('CREATING'), to('CREATED', { aws: { taskId: 't-1' } }), 'x'),
      [about, 'created', 't-1'],
    ],
    [
      'a failure with its code',
      (log) => log.transition(to('CREATED'), to('FAILED', { code: 'ABORTED' }), 'x'),
      [about, 'failed', 'ABORTED: because'],
    ],
    ['a withdrawal', (log) => log.transition(to('CREATED'), to('WITHDRAWING'), 'x'), [about, 'withdrawing', 'because']],
    [
      'another attempt',
      (log) => log.transition(to('CREATING'), to('CREATING', { attempt: 2 }), 'x'),
      [about, 'creating', 'at iot, attempt 2'],
    ],
    [
      'a refusal',
      (log) => log.refusal(message({ product: 'thermostat', version: '2.5.0' }), rejection),
      ['thermostat 2.5.0', 'rejected', 'INVALID_RELEASE artifacts[0].sha256'],
    ],
    [
      'a refusal of what could not be read',
      (log) => log.refusal(message(), { ...rejection, code: 'MALFORMED_JSON', path: '$' }),
      ['message 6f1d0000', 'rejected', 'MALFORMED_JSON $'],
    ],
    [
      'a duplicate',
      (log) => log.record('duplicate', { messageId: row.messageId }),
      ['message 6f1d0000', 'duplicate', 'this release was accepted before: nothing is doubled'],
    ],
    [
      'a message that brought no rollout and was not refused',
      (log) => log.record('dispatched', { messageId: row.messageId }),
      ['message 6f1d0000', 'taken in', 'a withdrawal or a dry run: nothing new rolls out'],
    ],
  ])('is told of %s', (_what, log, columns) => {
    expect(heard('everything', log)).toMatchObject({ told: [columns], printed: [] });
  });

  it('does not take a release for a withdrawal whose message had to come twice', () => {
    const { told } = heard('everything', (log) => {
      log.accepted(row, 'releases');
      for (const word of ['retried', 'dispatched'] as const) log.record(word, { messageId: row.messageId });
    });
    expect(told.map(([, happened]) => happened)).toEqual(['accepted']);
  });

  it('is printed as it is where something went wrong, and where it is no log line', () => {
    const { printed, lines } = heard('everything', (log) => log.problem('could not look', new Error('x'), {}));
    expect(lines).toHaveLength(1);
    expect(printed).toEqual(lines);
    const { narrator, printed: raw } = heard('everything', () => undefined);
    narrator.hear('Segmentation fault');
    expect(raw).toEqual(['Segmentation fault']);
  });

  it('is all printed as it is with OTA_DEBUG', () => {
    vi.stubEnv('OTA_DEBUG', '1');
    const { told, printed, lines } = heard('everything', aLife);
    expect([told, printed]).toEqual([[], lines]);
  });
});
