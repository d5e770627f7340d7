import { channelHeld, channelResumed, releaseApproved, releasePublished, releaseWithdrawn } from '../domain/release/intake.ts';
import type {
  ApprovalEvent,
  HoldEvent,
  OutcomeEvent,
  OutcomeType,
  ReleaseEvent,
  ResumeEvent,
  WithdrawalEvent,
} from '../schemas/events.d.ts';
import type { Checked } from './checked.ts';
import { judgeDetail } from './incoming.ts';
import { judgeOutcome } from './outcome.ts';

export type * from '../schemas/events.d.ts';
export type * from './checked.ts';

/**
 * Judges the detail of `Firmware Release Published` as the service does before it reads channels.yml. The first problem is the one with
 * which the service rejects the event. Problems of other members follow. `event` is a copy, as JSON writes it. Never throws.
 *
 * @example
 * const checked = checkRelease(JSON.parse(readFileSync('release.json', 'utf8')));
 * if (!checked.ok) throw new Error(checked.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
 * await bus.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(checked.event) }] }));
 */
export function checkRelease(detail: unknown): Checked<ReleaseEvent> {
  return judgeDetail(releasePublished, detail);
}

/**
 * Judges the detail of `Firmware Release Withdrawn`, as {@link checkRelease} does. Never throws.
 *
 * @example
 * checkWithdrawal({ product: 'thermostat', version: '2.4.1', reasonCode: 'BOOT_LOOP' });
 */
export function checkWithdrawal(detail: unknown): Checked<WithdrawalEvent> {
  return judgeDetail(releaseWithdrawn, detail);
}

/**
 * Judges the detail of `Firmware Release Approved`, as {@link checkRelease} does. Never throws.
 *
 * @example
 * checkApproval({ product: 'camera', version: '5.0.0', channels: ['stable'], approvedBy: 'Ada' });
 */
export function checkApproval(detail: unknown): Checked<ApprovalEvent> {
  return judgeDetail(releaseApproved, detail);
}

/**
 * Judges the detail of `Firmware Channel Held`, as {@link checkRelease} does. Never throws.
 *
 * @example
 * checkHold({ product: 'camera', holdId: 'radio-fails', reason: 'The field test found a fault.' });
 */
export function checkHold(detail: unknown): Checked<HoldEvent> {
  return judgeDetail(channelHeld, detail);
}

/**
 * Judges the detail of `Firmware Channel Resumed`, as {@link checkRelease} does. Never throws.
 *
 * @example
 * checkResume({ product: 'camera', holdId: 'radio-fails' });
 */
export function checkResume(detail: unknown): Checked<ResumeEvent> {
  return judgeDetail(channelResumed, detail);
}

/**
 * Judges an event of the service as EventBridge delivers it, with its envelope. Members that this version does not know are no problem,
 * because a later version may add some. A problem of the envelope is NOT_AN_EVENT, another detail-type UNKNOWN_DETAIL_TYPE, and a problem
 * of the detail INVALID_OUTCOME. `event` is the value itself. Never throws on a parsed JSON value.
 *
 * @example
 * const checked = checkOutcome(JSON.parse(record.body));
 * if (!checked.ok) throw new Error(`${checked.problems[0].path}: ${checked.problems[0].message}`);
 */
export function checkOutcome(value: unknown): Checked<OutcomeEvent> {
  return judgeOutcome(value);
}

/**
 * Whether {@link checkOutcome} accepts a value and its detail-type is one of `detailTypes`. Without them, every detail-type will do. Never
 * throws on a parsed JSON value.
 *
 * @example
 * if (isOutcomeEvent(event, 'OTA Rollout Failed')) page(`${event.detail.product}: ${event.detail.code}`);
 */
export function isOutcomeEvent<T extends OutcomeType = OutcomeType>(
  value: unknown,
  ...detailTypes: readonly T[]
): value is OutcomeEvent<T> {
  const checked = judgeOutcome(value);
  return checked.ok && (detailTypes.length === 0 || (detailTypes as readonly OutcomeType[]).includes(checked.event['detail-type']));
}
