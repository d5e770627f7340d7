import { describe, expect, it } from 'vitest';
import { gateWords } from '../../../console/page/parts/gate-words.ts';
import { waitDetails, waitHeadline } from '../../../console/page/parts/wait-words.ts';

const soaking = { reason: 'SOAKING', channel: 'beta', until: '2026-11-30T14:20:00.000Z', message: 'soaking: beta 8 of 10' } as const;
const approval = { reason: 'APPROVAL', message: '0 of 1 approvals' } as const;
const held = { reason: 'HELD', message: 'held: freeze-1' } as const;

describe('what a rollout waits for', () => {
  it('is a time, if a time alone is missing', () => {
    expect(waitHeadline([soaking])).toEqual({ until: soaking.until, for: [] });
  });

  it('is the latest of the times', () => {
    const closed = { reason: 'CLOSED', until: '2026-12-01T08:00:00.000Z', message: 'closed until …' } as const;
    expect(waitHeadline([closed, soaking])).toEqual({ until: closed.until, for: [] });
  });

  it('is a time, and what has no time', () => {
    expect(waitHeadline([soaking, approval, held])).toEqual({ until: soaking.until, for: ['an approval', 'the end of a hold'] });
  });

  it('names each channel once', () => {
    const missing = { reason: 'UPSTREAM_MISSING', channel: 'beta', message: '1.5.0 was not published to beta' } as const;
    expect(waitHeadline([missing, { ...missing, reason: 'THRESHOLD' }])).toEqual({ for: ['beta'] });
  });

  it('has details, without the holds that the product shows', () => {
    expect(waitDetails([soaking, approval, held])).toEqual([soaking.message, approval.message]);
  });
});

describe('what a gate asks for', () => {
  const rule = { channel: 'beta', minSucceededPercentage: 80, maxFailedPercentage: 5, minNumberOfExecutedThings: 5, soakMinutes: 90 };

  it('is a short text for each part', () => {
    expect(
      gateWords({
        after: [rule],
        approval: { required: 2, skip: [] },
        allowedTimes: [{ cron: '* 9-15 ? * MON-THU *', timeZone: 'Europe/Berlin' }],
      }),
    ).toEqual([
      '80 % of beta succeeded',
      'at most 5 % failed',
      'at least 5 devices ended',
      '90 min soak',
      '2 approvals',
      'allowed times * 9-15 ? * MON-THU * Europe/Berlin',
    ]);
  });

  it.each([
    [60, '1 h soak'],
    [1440, '1 d soak'],
    [1500, '25 h soak'],
  ])('%i minutes are "%s"', (soakMinutes, words) => {
    expect(gateWords({ after: [{ ...rule, soakMinutes }] })).toContain(words);
  });

  it('has no part that asks for nothing', () => {
    expect(gateWords({ after: [{ ...rule, soakMinutes: 0, minNumberOfExecutedThings: 1 }] })).toEqual([
      '80 % of beta succeeded',
      'at most 5 % failed',
    ]);
    expect(gateWords({})).toEqual([]);
  });
});
