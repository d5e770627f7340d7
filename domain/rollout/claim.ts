import { compact } from '../json/compact.ts';
import { parseInstant } from '../release/instant.ts';
import type { Rejection } from '../release/rejection.ts';
import type { PlannedRollout } from '../request/planned-rollout.ts';
import { noUnansweredCreates, type Rollout } from './rollout.ts';
import type { Timing } from './timing.ts';

/** What the row keeps of the message with the release. `who` is the function and the message. */
export type Origin = {
  readonly messageId: string;
  readonly bodySha256: string;
  readonly eventId?: string;
  readonly correlationId?: string;
  readonly who: string;
};

/** The first row of a planned rollout: accepted and fixed, with nothing sent. `now` in epoch ms. */
export function claimedRow(planned: PlannedRollout, origin: Origin, now: number, timing: Timing): Rollout {
  const { document: _written, service: _ofOperation, input: request, notAfter, ...frozen } = planned;
  const { who, ...message } = origin;
  return compact({
    ...frozen,
    ...message,
    request,
    notAfter: notAfter === undefined ? undefined : parseInstant(notAfter),
    claimedAt: now,
    state: 'CLAIMED',
    attempt: 0,
    unansweredCreates: noUnansweredCreates,
    aws: {},
    followUpNumber: 0,
    restsWithoutNews: 0,
    outbox: [],
    siblings: [],
    history: [{ at: now, to: 'CLAIMED', why: 'accepted', who }],
    writtenAt: now,
    itemRevision: 1,
    dueAt: now + timing.firstDelay + timing.sweepSlack,
  } as const);
}

/** Why a release cannot be accepted on a channel that already has a row for its version. `undefined` if the row is of the same release. */
export function conflictWith(row: Rollout, release: { readonly version: string; readonly digest: string }): Rejection | undefined {
  if (row.version !== release.version) {
    return {
      code: 'VERSION_AMBIGUOUS',
      path: 'version',
      message: 'this channel has accepted a version that differs only in build metadata: publish another version',
      channel: row.channel,
    };
  }
  if (row.releaseDigest !== release.digest) {
    return {
      code: 'RELEASE_CONFLICT',
      path: '$',
      message: 'this product, version and revision was already accepted with different content: publish a new revision',
      channel: row.channel,
    };
  }
  return undefined;
}
