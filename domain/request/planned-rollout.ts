import type { WhenSuperseded } from '../channels/schema.ts';
import type { Rejection } from '../release/rejection.ts';
import type { Operation, Service } from './control-planes.ts';

/** The job document behind a CreateOtaTask: rendered by us, or the artifact that the release brought, to be copied. */
export type JobDocument = {
  readonly bucket: string;
  readonly key: string;
} & (
  | { readonly body: string }
  | { readonly copyOf: { readonly bucket: string; readonly key: string; readonly version: string; readonly sha256: string } }
);

/**
 * One release on one channel, translated. `input` is in wire form as first sent (attempt 1): blobs base64
 * text, no undefined members.
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
  /** A continuous rollout never completes. */
  readonly continuous: boolean;
  /** RFC 3339. */
  readonly notAfter?: string;
  readonly service: Service;
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
  /** Written to S3 before the rollout is claimed, where the request refers to it. */
  readonly document?: JobDocument;
};

export type Plan = { readonly rollouts: readonly PlannedRollout[]; readonly rejections: readonly Rejection[] };
