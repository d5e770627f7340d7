import { findProduct } from '../../domain/channels/find-product.ts';
import type { Rejection } from '../../domain/release/rejection.ts';
import { planRelease } from '../../domain/request/plan.ts';
import type { Configuration } from '../stage/configuration.ts';
import type { GivenEvent } from './given-event.ts';
import type { PlanWarning } from './plan-output.ts';

/**
 * Every reason for which the service would reject an event from `source`, as far as channels.yml and the time (`now`, epoch ms)
 * show it. It does not know S3 and the ledger. If nobody knows the account, it judges only the names. With `only`, a release is judged
 * for these of its channels alone.
 */
export function judgeEvent(
  event: GivenEvent,
  source: string,
  configuration: Configuration,
  now: number,
  only?: readonly string[],
): readonly Rejection[] {
  const { channels, place, isAccountKnown } = configuration;
  if (event.kind === 'release' && only?.length === 0) return [];
  if (event.kind === 'release' && isAccountKnown) return planRelease(event.release, channels, { place, source, now }, only).rejections;
  const named = event.kind === 'release' ? event.release : event.withdrawal;
  const found = findProduct(channels, named.product, source);
  if (found.ok) return [];
  return isAccountKnown || found.rejection.code !== 'SOURCE_NOT_ALLOWED' ? [found.rejection] : [];
}

/** Why a release or withdrawal is rejected, one line for each reason. */
export function rejectionLines(rejections: readonly Rejection[]): string[] {
  return rejections.map(({ code, path, message, channel }) => {
    const isNamed = channel === undefined || code === 'UNKNOWN_CHANNEL';
    return `rejected: ${code} ${path}: ${message}${isNamed ? '' : ` (${channel})`}`;
  });
}

/** What a release loses, and other warnings, one line each: `warning: description: is not sent, because ... (beta)`. */
export function warningLines(warnings: readonly PlanWarning[]): string[] {
  return warnings.map(({ path, message, channel }) => `warning: ${path}: ${message}${channel === undefined ? '' : ` (${channel})`}`);
}
