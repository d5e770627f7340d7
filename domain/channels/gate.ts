import type { Gate, UpstreamRule } from '../gate/gate.ts';
import { compact } from '../json/compact.ts';
import type { ChannelOptions } from './schema.ts';

const defaults = { minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0 };

/**
 * The gate of a channel with all defaults filled in, as the claim fixes it. A list in `after` becomes one rule for each of its channels.
 * `undefined` if the channel has no gate.
 */
export function gateOfChannel({
  after,
  approval,
  allowedTimes,
}: Pick<ChannelOptions, 'after' | 'approval' | 'allowedTimes'>): Gate | undefined {
  if (after === undefined && approval === undefined && allowedTimes === undefined) return undefined;
  return compact({ after: after === undefined ? undefined : rulesOf(after), approval: approvalOf(approval), allowedTimes });
}

/** The channels that a channel waits for, in the order of the file. Empty if it waits for none. */
export function channelsBefore({ after }: Pick<ChannelOptions, 'after'>): readonly string[] {
  if (after === undefined) return [];
  if (typeof after === 'string') return [after];
  return typeof after.channel === 'string' ? [after.channel] : after.channel;
}

function rulesOf(after: NonNullable<ChannelOptions['after']>): UpstreamRule[] {
  const { channel: _names, ...given } = typeof after === 'string' ? { channel: after } : after;
  return channelsBefore({ after }).map((channel) => ({ channel, ...defaults, ...given }));
}

function approvalOf(approval: ChannelOptions['approval']): Gate['approval'] {
  if (approval === undefined) return undefined;
  return approval === 'required' ? { required: 1, skip: [] } : { required: approval.required ?? 1, skip: approval.skip ?? [] };
}
