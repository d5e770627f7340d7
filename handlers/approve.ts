import { gateOfChannel } from '../domain/channels/gate.ts';
import type { Product } from '../domain/channels/schema.ts';
import { findSteered, rejectUnknownChannel } from '../domain/channels/steering.ts';
import type { Approval } from '../domain/gate/approvals.ts';
import { APPROVALS_MAX, isSameApproval, recordApproval } from '../domain/gate/record-approval.ts';
import { compact } from '../domain/json/compact.ts';
import type { ReleaseApproval } from '../domain/release/approval.ts';
import type { ApprovedRelease } from '../domain/release/intake.ts';
import { accept, type Result, reject } from '../domain/release/rejection.ts';
import { type Approvable, answersTo, bindApproval, rejectPublisher } from '../domain/rollout/judge-approval.ts';
import type { Rollout } from '../domain/rollout/rollout.ts';
import { approvedOutcome } from '../domain/rollout/steering-outcome.ts';
import { advance } from './advance.ts';
import type { Incoming } from './incoming.ts';
import { refuse } from './refuse.ts';
import type { Invocation, Services } from './services.ts';

/** If somebody else writes approvals of the same version first, this reads them again, at most this many times. */
const WRITE_TRIES = 5;

/**
 * Records the approval first, so that no look at the gate misses it. Then it looks at each of its rollouts that waits, and answers for each
 * channel whether the approval counts. Throws, so that the record is retried, if any of this fails. A copy of the message
 * records nothing and gets the same answer.
 */
export async function approve(
  { approval, envelope }: ApprovedRelease,
  incoming: Incoming,
  invocation: Invocation,
  services: Services,
): Promise<'dispatched' | 'duplicate' | 'rejected'> {
  const { account, source, id: eventId } = envelope;
  const product = findSteered(services.channels, approval.product, source, 'approve');
  if (!product.ok) {
    // A source that channels.yml no longer lists may have published the release.
    const listed = product.rejection.code === 'SOURCE_NOT_ALLOWED' ? services.channels.products[approval.product] : undefined;
    const own = listed && rejectPublisher((await lookUp(approval, listed, services)).rows, source);
    return refuse(incoming, own ?? product.rejection, services);
  }
  const known = await lookUp(approval, product.value, services);
  const published = rejectPublisher(known.rows, source);
  if (published) return refuse(incoming, published, services);
  const unknown = rejectUnknownChannel(product.value, approval.channels);
  if (unknown) return refuse(incoming, unknown.rejection, services);
  const bound = bindApproval(approval, known);
  const { version, revision, channels, approvedBy, comment, skip } = approval;
  const recorded: Approval = compact({
    version,
    revision,
    channels,
    releaseDigest: bound.ok ? bound.value : (approval.releaseDigest ?? ''),
    by: { account, source },
    approvedBy,
    comment,
    skip,
    eventId,
    at: services.now(),
  });
  // An approval that was accepted before its release came stays accepted, whatever came then.
  const result = bound.ok ? await record(approval, recorded, services) : ((await findCopy(approval, recorded, services)) ?? bound);
  if (!result.ok) return refuse(incoming, result.rejection, services);
  const { list, isNew } = result.value;
  // The release may have been claimed meanwhile, before the approval was there.
  const { rows, gates } = await lookUp(approval, product.value, services);
  const after = await advanceWaiting(rows, invocation, services);
  await services.bus.publish([approvedOutcome(incoming, answersTo(recorded, list, { rows: after, gates }), services.now())]);
  return isNew ? 'dispatched' : 'duplicate';
}

/** What the ledger and channels.yml have on the channels of an approval. A version that differs in build metadata is another release. */
async function lookUp(approval: ReleaseApproval, product: Product, services: Services): Promise<Approvable> {
  const channels = approval.channels.filter((channel) => Object.hasOwn(product.channels, channel));
  const { rows, accepted } = await services.ledger.lookUp({ ...approval, channels });
  const gates = channels.map((name) => {
    const channel = product.channels[name];
    return [name, channel && gateOfChannel(channel)];
  });
  return { rows: rows.filter(({ version }) => version === approval.version), accepted, gates: Object.fromEntries(gates) };
}

async function advanceWaiting(rows: readonly Rollout[], invocation: Invocation, services: Services): Promise<Rollout[]> {
  const after: Rollout[] = [];
  for (const row of rows) after.push(row.state === 'WAITING' ? ((await advance(row, invocation, services)) ?? row) : row);
  return after;
}

type Recorded = { readonly list: readonly Approval[]; readonly isNew: boolean };

/** The approvals of a version, if this one is among them. */
async function findCopy(
  { product, version }: ReleaseApproval,
  approval: Approval,
  services: Services,
): Promise<Result<Recorded> | undefined> {
  const { list } = await services.ledger.approvals(product, version);
  return list.some((one) => isSameApproval(one, approval)) ? accept({ list, isNew: false }) : undefined;
}

/** Adds the approval to those of its version. Throws if other writes kept winning. */
async function record({ product, version }: ReleaseApproval, approval: Approval, services: Services): Promise<Result<Recorded>> {
  for (let round = 0; round < WRITE_TRIES; round += 1) {
    const approvals = await services.ledger.approvals(product, version);
    const list = recordApproval(approvals.list, approval);
    switch (list) {
      case 'known':
        return { ok: true, value: { list: approvals.list, isNew: false } };
      case 'tooMany':
        return reject(
          'INVALID_APPROVAL',
          'channels',
          `this version has ${APPROVALS_MAX} approvals, which is the most that it may have: publish a new version`,
        );
      case 'tooLarge':
        return reject('TOO_LARGE', 'comment', 'the approvals of this version take too many bytes: write a shorter comment');
    }
    if (await services.ledger.writeApprovals(product, version, { itemRevision: approvals.itemRevision, list }))
      return { ok: true, value: { list, isNew: true } };
  }
  throw new Error('lost the race against other approvals of this version');
}
