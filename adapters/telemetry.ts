import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { compact } from '../domain/json/compact.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import type { MessageFacts } from '../domain/rollout/outcome.ts';
import type { Fields, RecordEnding } from '../domain/rollout/ports.ts';
import { isFinal, type Rollout } from '../domain/rollout/rollout.ts';
import { isDenied, isThrottle, nameOf } from './aws-errors.ts';

/** The members that a log line may have. A body, a request or a signed URL is not listed, so no line can have one. */
const allowed: ReadonlySet<string> = new Set([
  'attempt',
  'attempts',
  'awsService',
  'bodySha256',
  'channel',
  'code',
  'correlationId',
  'count',
  'eventId',
  'from',
  'jobId',
  'messageId',
  'milliseconds',
  'operation',
  'otaUpdateId',
  'path',
  'product',
  'reply',
  'revision',
  'rolloutId',
  'state',
  'taskId',
  'to',
  'version',
  'who',
  'why',
  'word',
]);

/** A throttled look is repeated by every sweep, so that 12 of them have failed by then. */
const THROTTLED_MILLISECONDS_MAX = 3_600_000;

const TEXT_MAX = 512;
const CAUSES_MAX = 5;

const metricOfEnding: Readonly<Record<RecordEnding, string>> = {
  dispatched: 'RecordDispatched',
  duplicate: 'RecordDuplicate',
  rejected: 'RecordRejected',
  retried: 'RecordRetried',
};

/** When a create was first permitted, in epoch ms. Before that, the rollout waited for people, other devices or the time of day. */
function couldBeginAt({ claimedAt, opened, waitedUntil }: Rollout): number {
  return Math.max(claimedAt, opened?.at ?? 0, waitedUntil ?? 0);
}

/**
 * The logs and metrics of the service. Each record, claim, transition, refusal and problem gets one structured log line. The
 * metrics are in the namespace OtaDispatch, with the dimensions `service` and `Stage`. Each call makes its own logger and
 * metrics. Tests and simulations pass theirs.
 */
export function telemetry({
  stage,
  now,
  logger = new Logger({ serviceName: 'ota-dispatch', persistentKeys: { stage } }),
  metrics = new Metrics({ namespace: 'OtaDispatch', serviceName: 'ota-dispatch' }),
}: {
  readonly stage: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}) {
  metrics.setDefaultDimensions({ Stage: stage });
  const count = (name: string, value = 1) => metrics.addMetric(name, MetricUnit.Count, value);
  const measureSeconds = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Seconds, value);

  function countDevices({ counts }: Rollout): void {
    if (counts === undefined) return;
    count('DevicesSucceeded', counts.succeeded);
    count('DevicesFailed', counts.failed + counts.rejected + counts.timedOut);
  }

  return {
    logger,
    metrics,

    /** A record from the releases queue ended in this way. */
    record: (ending: RecordEnding, fields: Fields): void => {
      count(metricOfEnding[ending]);
      logger.info('record', { word: ending, ...onlyAllowed(fields) });
    },

    /** A rollout was claimed. From now on the ledger has it. */
    accepted: (row: Rollout, who: string): void => {
      logger.info('accepted', onlyAllowed({ ...idsOf(row), to: row.state, who }));
    },

    /** A rollout changed its state or began another attempt. */
    transition: (before: Rollout, after: Rollout, who: string): void => {
      if (after.attempt > before.attempt && before.attempt > 0) count('CreateFailed');
      if (after.state !== before.state) {
        if (after.state === 'CREATED') {
          count('RolloutCreated');
          measureSeconds('CreationLatencySeconds', Math.max(0, now() - couldBeginAt(after)) / 1000);
        }
        if (after.state === 'COMPLETED') count('RolloutCompleted');
        if (after.state === 'SUPERSEDED') count('RolloutSuperseded');
        if (after.state === 'WITHDRAWN') count('RolloutWithdrawn');
        if (after.state === 'FAILED') {
          count('RolloutFailed');
          if (after.code === 'UNCERTAIN') count('RolloutUncertain');
          if (after.code === 'CREATE_FAILED') count('CreateFailed');
        }
        if (isFinal(after.state) && !isFinal(before.state)) countDevices(after);
      }
      const fields = { ...idsOf(after), from: before.state, to: after.state, why: after.history.at(-1)?.why, who, code: after.code };
      logger.info('transition', onlyAllowed(fields));
    },

    /** A message was rejected. The text of the reason is not logged, because it can quote the message. */
    refusal: ({ messageId, bodySha256, readable }: MessageFacts, { code, path, channel }: Rejection): void => {
      if (code === 'RELEASE_CONFLICT') count('ReleaseConflict');
      const { product, version, correlationId } = readable;
      logger.warn('refusal', onlyAllowed({ messageId, bodySha256, product, version, correlationId, code, path, channel }));
    },

    /** One value of a metric. If the name ends with `Seconds`, that is its unit. Otherwise it is a count. */
    measure: (name: string, value: number): void => {
      if (name.endsWith('Seconds')) measureSeconds(name, value);
      else count(name, value);
    },

    /**
     * Counts a look or a stop that failed. If AWS throttles a look for an hour, the look has failed, too: a stage with few rollouts
     * has too few throttles for their alarm. While the stop of a withdrawn rollout fails, devices get firmware that was withdrawn.
     */
    failedCall: (call: 'look' | 'stop', { state, dueAt }: Pick<Rollout, 'state' | 'dueAt'>, error: unknown): void => {
      if (call === 'look') {
        const isThrottled = chainOf(error).map(nameOf).some(isThrottle);
        if (isThrottled) count('LookThrottled');
        if (!isThrottled || (dueAt !== undefined && now() - dueAt > THROTTLED_MILLISECONDS_MAX)) count('LookFailed');
      }
      if (state === 'WITHDRAWING') count('WithdrawalRetried');
    },

    /**
     * Something went wrong that the service tries again. If AWS denied access, a retry does not help until somebody fixes the
     * permission. So that is logged at the highest level and counted as AccessDenied.
     */
    problem: (what: string, error: unknown, fields: Fields): void => {
      const codes = [...(typeof fields['code'] === 'string' ? [fields['code']] : []), ...chainOf(error).map(nameOf)];
      if (isThrottle(String(fields['code']))) count('CreateThrottled');
      const details = compact({ ...onlyAllowed(fields), problem: error === undefined ? undefined : describe(error) });
      if (codes.some(isDenied)) {
        count('AccessDenied');
        logger.critical(clean(what), details);
      } else if (error === undefined) logger.warn(clean(what), details);
      else logger.error(clean(what), details);
    },

    /** A call to AWS took a second or more. X-Ray does not show the calls of the SDK, so this line does. */
    slowCall: (call: Fields): void => {
      logger.warn('slow call to AWS', onlyAllowed(call));
    },

    /** Writes the metrics that were counted so far. The middleware of a handler does this when an invocation ends. */
    flush: (): void => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

function idsOf({ rolloutId, product, version, revision, channel, attempt, operation, correlationId, messageId, aws }: Rollout): Fields {
  const { otaUpdateId, jobId, taskId } = aws;
  return {
    rolloutId,
    product,
    version,
    revision,
    channel,
    attempt,
    operation,
    correlationId,
    messageId,
    otaUpdateId,
    jobId,
    taskId,
  };
}

function onlyAllowed(fields: Fields): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined || !allowed.has(name) ? [] : [[name, typeof value === 'string' ? clean(value) : value]],
    ),
  );
}

/** The text without control characters, line breaks, escape sequences and halves of characters. At most 512 characters. */
function clean(text: string): string {
  return [...text.replace(/[\p{C}\u2028\u2029]+/gu, ' ')].slice(0, TEXT_MAX).join('');
}

/** The error and its causes, outermost first, at most five. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && chain.length < CAUSES_MAX; next = (next as { cause?: unknown }).cause) {
    chain.push(next);
  }
  return chain;
}

/** Names, messages and request ids of AWS along the chain, and where the outermost was thrown. Never the error objects. */
function describe(error: unknown): Record<string, unknown> {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return {
    errors: chainOf(error).map((link) => {
      const requestId = (link as { $metadata?: { requestId?: unknown } }).$metadata?.requestId;
      return compact({
        name: clean(nameOf(link)),
        message: clean(link instanceof Error ? link.message : String(link)),
        requestId: typeof requestId === 'string' ? clean(requestId) : undefined,
      });
    }),
    at: frames.slice(0, 5).map((line) => clean(line.trim())),
  };
}
