/** Why a rollout is not created yet. This list is closed, and its order is the order in which people read the reasons. */
export const waitReasons = ['UPSTREAM_MISSING', 'UPSTREAM_PENDING', 'THRESHOLD', 'SOAKING', 'APPROVAL', 'HELD', 'CLOSED'] as const;

export type WaitReason = (typeof waitReasons)[number];

/** The parts of a gate that an approval may skip, if the channel permits it. */
export const skippableParts = ['after', 'soakMinutes', 'allowedTimes'] as const;

export type SkippablePart = (typeof skippableParts)[number];

/** What one channel must have shown before the next one starts. */
export type UpstreamRule = {
  readonly channel: string;
  /** Of all targets: those that are queued or in progress count, too. */
  readonly minSucceededPercentage: number;
  /** Of the targets that have ended: failed, rejected and timed out, but not removed or canceled. */
  readonly maxFailedPercentage: number;
  /** Fewer targets that have ended prove nothing, unless all have ended. */
  readonly minNumberOfExecutedThings: number;
  /** Minutes for which all of this must be true, with no newer release on that channel. */
  readonly soakMinutes: number;
};

/** Minutes in which a rollout may be created: six fields of an AWS cron expression, in an IANA time zone. */
export type AllowedTime = { readonly cron: string; readonly timeZone: string };

/** What must be true before a rollout is created, with every default filled in. The claim fixes it for ever. */
export type Gate = {
  /** Each of them must be met. */
  readonly after?: readonly UpstreamRule[];
  readonly approval?: { readonly required: number; readonly skip: readonly SkippablePart[] };
  /** Each minute that one of them allows is allowed. */
  readonly allowedTimes?: readonly AllowedTime[];
};
