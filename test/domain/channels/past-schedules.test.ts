import { describe, expect, it } from 'vitest';
import { validateChannels } from '../../../domain/channels/validate.ts';
import { jobChannel, otaTaskChannel } from '../../../proof/support/fixtures.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const place = { accountId: '123456789012', region: 'eu-west-1', stage: 'local' };

/** The faults of a file with this channel, if somebody checks it at `now`. A stage that runs takes them as warnings. */
function faultsOf(channel: object, foreignPlaces: 'refuse' | 'warn' = 'refuse', at: number | undefined = now): string[] {
  const file = { artifactBuckets: ['acme-firmware'], products: { hub: { sources: ['com.acme'], channels: { stable: channel } } } };
  const result = validateChannels(JSON.parse(JSON.stringify(file)), place, foreignPlaces, at);
  const faults = result.ok
    ? result.warnings.map((each) => ({ ...each, kind: 'warning' }))
    : result.errors.map((each) => ({ ...each, kind: 'error' }));
  return faults.filter(({ message }) => /passed/.test(message)).map(({ kind, path }) => `${kind} ${path.slice(4).join('.')}`);
}

const ofJob = (schedulingConfig: object, options: object = {}) => jobChannel({ schedulingConfig }, options);
const ofTask = (EndTime: string, options: object = {}) =>
  otaTaskChannel({ OtaSchedulingConfig: { EndTime } }, { unguarded: 'allow', ...options });

describe('a schedule of a channel for which every release would be rejected', () => {
  it('is an error when somebody checks the file', () => {
    expect(faultsOf(ofTask('2026-12-01T12:00'))).toEqual(['error createOtaTask.OtaSchedulingConfig.EndTime']);
    expect(faultsOf(ofJob({ startTime: '2026-12-01T12:30' }))).toEqual(['error createJob.schedulingConfig.startTime']);
    expect(faultsOf(ofJob({ endTime: '2026-12-01T12:30' }))).toEqual(['error createJob.schedulingConfig.endTime']);
  });

  it('is no error if it is still ahead, if a release may bring another, or if nobody knows the time', () => {
    expect(faultsOf(ofTask('2026-12-01T12:01'))).toEqual([]);
    expect(faultsOf(ofJob({ startTime: '2026-12-01T12:31', endTime: '2026-12-01T13:01' }))).toEqual([]);
    expect(faultsOf(ofTask('2020-01-01T00:00', { scheduleFromRelease: 'allow' }))).toEqual([]);
    expect(faultsOf(ofJob({ endTime: '2020-01-01T00:00' }, { scheduleFromRelease: 'allow' }))).toEqual([]);
    expect(faultsOf(ofTask('2020-01-01T00:00'), 'refuse', Number.NaN)).toEqual([]);
  });

  it('is a warning for a stage that runs, because its other channels must go on', () => {
    expect(faultsOf(ofTask('2020-01-01T00:00'), 'warn')).toEqual(['warning createOtaTask.OtaSchedulingConfig.EndTime']);
  });
});
