import type { Problem } from 'aws-ota-models';
import type { Channel, ChannelOptions } from './schema.ts';
import type { ChannelVariables } from './variables.ts';

/** The rules for channels of one control plane. All paths are relative to the channel. */
export type TemplateRules = {
  /** Options of a channel that have no effect there. */
  readonly optionsWithoutEffect: readonly (keyof ChannelOptions)[];
  /** The limits of the AWS request that the template breaks, whatever is released. Never throws, even if no schema has checked the channel. */
  readonly limits: (channel: Channel) => Problem[];
  /** The limits of the job document that the channel breaks, if the service writes one. Never throws either. */
  readonly documentLimits: (channel: Channel) => Problem[];
  /** The problems beyond those limits. It reads the template by its types, so call it only if `limits` finds nothing. */
  readonly problems: (channel: Channel) => Problem[];
  /** Warnings about a valid channel, at the place where it runs. */
  readonly warnings: (channel: Channel, place: ChannelVariables) => Problem[];
  /** The member of the template with the list of targets. */
  readonly targetsMember: string;
  /** Other members of the template that list ARNs. */
  readonly otherArnsMembers?: readonly string[];
  /** Whether the request of this channel can have a list of targets. */
  readonly takesTargets: (channel: Channel) => boolean;
  /** The query of a channel that has one instead of targets. */
  readonly query: (channel: Channel) => string | undefined;
};
