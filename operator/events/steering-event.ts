import { isRecord } from 'aws-ota-models';
import { isWithdrawal } from './is-withdrawal.ts';

/** The command that sends each steering event. */
const commands: Readonly<Record<string, string>> = {
  'Firmware Release Withdrawn': 'withdraw',
  'Firmware Release Approved': 'approve',
  'Firmware Channel Held': 'hold',
  'Firmware Channel Resumed': 'resume',
};

const nouns: Readonly<Record<string, string>> = { withdraw: 'a withdrawal', approve: 'an approval', hold: 'a hold', resume: 'a resume' };

/**
 * What a file has instead of a release, and the command for it, if it has a steering event or the detail of one. `undefined` for anything
 * else. It does not judge the event.
 */
export function steeringEvent(value: unknown): { readonly noun: string; readonly command: string } | undefined {
  if (!isRecord(value)) return undefined;
  const isDetail = !('detail' in value) && !('detail-type' in value);
  const command = isDetail ? commandOfDetail(value) : commandOfEvent(value);
  return command === undefined ? undefined : { noun: nouns[command] ?? command, command };
}

function commandOfEvent({ 'detail-type': detailType }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof detailType === 'string' && Object.hasOwn(commands, detailType) ? commands[detailType] : undefined;
}

/** A detail has no type, so its members decide. A hold has a reason, and an approval has members that no withdrawal has. */
function commandOfDetail(detail: Readonly<Record<string, unknown>>): string | undefined {
  if ('artifacts' in detail) return undefined;
  if ('holdId' in detail) return 'reason' in detail ? 'hold' : 'resume';
  if ('version' in detail && ['releaseDigest', 'approvedBy', 'skip'].some((member) => member in detail)) return 'approve';
  return isWithdrawal(detail) ? 'withdraw' : undefined;
}
