import { afterEach, describe, expect, it, vi } from 'vitest';
import { telemetry } from '../../adapters/telemetry.ts';
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
    const { reported, narrator, lines } = narrated('beginnings', (log) => {
      aLife(log);
      log.refusal(message({ product: 'thermostat', version: '2.5.0' }), rejection);
      log.record('rejected', { messageId: row.messageId });
      log.record('duplicate', { messageId: 'd-1' });
    });
    expect(reported.map(([, happened]) => happened)).toEqual(['accepted', 'creating']);
    narrator.reportEverything();
    for (const line of lines) narrator.onLogLine(line);
    expect(reported.slice(2).map(([, happened]) => happened)).toEqual([
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
      'a rejection',
      (log) => log.refusal(message({ product: 'thermostat', version: '2.5.0' }), rejection),
      ['thermostat 2.5.0', 'rejected', 'INVALID_RELEASE artifacts[0].sha256'],
    ],
    [
      'the rejection of a message that could not be read',
      (log) => log.refusal(message(), { ...rejection, code: 'MALFORMED_JSON', path: '$' }),
      ['message 6f1d0000', 'rejected', 'MALFORMED_JSON $'],
    ],
    [
      'a duplicate',
      (log) => log.record('duplicate', { messageId: row.messageId }),
      ['message 6f1d0000', 'duplicate', 'accepted before, so nothing is started again'],
    ],
    [
      'a message that started no rollout and was not rejected',
      (log) => log.record('dispatched', { messageId: row.messageId }),
      ['message 6f1d0000', 'dispatched', 'a withdrawal or a dry run, so no new rollout'],
    ],
  ])('reports %s', (_what, log, columns) => {
    expect(narrated('everything', log)).toMatchObject({ reported: [columns], printed: [] });
  });

  it('does not report a release as a withdrawal if its message was delivered twice', () => {
    const { reported } = narrated('everything', (log) => {
      log.accepted(row, 'releases');
      for (const word of ['retried', 'dispatched'] as const) log.record(word, { messageId: row.messageId });
    });
    expect(reported.map(([, happened]) => happened)).toEqual(['accepted']);
  });

  it('prints an error, and a line that is not JSON, unchanged', () => {
    const { printed, lines } = narrated('everything', (log) => log.problem('any problem', new Error('x'), {}));
    expect(lines).toHaveLength(1);
    expect(printed).toEqual(lines);
    const { narrator, printed: raw } = narrated('everything', () => undefined);
    narrator.onLogLine('Segmentation fault');
    expect(raw).toEqual(['Segmentation fault']);
  });

  it('prints every line unchanged with OTA_DEBUG', () => {
    vi.stubEnv('OTA_DEBUG', '1');
    const { reported, printed, lines } = narrated('everything', aLife);
    expect([reported, printed]).toEqual([[], lines]);
  });
});
