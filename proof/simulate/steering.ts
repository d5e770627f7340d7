import type { Chance } from '../random.ts';
import type { Action } from './action.ts';
import { APPROVERS, SOURCE } from './configurations.ts';
import { type ApprovalSpec, digestOf, type HoldSpec, type ReleaseSpec, SECRET } from './releases.ts';
import { EPOCH } from './world.ts';

const MINUTE = 60_000;

/**
 * Approvals, holds and resumes: early, late, doubled, by the publisher, for other content, for another revision, with and without a skip.
 * Holds of several people come and go, and a resume may overtake its hold. Many holds come just when a release is published. `published`
 * are the times of the releases in ms.
 */
export function steeringOf(
  chance: Chance,
  releases: readonly ReleaseSpec[],
  channels: readonly string[],
  storm: number,
  published: readonly number[],
): Action[] {
  return [...approvalsOf(chance, releases, channels, storm), ...holdsOf(chance, channels, storm, published)];
}

function* approvalsOf(chance: Chance, releases: readonly ReleaseSpec[], channels: readonly string[], storm: number): Generator<Action> {
  for (const release of releases) {
    for (let count = chance.whole('approvals', 0, 4); count > 0; count -= 1) {
      const source = chance.is('publisher approves', 0.12) ? SOURCE : chance.pick('approver', APPROVERS);
      const digest = chance.pick('digest', ['own', 'own', 'own', 'none', 'other'] as const);
      const skip = chance.is('skip', 0.3) ? [chance.pick('skipped', ['soakMinutes', 'after', 'allowedTimes'])] : undefined;
      const approval: ApprovalSpec = {
        version: release.version,
        revision: chance.is('other revision', 0.1) ? 3 - Math.min(2, release.revision) : release.revision,
        channels: chance.is('all channels approved', 0.3) ? channels : channels.slice(-1),
        ...(digest !== 'none' && { releaseDigest: digestOf(digest === 'own' ? release : { ...release, content: 'other' }) }),
        ...(skip && { skip, comment: SECRET }),
      };
      const at = chance.whole('approved', 0, storm);
      const event = chance.whole('approval event', 1, 1e9).toString();
      yield { at, do: 'approve', approval, source, event };
      if (chance.is('approved twice', 0.2))
        yield { at: at + chance.whole('approved again after', 0, MINUTE), do: 'approve', approval, source, event };
    }
  }
}

function* holdsOf(chance: Chance, channels: readonly string[], storm: number, published: readonly number[]): Generator<Action> {
  const someone = () => chance.pick('holder', [SOURCE, ...APPROVERS]);
  for (let count = chance.whole('holds', 0, 3); count > 0; count -= 1) {
    const atOnce = Math.max(0, chance.pick('held with', published) + chance.whole('held at once', -2_000, 3_000));
    const at = chance.is('at once', 0.5) ? atOnce : chance.whole('held', 0, storm);
    const instant = (name: string, least: number, most: number) => new Date(EPOCH + at + chance.whole(name, least, most)).toISOString();
    const hold: HoldSpec = {
      holdId: `h${count}`,
      reason: SECRET,
      ...(chance.is('of channels', 0.5) && { channels: [chance.pick('held channel', channels)] }),
      ...(chance.is('from later', 0.2) && { from: instant('from', 0, 10 * MINUTE) }),
      ...(chance.is('until', 0.3) && { until: instant('until', 11 * MINUTE, 60 * MINUTE) }),
    };
    const source = someone();
    const event = chance.whole('hold event', 1, 1e9).toString();
    yield { at, do: 'hold', hold, source, event };
    if (chance.is('held twice', 0.2)) yield { at: at + chance.whole('held again after', 0, 20 * MINUTE), do: 'hold', hold, source, event };
    if (chance.is('held anew', 0.1)) yield { at: at + chance.whole('held anew after', 0, 30 * MINUTE), do: 'hold', hold, source };
    if (chance.is('resumed', 0.7)) {
      const after = chance.pick('resumed after', [-20_000, 500, 3_000, 20 * MINUTE, 40 * MINUTE]);
      yield { at: Math.max(0, at + after), do: 'resume', holdId: hold.holdId, source: chance.pick('resumer', APPROVERS) };
    }
  }
  if (chance.is('resume of nothing', 0.1))
    yield { at: chance.whole('resume of nothing', 0, storm), do: 'resume', holdId: 'h9', source: APPROVERS[0] };
}
