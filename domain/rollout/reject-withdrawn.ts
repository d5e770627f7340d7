import type { Rejection } from '../release/rejection.ts';
import type { Release } from '../release/release.ts';
import { type RecordedWithdrawal, withdrawalOf } from './rollout.ts';

/** A rejection for each of these channels of a release on which it was withdrawn. */
export function rejectWithdrawn(
  release: Pick<Release, 'version' | 'revision'>,
  channels: readonly string[],
  withdrawals: readonly RecordedWithdrawal[],
): Rejection[] {
  return channels.flatMap((channel) => {
    const withdrawal = withdrawalOf({ ...release, channel }, withdrawals);
    return withdrawal ? [withdrawnRejection(withdrawal, channel)] : [];
  });
}

function withdrawnRejection({ revision }: RecordedWithdrawal, channel: string): Rejection {
  const message =
    revision === undefined
      ? 'every revision of this version was withdrawn: publish a new version'
      : 'this revision was withdrawn: publish a new revision or a new version';
  return { code: 'RELEASE_WITHDRAWN', path: '$', message, channel };
}
