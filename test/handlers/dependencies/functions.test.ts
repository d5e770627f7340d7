import { describe, expect, it } from 'vitest';
import { followUpsOf, releasesOf, sweepOf, type Time } from '../../../handlers/dependencies/functions.ts';
import type { Settings } from '../../../handlers/dependencies/settings.ts';
import { minutes, now, seconds } from '../../../proof/support/a-rollout.ts';
import { servicesInMemory } from '../../../proof/support/services-in-memory.ts';
import { settingsWith } from '../function-environment.ts';

const { services } = servicesInMemory();
const stopped: Time = { now: () => now, sleep: async () => undefined };

describe.each([
  ['releases', (settings: Settings, time = stopped) => releasesOf(settings, services.channels, time, services, () => undefined)],
  ['follow-ups', (settings: Settings, time = stopped) => followUpsOf(settings, time, services)],
] as const)('the function %s', (_, assembled) => {
  it.each([{}, { OTA_TIME_FACTOR: '60' }])('waits twenty minutes for an unanswered create, even in a fast local run: %o', (changes) => {
    const { timing } = assembled(settingsWith(changes)).services;
    expect(timing.createMayStillLand).toEqual({ CreateOTAUpdate: minutes(20), CreateJob: minutes(20), CreateOtaTask: minutes(20) });
  });

  it('waits longer for a task if the settings say so', () => {
    const { timing } = assembled(settingsWith({ OTA_UNANSWERED_MI_MINUTES: '45', OTA_TIME_FACTOR: '60' })).services;
    expect(timing.createMayStillLand).toEqual({ CreateOTAUpdate: minutes(20), CreateJob: minutes(20), CreateOtaTask: minutes(45) });
  });

  it('looks again after fifteen seconds, then later and later up to fifteen minutes, with two minutes of slack', () => {
    const { timing } = assembled(settingsWith()).services;
    expect(timing).toMatchObject({ firstDelay: seconds(15), longestDelay: minutes(15), sweepSlack: minutes(2) });
  });

  it('shortens its delays and their slack by the same factor in a fast local run', () => {
    const { timing } = assembled(settingsWith({ OTA_TIME_FACTOR: '60' })).services;
    expect(timing).toMatchObject({ firstDelay: 250, longestDelay: seconds(15), sweepSlack: seconds(2) });
  });

  it('sends no more creates per second than its share of the quota', async () => {
    const slept: number[] = [];
    const sleep = async (milliseconds: number) => void slept.push(milliseconds);
    const { limiter } = assembled(settingsWith({ OTA_CREATES_PER_SECOND: '2' }), { ...stopped, sleep }).services;
    expect(await limiter.take(0)).toBe(true);
    expect(await limiter.take(499)).toBe(false);
    expect(await limiter.take(500)).toBe(true);
    expect(slept).toEqual([500]);
  });
});

describe('the function sweep', () => {
  it.each([
    ['1', 290],
    ['60', 4],
  ])('spreads its wakes over most of the time until the next sweep: at factor %s over %d seconds', (factor, spreadSeconds) => {
    const ledger = { due: async function* () {} };
    const { sweep } = sweepOf(settingsWith({ OTA_TIME_FACTOR: factor }), stopped, { queues: services.queues, ledger });
    expect(sweep).toMatchObject({ shards: 4, spreadSeconds });
  });
});
