import type { Gate } from '../domain/gate/gate.ts';
import { compact } from '../domain/json/compact.ts';
import { detailOf, type Message, type PublishedRelease } from '../domain/release/intake.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import type { Release } from '../domain/release/release.ts';
import { withoutBuild } from '../domain/release/version.ts';
import { planRelease } from '../domain/request/plan.ts';
import type { Plan } from '../domain/request/planned-rollout.ts';
import { acceptedRelease, conflictWith, type Origin } from '../domain/rollout/claim.ts';
import { type JudgedRollout, judgeAccepted, judgePlanned } from '../domain/rollout/judge-plan.ts';
import { duplicateOutcome, plannedOutcome } from '../domain/rollout/outcome.ts';
import type { OutlookFacts } from '../domain/rollout/outlook-of.ts';
import type { Accepted, Known, RecordEnding } from '../domain/rollout/ports.ts';
import { rejectWithdrawn } from '../domain/rollout/reject-withdrawn.ts';
import type { Identity, RecordedWithdrawal, Rollout } from '../domain/rollout/rollout.ts';
import { advance } from './advance.ts';
import { approve } from './approve.ts';
import { dispatch, Refused } from './dispatch.ts';
import { hold, resume } from './hold.ts';
import type { Incoming } from './incoming.ts';
import { refuse } from './refuse.ts';
import type { Invocation, Services } from './services.ts';
import { verifyArtifacts } from './verify.ts';
import { withdraw } from './withdraw.ts';

/** If less time than this is left, do not start the record. A redelivery is better than a record that is cut off. */
const MIN_MS_LEFT_FOR_A_RECORD = 25_000;

/** A claim takes a fraction of this time. A redelivery would take minutes. */
const LOOKUPS_WHILE_LOCKED = 4;
const MS_BETWEEN_LOOKUPS = 500;

/**
 * Processes one record and returns how it ended. It throws if the record must be retried, and only before every channel of the
 * release has a row. So no accepted release depends on the redelivery.
 */
export async function receive(incoming: Incoming, invocation: Invocation, services: Services): Promise<Exclude<RecordEnding, 'retried'>> {
  requireTime(invocation);
  const { parsed } = incoming;
  if (!parsed.ok) return refuse(incoming, parsed.rejection, services);
  const message = parsed.value;
  return invocation.inTurn(turnOf(message), async () => {
    requireTime(invocation);
    switch (message.kind) {
      case 'release':
        return receiveRelease(message, incoming, invocation, services);
      case 'withdrawal':
        return withdraw(message, incoming, invocation, services);
      case 'approval':
        return approve(message, incoming, invocation, services);
      case 'hold':
        return hold(message, incoming, services);
      case 'resume':
        return resume(message, incoming, invocation, services);
    }
  });
}

/**
 * Messages of one batch take turns if they write the same items: the rows, withdrawals and approvals of a version, or the holds of a
 * product. Build metadata makes no difference there.
 */
function turnOf(message: Message): string {
  const detail: { readonly product: string; readonly version?: string } = detailOf(message);
  return detail.version === undefined ? `holds of ${detail.product}` : `${detail.product} ${withoutBuild(detail.version)}`;
}

async function receiveRelease(
  published: PublishedRelease,
  incoming: Incoming,
  invocation: Invocation,
  services: Services,
): Promise<Exclude<RecordEnding, 'retried'>> {
  const { release } = published;
  if (release.dryRun) return planOnly(published, incoming, invocation, services);
  const accepted = acceptedRelease(release);
  const known = await lookUp(release, accepted.releaseDigest, invocation, services);
  const withdrawals = known.withdrawals.list;
  const conflict = known.accepted && conflictWith(known.accepted, accepted);
  // New content of a withdrawn revision must not get the advice to publish a new revision, if that is withdrawn as well.
  if (conflict) return refuse(incoming, rejectWithdrawn(release, release.channels, withdrawals)[0] ?? conflict, services);
  const unknown = release.channels.filter((channel) => !known.rows.some((row) => row.channel === channel));
  if (unknown.length === 0) return reportDuplicate(incoming, known.rows, services);

  const { rollouts, rejections } = await plan(published, unknown, withdrawals, invocation, services);
  if (rejections[0]) return refuse(incoming, rejections[0], services);
  const [first] = rollouts;
  if (!first) throw new Error('the plan has neither a rollout nor a rejection');
  for (const rollout of rollouts) {
    if (rollout.document) await services.documents.write(rollout.document);
  }

  for (const rollout of rollouts) await services.untilAnswering({ ...rollout, request: rollout.input }, invocation);

  let ranHere: boolean;
  try {
    ranHere = await services.lock.once(`${first.rolloutId}.${accepted.releaseDigest}`, () =>
      dispatch(accepted, rollouts, originOf(published, incoming, invocation), invocation, services),
    );
  } catch (error) {
    if (error instanceof Refused) return refuse(incoming, error.rejection, services);
    throw error;
  }
  if (ranHere) return 'dispatched';
  const later = await waitForRows(release, accepted, invocation, services);
  const lost = later.accepted && conflictWith(later.accepted, accepted);
  return lost ? refuse(incoming, lost, services) : reportDuplicate(incoming, later.rows, services);
}

/**
 * Another invocation is claiming this release, or has claimed it, so this waits a moment for its rows, or for those of other
 * content. Throws if a channel still has no row, because only the redelivery of this record guarantees one.
 */
async function waitForRows(
  release: Release,
  { releaseDigest: digest }: Accepted,
  invocation: Invocation,
  services: Services,
): Promise<Known> {
  for (let look = 1; ; look += 1) {
    const known = await lookUp(release, digest, invocation, services);
    const isOfAnother = known.accepted !== undefined && known.accepted.releaseDigest !== digest;
    if (isOfAnother || known.rows.length === release.channels.length) return known;
    if (look === LOOKUPS_WHILE_LOCKED) throw new Error('another invocation is claiming this release; retrying later');
    await services.pause(MS_BETWEEN_LOOKUPS);
  }
}

/** Checked again after waiting for a turn. */
function requireTime(invocation: Invocation): void {
  if (invocation.millisecondsLeft() < MIN_MS_LEFT_FOR_A_RECORD)
    throw new Error('not enough time left for this record; it will be redelivered');
}

/** Reads the ledger before the configuration, because a release that was accepted once is never judged again. */
async function lookUp(release: Release, digest: string, invocation: Invocation, services: Services): Promise<Known> {
  const found = await services.untilRead(() => services.ledger.lookUp(release), invocation);
  const carrier = carrierOf(found.rows, release, digest);
  if (!carrier) return found;
  await advance(carrier, invocation, services);
  const again = await services.ledger.lookUp(release);
  if (carrierOf(again.rows, release, digest))
    throw new Error(`${carrier.rolloutId} has not claimed the other channels of its message yet; retrying later`);
  return again;
}

/** The row whose siblings are channels of this release that were accepted but have no row yet. */
function carrierOf(rows: readonly Rollout[], release: Release, digest: string): Rollout | undefined {
  const isMissing = (channel: string) => release.channels.includes(channel) && !rows.some((row) => row.channel === channel);
  return rows.find((row) => row.releaseDigest === digest && row.siblings.some((sibling) => isMissing(sibling.channel)));
}

async function plan(
  { release, envelope }: PublishedRelease,
  channels: readonly string[],
  withdrawals: readonly RecordedWithdrawal[],
  invocation: Invocation,
  services: Services,
): Promise<Plan> {
  const { place, now, channels: configuration } = services;
  const planned = planRelease(release, configuration, { place, source: envelope.source, now: now() }, channels);
  const judged = [...planned.rejections, ...rejectWithdrawn(release, channels, withdrawals)];
  return {
    rollouts: planned.rollouts,
    rejections: judged.length > 0 ? judged : await verifyArtifacts(release, planned.rollouts, invocation, services),
  };
}

/**
 * A dry run: plans, verifies, and judges with what the ledger has. It claims, writes and creates nothing. A channel that has a row was
 * accepted before, so its request and gate are those of the row.
 */
async function planOnly(
  published: PublishedRelease,
  incoming: Incoming,
  invocation: Invocation,
  services: Services,
): Promise<'dispatched'> {
  const { release, envelope } = published;
  const known = await services.ledger.lookUp(release);
  const withdrawals = known.withdrawals.list;
  const conflict = known.accepted && conflictWith(known.accepted, acceptedRelease(release));
  if (conflict) {
    const rejection = rejectWithdrawn(release, release.channels, withdrawals)[0] ?? conflict;
    return reportPlan(incoming, { rollouts: [], rejections: [rejection] }, services);
  }
  const accepted = known.rows.map(({ channel }) => channel);
  const unknown = release.channels.filter((channel) => !accepted.includes(channel));
  const planned = await plan(published, unknown, withdrawals, invocation, services);
  const rejections = [...planned.rejections, ...rejectWithdrawn(release, accepted, withdrawals)];
  if (rejections.length > 0) return reportPlan(incoming, { rollouts: [], rejections }, services);

  const { ledger, now, timing } = services;
  const { list: approvals } = await ledger.approvals(release.product, release.version);
  const { holds } = await ledger.holds(release.product);
  const factsOf = async (rollout: Identity & { readonly gate?: Gate }): Promise<OutlookFacts> => {
    const before = rollout.gate?.after?.map(({ channel }) => channel) ?? [];
    const upstreams = before.length === 0 ? {} : await ledger.upstreams(rollout, before);
    return { upstreams, approvals, holds, now: now(), soakMinute: timing.soakMinute, openForLong: timing.openForLong };
  };
  const publishedBy = { account: envelope.account, source: envelope.source };
  const rollouts: JudgedRollout[] = [];
  for (const channel of release.channels) {
    const isOnChannel = (rollout: Identity) => rollout.channel === channel;
    const row = known.rows.find(isOnChannel);
    const rollout = planned.rollouts.find(isOnChannel);
    if (row) rollouts.push(judgeAccepted(row, await factsOf(row)));
    else if (rollout) rollouts.push(judgePlanned(rollout, publishedBy, await factsOf(rollout)));
  }
  return reportPlan(incoming, { rollouts, rejections }, services);
}

async function reportPlan(
  incoming: Incoming,
  plan: { readonly rollouts: readonly JudgedRollout[]; readonly rejections: readonly Rejection[] },
  services: Services,
): Promise<'dispatched'> {
  await services.bus.publish([plannedOutcome(incoming, plan, services.now())]);
  return 'dispatched';
}

async function reportDuplicate(incoming: Incoming, rows: readonly Rollout[], services: Services): Promise<'duplicate'> {
  await services.bus.publish([duplicateOutcome(incoming, rows, services.now())]);
  return 'duplicate';
}

function originOf({ envelope }: PublishedRelease, { messageId, bodySha256, readable }: Incoming, { who }: Invocation): Origin {
  const { account, source, id: eventId } = envelope;
  return compact({ messageId, bodySha256, eventId, publishedBy: { account, source }, correlationId: readable.correlationId, who });
}
