import { sha256Hex } from '../domain/json/canonical.ts';
import { releaseDigest } from '../domain/release/digest.ts';
import { type Envelope, type Message, parseMessage, readable } from '../domain/release/intake.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import type { Release } from '../domain/release/release.ts';
import { withoutBuild } from '../domain/release/version.ts';
import { planRelease } from '../domain/request/plan.ts';
import type { Plan } from '../domain/request/planned-rollout.ts';
import { conflictWith, type Origin } from '../domain/rollout/claim.ts';
import { duplicateOutcome, type MessageFacts, plannedOutcome } from '../domain/rollout/outcome.ts';
import { type RecordedWithdrawal, type Rollout, withdrawalOf } from '../domain/rollout/rollout.ts';
import { advance } from './advance.ts';
import { dispatch, Refused } from './dispatch.ts';
import type { Invocation, RecordEnding, Services } from './ports.ts';
import { refuse } from './refuse.ts';
import { verifyArtifacts } from './verify.ts';
import { withdraw } from './withdraw.ts';

/** A message from the releases queue. */
export type Received = { readonly messageId: string; readonly body: string };

/** Less than this is left to nobody: better redelivered than begun and cut off. */
const MIN_MS_LEFT_FOR_A_RECORD = 25_000;

/** A claim takes a fraction of this; a redelivery would take minutes. */
const LOOKUPS_WHILE_LOCKED = 4;
const MS_BETWEEN_LOOKUPS = 500;

/**
 * One record's way, to one of the four words; `retried` is thrown. What is thrown happened before every channel
 * of the release had its row: nothing that was accepted depends on the redelivery. `onRead` hears what could be read.
 */
export async function receive(
  { messageId, body }: Received,
  errand: Invocation,
  services: Services,
  onRead: (read: MessageFacts['readable']) => void = () => undefined,
): Promise<Exclude<RecordEnding, 'retried'>> {
  requireTime(errand);
  const parsed = parseMessage(body, { allowedAccounts: services.allowedAccounts });
  const facts = { messageId, bodySha256: sha256Hex(body) };
  const read = parsed.ok ? readableOf(parsed.value) : readable(body);
  const about = { ...facts, readable: read };
  onRead(read);
  if (!parsed.ok) return refuse(body, about, parsed.rejection, services);
  const { value: message } = parsed;
  if (message.kind === 'withdrawal') {
    const { withdrawal, envelope } = message;
    return errand.inTurn(turnOf(withdrawal), async () => {
      requireTime(errand);
      return withdraw(body, about, withdrawal, envelope, errand, services);
    });
  }
  const { release, envelope } = message;
  return errand.inTurn(turnOf(release), () => receiveRelease(body, about, release, envelope, errand, services));
}

/** The messages of one batch that claim or close the same rows, among them versions that differ only in build metadata. */
function turnOf({ product, version }: { readonly product: string; readonly version: string }): string {
  return `${product} ${withoutBuild(version)}`;
}

async function receiveRelease(
  body: string,
  message: MessageFacts,
  release: Release,
  envelope: Envelope,
  errand: Invocation,
  services: Services,
): Promise<Exclude<RecordEnding, 'retried'>> {
  requireTime(errand);
  if (release.dryRun) return answerDryRun(message, release, envelope, errand, services);
  const digest = releaseDigest(release);
  const known = await lookUp(release, digest, errand, services);
  const conflict = conflictAmong(known.rows, release, digest);
  if (conflict) return refuse(body, message, conflict, services);
  const unknown = release.channels.filter((channel) => !known.rows.some((row) => row.channel === channel));
  if (unknown.length === 0) return reportDuplicate(message, known.rows, services);

  const { rollouts, rejections } = await plan(release, envelope, unknown, known.withdrawals, errand, services);
  if (rejections[0]) return refuse(body, message, rejections[0], services);
  const [first] = rollouts;
  if (!first) throw new Error('a plan without rejections has a rollout for every channel');
  for (const rollout of rollouts) {
    if (rollout.service === 'iotmanagedintegrations') await services.documents.write(rollout.document);
  }

  let ran = false;
  try {
    await services.lock.once(`${first.rolloutId}.${digest}`, async () => {
      ran = true;
      return dispatch(rollouts, originOf(message, envelope, errand), errand, services);
    });
  } catch (error) {
    if (error instanceof Refused) return refuse(body, message, error.rejection, services);
    throw error;
  }
  if (ran) return 'dispatched';
  const rows = await waitForRows(release, digest, errand, services);
  const later = conflictAmong(rows, release, digest);
  return later ? refuse(body, message, later, services) : reportDuplicate(message, rows, services);
}

function conflictAmong(rows: readonly Rollout[], { version }: Release, digest: string): Rejection | undefined {
  return rows.map((row) => conflictWith(row, { version, digest })).find((found) => found !== undefined);
}

/**
 * Another sandbox is claiming this release, or has claimed it: gives it a moment. Throws while a channel has no
 * row, since until then nobody but this record vouches for it.
 */
async function waitForRows(release: Release, digest: string, errand: Invocation, services: Services): Promise<Rollout[]> {
  for (let look = 1; ; look += 1) {
    const { rows } = await lookUp(release, digest, errand, services);
    if (rows.length === release.channels.length) return rows;
    if (look === LOOKUPS_WHILE_LOCKED) throw new Error('another sandbox is at this release, and the ledger does not know all of it yet');
    await services.pause(MS_BETWEEN_LOOKUPS);
  }
}

/** Asked again by those that had to wait for their turn. */
function requireTime(errand: Invocation): void {
  if (errand.millisecondsLeft() < MIN_MS_LEFT_FOR_A_RECORD) throw new Error('too little time left to begin this record');
}

/** The ledger is asked before the configuration: what was accepted once is never judged again. */
async function lookUp(
  release: Release,
  digest: string,
  errand: Invocation,
  services: Services,
): Promise<{ rows: Rollout[]; withdrawals: readonly RecordedWithdrawal[] }> {
  const wanted = release.channels.map((channel) => ({ revision: release.revision, channel }));
  const found = await services.ledger.lookUp(release.product, release.version, wanted);
  const carrier = carrierOf(found.rows, release, digest);
  if (!carrier) return { rows: found.rows, withdrawals: found.withdrawals.list };
  await advance(carrier, errand, services);
  const again = await services.ledger.lookUp(release.product, release.version, wanted);
  if (carrierOf(again.rows, release, digest)) throw new Error(`${carrier.rolloutId} could not claim the other channels of its message yet`);
  return { rows: again.rows, withdrawals: again.withdrawals.list };
}

/** The row that holds channels of this release, accepted and frozen, which have no row of their own yet. */
function carrierOf(rows: readonly Rollout[], release: Release, digest: string): Rollout | undefined {
  const isMissing = (channel: string) => release.channels.includes(channel) && !rows.some((row) => row.channel === channel);
  return rows.find((row) => row.releaseDigest === digest && row.siblings.some((sibling) => isMissing(sibling.channel)));
}

async function plan(
  release: Release,
  envelope: Envelope,
  channels: readonly string[],
  withdrawals: readonly RecordedWithdrawal[],
  errand: Invocation,
  services: Services,
): Promise<Plan> {
  const { place, now, channels: configuration } = services;
  const planned = planRelease(release, configuration, { place, source: envelope.source, now: now() }, channels);
  const withdrawn = channels.filter((channel) => withdrawalOf({ ...release, channel }, withdrawals)).map(withdrawnRejection);
  const judged = [...planned.rejections, ...withdrawn];
  return {
    rollouts: planned.rollouts,
    rejections: judged.length > 0 ? judged : await verifyArtifacts(release, planned.rollouts, errand, services),
  };
}

function withdrawnRejection(channel: string): Rejection {
  return { code: 'RELEASE_WITHDRAWN', path: '$', message: 'this release was withdrawn before it came', channel };
}

/** Plans and verifies; nothing is claimed, written or created. */
async function answerDryRun(
  message: MessageFacts,
  release: Release,
  envelope: Envelope,
  errand: Invocation,
  services: Services,
): Promise<'dispatched'> {
  const planned = await plan(release, envelope, release.channels, [], errand, services);
  await services.bus.publish([plannedOutcome(message, planned, services.now())]);
  return 'dispatched';
}

async function reportDuplicate(message: MessageFacts, rows: readonly Rollout[], services: Services): Promise<'duplicate'> {
  await services.bus.publish([duplicateOutcome(message, rows, services.now())]);
  return 'duplicate';
}

function originOf(message: MessageFacts, envelope: Envelope, errand: Invocation): Origin {
  const { messageId, bodySha256, readable: read } = message;
  return {
    messageId,
    bodySha256,
    ...(envelope.id !== undefined && { eventId: envelope.id }),
    ...(read.correlationId !== undefined && { correlationId: read.correlationId }),
    who: errand.who,
  };
}

function readableOf(message: Message): MessageFacts['readable'] {
  const { product, version, channels, correlationId } = message.kind === 'release' ? message.release : message.withdrawal;
  return { product, version, ...(channels !== undefined && { channels }), ...(correlationId !== undefined && { correlationId }) };
}
