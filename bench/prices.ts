/**
 * List prices of us-east-1 in US dollars for a million, from memory, as docs/how-to/runbook.md has them. Gigabyte-seconds for one. `metric`
 * is a metric that GetMetricData is asked for.
 */
export const PRICES = {
  write: 0.625,
  read: 0.125,
  queue: 0.4,
  event: 1,
  invocation: 0.2,
  gigabyteSecond: 0.0000133334,
  metric: 10,
} as const;
