import { isFinal, type Rollout, withdrawalOf } from '../../domain/rollout/rollout.ts';
import type { PublishedEvent } from './aws/eventbridge.ts';
import type { Message } from './aws/sqs.ts';
import { APPROVERS, END_OF_JOBS, SOURCE } from './configurations.ts';
import type { Known } from './known.ts';
import type { Said, Sandbox } from './lambda.ts';
import type { Meaning } from './meaning.ts';
import type { Monitor } from './monitor.ts';
import { digestOf, type HoldSpec, type ReleaseSpec, type WithdrawalSpec } from './releases.ts';
import type { World } from './world.ts';

export type Messages = {
  readonly onPublished: (body: string, meaning: Meaning) => void;
  readonly onQueued: (queue: string, message: Message, caller: Sandbox | undefined) => void;
  readonly onSaid: (said: Said) => void;
  readonly onAcknowledged: (messageId: string) => void;
  readonly onEvent: (event: PublishedEvent) => void;
  readonly meanings: ReadonlyMap<string, Meaning>;
  /** The codes with which messages were refused, by their body. */
  readonly refusals: ReadonlyMap<string, readonly { readonly code: string; readonly channel?: string }[]>;
  readonly rowOf: (release: ReleaseSpec, channel: string) => Known | undefined;
};

const answerTo: Readonly<Partial<Record<Meaning['kind'], string>>> = {
  withdrawal: 'OTA Release Withdrawn',
  approval: 'OTA Release Approved',
  hold: 'OTA Channel Held',
  resume: 'OTA Channel Resumed',
};

/** Watches how messages end. No message may be acknowledged before it is safe, or refused without a reason. */
export function messages(world: World, watch: Monitor, sha256: (text: string) => string): Messages {
  const meanings = new Map<string, Meaning>();
  const bodies = new Map<string, string>();
  const ended = new Set<string>();
  const bodyByDigest = new Map<string, string>();
  const kept = new Map<string, Set<string>>();
  const refusals = new Map<string, { code: string; channel?: string }[]>();
  /** The bodies that were answered, after the detail-type of the answer. */
  const answered = new Set<string>();

  const rowOf = (release: ReleaseSpec, channel: string): Known | undefined => {
    for (const known of watch.rollouts.values()) {
      const { row } = known;
      if (row.channel === channel && isSameRevision(row, release)) return known;
    }
    return undefined;
  };
  const isSameRevision = (row: Rollout, { version, revision }: ReleaseSpec): boolean =>
    row.revision === revision && row.version.split('+')[0] === version.split('+')[0];
  const isOwn = (release: ReleaseSpec, known: Known | undefined): boolean =>
    known !== undefined && known.row.releaseDigest === digestOf(release) && known.row.version === release.version;

  function onSaid({ word, messageId, caller }: Said) {
    if (word === 'retried') return;
    ended.add(messageId);
    const body = bodies.get(messageId) ?? '';
    const meaning = meanings.get(body);
    if (!meaning) return watch.violate('words', `${word} said of the unknown message ${messageId}`);
    world.log(`${caller.name} says ${word} of ${messageId}`);
    if (word === 'rejected') {
      if (!refusals.has(body)) watch.violate('2 published', `${messageId} is rejected and no event says so`);
      if (!kept.get(body)?.has(messageId)) watch.violate('2 kept', `${messageId} is rejected and not kept`);
      return;
    }
    if (meaning.kind === 'nonsense') return watch.violate('words', `nonsense ${messageId} was ${word}`);
    const answer = answerTo[meaning.kind];
    if (answer && !answered.has(`${answer} ${body}`)) watch.violate('2 published', `${messageId} is ${word} without ${answer}`);
    if (meaning.kind === 'withdrawal') return withdrawn(meaning.withdrawal, messageId);
    if (meaning.kind === 'hold') return watch.gates.onHeld(meaning.hold, messageId);
    if (meaning.kind === 'resume') return watch.gates.onResumed(meaning.holdId, messageId);
    if (meaning.kind === 'approval') return watch.gates.onApproved(meaning.approval, meaning.source, messageId);
    const { release } = meaning;
    if (release.dryRun) return;
    const missing = release.channels.filter((channel) => !rowOf(release, channel));
    if (missing.length > 0) watch.violate('2 accepted', `${messageId} is ${word} and ${missing.join()} has no row`);
    else if (!release.channels.every((channel) => isOwn(release, rowOf(release, channel)))) {
      watch.violate('1 conflict', `${messageId} is ${word} though its channels have accepted different content`);
    }
  }

  function withdrawn(withdrawal: WithdrawalSpec, messageId: string): void {
    for (const { row, claimedAt } of watch.rollouts.values()) {
      if (row.version.split('+')[0] !== withdrawal.version.split('+')[0]) continue;
      if (!withdrawalOf(row, [{ ...withdrawal, force: false, at: 0 }])) continue;
      const isOver = (isFinal(row.state) && row.state !== 'COMPLETED' && row.state !== 'SUPERSEDED') || row.state === 'WITHDRAWING';
      // A row that is claimed later meets the withdrawal on its own.
      const since = watch.withdrawnSince(row);
      if (!isOver && (since === undefined || claimedAt < since)) {
        watch.violate('5 withdrawn', `${messageId} is acknowledged and ${row.rolloutId} is ${row.state}`);
      }
    }
  }

  function onEvent({ detailType, detail, caller }: PublishedEvent) {
    const rolloutId = detail['rolloutId'];
    if (typeof rolloutId === 'string') return eventOfRollout(detailType, rolloutId);
    const body = bodyByDigest.get(String(detail['bodySha256'])) ?? '';
    answered.add(`${detailType} ${body}`);
    if (detailType !== 'OTA Release Rejected') return;
    const code = String(detail['code']);
    const channel = detail['channel'] === undefined ? {} : { channel: String(detail['channel']) };
    refusals.set(body, [...(refusals.get(body) ?? []), { code, ...channel }]);
    const meaning = meanings.get(body);
    if (!meaning) watch.violate('words', 'a message that nobody sent is refused');
    else if (meaning.kind === 'release') refused(meaning.release, code, caller as Sandbox);
    else if (meaning.kind === 'withdrawal') watch.violate('refusals', `a withdrawal is refused: ${code}`);
    else if (meaning.kind === 'approval') approvalRefused(meaning, code, caller as Sandbox);
    else if (meaning.kind === 'hold') holdRefused(meaning.hold, code, caller as Sandbox);
    else if (meaning.kind === 'resume') watch.violate('refusals', `a resume is refused: ${code}`);
  }

  function approvalRefused({ approval, source }: Extract<Meaning, { kind: 'approval' }>, code: string, caller: Sandbox): void {
    const rows = [...watch.rollouts.values()].map(({ row }) => row).filter((row) => isSameRevision(row, { ...approval, content: '' }));
    const named = rows.filter((row) => approval.channels.includes(row.channel));
    const configured = caller.configuration.channels.products['alpha']?.channels ?? {};
    const reasons: Readonly<Record<string, boolean>> = {
      SELF_APPROVAL: source === SOURCE,
      SOURCE_NOT_ALLOWED: source !== SOURCE && !APPROVERS.some((one) => one === source),
      UNKNOWN_CHANNEL: approval.channels.some((channel) => configured[channel] === undefined),
      // A row may have come since the invocation looked.
      UNKNOWN_RELEASE: approval.releaseDigest === undefined,
      APPROVAL_MISMATCH: approval.releaseDigest !== undefined && rows.some((row) => row.releaseDigest !== approval.releaseDigest),
      SKIP_NOT_ALLOWED:
        approval.skip?.some(
          (part) =>
            named.some((row) => !row.gate?.approval?.skip.some((one) => one === part)) ||
            approval.channels.some((channel) => !JSON.stringify(configured[channel]?.approval ?? '').includes(part)),
        ) ?? false,
    };
    if (!reasons[code])
      watch.violate('refusals', `an approval ${JSON.stringify(approval)} of ${source} is rejected without reason: ${code}`);
  }

  function holdRefused({ holdId, channels }: HoldSpec, code: string, caller: Sandbox): void {
    const configured = caller.configuration.channels.products['alpha']?.channels ?? {};
    const isReason =
      (code === 'HOLD_ENDED' && watch.gates.isEnded(holdId)) ||
      (code === 'UNKNOWN_CHANNEL' && (channels?.some((channel) => configured[channel] === undefined) ?? false));
    if (!isReason) watch.violate('refusals', `the hold ${holdId} is rejected without reason: ${code}`);
  }

  /** A release that was accepted on every channel before this invocation began is never rejected. Every code needs its reason. */
  function refused(release: ReleaseSpec, code: string, caller: Sandbox): void {
    const own = release.channels.filter((channel) => isOwn(release, rowOf(release, channel)));
    const all = own.length === release.channels.length;
    if (all && own.every((channel) => (rowOf(release, channel)?.claimedAt ?? 0) < caller.began)) {
      watch.violate(
        '3 accepted',
        `${release.version} r${release.revision} on ${release.channels.join()} is rejected (${code}) after it was accepted`,
      );
    }
    if (!isReasonable(release, code, caller)) {
      watch.violate(
        'refusals',
        `${release.version} r${release.revision} on ${release.channels.join()} is rejected without reason: ${code}`,
      );
    }
  }

  function isReasonable(release: ReleaseSpec, code: string, caller: Sandbox): boolean {
    const ofRevision = [...watch.rollouts.values()].map(({ row }) => row).filter((row) => isSameRevision(row, release));
    const { channels } = caller.configuration;
    switch (code) {
      case 'RELEASE_CONFLICT':
        return ofRevision.some((row) => row.version === release.version && row.releaseDigest !== digestOf(release));
      case 'VERSION_AMBIGUOUS':
        return ofRevision.some((row) => row.version !== release.version);
      case 'RELEASE_WITHDRAWN':
        return release.channels.some((channel) => {
          const withdrawals = watch.withdrawals.get(`RELEASE#alpha#${release.version.split('+')[0]}`) ?? [];
          return withdrawalOf({ ...release, channel }, withdrawals) !== undefined;
        });
      case 'EXPIRED':
        return release.notAfter !== undefined && Date.parse(release.notAfter) < world.now() + 3_000;
      case 'UNKNOWN_CHANNEL':
        return release.channels.some((channel) => channels.products['alpha']?.channels[channel] === undefined);
      case 'INVALID_REQUEST':
        // The end of the schedule of that channel comes within half an hour.
        return release.channels.includes('job-end') && world.now() + 3_000 > Date.parse(`${END_OF_JOBS}:00Z`) - 30 * 60_000;
      case 'BUCKET_NOT_ALLOWED':
        return !channels.artifactBuckets.includes('acme-firmware');
      default:
        return false;
    }
  }

  function eventOfRollout(detailType: string, rolloutId: string) {
    const known = watch.rollouts.get(rolloutId);
    if (!known) return watch.violate('published', `${detailType} of ${rolloutId}, which has no row`);
    const state = { 'OTA Rollout Completed': 'COMPLETED', 'OTA Rollout Failed': 'FAILED' }[detailType];
    const stopped = {
      'OTA Rollout Superseded': 'SUPERSEDED',
      'OTA Rollout Withdrawn': 'WITHDRAWN',
      'OTA Rollout Created': 'CREATED',
      'OTA Rollout Promoted': 'CLAIMED',
    }[detailType];
    const needed = state ?? stopped;
    if (needed !== undefined && !known.states.has(needed as Known['row']['state'])) {
      watch.violate('published', `${detailType} of ${rolloutId}, which never was ${needed}`);
    }
  }

  return {
    meanings,
    refusals,
    rowOf,
    onPublished: (body, meaning) => {
      meanings.set(body, meaning);
      bodyByDigest.set(sha256(body), body);
    },
    onQueued: (queue, { messageId, body, attributes }, caller) => {
      if (queue === 'releases' || queue === 'steering') bodies.set(messageId, body);
      if (queue === 'follow-ups') watch.onFollowUp(messageId, body);
      if (queue !== 'rejected') return;
      const original = attributes['messageId'] ?? '';
      if (bodies.get(original) !== body) watch.violate('2 kept', `${original} is not kept verbatim`);
      kept.set(body, (kept.get(body) ?? new Set()).add(original));
      world.log(`${caller?.name} rejects ${original}: ${attributes['code']}`);
    },
    onSaid,
    onAcknowledged: (messageId) => {
      if (!ended.has(messageId)) watch.violate('words', `${messageId} is acknowledged without a word`);
    },
    onEvent,
  };
}
