import { describe, expect, it } from 'vitest';
import { whySuperseded } from '../../../operator/words/why-superseded.ts';
import { aRollout } from '../../../proof/support/a-rollout.ts';

/** The words for a rollout of `version` that met `by` when it arrived. */
const words = (version: string, by: string, changes: object = {}) =>
  whySuperseded(aRollout({ version, supersededBy: { rolloutId: 'fw', version: by, revision: 1 }, ...changes }));
const lacksOption = ', and the channel does not say downgrade: allow';

describe('why a rollout was superseded', () => {
  it.each([
    ['a pre-release whose number has two digits', '2.0.0-rc10', '2.0.0-rc9', ' (rc10 sorts before rc9: write rc.10)'],
    ['a pre-release in capitals', '2.0.0-RC2', '2.0.0-beta1', ' (RC2 sorts before beta1: capitals come before small letters)'],
    ['a pre-release that is a number', '2.0.0-10', '2.0.0-rc.1', ' (10 sorts before rc: numbers come before words)'],
    ['a pre-release with fewer parts', '2.0.0-rc', '2.0.0-rc.1', ' (more parts behind the hyphen make a version newer)'],
    ['a pre-release after its release', '2.0.0-rc.1', '2.0.0', ' (rc.1 marks a version before 2.0.0)'],
    ['a number of the pre-release that looks larger as text', '2.0.0-rc.9', '2.0.0-rc.10', ' (10 is more than 9)'],
    ['a number that looks larger as text', '1.9.0', '1.10.0', ' (10 is more than 9)'],
    ['a hotfix of an old line', '1.4.9', '1.5.0', ''],
    ['an older pre-release with the same number of digits', '2.0.0-rc1', '2.0.0-rc2', ''],
    ['an older number of the pre-release', '2.0.0-rc.1', '2.0.0-rc.2', ''],
    ['a word that comes before another', '2.0.0-alpha', '2.0.0-beta', ''],
    ['a longer word that comes before another', '2.0.0-alpha10', '2.0.0-beta9', ''],
  ])('names the newer release and explains the order: %s', (_what, version, by, surprise) => {
    expect(words(version, by)).toBe(`${by} is newer by SemVer${surprise}${lacksOption}`);
  });

  it('does not name an option if the rollout was sent, or if the channel has it', () => {
    expect(words('1.0.0', '2.0.0', { attempt: 1 })).toBe('2.0.0 is newer by SemVer');
    expect(words('1.0.0', '2.0.0', { downgrade: true })).toBe('2.0.0 is newer by SemVer');
  });

  it('names no option if the rollout waited for another channel, because the newer release may have come there', () => {
    const after = [{ channel: 'beta', minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 60 }];
    expect(words('1.0.0', '2.0.0', { gate: { after } })).toBe('2.0.0 is newer by SemVer, and came before the gate opened');
    const opened = { at: 0, after: [], approvals: [], skipped: [] };
    expect(words('1.0.0', '2.0.0', { gate: { after }, opened })).toBe(`2.0.0 is newer by SemVer${lacksOption}`);
    expect(words('1.0.0', '2.0.0', { gate: { approval: { required: 1, skip: [] } } })).toBe(`2.0.0 is newer by SemVer${lacksOption}`);
  });

  it('names an older release that was accepted later on a channel with downgrade: allow', () => {
    expect(words('2.0.0', '1.0.0', { downgrade: true })).toBe('1.0.0 was accepted later, and the channel says downgrade: allow');
  });

  it('names the revision if it is not the first', () => {
    const supersededBy = { rolloutId: 'fw', version: '2.0.0', revision: 2 };
    expect(whySuperseded(aRollout({ version: '2.0.0', attempt: 1, supersededBy }))).toBe('2.0.0 revision 2 is newer by its revision');
    expect(whySuperseded(aRollout({ version: '1.0.0', attempt: 1, supersededBy }))).toBe('2.0.0 revision 2 is newer by SemVer');
  });

  it('is undefined if nothing superseded the rollout', () => {
    expect(whySuperseded(aRollout())).toBeUndefined();
  });
});
