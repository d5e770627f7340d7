import type { Approval } from '../gate/approvals.ts';
import type { Gate, WaitReason } from '../gate/gate.ts';
import { canonicalJson, sha256Hex } from '../json/canonical.ts';
import { compact } from '../json/compact.ts';
import type { Rejection } from '../release/rejection.ts';
import { controlPlanes } from '../request/control-planes.ts';
import type { ShutBy } from './gate-of.ts';
import type { JudgedRollout } from './judge-plan.ts';
import type { Counts, FailureCode, OutcomeEvent, OutcomeType } from './outcome-schema.ts';
import type { Reason } from './reasons-now.ts';
import type { Opened, RecordedWithdrawal, Rollout } from './rollout.ts';

/** The message that an outcome is about. `readable` is what could be read of it, even if the message is invalid. */
export type MessageFacts = {
  readonly messageId: string;
  readonly bodySha256: string;
  readonly readable: {
    readonly product?: string;
    readonly version?: string;
    readonly channels?: readonly string[];
    readonly correlationId?: string;
  };
};

/** AWS confirmed the creation. `adopted`: AWS already had it, because an earlier answer was lost. */
export function createdOutcome(row: Rollout, adopted: boolean, now: number): OutcomeEvent {
  const detailType = 'OTA Rollout Created';
  return {
    detailType,
    detail: {
      ...ofRollout(detailType, row, [], now),
      service: controlPlanes[row.operation].service,
      operation: row.operation,
      aws: row.aws,
      adopted,
    },
  };
}

/** The counts of devices changed. The revision of the row distinguishes a return to earlier counts from a repeat. */
export function progressedOutcome(row: Rollout, counts: Counts, now: number): OutcomeEvent {
  const detailType = 'OTA Rollout Progressed';
  return { detailType, detail: { ...ofRollout(detailType, row, [counts, row.itemRevision], now), counts } };
}

/** Every device has ended. The result says whether all, some or none of them succeeded. */
export function completedOutcome(row: Rollout, counts: Counts, now: number): OutcomeEvent {
  const detailType = 'OTA Rollout Completed';
  return { detailType, detail: { ...ofRollout(detailType, row, [], now), result: resultOf(counts), counts } };
}

/** The rollout ended without success. */
export function failedOutcome(
  row: Rollout,
  code: FailureCode,
  message: string,
  now: number,
  errorInfo?: Rollout['errorInfo'],
  upstream?: ShutBy,
): OutcomeEvent {
  const detailType = 'OTA Rollout Failed';
  return {
    detailType,
    detail: { ...ofRollout(detailType, row, [code], now), code, message, ...compact({ errorInfo, counts: row.counts, upstream }) },
  };
}

/** The rollout is not created yet. The revision of the row distinguishes a return to earlier reasons from a repeat. */
export function waitingOutcome(row: Rollout, reasons: readonly Reason[], now: number): OutcomeEvent {
  const detailType = 'OTA Rollout Waiting';
  const waitingFor = codesOf(reasons);
  const [only, another] = waitingFor;
  return {
    detailType,
    detail: {
      ...ofRollout(detailType, row, [row.itemRevision], now),
      waitingFor,
      reasons: reasons.map(reasonInEvent),
      ...(another === undefined && only !== undefined && { onlyWaitingFor: only }),
      releaseDigest: row.releaseDigest,
    },
  };
}

/** Each reason once, sorted. */
function codesOf(reasons: readonly Reason[]): WaitReason[] {
  return [...new Set(reasons.map(({ reason }) => reason))].sort();
}

/** A reason to wait, with its instant as text. */
export function reasonInEvent({ until, ...reason }: Reason) {
  return { ...reason, ...(until !== undefined && { until: instant(until) }) };
}

/** The gate has opened. The event has the whole evidence. */
export function promotedOutcome(row: Rollout, { at, after, approvals, skipped }: Opened, now: number): OutcomeEvent {
  const detailType = 'OTA Rollout Promoted';
  return {
    detailType,
    detail: {
      ...ofRollout(detailType, row, [], now),
      openedAt: instant(at),
      releaseDigest: row.releaseDigest,
      after: after.map(({ metAt, soakedAt, ...upstream }) => ({ ...upstream, metAt: instant(metAt), soakedAt: instant(soakedAt) })),
      approvals: approvals.map(approvalInEvent),
      skipped: [...skipped],
    },
  };
}

/** An approval as evidence. */
export function approvalInEvent({ by, eventId, at, approvedBy, comment, skip }: Approval) {
  return compact({ by, eventId, at: instant(at), approvedBy, comment, skip: skip && [...skip] });
}

/** Another release holds the channel. `counts` are the devices at the last look. */
export function supersededOutcome(
  row: Rollout,
  by: NonNullable<Rollout['supersededBy']>,
  counts: Counts | undefined,
  now: number,
): OutcomeEvent {
  const detailType = 'OTA Rollout Superseded';
  return { detailType, detail: { ...ofRollout(detailType, row, [by.rolloutId], now), by, ...stopped(counts) } };
}

/** The rollout was stopped because its release was withdrawn. `counts` are the devices at the last look. */
export function withdrawnOutcome(
  row: Rollout,
  withdrawal: RecordedWithdrawal | undefined,
  counts: Counts | undefined,
  now: number,
): OutcomeEvent {
  const detailType = 'OTA Rollout Withdrawn';
  return {
    detailType,
    detail: {
      ...ofRollout(detailType, row, [], now),
      ...(withdrawal?.reasonCode !== undefined && { reasonCode: withdrawal.reasonCode }),
      ...(withdrawal?.comment !== undefined && { comment: withdrawal.comment }),
      ...stopped(counts),
    },
  };
}

/** A message was rejected. */
export function rejectedOutcome(message: MessageFacts, rejection: Rejection, now: number): OutcomeEvent {
  const detailType = 'OTA Release Rejected';
  return {
    detailType,
    detail: {
      ...ofMessage(detailType, message, [message.bodySha256, rejection.code, rejection.path, rejection.channel ?? null], now),
      ...rejection,
    },
  };
}

/** The release was accepted before: these are its rows. */
export function duplicateOutcome(message: MessageFacts, rows: readonly Rollout[], now: number): OutcomeEvent {
  const detailType = 'OTA Release Duplicate';
  return {
    detailType,
    detail: {
      ...ofMessage(detailType, message, [message.messageId, message.bodySha256], now),
      rollouts: rows.map((row) => ({
        rolloutId: row.rolloutId,
        channel: row.channel,
        firstSeenAt: instant(row.claimedAt),
        firstMessageId: row.messageId,
      })),
    },
  };
}

/** An event has at most 1 MiB. A release can have thousands of artifacts, each rejected on each channel. */
const REJECTIONS_MAX = 100;

/** The answer to a dry run: its requests with what each waits for, or at most 100 reasons against them. */
export function plannedOutcome(
  message: MessageFacts,
  plan: { readonly rollouts: readonly JudgedRollout[]; readonly rejections: readonly Rejection[] },
  now: number,
): OutcomeEvent {
  const detailType = 'OTA Release Planned';
  return {
    detailType,
    detail: {
      ...ofMessage(detailType, message, [message.messageId, message.bodySha256], now),
      rollouts: plan.rollouts.map(({ rolloutId, channel, operation, input, ...judged }) => ({
        rolloutId,
        channel,
        service: controlPlanes[operation].service,
        operation,
        input: { ...input },
        ...plannedInEvent(judged),
      })),
      rejections: plan.rejections.slice(0, REJECTIONS_MAX),
    },
  };
}

/**
 * What a plan says of a rollout beside its request. A gate has both lists, which are empty if nothing is missing. Without a gate they are
 * there only if a hold keeps the rollout.
 */
export function plannedInEvent({ releaseDigest, gate, reasons = [] }: Pick<JudgedRollout, 'releaseDigest' | 'gate' | 'reasons'>) {
  if (!gate && reasons.length === 0) return { releaseDigest };
  return {
    releaseDigest,
    ...(gate && { gate: gateInEvent(gate) }),
    waitingFor: codesOf(reasons),
    reasons: reasons.map(reasonInEvent),
  };
}

/** A gate as the claim fixes it. */
function gateInEvent({ after, approval, allowedTimes }: Gate) {
  return compact({
    after: after?.map((rule) => ({ ...rule })),
    approval: approval && { ...approval, skip: [...approval.skip] },
    allowedTimes: allowedTimes?.map((time) => ({ ...time })),
  });
}

/** A withdrawal was processed. `rows` are the rollouts that it covers, as it left them. */
export function withdrawalOutcome(
  message: MessageFacts,
  scope: { readonly revision?: number; readonly channels?: readonly string[] },
  rows: readonly Rollout[],
  now: number,
): OutcomeEvent {
  const detailType = 'OTA Release Withdrawn';
  return {
    detailType,
    detail: {
      ...ofMessage(detailType, message, [message.messageId, message.bodySha256], now),
      ...compact({ revision: scope.revision, channels: scope.channels && [...scope.channels] }),
      rollouts: rows.map(({ rolloutId, channel, revision, state }) => ({ rolloutId, channel, revision, state })),
    },
  };
}

/** `succeeded` if no device failed, even without any device. `failed` if there were devices and none succeeded. Otherwise `partial`. */
export function resultOf(counts: Counts): 'succeeded' | 'partial' | 'failed' {
  const others = counts.failed + counts.rejected + counts.timedOut + counts.canceled + counts.removed;
  if (others === 0) return 'succeeded';
  return counts.succeeded === 0 ? 'failed' : 'partial';
}

function stopped(counts: Counts | undefined): { counts?: Counts; stillInProgress: number } {
  return counts ? { counts, stillInProgress: counts.inProgress } : { stillInProgress: 0 };
}

/** What every outcome of a rollout has. `what` distinguishes outcomes of one type and attempt. */
function ofRollout(detailType: OutcomeType, row: Rollout, what: readonly unknown[], now: number) {
  const { correlationId, product, version, revision, channel, rolloutId, attempt } = row;
  return compact({
    schemaVersion: '1' as const,
    outcomeId: sha256Hex(canonicalJson([detailType, rolloutId, attempt, ...what])),
    at: instant(now),
    correlationId,
    product,
    version,
    revision,
    channel,
    rolloutId,
    attempt,
  });
}

/** What every outcome about a message has. `what` distinguishes outcomes of one type. */
export function ofMessage(detailType: OutcomeType, message: MessageFacts, what: readonly unknown[], now: number) {
  const { product, version, channels = [], correlationId } = message.readable;
  const [channel, another] = channels;
  return compact({
    schemaVersion: '1' as const,
    outcomeId: sha256Hex(canonicalJson([detailType, ...what])),
    at: instant(now),
    correlationId,
    messageId: message.messageId,
    bodySha256: message.bodySha256,
    product,
    version,
    channel: another === undefined ? channel : undefined,
  });
}

/** An instant as events have it: RFC 3339, UTC, with milliseconds. */
export function instant(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
