import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';

/**
 * Publishes what an invocation measured when it ends, well or not. Powertools' own middleware also warns of every
 * invocation that measured nothing, and most looks at a rollout measure nothing: a line of noise for each of them.
 */
export function publishMetrics(metrics: Metrics): MiddlewareObj {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
