import { z } from 'zod';
import { skippableParts, waitReasons } from '../gate/gate.ts';
import { rejectionCodes } from '../release/rejection.ts';
import { controlPlanes, operations } from '../request/control-planes.ts';

const instant = z.iso.datetime().describe('RFC 3339, UTC');
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

const counts = z
  .strictObject({
    queued: count,
    inProgress: count,
    succeeded: count,
    failed: count,
    rejected: count,
    timedOut: count,
    removed: count,
    canceled: count,
  })
  .describe('Devices by the state of their job execution.');

const aws = z
  .strictObject({
    otaUpdateId: z.string().optional(),
    otaUpdateArn: z.string().optional(),
    jobId: z.string().optional(),
    jobArn: z.string().optional(),
    taskId: z.string().optional(),
    taskArn: z.string().optional(),
  })
  .describe('The ids and ARNs of AWS for what is behind the rollout.');

const every = {
  schemaVersion: z.literal('1'),
  outcomeId: digest.describe('A digest of what happened. A repeat of the same outcome has the same value.'),
  at: instant,
  correlationId: z.string().optional(),
};

const aboutRollout = {
  ...every,
  product: z.string(),
  version: z.string(),
  revision: z.int().min(1),
  channel: z.string(),
  rolloutId: z.string(),
  attempt: z.int().min(0).describe('0 before the first create.'),
};

const aboutMessage = {
  ...every,
  messageId: z.string(),
  bodySha256: digest,
  product: z.string().optional(),
  version: z.string().optional(),
  channel: z.string().optional().describe('Present if the message names exactly one channel, or if one of several is at fault.'),
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
const sender = z
  .strictObject({ account: z.string(), source: z.string() })
  .meta({ title: 'Sender', description: 'As EventBridge states them.' });
const reasons = z
  .array(z.strictObject({ reason: waitReason, message: z.string(), until: instant.optional(), channel: z.string().optional() }))
  .describe('One entry for each reason, and for UPSTREAM_MISSING to SOAKING one for each channel.');
const holds = z
  .array(
    z.strictObject({
      holdId: z.string(),
      channels: z.array(z.string()).optional(),
      reason: z.string(),
      from: instant.optional(),
      until: instant.optional(),
      by: sender,
      at: instant,
    }),
  )
  .describe('The holds of the product that are active now.');
const rolloutsOfChannels = z.array(
  z.strictObject({ rolloutId: z.string(), version: z.string(), revision: z.int().min(1), channel: z.string(), state: z.string() }),
);
const aboutHold = {
  holdId: z.string(),
  holds,
  waiting: rolloutsOfChannels.describe('Rollouts of the product that have not been created yet.'),
  live: rolloutsOfChannels.describe('Rollouts of the product that run all the same. A hold stops no update that exists.'),
};
const gate = z.strictObject({
  after: z
    .array(
      z.strictObject({
        channel: z.string(),
        minSucceededPercentage: z.number(),
        maxFailedPercentage: z.number(),
        minNumberOfExecutedThings: z.int(),
        soakMinutes: z.int(),
      }),
    )
    .optional(),
  approval: z.strictObject({ required: z.int(), skip: skipped }).optional(),
  allowedTimes: z.array(z.strictObject({ cron: z.string(), timeZone: z.string() })).optional(),
});
const code = z.enum(Object.keys(rejectionCodes) as [keyof typeof rejectionCodes, ...(keyof typeof rejectionCodes)[]]);
const service = z.enum([...new Set(operations.map((operation) => controlPlanes[operation].service))]);
const operation = z.enum(operations);
const rejection = z.strictObject({ code, path: z.string(), message: z.string(), channel: z.string().optional() });

/** The events that the service publishes, by detail-type. Members are only ever added. */
export const outcomeSchemas = {
  'OTA Rollout Created': z
    .strictObject({
      ...aboutRollout,
      service,
      operation,
      aws,
      adopted: z.boolean().describe('AWS already had it, because an earlier answer was lost.'),
    })
    .describe('AWS confirmed the creation. outcomeId: rolloutId, attempt.'),
  'OTA Rollout Progressed': z
    .strictObject({ ...aboutRollout, counts })
    .describe('The counts of devices changed. outcomeId: rolloutId, attempt, counts, revision of the row.'),
  'OTA Rollout Completed': z
    .strictObject({ ...aboutRollout, result: z.enum(['succeeded', 'partial', 'failed']), counts })
    .describe('Every device of a SNAPSHOT or ONE_TIME rollout has ended. outcomeId: rolloutId, attempt.'),
  'OTA Rollout Failed': z
    .strictObject({
      ...aboutRollout,
      code: failureCode,
      message: z.string(),
      errorInfo: z.strictObject({ code: z.string().optional(), message: z.string().optional() }).optional(),
      counts: counts.optional(),
      upstream: z
        .strictObject({ rolloutId: z.string(), channel: z.string(), state: z.string(), counts })
        .optional()
        .describe('GATE_SHUT only: the rollout on the channel before this one.'),
    })
    .describe('The rollout ended without success. outcomeId: rolloutId, attempt, code.'),
  'OTA Rollout Superseded': z
    .strictObject({
      ...aboutRollout,
      by: z.strictObject({ rolloutId: z.string(), version: z.string(), revision: z.int().min(1) }),
      counts: counts.optional(),
      stillInProgress: count.describe('Devices that had started and were not stopped. They finish.'),
    })
    .describe(
      'Another release holds the channel: a newer one took its place, or one that is not older was accepted first. outcomeId: rolloutId, attempt, by.',
    ),
  'OTA Rollout Withdrawn': z
    .strictObject({
      ...aboutRollout,
      reasonCode: z.string().optional(),
      comment: z.string().optional(),
      counts: counts.optional(),
      stillInProgress: count.describe('Devices that had started and were not stopped. They finish.'),
    })
    .describe('The rollout was stopped because its release was withdrawn. outcomeId: rolloutId, attempt.'),
  'OTA Rollout Waiting': z
    .strictObject({
      ...aboutRollout,
      waitingFor: z.array(waitReason).describe('Every reason, sorted.'),
      reasons,
      onlyWaitingFor: waitReason.optional().describe('Present if exactly one reason is left.'),
      releaseDigest: digest.describe('What an approval is bound to.'),
    })
    .describe('The rollout is not created yet, and the reasons have changed. outcomeId: rolloutId, attempt, revision of the row.'),
  'OTA Rollout Promoted': z
    .strictObject({
      ...aboutRollout,
      openedAt: instant,
      releaseDigest: digest,
      after: z.array(z.strictObject({ channel: z.string(), rolloutId: z.string(), counts, metAt: instant, soakedAt: instant })),
      approvals: z.array(
        z.strictObject({
          by: sender,
          eventId: z.string().optional(),
          at: instant,
          approvedBy: z.string().optional().describe('What the sender says. The service does not check it.'),
          comment: z.string().optional(),
          skip: skipped.optional(),
        }),
      ),
      skipped,
    })
    .describe('The gate has opened: why. outcomeId: rolloutId, attempt.'),
  'OTA Release Rejected': z
    .strictObject({ ...aboutMessage, code, path: z.string(), message: z.string() })
    .describe('A message was rejected. It is kept in the rejected queue. outcomeId: bodySha256, code, path, channel.'),
  'OTA Release Duplicate': z
    .strictObject({
      ...aboutMessage,
      rollouts: z.array(z.strictObject({ rolloutId: z.string(), channel: z.string(), firstSeenAt: instant, firstMessageId: z.string() })),
    })
    .describe('The same release was accepted before. outcomeId: messageId, bodySha256.'),
  'OTA Release Planned': z
    .strictObject({
      ...aboutMessage,
      rollouts: z.array(
        z.strictObject({
          rolloutId: z.string(),
          channel: z.string(),
          service,
          operation,
          input: z.record(z.string(), z.unknown()),
          releaseDigest: digest,
          gate: gate.optional(),
          waitingFor: z.array(waitReason).optional(),
          reasons: reasons.optional(),
        }),
      ),
      rejections: z.array(rejection),
    })
    .describe('The answer to a dry run: the exact requests or rejections. outcomeId: messageId, bodySha256.'),
  'OTA Release Withdrawn': z
    .strictObject({
      ...aboutMessage,
      revision: z.int().min(1).optional(),
      channels: z.array(z.string()).optional(),
      rollouts: z.array(z.strictObject({ rolloutId: z.string(), channel: z.string(), revision: z.int().min(1), state: z.string() })),
    })
    .describe('A withdrawal was processed. `rollouts` are those that it covers. The list may be empty. outcomeId: messageId, bodySha256.'),
  'OTA Release Approved': z
    .strictObject({
      ...aboutMessage,
      rollouts: z.array(
        z.strictObject({
          channel: z.string(),
          revision: z.int().min(1),
          rolloutId: z.string().optional(),
          state: z.string().optional(),
          counted: z.boolean().describe('Whether the approval counts for this rollout.'),
          why: z.string(),
        }),
      ),
    })
    .describe('An approval was accepted. outcomeId: messageId, bodySha256.'),
  'OTA Channel Held': z
    .strictObject({ ...aboutMessage, ...aboutHold })
    .describe('A hold was accepted. It is active if `holds` has it. outcomeId: messageId, bodySha256.'),
  'OTA Channel Resumed': z
    .strictObject({ ...aboutMessage, ...aboutHold })
    .describe('A hold was ended, or an id that was never held. outcomeId: messageId, bodySha256.'),
} as const;

export type OutcomeType = keyof typeof outcomeSchemas;
export type OutcomeDetail<T extends OutcomeType> = z.infer<(typeof outcomeSchemas)[T]>;
export type OutcomeEvent = { readonly [T in OutcomeType]: { readonly detailType: T; readonly detail: OutcomeDetail<T> } }[OutcomeType];

/** How many devices are in each state of their job execution. */
export type Counts = Readonly<z.infer<typeof counts>>;

/** The ids and ARNs of AWS for what is behind a rollout. */
export type AwsIds = Readonly<z.infer<typeof aws>>;

export type FailureCode = z.infer<typeof failureCode>;
