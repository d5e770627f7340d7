import type { Problem } from 'aws-ota-models';
import type { Channel, ChannelOptions } from './schema.ts';

/** What is particular about the channels of one control plane. Paths are relative to the channel. */
export type TemplateRules = {
  /** Which resources can be targets, as their ARNs name them. */
  readonly targetArns: { readonly service: string; readonly kinds: readonly string[] };
  /** Options of a channel that do nothing there. */
  readonly idleOptions: readonly (keyof ChannelOptions)[];
  /** The limits of the AWS request that the template breaks, whatever is released. Never throws, even on what no schema has checked. */
  readonly limits: (channel: Channel) => Problem[];
  /** What makes a channel one that can never work or that nobody meant. The template holds the types that it declares. */
  readonly problems: (channel: Channel) => Problem[];
  /** The member of the template with the list of targets. */
  readonly targetsMember: string;
  /** Whether the request has a list of targets at all. */
  readonly takesTargets: (channel: Channel) => boolean;
  /** The query that stands in place of targets. */
  readonly query: (channel: Channel) => string | undefined;
};
