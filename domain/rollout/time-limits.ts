import { controlPlanes } from '../request/control-planes.ts';
import type { View } from './step.ts';

/** Whether no create may be sent any more. */
export function isExpired(view: View): boolean {
  return whyExpired(view) !== undefined;
}

/** Why no create may be sent any more: a time that has passed or is too near. `undefined` if one may be sent. */
export function whyExpired({ row, now }: View): string | undefined {
  if (now > (row.notAfter ?? Number.POSITIVE_INFINITY)) return 'notAfter passed';
  const { lastCreateBeforeEnd } = controlPlanes[row.operation];
  if (now <= (row.endAt ?? Number.POSITIVE_INFINITY) - lastCreateBeforeEnd) return undefined;
  return lastCreateBeforeEnd === 0 ? 'endAt passed' : `endAt was less than ${lastCreateBeforeEnd / 60_000} minutes away`;
}

/** Whether no create can take effect any more: none is unanswered, or the last one is too old. */
export function nothingOnItsWay(view: View): boolean {
  const { lastSentAt } = view.row.unansweredCreates;
  return lastSentAt === undefined || isSettled(lastSentAt, view);
}

/** Whether a create of that time has taken effect by now or never will. */
export function isSettled(sentAt: number | undefined, { row, now, timing }: View): boolean {
  return sentAt !== undefined && now > sentAt + timing.createMayStillLand[row.operation];
}
