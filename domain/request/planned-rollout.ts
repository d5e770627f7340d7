import type { WhenSuperseded } from '../channels/schema.ts';
import type { Gate } from '../gate/gate.ts';
import type { Rejection } from '../release/rejection.ts';
import type { Operation, Service } from './control-planes.ts';

/** The job document of a task in S3: rendered by the service, or a copy of an artifact of the release. */
export type JobDocument = {
  readonly bucket: string;
  readonly key: string;
} & (
  | { readonly body: string }
  | { readonly copyOf: { readonly bucket: string; readonly key: string; readonly version: string; readonly sha256: string } }
);

/**
 * One release on one channel, translated. `input` is in wire form, as sent at attempt 1: blobs as base64 text, without
 * undefined members.
 */
export type PlannedRollout = {
  readonly rolloutId: string;
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channel: string;
  readonly releaseDigest: string;
  readonly requestDigest: string;
  readonly whenSuperseded: WhenSuperseded;
  readonly downgrade: boolean;
  /** A continuous rollout takes in devices for as long as it lives. It completes only where its schedule ends it. */
  readonly continuous: boolean;
  /** RFC 3339. */
  readonly notAfter?: string;
  /** RFC 3339: the end of the schedule. A create after it would reach no device. */
  readonly endAt?: string;
  /** The gate of the channel, if it has one. */
  readonly gate?: Gate;
  readonly service: Service;
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
  /** Present if the request refers to it. It is written to S3 before the rollout is claimed. */
  readonly document?: JobDocument;
};

export type Plan = { readonly rollouts: readonly PlannedRollout[]; readonly rejections: readonly Rejection[] };
