import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Rejection } from '../domain/release/rejection.ts';
import type { MessageFacts } from '../domain/rollout/outcome.ts';
import type { Fields, RecordEnding } from '../domain/rollout/ports.ts';
import { isFinal, type Rollout } from '../domain/rollout/rollout.ts';
import { isDenied, isThrottle, nameOf } from './aws-errors.ts';

/** What may stand in a log line beside its words. A body, a request or a signed URL has no name here, so it cannot. */
const allowed: ReadonlySet<string> = new Set([
  'attempt',
  'bodySha256',
  'channel',
  'code',
  'correlationId',
  'count',
  'eventId',
  'from',
  'jobId',
  'messageId',
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

const TEXT_MAX = 512;
const CAUSES_MAX = 5;

const metricOfEnding: Readonly<Record<RecordEnding, string>> = {
  dispatched: 'RecordDispatched',
  duplicate: 'RecordDuplicate',
  rejected: 'RecordRejected',
  retried: 'RecordRetried',
};

/**
 * What the service says about itself: one structured line for each record, transition, refusal and problem, and
 * metrics in the namespace OtaDispatch with the dimensions `service` and `Stage`. One logger and one set of metrics
 * for each call; tests and simulations bring their own.
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

    /** How a record from the releases queue ended. */
    record: (ending: RecordEnding, fields: Fields): void => {
      count(metricOfEnding[ending]);
      logger.info('record', { word: ending, ...onlyAllowed(fields) });
    },

    /** A rollout was claimed: from here on it is never forgotten. */
    accepted: (row: Rollout, who: string): void => {
      logger.info('accepted', onlyAllowed({ ...idsOf(row), to: row.state, who }));
    },

    /** A rollout changed its state, or made another attempt. */
    transition: (before: Rollout, after: Rollout, who: string): void => {
      if (after.attempt > before.attempt && before.attempt > 0) count('CreateFailed');
      if (after.state !== before.state) {
        if (after.state === 'CREATED') {
          count('RolloutCreated');
          measureSeconds('CreationLatencySeconds', Math.max(0, now() - after.claimedAt) / 1000);
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

    /** A message got its final no. The reason's text stays out: it can quote the message. */
    refusal: ({ messageId, bodySha256, readable }: MessageFacts, { code, path, channel }: Rejection): void => {
      if (code === 'RELEASE_CONFLICT') count('ReleaseConflict');
      const { product, version, correlationId } = readable;
      logger.warn('refusal', onlyAllowed({ messageId, bodySha256, product, version, correlationId, code, path, channel }));
    },

    /** One value of a metric; its unit follows from the name: `…Seconds`, else a count. */
    measure: (name: string, value: number): void => {
      if (name.endsWith('Seconds')) measureSeconds(name, value);
      else count(name, value);
    },

    /**
     * Something went wrong that is tried again by itself. Where AWS denies us, it will not mend by itself: that is
     * said at the highest level and counted as AccessDenied.
     */
    problem: (what: string, error: unknown, fields: Fields): void => {
      const codes = [...(typeof fields['code'] === 'string' ? [fields['code']] : []), ...chainOf(error).map(nameOf)];
      if (isThrottle(String(fields['code']))) count('CreateThrottled');
      const said = { ...onlyAllowed(fields), ...(error !== undefined && { problem: describe(error) }) };
      if (codes.some(isDenied)) {
        count('AccessDenied');
        logger.critical(clean(what), said);
      } else if (error === undefined) logger.warn(clean(what), said);
      else logger.error(clean(what), said);
    },

    /** Writes out what was counted; the middleware of a handler does the same at its end. */
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

/** No control characters, line breaks, escape sequences or halves of characters; at most 512 characters. */
function clean(text: string): string {
  return [...text.replace(/[\p{C}\u2028\u2029]+/gu, ' ')].slice(0, TEXT_MAX).join('');
}

/** The error and what caused it, outermost first. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && chain.length < CAUSES_MAX; next = (next as { cause?: unknown }).cause) {
    chain.push(next);
  }
  return chain;
}

/** Names, messages and AWS's request ids along the chain, and where the outermost was thrown; never the objects themselves. */
function describe(error: unknown): Record<string, unknown> {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return {
    errors: chainOf(error).map((link) => {
      const requestId = (link as { $metadata?: { requestId?: unknown } }).$metadata?.requestId;
      return {
        name: clean(nameOf(link)),
        message: clean(link instanceof Error ? link.message : String(link)),
        ...(typeof requestId === 'string' && { requestId: clean(requestId) }),
      };
    }),
    at: frames.slice(0, 5).map((line) => clean(line.trim())),
  };
}
