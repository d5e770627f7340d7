import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';

/**
 * A middleware that publishes the metrics of an invocation when it ends, even if it failed. The middleware of Powertools also
 * logs a warning for every invocation without a metric, and most follow-ups have no metric.
 */
export function publishMetrics(metrics: Metrics): MiddlewareObj {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
