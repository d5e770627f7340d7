import { describe, expect, it } from 'vitest';
import { aheadLines, contentLines, detailLines, linesOf } from '../../cli/status-words.ts';
import type { RecordedWithdrawal, Rollout, State } from '../../domain/rollout/rollout.ts';
import { knownView, viewOf } from '../../operator/reads/read-model.ts';
import { aRecordedWithdrawal, aRollout, minutes, now, someCounts } from '../../proof/support/a-rollout.ts';

/** A rollout that came to this state 130 minutes ago, and whose row was written a minute ago. */
const inState = (state: State, changes: Partial<Rollout> = {}) =>
  aRollout({
    state,
    attempt: 1,
    writtenAt: now - minutes(1),
    history: [
      { at: now - minutes(131), to: 'CLAIMED', why: 'accepted', who: 'releases m-1' },
      { at: now - minutes(130), from: 'CREATED', to: state, why: 'because', who: 'follow-ups m-2' },
    ],
    ...changes,
  });
const lines = (row: Rollout, withdrawal?: RecordedWithdrawal, at = now) => linesOf({ row, withdrawal }, at);
const since = '    since 2026-11-23T09:50:00.000Z';

describe('the time of a rollout in ota status', () => {
  it.each<State>(['CLAIMED', 'CREATING', 'SUPERSEDING', 'WITHDRAWING'])('shows how long a rollout in %s has waited, and why', (state) => {
    expect(lines(inState(state))).toContain(`${since}, waiting 2 h 10 min: because`);
  });

  it.each<State>(['CREATED', 'COMPLETED', 'SUPERSEDED', 'WITHDRAWN', 'FAILED'])('shows since when a rollout is in %s', (state) => {
    expect(lines(inState(state))).toContain(since);
  });

  it('says of a first create what it waits for, in place of why it may be sent', () => {
    const [accepted] = inState('CREATING').history;
    const history = [
      ...(accepted ? [accepted] : []),
      { at: now - minutes(130), from: 'CLAIMED', to: 'CREATING', why: 'because', who: 'm' },
    ];
    expect(lines(inState('CREATING', { history: history as Rollout['history'] }))).toContain(`${since}, waiting 2 h 10 min: asking AWS`);
  });

  it('shows a wait that begins in the future of this clock as none', () => {
    expect(lines(inState('CREATING'), undefined, now - minutes(200)).at(-1)).toMatch(/, waiting 0 s: because$/);
  });

  it('is the last change of state with --json, beside the last write', () => {
    expect(viewOf(inState('CREATING'))).toMatchObject({ since: '2026-11-23T09:50:00.000Z', at: '2026-11-23T11:59:00.000Z' });
  });
});

describe('the devices of a rollout in ota status', () => {
  const counts = someCounts({ queued: 137, succeeded: 62, failed: 1 });

  it('have a total and shares, rounded down so that 100 % means all', () => {
    expect(lines(inState('COMPLETED', { counts }))[1]).toBe('    200 devices: 137 queued (68 %), 62 succeeded (31 %), 1 failed (< 1 %)');
    expect(lines(inState('COMPLETED', { counts: someCounts({ succeeded: 1 }) }))[1]).toBe('    1 device: 1 succeeded (100 %)');
  });

  it('have the time when they last moved, and how long ago that is while the rollout is live', () => {
    const moved = { counts, countsChangedAt: now - minutes(200) };
    expect(lines(inState('CREATED', moved))[1]).toMatch(/; last moved 2026-11-23T08:40:00\.000Z, 3 h 20 min ago$/);
    expect(lines(inState('COMPLETED', moved))[1]).toMatch(/; last moved 2026-11-23T08:40:00\.000Z$/);
    expect(viewOf(inState('CREATED', moved)).countsChangedAt).toBe('2026-11-23T08:40:00.000Z');
  });

  it('are not shown before AWS has counted any', () => {
    expect(lines(inState('CREATED', { counts: someCounts(), countsChangedAt: now })).join()).not.toContain('device');
  });
});

describe('a rollout of CreateJob in ota status', () => {
  const onJobs = { operation: 'CreateJob', request: { targets: ['arn:aws:iot:us-east-1:000000000000:thing/cam-1'] } } as const;

  it('has its operation, and the id of its job as soon as the create is sent', () => {
    expect(viewOf(inState('CLAIMED', { ...onJobs, attempt: 0 })).aws).toEqual({});
    const sent = inState('CREATING', onJobs);
    expect(viewOf(sent)).toMatchObject({ service: 'iot', operation: 'CreateJob', aws: { jobId: `${sent.rolloutId}-1` } });
    expect(viewOf(sent).aws).not.toHaveProperty('otaUpdateId');
    expect(viewOf(inState('CREATED', { ...onJobs, aws: { jobId: 'fw-a-1', jobArn: 'arn' } })).aws).toEqual({ jobId: 'fw-a-1' });
    expect(lines(inState('CREATED', { ...onJobs, aws: { jobId: 'fw-a-1' } }))).toContain('    fw-a-1');
  });

  it('has no id of a job at managed integrations, which chooses the id of a task', () => {
    expect(viewOf(inState('CREATING', { operation: 'CreateOtaTask' })).aws).toEqual({});
  });

  it('says what somebody has changed at AWS, and nothing as long as nobody has', () => {
    const row = inState('CREATED', { ...onJobs, drift: ['abortConfig', 'timeoutConfig'] });
    expect(lines(row)).toContain('    changed at AWS since it was created: abortConfig, timeoutConfig; the service leaves that as it is');
    expect(viewOf(row).drift).toEqual(['abortConfig', 'timeoutConfig']);
    expect(lines(inState('CREATED', onJobs)).join()).not.toContain('changed at AWS');
    expect(viewOf(inState('CREATED', onJobs))).not.toHaveProperty('drift');
  });

  const windows = [{ startTime: 'cron(0 2 * * ? *)', durationInMinutes: 60 }];

  it.each([
    [
      'CreateJob',
      { schedulingConfig: { startTime: '2026-12-01T08:00', endTime: '2026-12-03T08:00' } },
      'from 2026-12-01T08:00 UTC, until 2026-12-03T08:00 UTC',
    ],
    [
      'CreateJob',
      { schedulingConfig: { endTime: '2026-12-03T08:00', maintenanceWindows: windows } },
      'until 2026-12-03T08:00 UTC, only in its maintenance windows',
    ],
    ['CreateOtaTask', { OtaSchedulingConfig: { StartTime: '2026-12-01T08:00', MaintenanceWindows: [] } }, 'from 2026-12-01T08:00 UTC'],
    [
      'CreateOtaTask',
      { OtaSchedulingConfig: { EndTime: '2026-12-03T08:00', MaintenanceWindows: windows } },
      'until 2026-12-03T08:00 UTC, only in its maintenance windows',
    ],
  ] as const)('shows the schedule of a live rollout of %s: %o', (operation, request, schedule) => {
    expect(lines(inState('CREATED', { operation, request }))).toContain(`    schedule: ${schedule}`);
    expect(lines(inState('COMPLETED', { operation, request })).join()).not.toContain('schedule');
  });

  it('shows no schedule if there is none', () => {
    expect(lines(inState('CREATED', onJobs)).join()).not.toContain('schedule');
  });
});

describe('why a rollout is where it is, in ota status', () => {
  it('shows the release that superseded it, and why', () => {
    const supersededBy = { rolloutId: 'fw-other', version: '2.0.0-rc9', revision: 1 };
    const row = inState('SUPERSEDED', { version: '2.0.0-rc10', attempt: 0, supersededBy });
    expect(lines(row).at(-1)).toMatch(/^ {4}superseded: 2\.0\.0-rc9 is newer by SemVer \(rc10 sorts before rc9: write rc\.10\)/);
    expect(viewOf(row).supersededBy).toEqual(supersededBy);
  });

  it('shows since when AWS throttles its creates, and when the service tries again', () => {
    const row = inState('CREATING', { throttledSince: now - minutes(3), dueAt: now + minutes(2) });
    expect(lines(row).at(-1)).toBe(
      '    throttled since 2026-11-23T11:57:00.000Z, 3 min: AWS refuses the create for now, and the service tries again, at the latest at 2026-11-23T12:02:00.000Z',
    );
    expect(viewOf(row).throttledSince).toBe('2026-11-23T11:57:00.000Z');
  });

  it('shows no throttling while a create is on its way', () => {
    const row = inState('CREATING', { throttledSince: now - minutes(3), unansweredCreates: { count: 1, lastSentAt: now } });
    expect(lines(row).join()).not.toContain('throttled');
    expect(viewOf(row)).not.toHaveProperty('throttledSince');
  });

  it('shows the error code of AWS, and the message of AWS only if the first line has another', () => {
    const failed = { code: 'CREATE_FAILED', message: 'no such role' } as const;
    const row = inState('FAILED', { ...failed, errorInfo: { code: 'AccessDeniedException', message: 'no such role' } });
    expect(lines(row)[0]).toMatch(/ {2}FAILED {2}CREATE_FAILED: no such role$/);
    expect(lines(row).at(-1)).toBe('    error of AWS: AccessDeniedException');
    expect(viewOf(row).errorInfo).toEqual({ code: 'AccessDeniedException', message: 'no such role' });
    expect(lines(inState('FAILED', { ...failed, errorInfo: { code: 'C', message: 'another' } })).at(-1)).toBe(
      '    error of AWS: C: another',
    );
    expect(lines(inState('FAILED', { ...failed, errorInfo: { message: 'no such role' } })).join()).not.toContain('error of AWS');
  });

  const withdrawal = aRecordedWithdrawal({
    source: 'com.acme.ops',
    eventId: 'e-9',
    reasonCode: 'motor_stall',
    comment: 'Stalls\nat -10 °C',
  });

  it('shows who withdrew it, what the withdrawal covers, the reason and the comment on one line', () => {
    expect(lines(inState('WITHDRAWN'), withdrawal).slice(-2)).toEqual([
      '    withdrawn 2026-11-23T11:59:55.000Z, every revision on every channel: motor_stall: Stalls at -10 °C',
      '    withdrawn by com.acme.ops, account 000000000000, event e-9',
    ]);
    const narrow = { ...withdrawal, revision: 2, channels: ['beta', 'lab'], force: true };
    expect(lines(inState('WITHDRAWING'), narrow).at(-2)).toContain('Z, revision 2 on channels beta, lab, with force: motor_stall: ');
  });

  it('gives programs who withdrew it, and nothing if nobody did', () => {
    expect(knownView({ row: inState('WITHDRAWN'), withdrawal }).withdrawnBy).toEqual({
      account: '000000000000',
      source: 'com.acme.ops',
      reasonCode: 'motor_stall',
      comment: 'Stalls\nat -10 °C',
      at: '2026-11-23T11:59:55.000Z',
    });
    expect(knownView({ row: inState('CREATED'), withdrawal: undefined })).not.toHaveProperty('withdrawnBy');
  });

  it.each([
    ['COMPLETED', 10, '    it had completed before it was withdrawn, so 10 devices have the update and keep it'],
    ['COMPLETED', 0, '    it had completed before it was withdrawn'],
    ['WITHDRAWING', 1, '    1 device has the update and keeps it'],
  ] as const)('explains a withdrawn rollout that was %s and on which %i devices succeeded', (from, succeeded, line) => {
    const history = [{ at: now, from, to: 'WITHDRAWN', why: 'because', who: 'releases m-3' }] as const;
    expect(lines(inState('WITHDRAWN', { counts: someCounts({ succeeded }), history }), withdrawal).at(-1)).toBe(line);
  });

  it('keeps the text of other people on one line, whatever characters it has', () => {
    const message = 'one\r\n\u001b[2Jtwo\u2028three';
    const history = [{ at: now, to: 'CREATING', why: message, who: 'm' }] as const;
    const row = inState('CREATING', { code: 'AWS_REFUSED', message, errorInfo: { code: message }, history });
    for (const line of [...lines(row, { ...withdrawal, reasonCode: message, comment: message }), ...detailLines({ row })])
      expect(line).toMatch(/^[^\p{Cc}\u2028]*$/u);
  });
});

describe('the details of one version in ota status', () => {
  it('name who published it, its digest, and every change with what caused it', () => {
    const publishedBy = { account: '111122223333', source: 'com.acme.ci' };
    expect(detailLines({ row: inState('CREATED', { eventId: 'e-1', publishedBy }) })).toEqual([
      '    published by com.acme.ci, account 111122223333, event e-1',
      `    digest ${'d1'.repeat(32)}`,
      '    2026-11-23T09:49:00.000Z  new → CLAIMED  accepted  (releases m-1)',
      '    2026-11-23T09:50:00.000Z  CREATED → CREATED  because  (follow-ups m-2)',
    ]);
  });

  it('show the version and the SHA-256 of each artifact, and each id on a line of its own', () => {
    const s3Location = { bucket: 'acme-firmware', key: 'app.bin', version: 'v1' };
    const artifacts = [
      { fileName: '/app.bin', fileLocation: { s3Location }, sha256: 'aa'.repeat(32), jobDocument: false },
      { fileName: '/s', fileLocation: { stream: { streamId: 's-1', fileId: 7 } }, jobDocument: false },
      { codeSigning: { awsSignerJobId: 'j-1' }, jobDocument: false },
    ];
    const detail = { product: 'thermostat', version: '2.0.0', revision: 2, artifacts };
    expect(contentLines({ product: 'thermostat', version: '2.0.0', revision: 2, releaseDigest: 'd1', detail })).toEqual([
      'thermostat 2.0.0 revision 2  accepted content',
      '    digest d1',
      '    artifact /app.bin',
      '        s3://acme-firmware/app.bin',
      '        version v1',
      `        sha256 ${'aa'.repeat(32)}`,
      '    artifact /s',
      '        stream s-1, file 7',
      '    artifact',
      '        signing job j-1',
    ]);
  });
});

describe('a withdrawal of a release that never came, in ota status', () => {
  it('shows what it blocks, why, and who sent it', () => {
    expect(aheadLines('thermostat', aRecordedWithdrawal({ revision: 3, channels: ['beta'], comment: 'why' }))).toEqual([
      'thermostat 2.0.0  withdrawn before it came, so revision 3 on channel beta will be rejected',
      '    withdrawn 2026-11-23T11:59:55.000Z: why',
      '    withdrawn by com.acme.ci, account 000000000000',
    ]);
  });
});
