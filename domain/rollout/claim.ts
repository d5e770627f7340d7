import { compact } from '../json/compact.ts';
import { contentOf, releaseDigest } from '../release/digest.ts';
import { parseInstant } from '../release/instant.ts';
import type { Rejection } from '../release/rejection.ts';
import type { Release } from '../release/release.ts';
import type { PlannedRollout } from '../request/planned-rollout.ts';
import { FORMAT_VERSION } from './format-version.ts';
import { type AcceptedRelease, noUnansweredCreates, type Rollout, type Sender } from './rollout.ts';
import type { Timing } from './timing.ts';

/** What the row keeps of the message with the release. `who` is the function and the message. */
export type Origin = {
  readonly messageId: string;
  readonly bodySha256: string;
  readonly eventId?: string;
  readonly publishedBy: Sender;
  readonly correlationId?: string;
  readonly who: string;
};

/** The first row of a planned rollout: accepted and fixed, with nothing sent. `now` in epoch ms. */
export function claimedRow(planned: PlannedRollout, origin: Origin, now: number, timing: Timing): Rollout {
  const { document: _written, service: _ofOperation, input: request, notAfter, endAt, ...frozen } = planned;
  const state = planned.gate ? 'WAITING' : 'CLAIMED';
  const { who, ...message } = origin;
  return compact({
    formatVersion: FORMAT_VERSION,
    ...frozen,
    ...message,
    request,
    notAfter: notAfter === undefined ? undefined : parseInstant(notAfter),
    endAt: endAt === undefined ? undefined : parseInstant(endAt),
    claimedAt: now,
    state,
    attempt: 0,
    unansweredCreates: noUnansweredCreates,
    aws: {},
    followUpNumber: 0,
    restsWithoutNews: 0,
    outbox: [],
    siblings: [],
    history: [{ at: now, to: state, why: 'accepted', who }],
    writtenAt: now,
    itemRevision: 1,
    dueAt: now + timing.firstDelay + timing.sweepSlack,
  } as const);
}

/** What the ledger keeps of a release when its first rollout is claimed. */
export function acceptedRelease(release: Release): AcceptedRelease {
  const { product, version, revision } = release;
  return { product, version, revision, releaseDigest: releaseDigest(release), detail: contentOf(release) };
}

/**
 * Why a release cannot be accepted if `accepted` has its product, revision and version without build metadata. `undefined` if both
 * have the same content. The channels make no difference: what is tested on one channel is what devices get on the next.
 */
export function conflictWith(
  accepted: Pick<AcceptedRelease, 'version' | 'releaseDigest'>,
  release: Pick<AcceptedRelease, 'version' | 'releaseDigest'>,
): Rejection | undefined {
  if (accepted.version !== release.version) {
    return {
      code: 'VERSION_AMBIGUOUS',
      path: 'version',
      message: 'a version that differs only in build metadata was accepted before, and neither is newer: publish another version',
    };
  }
  if (accepted.releaseDigest !== release.releaseDigest) {
    return {
      code: 'RELEASE_CONFLICT',
      path: '$',
      message: 'this product, version and revision was accepted before with different content: publish a new revision or version',
    };
  }
  return undefined;
}
