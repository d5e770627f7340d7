import type { Channel } from '../channels/schema.ts';
import type { Place } from '../channels/variables.ts';
import type { Rejection } from '../release/rejection.ts';
import type { Release } from '../release/release.ts';
import type { JobDocument } from './planned-rollout.ts';

/** What a translation is made from: one release, one channel, and what identifies the rollout. */
export type ReleaseOnChannel = {
  readonly release: Release;
  readonly channel: Channel;
  readonly channelName: string;
  readonly place: Place;
  readonly rolloutId: string;
  readonly releaseDigest: string;
  /** When the release is judged, in epoch ms. */
  readonly now: number;
};

/** The request of a release on a channel in wire form, as sent at attempt 1; it counts only where `rejections` is empty. */
export type Translation = {
  readonly input: Readonly<Record<string, unknown>>;
  readonly document?: JobDocument;
  readonly requestDigest: string;
  /** RFC 3339: the end of the schedule, if a create after it would reach no device. */
  readonly endAt?: string;
  readonly rejections: readonly Rejection[];
};
