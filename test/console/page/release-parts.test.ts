import { describe, expect, it } from 'vitest';
import type { RolloutStory, TimelineEntry } from '../../../console/api.ts';
import { artifactsOf } from '../../../console/page/parts/artifacts.ts';
import { phasesOf, widthOf } from '../../../console/page/parts/phase-times.ts';
import { shorten } from '../../../console/page/parts/shorten.ts';
import { approvalsWords, stagesOf } from '../../../console/page/parts/stages.ts';
import { readablePath, releasePath, rolloutPath } from '../../../console/page/paths.ts';

describe('the artifacts of a release', () => {
  it('have a name, a place and a digest', () => {
    const s3Location = { bucket: 'acme-firmware', key: 'a.bin', version: 'v1' };
    expect(
      artifactsOf({
        artifacts: [
          { fileName: 'a.bin', fileLocation: { s3Location }, sha256: 'ab' },
          { fileLocation: { stream: { streamId: 's' } } },
          { fileName: 'c', codeSigning: { awsSignerJobId: 'j' } },
        ],
      }),
    ).toEqual([
      { name: 'a.bin', place: 's3://acme-firmware/a.bin version v1', sha256: 'ab' },
      { name: 'artifact 2', place: 'stream s, file 0' },
      { name: 'c', place: 'signing job j' },
    ]);
  });

  it.each([undefined, null, 'text', {}, { artifacts: 'none' }])('are not looked for in %j', (detail) => {
    expect(artifactsOf(detail)).toEqual([]);
  });

  it('of another shape are shown without what is not known', () => {
    expect(artifactsOf({ artifacts: [null, 7] })).toEqual([{ name: 'artifact 1' }, { name: 'artifact 2' }]);
  });
});

describe('the time in each state', () => {
  const entries: TimelineEntry[] = [
    { at: '2026-11-30T10:00:00Z', kind: 'event', what: 'Firmware Release Published' },
    { at: '2026-11-30T10:00:01Z', kind: 'state', what: 'WAITING' },
    { at: '2026-11-30T10:08:01Z', kind: 'gate', what: 'gate opened' },
    { at: '2026-11-30T10:08:01Z', kind: 'state', what: 'CREATED' },
  ];
  const now = Date.parse('2026-11-30T10:09:00Z');

  it('ends with the next state, and now for the state of now', () => {
    expect(phasesOf(entries, { now, isOver: false })).toEqual([
      { state: 'WAITING', milliseconds: 480_000 },
      { state: 'CREATED', milliseconds: 59_000 },
    ]);
  });

  it('has no length for the state that it ended in', () => {
    expect(phasesOf(entries, { now, isOver: true }).at(-1)).toEqual({ state: 'CREATED' });
  });

  it('is drawn wider if it was longer, but a week does not hide a minute', () => {
    const [minute, week] = [60_000, 604_800_000].map((milliseconds) => widthOf({ state: 'CREATED', milliseconds }));
    expect(week).toBeGreaterThan(minute ?? 0);
    expect(week).toBeLessThan(5 * (minute ?? 0));
    expect(widthOf({ state: 'COMPLETED' })).toBe(1);
  });
});

describe('the way of a release', () => {
  it('has its revisions, the highest first, those without a rollout or without an accepted detail too', () => {
    const rollouts = [
      { revision: 3, channel: 'beta' },
      { revision: 1, channel: 'beta' },
    ] as RolloutStory[];
    const revisions = [1, 2].map((revision) => ({ revision, releaseDigest: '', detail: {} }));
    expect(
      stagesOf({ revisions, rollouts }).map(({ revision, accepted, rollouts: own }) => [revision, accepted?.revision, own.length]),
    ).toEqual([
      [3, undefined, 1],
      [2, 2, 0],
      [1, 1, 1],
    ]);
  });

  it('says that a gate has its approvals, and leaves it to the reasons to say that it has not', () => {
    const gate = { approval: { required: 1, skip: [] } };
    expect(approvalsWords({ gate, reasons: [] })).toBe('1 of 1 approvals');
    expect(approvalsWords({ gate, reasons: [{ reason: 'APPROVAL', message: '0 of 1 approvals' }] })).toBeUndefined();
    expect(approvalsWords({ gate })).toBeUndefined();
    expect(approvalsWords({ gate: {}, reasons: [] })).toBeUndefined();
  });
});

it('a path of the page keeps what a name has', () => {
  expect(releasePath({ product: 'a/b', version: '1.0.0+7' })).toBe('/releases/a%2Fb/1.0.0%2B7');
  expect(rolloutPath({ product: 'lock', version: '2.4.1', revision: 2, channel: 'beta' })).toBe('/releases/lock/2.4.1/2/beta');
});

it('a long id loses its middle', () => {
  expect(shorten('fw-thermostat-2-4-1-46e4c59805e8c781947581ce6aeffd6b-1', 21)).toBe('fw-thermos…6aeffd6b-1');
  expect(shorten('short', 21)).toBe('short');
  expect(shorten('x'.repeat(50), 21)).toHaveLength(21);
});

describe('an address that a person typed', () => {
  it('stays as it is if the router can read it', () => {
    for (const path of ['/', '/history', '/releases/valve/1.0.0+build.5', '/releases/valve/1.0.0%2Bbuild.5/1/beta'])
      expect(readablePath(path)).toBe(path);
  });

  it('leads to no view if a percent sign in it means nothing', () => {
    for (const path of ['/releases/%/1.0.0', '/releases/%E0%A4%A/1.0.0/1/beta', '/%ff']) expect(readablePath(path)).toBe('/no-such-view');
  });

  it('begins with one slash', () => {
    expect(['//', '///history', '//elsewhere.example/x'].map(readablePath)).toEqual(['/', '/history', '/elsewhere.example/x']);
  });
});
