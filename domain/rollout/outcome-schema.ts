import * as z from 'zod/mini';
import { skippableParts, waitReasons } from '../gate/gate.ts';
import { described } from '../release/fields.ts';
import { rejectionCodes } from '../release/rejection.ts';
import { controlPlanes, operations } from '../request/control-planes.ts';

const instant = () => described(z.iso.datetime(), 'RFC 3339, UTC');
const digest = () => z.string().check(z.regex(/^[0-9a-f]{64}$/, '64 lower-case hex characters'));
const count = () => z.int().check(z.minimum(0));
const revision = () => z.int().check(z.minimum(1));

const counts = described(
  z.strictObject({
    queued: count(),
    inProgress: count(),
    succeeded: count(),
    failed: count(),
    rejected: count(),
    timedOut: count(),
    removed: count(),
    canceled: count(),
  }),
  'Devices by the state of their job execution.',
);

const aws = described(
  z.strictObject({
    otaUpdateId: z.optional(z.string()),
    otaUpdateArn: z.optional(z.string()),
    jobId: z.optional(z.string()),
    jobArn: z.optional(z.string()),
    taskId: z.optional(z.string()),
    taskArn: z.optional(z.string()),
  }),
  'The ids and ARNs of AWS for what is behind the rollout.',
);

const every = {
  schemaVersion: z.literal('1'),
  outcomeId: described(digest(), 'A digest of what happened. A repeat of the same outcome has the same value.'),
  at: instant(),
  correlationId: z.optional(z.string()),
};

const aboutRollout = {
  ...every,
  product: z.string(),
  version: z.string(),
  revision: revision(),
  channel: z.string(),
  rolloutId: z.string(),
  attempt: described(count(), '0 before the first create.'),
};

const aboutMessage = {
  ...every,
  messageId: z.string(),
  bodySha256: digest(),
  product: z.optional(z.string()),
  version: z.optional(z.string()),
  channel: described(z.optional(z.string()), 'Present if the message names exactly one channel, or if one of several is at fault.'),
};

const failureCode = z.enum([
  'AWS_REFUSED',
  'NOT_ADOPTABLE',
  'CREATE_FAILED',
  'ABORTED',
  'CANCELED_OUTSIDE',
  'GONE',
  'EXPIRED',
  'UNCERTAIN',
  'GATE_SHUT',
]);
const waitReason = z.enum(waitReasons);
const skipped = z.array(z.enum(skippableParts));
const sender = z.strictObject({ account: z.string(), source: z.string() });
z.globalRegistry.add(sender, { title: 'Sender', description: 'As EventBridge states them.' });
const reasons = described(
  z.array(z.strictObject({ reason: waitReason, message: z.string(), until: z.optional(instant()), channel: z.optional(z.string()) })),
  'One entry for each reason, and for UPSTREAM_MISSING to SOAKING one for each channel.',
);
const holds = described(
  z.array(
    z.strictObject({
      holdId: z.string(),
      channels: z.optional(z.array(z.string())),
      reason: z.string(),
      from: z.optional(instant()),
      until: z.optional(instant()),
      by: sender,
      at: instant(),
    }),
  ),
  'The holds of the product that are active now.',
);
const rolloutsOfChannels = () =>
  z.array(z.strictObject({ rolloutId: z.string(), version: z.string(), revision: revision(), channel: z.string(), state: z.string() }));
const aboutHold = {
  holdId: z.string(),
  holds,
  waiting: described(rolloutsOfChannels(), 'Rollouts of the product that have not been created yet.'),
  live: described(rolloutsOfChannels(), 'Rollouts of the product that run all the same. A hold stops no update that exists.'),
};
const gate = z.strictObject({
  after: z.optional(
    z.array(
      z.strictObject({
        channel: z.string(),
        minSucceededPercentage: z.number(),
        maxFailedPercentage: z.number(),
        minNumberOfExecutedThings: z.int(),
        soakMinutes: z.int(),
      }),
    ),
  ),
  approval: z.optional(z.strictObject({ required: z.int(), skip: skipped })),
  allowedTimes: z.optional(z.array(z.strictObject({ cron: z.string(), timeZone: z.string() }))),
});
const code = z.enum(Object.keys(rejectionCodes) as [keyof typeof rejectionCodes, ...(keyof typeof rejectionCodes)[]]);
const service = z.enum([...new Set(operations.map((operation) => controlPlanes[operation].service))]);
const operation = z.enum(operations);
const rejection = z.strictObject({ code, path: z.string(), message: z.string(), channel: z.optional(z.string()) });
const stillInProgress = described(count(), 'Devices that had started and were not stopped. They finish.');

/** The events that the service publishes, by detail-type. Members are only ever added. */
export const outcomeSchemas = {
  'OTA Rollout Created': described(
    z.strictObject({
      ...aboutRollout,
      service,
      operation,
      aws,
      adopted: described(z.boolean(), 'AWS already had it, because an earlier answer was lost.'),
    }),
    'AWS confirmed the creation. outcomeId: rolloutId, attempt.',
  ),
  'OTA Rollout Progressed': described(
    z.strictObject({ ...aboutRollout, counts }),
    'The counts of devices changed. outcomeId: rolloutId, attempt, counts, revision of the row.',
  ),
  'OTA Rollout Completed': described(
    z.strictObject({ ...aboutRollout, result: z.enum(['succeeded', 'partial', 'failed']), counts }),
    'Every device of a SNAPSHOT or ONE_TIME rollout has ended. outcomeId: rolloutId, attempt.',
  ),
  'OTA Rollout Failed': described(
    z.strictObject({
      ...aboutRollout,
      code: failureCode,
      message: z.string(),
      errorInfo: z.optional(z.strictObject({ code: z.optional(z.string()), message: z.optional(z.string()) })),
      counts: z.optional(counts),
      upstream: described(
        z.optional(z.strictObject({ rolloutId: z.string(), channel: z.string(), state: z.string(), counts })),
        'GATE_SHUT only: the rollout on the channel before this one.',
      ),
    }),
    'The rollout ended without success. outcomeId: rolloutId, attempt, code.',
  ),
  'OTA Rollout Superseded': described(
    z.strictObject({
      ...aboutRollout,
      by: z.strictObject({ rolloutId: z.string(), version: z.string(), revision: revision() }),
      counts: z.optional(counts),
      stillInProgress,
    }),
    'Another release holds the channel: a newer one took its place, or one that is not older was accepted first. outcomeId: rolloutId, attempt, by.',
  ),
  'OTA Rollout Withdrawn': described(
    z.strictObject({
      ...aboutRollout,
      reasonCode: z.optional(z.string()),
      comment: z.optional(z.string()),
      counts: z.optional(counts),
      stillInProgress,
    }),
    'The rollout was stopped because its release was withdrawn. outcomeId: rolloutId, attempt.',
  ),
  'OTA Rollout Waiting': described(
    z.strictObject({
      ...aboutRollout,
      waitingFor: described(z.array(waitReason), 'Every reason, sorted.'),
      reasons,
      onlyWaitingFor: described(z.optional(waitReason), 'Present if exactly one reason is left.'),
      releaseDigest: described(digest(), 'What an approval is bound to.'),
    }),
    'The rollout is not created yet, and the reasons have changed. outcomeId: rolloutId, attempt, revision of the row.',
  ),
  'OTA Rollout Promoted': described(
    z.strictObject({
      ...aboutRollout,
      openedAt: instant(),
      releaseDigest: digest(),
      after: z.array(z.strictObject({ channel: z.string(), rolloutId: z.string(), counts, metAt: instant(), soakedAt: instant() })),
      approvals: z.array(
        z.strictObject({
          by: sender,
          eventId: z.optional(z.string()),
          at: instant(),
          approvedBy: described(z.optional(z.string()), 'What the sender says. The service does not check it.'),
          comment: z.optional(z.string()),
          skip: z.optional(skipped),
        }),
      ),
      skipped,
    }),
    'The gate has opened: why. outcomeId: rolloutId, attempt.',
  ),
  'OTA Release Rejected': described(
    z.strictObject({ ...aboutMessage, code, path: z.string(), message: z.string() }),
    'A message was rejected. It is kept in the rejected queue. outcomeId: bodySha256, code, path, channel.',
  ),
  'OTA Release Duplicate': described(
    z.strictObject({
      ...aboutMessage,
      rollouts: z.array(z.strictObject({ rolloutId: z.string(), channel: z.string(), firstSeenAt: instant(), firstMessageId: z.string() })),
    }),
    'The same release was accepted before. outcomeId: messageId, bodySha256.',
  ),
  'OTA Release Planned': described(
    z.strictObject({
      ...aboutMessage,
      rollouts: z.array(
        z.strictObject({
          rolloutId: z.string(),
          channel: z.string(),
          service,
          operation,
          input: z.record(z.string(), z.unknown()),
          releaseDigest: digest(),
          gate: z.optional(gate),
          waitingFor: z.optional(z.array(waitReason)),
          reasons: z.optional(reasons),
        }),
      ),
      rejections: z.array(rejection),
    }),
    'The answer to a dry run: the exact requests or rejections. outcomeId: messageId, bodySha256.',
  ),
  'OTA Release Withdrawn': described(
    z.strictObject({
      ...aboutMessage,
      revision: z.optional(revision()),
      channels: z.optional(z.array(z.string())),
      rollouts: z.array(z.strictObject({ rolloutId: z.string(), channel: z.string(), revision: revision(), state: z.string() })),
    }),
    'A withdrawal was processed. `rollouts` are those that it covers. The list may be empty. outcomeId: messageId, bodySha256.',
  ),
  'OTA Release Approved': described(
    z.strictObject({
      ...aboutMessage,
      rollouts: z.array(
        z.strictObject({
          channel: z.string(),
          revision: revision(),
          rolloutId: z.optional(z.string()),
          state: z.optional(z.string()),
          counted: described(z.boolean(), 'Whether the approval counts for this rollout.'),
          why: z.string(),
        }),
      ),
    }),
    'An approval was accepted. outcomeId: messageId, bodySha256.',
  ),
  'OTA Channel Held': described(
    z.strictObject({ ...aboutMessage, ...aboutHold }),
    'A hold was accepted. It is active if `holds` has it. outcomeId: messageId, bodySha256.',
  ),
  'OTA Channel Resumed': described(
    z.strictObject({ ...aboutMessage, ...aboutHold }),
    'A hold was ended, or an id that was never held. outcomeId: messageId, bodySha256.',
  ),
} as const;

export type OutcomeType = keyof typeof outcomeSchemas;
export type OutcomeDetail<T extends OutcomeType> = z.infer<(typeof outcomeSchemas)[T]>;
export type OutcomeEvent = { readonly [T in OutcomeType]: { readonly detailType: T; readonly detail: OutcomeDetail<T> } }[OutcomeType];

/** How many devices are in each state of their job execution. */
export type Counts = Readonly<z.infer<typeof counts>>;

/** The ids and ARNs of AWS for what is behind a rollout. */
export type AwsIds = Readonly<z.infer<typeof aws>>;

export type FailureCode = z.infer<typeof failureCode>;
