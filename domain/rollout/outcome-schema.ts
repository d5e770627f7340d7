import { z } from 'zod';
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
]);
const code = z.enum(Object.keys(rejectionCodes) as [keyof typeof rejectionCodes, ...(keyof typeof rejectionCodes)[]]);
const service = z.enum([...new Set(operations.map((operation) => controlPlanes[operation].service))]);
const rejection = z.strictObject({ code, path: z.string(), message: z.string(), channel: z.string().optional() });

/** The events that the service publishes, by detail-type. Members are only ever added. */
export const outcomeSchemas = {
  'OTA Rollout Created': z
    .strictObject({
      ...aboutRollout,
      service,
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
          operation: z.enum(operations),
          input: z.record(z.string(), z.unknown()),
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
} as const;

export type OutcomeType = keyof typeof outcomeSchemas;
export type OutcomeDetail<T extends OutcomeType> = z.infer<(typeof outcomeSchemas)[T]>;
export type OutcomeEvent = { readonly [T in OutcomeType]: { readonly detailType: T; readonly detail: OutcomeDetail<T> } }[OutcomeType];

/** How many devices are in each state of their job execution. */
export type Counts = Readonly<z.infer<typeof counts>>;

/** The ids and ARNs of AWS for what is behind a rollout. */
export type AwsIds = Readonly<z.infer<typeof aws>>;

export type FailureCode = z.infer<typeof failureCode>;
